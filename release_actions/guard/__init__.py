"""What may be on a release branch."""
