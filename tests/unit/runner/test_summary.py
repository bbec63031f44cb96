"""The run's page, as a release manager reads it."""

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Report, State
from release_actions.runner import summary

DIGEST = "sha256:" + "0a" * 32


def report() -> Report:
    made = Report()
    image = made.plan("image", "ghcr.io/o/op:v1.0.0", "v1.0.0", State.ABSENT)
    made.plan("chart", "ghcr.io/o/charts/op:1.0.0", "1.0.0", State.SAME, digest=DIGEST)
    made.plan("release", "v1.0.0", "v1.0.0", State.ABSENT)
    made.done(image, digest=DIGEST, link="https://ghcr.io/o/op")
    return made


def test_a_good_run_shows_each_artefact_and_its_state() -> None:
    page = summary.page("Publish", report(), ["More.\n"], None, dry_run=False)
    heading, _, header, _, image, chart, release, *rest = page.split("\n")
    assert heading == "## Publish"
    assert header == "| Artefact | Version | State | Digest |"
    assert image == f"| image [`ghcr.io/o/op:v1.0.0`](https://ghcr.io/o/op) | `v1.0.0` | ✅ created | `{DIGEST}` |"
    assert "☑️ already there" in chart
    assert "⬜ not written" in release
    assert "More." in rest


def test_many_artefacts_that_are_right_are_folded_and_what_is_wrong_stays_in_sight() -> None:
    made = Report()
    for number in range(5):
        made.plan("version place", f"VERSION:{number}", "1.0.0", State.SAME)
    made.plan("version place", "Chart.yaml:3", "1.0.0", State.CONFLICT)
    shown, _, folded = summary.page("Validate", made, [], None, dry_run=False).partition("<details>")
    assert "Chart.yaml:3" in shown
    assert "VERSION:" not in shown
    assert folded.startswith("<summary>version place (5): ☑️ already there</summary>")
    assert folded.count("VERSION:") == 5


def test_a_dry_run_says_so_and_what_it_would_do() -> None:
    page = summary.page("Publish", report(), [], None, dry_run=True)
    assert page.startswith("## Publish (dry run: nothing was written)\n")
    assert "🆕 would be created" in page


def test_a_failure_comes_first_with_what_is_out_and_what_to_do() -> None:
    error = ReleaseError(
        Code.E_BUILD,
        "It <b>broke</b>.",
        next_step="Fix it.",
        file="Dockerfile",
        line=3,
        details=("```", "</details>"),
    )
    page = summary.page("Publish", report(), [], error, dry_run=False)
    link = "https://github.com/kubeflow/release-actions/blob/v1/docs/errors.md#e_build"
    assert f"**Build failed** ([`E_BUILD`]({link})) (`Dockerfile:3`): It \\<b\\>broke\\</b\\>." in page
    assert "- **Published:** Written before the failure: ghcr.io/o/op:v1.0.0. Not written: v1.0.0." in page
    assert "- **Next:** Fix it." in page
    assert "````\n```\n</details>\n````" in page
    assert page.index("E_BUILD") < page.index("| Artefact")
