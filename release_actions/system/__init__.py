"""This machine: processes, files, HTTP, and when to try again."""
