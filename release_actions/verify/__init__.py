"""Whether every part of a release is there."""
