"""Values that all rooms use: errors, versions, reports, YAML nodes, addresses. No I/O."""
