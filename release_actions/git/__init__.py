"""Git without a working tree: refs, commits, tags, pushes."""
