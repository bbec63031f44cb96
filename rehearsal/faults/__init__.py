"""Shows that releases converge: faults and kills at every remote call, and what is public afterwards."""
