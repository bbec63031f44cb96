"""Where a version is written, and how it is replaced without touching another byte."""
