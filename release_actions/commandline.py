"""The same actions on a command line: flags are generated from `action.yml`."""

import argparse

from release_actions.manifest import Manifest


def parse(script: str, manifest: Manifest, arguments: list[str]) -> dict[str, str]:
    """The inputs given as flags; one without a value means `true`, so that `--dry-run` reads as on any command line."""
    parser = argparse.ArgumentParser(prog=f"run.py {script}", description=manifest.description, allow_abbrev=False)
    for name, one in manifest.inputs.items():
        default = f" (default: {one.default!r})" if one.default else ""
        parser.add_argument(
            f"--{name}",
            dest=name,
            nargs="?",
            const="true",
            action="append",
            metavar="VALUE",
            help=(one.description.strip() + default).replace("%", "%%"),
        )
    given = vars(parser.parse_args(arguments))
    return {name: "\n".join(values) for name, values in given.items() if values is not None}
