"""The library behind the actions: pure modules (versions, charts, plans) and boundaries (git, registries, helm)."""
