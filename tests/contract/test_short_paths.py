"""The short paths of actions are what their sources are."""

import pytest
import yaml

from tools.short_path import ROOT, SHORT_PATHS, short_manifest


@pytest.mark.parametrize(("short", "source"), SHORT_PATHS.items(), ids=SHORT_PATHS.keys())
def test_a_short_path_is_fresh_and_leads_to_the_same_script(short: str, source: str) -> None:
    original = (ROOT / source / "action.yml").read_text()
    copy = (ROOT / short / "action.yml").read_text()
    assert copy == short_manifest(original, source), "run `make docs`"
    steps = [yaml.safe_load(text)["runs"]["steps"][0] for text in (original, copy)]
    scripts = [
        (ROOT / folder / step["run"].split('"')[1].removeprefix("$GITHUB_ACTION_PATH/")).resolve()
        for folder, step in zip((source, short), steps, strict=True)
    ]
    assert scripts == [ROOT / "scripts" / "run.py"] * 2
