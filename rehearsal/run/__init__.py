"""A whole rehearsal, and how to look at what it made."""
