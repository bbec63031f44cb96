"""What verify-release cannot tell, and says so: wrong inputs, nothing to go by, a registry that refuses."""

from collections.abc import Callable

import pytest

from rehearsal.act.step import Result
from rehearsal.net.proxy import Answer
from tests.actions.verify_release.project import TAG, Project


@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"since": "v1.0.0"}, "E_INPUT", "exclude each other"),
        ({"tag": "", "since": "v9.0.0"}, "E_TAG_MISSING", "v9.0.0"),
        ({"tag": "1.5.0"}, "E_TAG_GRAMMAR", "v1.5.0"),
        ({"repository": "../etc"}, "E_INPUT", "etc"),
        ({"repository": "kubeflow/nowhere"}, "E_REMOTE_UNAVAILABLE", "nowhere"),
        ({"config": "release.yml"}, "E_PATH", "release.yml"),
        ({"charts": "charts/nothing"}, "E_PATH", "charts/nothing"),
        ({"charts": "charts/**"}, "E_INPUT", "charts/**"),
        ({"charts": "charts"}, "E_CHART", "Chart.yaml"),
    ],
    ids=[
        *("tag and since", "no such tags", "grammar", "repository", "no repository", "no such file"),
        *("no such chart", "two levels of charts", "a folder of charts"),
    ],
)
def test_what_can_not_be_asked_is_told(project: Project, inputs: dict[str, str], code: str, said: str) -> None:
    project.tag(TAG)
    done = project.verify(**{"tag": TAG, **inputs})
    assert (done.code, done.error) == (1, code)
    assert said in done.log


def test_a_release_is_never_complete_without_its_charts(project: Project, run_action: Callable[..., Result]) -> None:
    config = f"images:\n- name: {project.image}\ncharts:\n- path: charts/operator-*\n"
    project.git.write(".github/release-actions.yml", config)
    project.release()
    done = project.verify(registry=f"oci://{project.charts}")
    synced = run_action("sync_chart_version", {"tag": TAG}, workspace=project.git.tree)
    assert (done.code, done.error, synced.error) == (1, "E_INPUT", "E_INPUT"), done.log
    for word in ("what", "next"):
        assert done.result["error"][word] == synced.result["error"][word]
    assert (done.outputs["complete"], done.outputs["incomplete-tags"]) == ("false", TAG)
    assert [one["kind"] for one in done.result["artefacts"] if one["outcome"] == "wrong"] == ["contents"]


def test_nothing_that_says_what_a_release_consists_of(project: Project) -> None:
    (project.git.tree / ".github/release-actions.yml").unlink()
    project.tag(TAG)
    done = project.verify()
    assert done.error == "E_INPUT"
    assert "no ledger" in done.log


def test_a_registry_that_refuses_is_no_missing_image(project: Project) -> None:
    project.release()
    project.internet.proxy.hook = lambda call: Answer(403) if f"{project.repository}/op" in call.path else None
    try:
        done = project.verify()
    finally:
        project.internet.proxy.hook = lambda _: None
    assert (done.code, done.error) == (1, "E_REGISTRY_LOGIN")
    assert done.outputs["complete"] == "false"
    assert [one["kind"] for one in done.result["artefacts"] if one["outcome"] == "wrong"] == ["image"]
