"""The same actions on a command line: flags are generated from `action.yml`."""

import argparse

from release_actions.runner.action_yml import ActionMetadata, with_defaults


def parse(script: str, metadata: ActionMetadata, arguments: list[str]) -> dict[str, str]:
    """The inputs given as flags; one without a value means `true`, so that `--dry-run` reads as on any command line.

    A flag that no input has is handed on like the others, for the check of names that inputs go through anyway.
    """
    parser = argparse.ArgumentParser(prog=f"run.py {script}", description=metadata.description, allow_abbrev=False)
    defaults = with_defaults(metadata, {})
    for name, one in metadata.inputs.items():
        default = f" (default: {defaults[name]!r})" if defaults.get(name) else ""
        parser.add_argument(
            f"--{name}",
            dest=name,
            nargs="?",
            const="true",
            action="append",
            metavar="VALUE",
            help=(one.description.strip() + default).replace("%", "%%"),
        )
    known, unknown = parser.parse_known_args(arguments)
    given = {name: "\n".join(values) for name, values in vars(known).items() if values is not None}
    return {**given, **{flag.lstrip("-").partition("=")[0]: "" for flag in unknown}}
