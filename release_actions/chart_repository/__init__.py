"""A chart repository: `index.yaml` on a branch."""
