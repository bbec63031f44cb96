"""The proxy that plays the internet, and its certificate authority."""
