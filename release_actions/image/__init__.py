"""Container images: build, identity, floating tags."""
