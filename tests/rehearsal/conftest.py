"""A small project, small release actions, and a rehearsal to run the one with the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.git.worktree import WorkTree
from rehearsal.run.rehearse import Rehearsal

_ACTION = """
name: Greet
inputs:
  who:
    default: nobody
outputs:
  greeting:
    value: ${{ steps.run.outputs.greeting }}
runs:
  using: composite
  steps:
    - id: run
      shell: bash
      env:
        INPUTS: ${{ toJSON(inputs) }}
      run: exec python3 -I "$GITHUB_ACTION_PATH/../../scripts/run.py" greet
"""

_SCRIPT = """
import json, os
def dependencies():
    pass
def main():
    who = json.loads(os.environ["INPUTS"])["who"]
    print(f"::notice file=VERSION,line=1,title=Greeting::hello 100%25 {who}")
    with open(os.environ["GITHUB_STEP_SUMMARY"], "a") as summary:
        summary.write(f"## Hello {who}\\n\\n| a | b |\\n| --- | --- |\\n| 1 | 2 |\\n")
    with open(os.environ["GITHUB_OUTPUT"], "a") as outputs:
        outputs.write(f"greeting=hello {who}\\n")
    raise SystemExit(who == "failure")
if __name__ == "__main__":
    main()
"""

_RELEASE = """
name: Release
on:
  workflow_call:
    inputs:
      who: {type: string}
jobs:
  greet:
    runs-on: ubuntu-24.04
    outputs:
      greeting: ${{ steps.greet.outputs.greeting }}
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
      - id: greet
        uses: $/actions/greet
        with:
          who: ${{ inputs.who || github.ref_name }}
      - run: mkdir -p out && git rev-parse HEAD >out/commit && env >out/environment
      - uses: actions/upload-artifact@330a01c490aca151604b8cf639adc76d48f6c5d4 # v5.0.0
        with:
          name: found
          path: out
  show:
    needs: greet
    strategy:
      matrix:
        runner: [ubuntu-24.04, ubuntu-24.04-arm]
    runs-on: ${{ matrix.runner }}
    steps:
      - uses: actions/download-artifact@018cc2cf5baa6db3ef3c5f8a56943fffe632ef53 # v6.0.0
        with:
          name: found
          path: in
      - run: echo "greeting=$GREETING commit=$(cat in/commit) sha=$GITHUB_SHA"
        env:
          GREETING: ${{ needs.greet.outputs.greeting }}
"""

_CALLER = """
name: Release
on:
  push:
    tags: ["v*"]
  workflow_dispatch:
    inputs:
      who: {required: true}
jobs:
  release:
    uses: kubeflow/release-actions/.github/workflows/release.yml@v1
    with:
      who: ${{ inputs.who }}
"""


@pytest.fixture(scope="session")
def release_actions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of the shape of this one, with one action and the workflow that uses it."""
    files = {
        ".github/workflows/release.yml": _RELEASE,
        "actions/greet/action.yml": _ACTION,
        "scripts/run.py": _SCRIPT,
    }
    return WorkTree.create(tmp_path_factory.mktemp("release-actions"), files).folder


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is released by those actions: annotated v1.0.0 and other-1.0, lightweight v1.0.1, all on main."""
    files = {".github/workflows/release.yml": _CALLER, "VERSION": "v1.0.0\n"}
    tree = WorkTree.create(tmp_path_factory.mktemp("caller"), files)
    tree.tag("v1.0.0")
    tree.tag("v1.0.1", annotated=False)
    tree.tag("other-1.0")
    return tree.folder


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, release_actions: Path) -> Iterator[Rehearsal]:
    """A started rehearsal with the small release actions."""
    folder = tmp_path_factory.mktemp("rehearsal")
    with Rehearsal(folder, show=lambda _: None, release_actions=release_actions) as started:
        yield started
