"""The next version, its commit, its tag."""
