"""Image references, registries, and logins to them."""
