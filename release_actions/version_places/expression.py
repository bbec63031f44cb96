"""Regular expressions for lines, which end in linear time on any line, whoever wrote them.

They are RE2's (github.com/google/re2/wiki/Syntax), which has no look-around and no references to groups: those can take
for ever. The package is loaded by the first one, as most repositories have none.
"""

import importlib
from functools import cache
from typing import Any

LONGEST = 500
"""How many characters an expression may have."""

_MEMORY = 8 << 20


class Expression:
    """An expression with one group; raises ValueError for a text that is none."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise ValueError(f"a regular expression has at most {LONGEST} characters")
        engine, options = _engine()
        try:
            self._compiled = engine.compile(text, options)
        except engine.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            raise ValueError(f"`{text}` is not a regular expression of RE2: {reason}") from error
        if self._compiled.groups != 1:
            raise ValueError(f"`{text}` has {self._compiled.groups} groups, not one")

    def find(self, line: str) -> tuple[int, int] | None:
        """Where its group begins and ends in a line that it matches as a whole; None where there is no such group."""
        match = self._compiled.fullmatch(line)
        return match.span(1) if match and match.start(1) >= 0 else None


@cache
def _engine() -> tuple[Any, Any]:
    engine = importlib.import_module("re2")
    options = engine.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return engine, options
