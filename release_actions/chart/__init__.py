"""A Helm chart, from Chart.yaml to its package, and the images that it pulls."""
