"""The one error a rehearsal ends with when it can't go on."""


class RehearsalError(Exception):
    """What is wrong and what to do about it, as text for a person; never a bug of ours."""
