"""Patterns of paths: `*` and `?` stand for parts of a name, `**` for any number of folders."""

from fnmatch import fnmatchcase


def fits(path: str, pattern: str) -> bool:
    """Whether a path, with slashes, fits a pattern such as `config/**/*.yaml`; `config/**` is all below a folder."""
    wanted = pattern.split("/")
    places = _after(wanted, {0})
    for part in path.split("/"):
        stays = {at for at in places if at < len(wanted) and wanted[at] == "**"}
        goes = {at + 1 for at in places if at < len(wanted) and wanted[at] != "**" and fnmatchcase(part, wanted[at])}
        # What `**` at the end of a pattern takes in is a file, never nothing.
        places = _after(wanted, stays | goes) - ({len(wanted)} if not stays and wanted[-1] == "**" else set())
    return len(wanted) in places


def _after(wanted: list[str], places: set[int]) -> set[int]:
    """Places in a pattern, and those that are reached without any part of a path, as `**` may stand for no folder."""
    reached = set(places)
    for at in range(len(wanted)):
        if at in reached and wanted[at] == "**":
            reached.add(at + 1)
    return reached
