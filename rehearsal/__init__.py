"""The whole release on one machine: real programs on loopback, and nothing leaves it."""
