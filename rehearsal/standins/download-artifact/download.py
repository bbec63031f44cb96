"""Copies artifacts out of the run's folder, laid out as actions/download-artifact does."""

import fnmatch
import json
import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    inputs: dict[str, str] = json.loads(os.environ["INPUTS"])
    target = (Path(os.environ["GITHUB_WORKSPACE"]) / inputs["path"]).resolve()
    artifacts = Path(os.environ["REHEARSAL_ARTIFACTS"])
    names = sorted(artifact.name for artifact in artifacts.iterdir())
    if inputs["name"]:
        if inputs["name"] not in names:
            sys.exit(f"::error::Unable to download artifact(s): Artifact not found for name: {inputs['name']}")
        wanted = {inputs["name"]: target}
    else:
        matching = [name for name in names if fnmatch.fnmatchcase(name, inputs["pattern"])]
        # One artifact that a pattern finds keeps no folder of its own either.
        flat = inputs["merge-multiple"] == "true" or len(matching) == 1
        wanted = {name: target if flat else target / name for name in matching}
    target.mkdir(parents=True, exist_ok=True)
    for name, folder in wanted.items():
        shutil.copytree(artifacts / name, folder, dirs_exist_ok=True)
        print(f"artifact {name} is in {folder}")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as outputs:
        outputs.write(f"download-path={target}\n")


if __name__ == "__main__":
    main()
