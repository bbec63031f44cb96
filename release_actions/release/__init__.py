"""The GitHub release and its ledger."""
