"""`make demo` and `make demo-lifecycle`."""
