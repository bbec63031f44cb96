"""Figures beside the tools one would use instead: `make bench`."""
