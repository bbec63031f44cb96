"""What users can rely on between two versions: feature gates by their lifecycle."""
