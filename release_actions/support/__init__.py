"""Which minor versions are supported, and until when."""
