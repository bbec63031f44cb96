"""The phases of the actions, with typed requests: observe, plan, apply, verify."""
