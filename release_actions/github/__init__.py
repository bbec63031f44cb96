"""GitHub's REST API, for one repository."""
