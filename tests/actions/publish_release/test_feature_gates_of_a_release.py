"""The section on feature gates in the description of a release, as publish-release writes it."""

import pytest

from rehearsal.base.programs import run
from tests.actions.publish_release.demo import Demo, require_error, require_success

SOURCE = "pkg/features/gates.go"
CONFIG = "feature-gates:\n  sources: [pkg/features/*.go]\n"
EARLY = (
    "Old: {Default: true, PreRelease: featuregate.GA, LockToDefault: true}",
    "Fast: {Default: false, PreRelease: featuregate.Alpha}",
)
LATE = (
    'Fast: {\n{Version: version.MustParse("1.5"), Default: true, PreRelease: featuregate.Beta},\n}',
    "New: {Default: false, PreRelease: featuregate.Alpha}",
)
REMOVED = "- `Old` removed: Delete `Old=…` from your values and arguments; a program without the gate does not start.\n"
CHANGED = "- `Fast` default changed: It is on by default now.\n- `Fast` promoted: From Alpha to Beta.\n"
NEW = "- `New` new: Alpha, off by default.\n"


def go(*entries: str) -> str:
    found = "".join(f"\t{one},\n" for one in entries)
    return f"package features\n\nvar gates = map[featuregate.Feature]featuregate.FeatureSpec{{\n{found}}}\n"


def commit(demo: Demo, *tags: str, **files: str) -> None:
    """Commit files on top of the default branch, a name's `__` being a slash, and set tags."""
    stream = "commit refs/heads/main\ncommitter Ann <ann@example.com> 1767398400 +0000\ndata 4\nmore\n"
    stream += "from refs/heads/main^0\n"
    for name, text in files.items():
        stream += f"M 100644 inline {name}\ndata {len(text.encode())}\n{text}\n"
    stream += "".join(f"reset refs/tags/{tag}\nfrom refs/heads/main\n\n" for tag in tags)
    run(["git", "-C", str(demo.git), "fast-import", "--quiet"], stdin=stream)


def project(demo: Demo, config: str = CONFIG, source: str = SOURCE, before: str = SOURCE) -> None:
    """The releases v1.7.0 and v1.8.0, between which gates changed, with a candidate of the latter that has none yet."""
    commit(demo, "v1.7.0", **{before: go(*EARLY)})
    commit(demo, "v1.8.0-rc.0")
    commit(demo, **({} if source == before else {before: "package features\n"}))
    commit(demo, "v1.8.0", "v1.8.0-rc.1", **{source: go(*LATE), ".github/release-actions.yml": config})


def notes(demo: Demo) -> str:
    return (demo.release.body or "").partition("the notes follow -->\n\n")[2]


@pytest.mark.parametrize("tag", ["v1.8.0", "v1.8.0-rc.1"])
def test_the_notes_begin_with_what_users_act_on_since_the_release_before(demo: Demo, tag: str) -> None:
    project(demo)
    require_success(demo.publish(tag, images="", charts=""))
    assert notes(demo).startswith(f"## Feature gates\n\n{REMOVED}{CHANGED}{NEW}\n**Full Changelog**")


def test_a_file_of_notes_follows_them(demo: Demo) -> None:
    project(demo)
    (demo.job.workspace / "NOTES.md").write_text("All is well.\n")
    require_success(demo.publish("v1.8.0", images="", charts="", notes_file="NOTES.md"))
    assert notes(demo) == f"## Feature gates\n\n{REMOVED}{CHANGED}{NEW}\nAll is well."


@pytest.mark.parametrize(("source", "before"), [("pkg/features/all.go", SOURCE), (SOURCE, "features.go")])
def test_a_source_that_was_moved_removes_no_gate(demo: Demo, source: str, before: str) -> None:
    project(demo, source=source, before=before)
    require_success(demo.publish("v1.8.0", images="", charts="", generate_notes="false"))
    assert notes(demo) == f"## Feature gates\n\n{REMOVED}{CHANGED}{NEW}".strip()


@pytest.mark.parametrize(("tag", "config"), [("v1.8.0", "branch: v{major}.{minor}\n"), ("v1.7.0", CONFIG)])
def test_without_the_configuration_the_notes_say_nothing_of_gates(demo: Demo, tag: str, config: str) -> None:
    project(demo, config)
    require_success(demo.publish(tag, images="", charts="", generate_notes="false"))
    assert notes(demo) == ""


@pytest.mark.parametrize(("config", "said"), [("unknown: key\n", "no key 'unknown'"), ("a: [\n", "line 2")])
def test_a_configuration_that_can_not_be_read_is_a_warning_and_stops_no_release(
    demo: Demo, config: str, said: str
) -> None:
    project(demo, config)
    done = demo.publish("v1.8.0", images="", charts="", generate_notes="false")
    require_success(done)
    [warning] = [one.message for one in done.annotations if one.level == "warning"]
    assert warning.startswith("The notes say nothing of feature gates, as .github/release-actions.yml can't be read: ")
    assert said in warning
    assert (demo.release.draft, notes(demo)) == (False, "")


def test_a_gate_that_is_made_by_a_function_is_not_called_removed(demo: Demo) -> None:
    project(demo)
    made = "package features\n\nfunc gates() map[featuregate.Feature]featuregate.FeatureSpec {\n\treturn load()\n}\n"
    commit(demo, "v1.9.0", **{SOURCE: made})
    require_success(demo.publish("v1.9.0", images="", charts="", generate_notes="false"))
    assert notes(demo) == ""


def test_gates_that_the_server_does_not_show_stop_the_release_before_it_is_begun(demo: Demo) -> None:
    project(demo)
    demo.server = (demo.git.parent / "elsewhere").as_uri()
    message = require_error(demo.publish("v1.8.0", images="", charts=""), "E_REMOTE_UNAVAILABLE")
    assert "could not read it" in message
    assert demo.releases == []
