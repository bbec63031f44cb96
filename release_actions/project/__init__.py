"""A project's configuration file, branch names and job matrices."""
