"""What docs/errors.md says of a code beside its meaning, from tools/error_guide.yaml."""

from pathlib import Path

import msgspec
import yaml

from release_actions.core.errors import Code

FILE = Path(__file__).with_suffix(".yaml")


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Causes of a failure, what it says in one case, and the way out; all are Markdown."""

    causes: tuple[str, ...]
    example: str
    way_out: str


def read_guides() -> dict[Code, Guide]:
    """The guide of each code, in the order of the codes; raises KeyError for a code without one."""
    found = msgspec.convert(yaml.safe_load(FILE.read_text(encoding="utf-8")), dict[str, Guide])
    if unknown := found.keys() - Code.__members__.keys():
        raise KeyError(f"{FILE.name}: {', '.join(sorted(unknown))}")
    return {code: found[code.name] for code in Code}
