"""The GitHub runner's protocol: inputs, log, outputs, summary."""
