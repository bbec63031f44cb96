"""Copies files into the run's folder of artifacts, laid out as actions/upload-artifact does."""

import glob
import json
import os
import shutil
import sys
from pathlib import Path


def main() -> None:
    inputs: dict[str, str] = json.loads(os.environ["INPUTS"])
    os.chdir(os.environ["GITHUB_WORKSPACE"])
    hidden = inputs["include-hidden-files"] == "true"
    patterns = [line.strip() for line in inputs["path"].splitlines() if line.strip()]
    files = _matching([pattern for pattern in patterns if not pattern.startswith("!")], hidden=hidden)
    files -= _matching([pattern[1:] for pattern in patterns if pattern.startswith("!")], hidden=True)
    if not files:
        level = {"warn": "warning", "ignore": "notice"}.get(inputs["if-no-files-found"], "error")
        print(
            f"::{level}::No files were found with the provided path: {inputs['path']}. No artifacts will be uploaded."
        )
        sys.exit(level == "error")
    artifact = Path(os.environ["REHEARSAL_ARTIFACTS"]) / inputs["name"]
    if artifact.exists() and inputs["overwrite"] == "true":
        shutil.rmtree(artifact)
    try:
        artifact.mkdir(parents=True)
    except FileExistsError:
        sys.exit("::error::Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists")
    root = _root(patterns, files)
    for file in sorted(files):
        target = artifact / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    print(f"artifact {inputs['name']}: {len(files)} files")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as outputs:
        outputs.write(f"artifact-id={len(list(artifact.parent.iterdir()))}\nartifact-url={artifact.as_uri()}\n")


def _matching(patterns: list[str], *, hidden: bool) -> set[Path]:
    """The files that patterns name, folders included with all that is in them."""
    files: set[Path] = set()
    for pattern in patterns:
        path = Path(pattern).absolute()
        start = _fixed_part(path)
        for found in Path("/").glob(str(path.relative_to("/"))):
            below = [found] if found.is_file() else found.rglob("*")
            files |= {file for file in below if file.is_file() and (hidden or not _is_hidden(file, start))}
    return files


def _is_hidden(file: Path, start: Path) -> bool:
    """Whether a file has a name with a leading dot, or a folder with one between itself and where the search began."""
    return any(part.startswith(".") for part in file.relative_to(start.parent).parts)


def _root(patterns: list[str], files: set[Path]) -> Path:
    """The folder that becomes the artifact's top: the least common one of the paths asked for."""
    included = [pattern for pattern in patterns if not pattern.startswith("!")]
    tops = [_fixed_part(Path(pattern).absolute()) for pattern in included]
    common = Path(os.path.commonpath(tops))
    return common.parent if common in files else common


def _fixed_part(pattern: Path) -> Path:
    """What stands before the first wildcard of a pattern."""
    fixed = Path(pattern.anchor)
    for part in pattern.parts[1:]:
        if glob.has_magic(part):
            break
        fixed /= part
    return fixed


if __name__ == "__main__":
    main()
