"""Rehearses a repository's own release workflow: `python -m rehearsal PATH --tag TAG`."""

import argparse
import re
import signal
import sys
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT, run
from rehearsal.base.run_folder import own_folder
from rehearsal.hosts.internet import REGISTRY_HOSTS
from rehearsal.oci.published import table
from rehearsal.run.rehearse import Rehearsal

_GITHUB = re.compile(
    r"(?:https://(?:[^/@]*@)?github\.com/|(?:ssh://)?git@github\.com[:/])([^/\s]+/[^/\s]+?)(?:\.git)?/?"
)


def main() -> int:
    """The exit code of the workflows, or 2 when they could not be run."""
    options = _options()
    # An exception, so that everything that was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return _rehearse(options)
    except RehearsalError as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _rehearse(options: argparse.Namespace) -> int:
    project: Path = options.path.resolve()
    if not project.is_dir():
        raise RehearsalError(f"there is no folder {options.path}")
    name = options.repository or _github_name(project)
    registries = REGISTRY_HOSTS | set(options.registry)
    with (
        own_folder(options.keep) as folder,
        Rehearsal(folder, show=print, registries=registries) as rehearsal,
    ):
        origin = rehearsal.stage(project, name)
        if options.create_tag:
            origin.create_tag(options.tag, options.at or origin.default_branch)
        rehearsal.assume_images(options.assume_image)
        for reference in options.assume_image:
            print(f"assumed to exist, played by an empty image: {reference}")
        runs = rehearsal.push_tag(origin, options.tag, options.workflow)
        print(f"\n{table(rehearsal.published())}\n")
        for one in runs:
            print(f"{one.workflow}: {'succeeded' if one.outcome.exit_code == 0 else 'failed'}")
            print(f"  job summary: {one.page}")
            print(f"  log:         {one.outcome.log}")
        refused = sorted({call.host for call in rehearsal.internet.refused})
        print(f"hosts asked for that do not exist here: {', '.join(refused) or 'none'}")
        return max(one.outcome.exit_code for one in runs)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description=__doc__)
    parser.add_argument("path", type=Path, help="the git repository to release; it is only read")
    parser.add_argument("--tag", required=True, help="the tag that is pushed")
    parser.add_argument("--create-tag", action="store_true", help="create the tag first, in the rehearsal alone")
    parser.add_argument("--at", metavar="BRANCH", help="where --create-tag creates it (default: the default branch)")
    parser.add_argument("--workflow", metavar="FILE", help="run this workflow alone, as .github/workflows/release.yml")
    parser.add_argument("--repository", metavar="OWNER/NAME", help="its name on GitHub (default: that of origin)")
    parser.add_argument("--registry", action="append", default=[], metavar="HOST", help="one more registry to play")
    parser.add_argument(
        "--assume-image",
        action="append",
        default=[],
        metavar="REFERENCE",
        help="an image of others that the chart names: an empty one plays it",
    )
    parser.add_argument(
        "--keep",
        type=Path,
        default=PROJECT / ".rehearsal",
        metavar="FOLDER",
        help="where everything is put and stays afterwards (default: .rehearsal in the release-actions checkout)",
    )
    return parser.parse_args()


def _github_name(project: Path) -> str:
    try:
        url = run(["git", "-C", str(project), "config", "--get", "remote.origin.url"]).strip()
    except RehearsalError:
        url = ""
    match = _GITHUB.fullmatch(url)
    return match[1] if match else f"rehearsal/{project.name}"


if __name__ == "__main__":
    sys.exit(main())
