"""Run each pattern of a module over its worst texts, under a limit of CPU time.

Worst is what a pattern begins to fit again and again and never ends to: one piece repeated, up to 1 MB. A pattern is
used as its module uses it. The names of those that do not end are printed.
"""

import importlib
import inspect
import os
import re
import resource
import sys

SIZE = 10**6
SECONDS = 5
_PIECES = ("a", "0", " ", "\n", "{", "[", "- ", "a.")
_USES = {"search", "match", "fullmatch", "findall", "finditer", "sub", "split"}


def main(module: str) -> int:
    """Return 1 when a pattern does not end."""
    loaded = importlib.import_module(module)
    source = inspect.getsource(loaded)
    slow = []
    for name, pattern in vars(loaded).items():
        uses = {use for use in re.findall(rf"\b{name}\.(\w+)\(", source) if use in _USES}
        if isinstance(pattern, re.Pattern) and uses and not _ends(pattern, uses):
            slow.append(name)
    print(" ".join(slow))
    return 1 if slow else 0


def _ends(pattern: "re.Pattern[str] | re.Pattern[bytes]", uses: set[str]) -> bool:
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        for use in uses:
            for text in _worst(pattern):
                _use(pattern, use, text)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _worst(pattern: "re.Pattern[str] | re.Pattern[bytes]") -> list[str]:
    written = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    own = [f"{word} " for word in dict.fromkeys(re.findall(r"[A-Za-z#:/-]{2,}", written))]
    return [piece * (SIZE // len(piece)) + "\x01" for piece in (*_PIECES, *own[:4])]


def _use(pattern: "re.Pattern[str] | re.Pattern[bytes]", use: str, text: str) -> None:
    given = text if isinstance(pattern.pattern, str) else text.encode()
    called = getattr(pattern, use)
    found = called(given[:0], given) if use == "sub" else called(given)
    if use == "finditer":
        any(False for _ in found)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
