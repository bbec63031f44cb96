"""The projects that are released."""
