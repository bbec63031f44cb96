"""References in `values.schema.json`: Helm would read a file of this machine, or ask a host, for each that leads away.

Helm checks values by JSON Schema, whose `$ref` and `$schema` are addresses. What a schema says would then depend on
something else than the tagged commit, and a chart could have any file read. So references stay within the schema.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from release_actions.chart import package
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import line_at

_KEYS = ("$ref", "$dynamicRef", "$recursiveRef", "$schema")
_KNOWN = re.compile(r"https?://json-schema\.org/(?:schema|draft-0[467]/schema|draft/20(?:19-09|20-12)/schema)")
_SCHEMA = re.compile(r"(?:charts/[^/]+/)*values\.schema\.json")
_LESS = "Unpack it into the folder `charts`, or leave charts out of it."
_LEAST = 1024 * 1024  # what a package counts at least, so that one which contains itself ends soon
_PACKAGE = re.compile(r"(?:charts/[^/]+/)*charts/[^/]+\.tgz")


def require_own_references(chart: Path, shown: str) -> None:
    """Make sure that the schemas of a chart, and of its unpacked and packed subcharts, need nothing from elsewhere.

    `shown` is the chart's folder in the workspace. Raises E_CHART with the file, and E_CHART_PACKAGE for a packed
    subchart that can't be read.
    """
    packages = []
    for path in sorted(one for one in chart.rglob("*") if one.is_file()):
        name = path.relative_to(chart).as_posix()
        if _SCHEMA.fullmatch(name):
            _check_schema(path.read_bytes(), f"{shown}/{name}", f"{shown}/{name}")
        elif _PACKAGE.fullmatch(name):
            packages.append((f"{shown}/{name}", path.read_bytes()))
    for file, data in packages:
        _check_package(data, file)


def _check_package(data: bytes, file: str) -> None:
    """Check a packed subchart, and those packed inside it; an annotation can show the outermost `file` alone."""
    packages, unpacked = [(file, data)], 0
    while packages:
        shown, data = packages.pop()
        try:
            files = package.read(data)
        except ReleaseError as error:
            raise ReleaseError(error.code, f"{shown}: {error.what}", next_step=error.next_step, file=file) from error
        unpacked += sum(map(len, files.values())) + _LEAST
        if unpacked > package.TOTAL_LIMIT:
            raise _refused(f"{file} has more than {package.TOTAL_LIMIT} bytes of charts inside charts", _LESS, file)
        for name, content in files.items():
            inner = name.partition("/")[2]
            if _SCHEMA.fullmatch(inner):
                _check_schema(content, f"{shown}/{inner}", file)
            elif _PACKAGE.fullmatch(inner):
                packages.append((f"{shown}/{inner}", content))


def _check_schema(data: bytes, shown: str, file: str) -> None:
    text = data.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")  # as Helm takes it
    try:
        schema = json.loads(text)
        strange = next((one for one in _references(schema) if _leads_away(one)), None)
    except (ValueError, RecursionError) as error:
        raise _refused(f"{shown} is not JSON that can be checked", "Write a JSON Schema.", file) from error
    if strange is not None:
        written = text.find(json.dumps(strange, ensure_ascii=False))
        line = line_at(text, written) if written >= 0 and shown == file else None
        step = "Write what it refers to into the schema itself, and refer to it as `#/$defs/NAME`."
        raise _refused(f"{shown} refers to {strange[:200]!a}, which Helm would read from elsewhere", step, file, line)


def _references(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (schema[key] for key in _KEYS if isinstance(schema.get(key), str))
    for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from _references(child)


def _leads_away(reference: str) -> bool:
    address = reference.partition("#")[0]
    return bool(address) and not address.startswith("urn:") and _KNOWN.fullmatch(address) is None


def _refused(what: str, next_step: str, file: str, line: int | None = None) -> ReleaseError:
    return ReleaseError(Code.E_CHART, f"{what}.", next_step=next_step, file=file, line=line)
