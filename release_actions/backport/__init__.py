"""Cherry-picks to release branches, and the report of what is where."""
