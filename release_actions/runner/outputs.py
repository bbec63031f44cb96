"""What an action gives to later steps."""

import msgspec


class Outputs(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """The base of every action's outputs. The output `result` is the runner's and is written on failure too."""
