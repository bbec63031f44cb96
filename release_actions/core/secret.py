"""Values that must never be shown: in a traceback, a log line or a failing test."""

import msgspec


class WithSecrets(msgspec.Struct, frozen=True):
    """A value with secrets among its fields; its representation is the name of its type."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
