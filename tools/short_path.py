"""Write the actions that have a second, shorter path: `python -m tools.short_path`.

`uses: kubeflow/release-actions/sync-chart@v1` is an action.yml of its own, equal to its source but for the way up.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHORT_PATHS = {"sync-chart": "actions/sync-chart-version"}


def short_manifest(text: str, source: str) -> str:
    """The action.yml for the short path, from the text of its source."""
    return f"# Generated from {source}/action.yml by `make docs`.\n" + text.replace(
        "$GITHUB_ACTION_PATH/../../", "$GITHUB_ACTION_PATH/../"
    )


def main() -> None:
    """Write them all."""
    for short, source in SHORT_PATHS.items():
        text = (ROOT / source / "action.yml").read_text(encoding="utf-8")
        (ROOT / short).mkdir(exist_ok=True)
        (ROOT / short / "action.yml").write_text(short_manifest(text, source), encoding="utf-8")


if __name__ == "__main__":
    main()
