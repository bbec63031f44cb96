"""What can be known to be wrong with a release before anything is built, asked all at once."""
