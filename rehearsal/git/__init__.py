"""The git side of github.com, and projects on it."""
