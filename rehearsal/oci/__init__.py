"""Registries, BuildKit, and what is in them."""
