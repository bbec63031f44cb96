"""Workflows and single actions, run as GitHub's runner would run them."""
