"""A stateful GitHub REST API on loopback, which reads and writes refs and commits with git."""

from rehearsal.github.hub import GitHub

__all__ = ["GitHub"]
