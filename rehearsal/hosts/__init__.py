"""Real host names, played on this machine."""
