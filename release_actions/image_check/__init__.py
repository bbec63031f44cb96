"""Every image that charts name, requested from its registry."""
