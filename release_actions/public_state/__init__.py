"""What of a version is public when its release fails."""
