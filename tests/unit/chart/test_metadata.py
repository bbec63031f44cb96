"""Chart.yaml and Chart.lock: what is read, and what Helm or a registry would refuse is refused with its line."""

import pytest

from release_actions.chart.metadata import Dependency, Lock, local_path, locked_dependencies, read_chart, read_lock
from release_actions.core.errors import Code, ReleaseError

FILE = "charts/demo/Chart.yaml"
GOOD = "apiVersion: v2\nname: demo\nversion: 1.5.0\n"


def test_everything_is_read_as_text() -> None:
    chart = read_chart(
        GOOD
        + "appVersion: 1.10\ntype: library\ndependencies:\n- name: redis\n  version: ~1.2\n  repository: oci://r.io/c\n",
        FILE,
    )
    assert (chart.api_version, chart.name, chart.version) == ("v2", "demo", "1.5.0")
    assert chart.app_version == "1.10"
    assert chart.is_library
    assert chart.dependencies == (Dependency(name="redis", version="~1.2", repository="oci://r.io/c", line=7),)


@pytest.mark.parametrize("more", ["", "dependencies:\n", "dependencies: []\n", "type:\n", 'type: ""\n'], ids=repr)
def test_what_may_be_left_out(more: str) -> None:
    chart = read_chart(GOOD + more, FILE)
    assert (chart.app_version, chart.type, chart.dependencies) == (None, "application", ())


GOOD_NAMES = {
    "plain": "spark-operator",
    "separators": "a.b_c__d--e",
    "digits": "3scale",
    "long": "a" * 250,
}


@pytest.mark.parametrize("name", GOOD_NAMES.values(), ids=GOOD_NAMES.keys())
def test_a_name_that_suits_helm_and_registries(name: str) -> None:
    assert read_chart(GOOD.replace("demo", f'"{name}"'), FILE).name == name


BAD_NAMES = {
    "dot": ".",
    "dots": "..",
    "slash": "a/b",
    "up": "../x",
    "upper case": "Demo",
    "hyphen first": "-v",
    "hyphen last": "demo-",
    "two dots": "a..b",
    "other digits": "demo1\u0661",
    "line feed": "demo\\n",
    "too long": "a" * 251,
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_name_that_helm_or_registries_refuse(name: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_chart(GOOD.replace("demo", f'"{name}"'), FILE)
    assert (refused.value.code, refused.value.file, refused.value.line) == (Code.E_CHART, FILE, 2)


REFUSED = {
    "no version": (GOOD.replace("version: 1.5.0", "home: x"), Code.E_CHART, 1),
    "empty version": (GOOD.replace("1.5.0", ""), Code.E_CHART, 3),
    "no name": (GOOD.replace("name: demo", "x: y"), Code.E_CHART, 1),
    "no apiVersion": (GOOD.replace("apiVersion: v2", "x: y"), Code.E_CHART, 1),
    "new apiVersion": (GOOD.replace("v2", "v3"), Code.E_CHART, 1),
    "odd type": (GOOD + "type: operator\n", Code.E_CHART, 4),
    "version is a list": (GOOD.replace("1.5.0", "[1]"), Code.E_YAML, 3),
    "version is several lines": (GOOD.replace("1.5.0", '"1\\n2"'), Code.E_CHART, 3),
    "dependencies are a mapping": (GOOD + "dependencies: {a: b}\n", Code.E_YAML, 4),
    "dependency without a version": (GOOD + "dependencies:\n- name: x\n", Code.E_CHART, 5),
    "a list": ("- a\n", Code.E_YAML, 1),
    "text": ("chart\n", Code.E_YAML, 1),
    "empty appVersion": (GOOD + "appVersion:\n", Code.E_CHART, 4),
    "duplicate version": (GOOD + "version: 2.0.0\n", Code.E_YAML, 4),
}


@pytest.mark.parametrize(("text", "code", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_chart_is_refused_with_its_line(text: str, code: Code, line: int) -> None:
    with pytest.raises(ReleaseError) as refused:
        read_chart(text, FILE)
    assert (refused.value.code, refused.value.file, refused.value.line) == (code, FILE, line)


def _with(repository: str) -> str:
    return f"{GOOD}dependencies:\n- name: redis\n  version: ~1.2\n  repository: {repository}\n"


def _lock(repository: str, version: str = "1.2.3") -> Lock:
    entry = f"- name: redis\n  repository: {repository}\n  version: {version}\n"
    text = f"dependencies:\n{entry}digest: sha256:00\ngenerated: x\n"
    return read_lock(text, "charts/demo/Chart.lock")


ALLOWED = {
    "https": "https://charts.example.com",
    "oci": "oci://registry.k8s.io/jobset/charts",
    "a neighbour": "file://../common",
    "plain http on this machine": "http://127.0.0.1:5000",
}


@pytest.mark.parametrize("repository", ALLOWED.values(), ids=ALLOWED.keys())
def test_dependencies_come_as_the_lock_says(repository: str) -> None:
    found = locked_dependencies(read_chart(_with(repository), FILE), _lock(repository))
    assert [one.version for one in found] == ["1.2.3"]


def test_a_chart_in_charts_needs_no_lock() -> None:
    assert locked_dependencies(read_chart(_with('""'), FILE), None) == ()


ELSEWHERE = {
    "plain http": "http://charts.example.com",
    "a host that only looks local": "http://127.0.0.1.example.com",
    "an alias": "@bitnami",
    "ssh": "ssh://git@example.com/x",
    "a password": "https://u:p@charts.example.com",
    "no host": "https://",
    "a broken address": "https://[x",
    "an option": "--plain-http",
}


@pytest.mark.parametrize("repository", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_dependencies_come_from_nowhere_else(repository: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        locked_dependencies(read_chart(_with(f'"{repository}"'), FILE), _lock(f'"{repository}"'))
    assert (refused.value.code, refused.value.line) == (Code.E_CHART_DEPENDENCY, 5)
    shown = repository.replace("git@", "").replace("u:p@", "")
    assert refused.value.what == f"{FILE}, line 5: the dependency 'redis' comes from {shown!r}."


@pytest.mark.parametrize("login", ["u:hunter2@", "u:hunter2%40x@", "u:hunter2/hunter2@hunter2@", "u:hunter2 hunter2@"])
@pytest.mark.parametrize("scheme", ["https", "http", "oci", "file"])
def test_a_password_of_a_repository_is_never_shown(login: str, scheme: str) -> None:
    repository = f"{scheme}://{login}charts.example.com/../../../../../x"
    with pytest.raises(ReleaseError) as refused:
        locked_dependencies(read_chart(_with(f'"{repository}"'), FILE), _lock(f'"{repository}"'))
    error = refused.value
    assert error.code is Code.E_CHART_DEPENDENCY
    assert "hunter2" not in f"{error.what} {error.next_step} {error.details} {error.commands}"
    assert "charts.example.com" in error.what


@pytest.mark.parametrize("repository", ["file://../../../x", "file:///etc", "file://../../.."])
def test_a_local_dependency_is_in_the_repository(repository: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        locked_dependencies(read_chart(_with(repository), FILE), _lock(repository))
    assert (refused.value.code, refused.value.line) == (Code.E_CHART_DEPENDENCY, 5)
    assert refused.value.what == f"{FILE}, line 5: the dependency 'redis' is outside the repository ({repository!r})."


def test_a_local_dependency_has_a_path_from_the_repository() -> None:
    chart = read_chart(_with("file://../common/"), FILE)
    assert local_path(chart, chart.dependencies[0]) == "charts/common"
    chart = read_chart(_with("oci://example.com/x"), FILE)
    assert local_path(chart, chart.dependencies[0]) is None


UNLOCKED = {
    "no lock": (None, f"{FILE}, line 5: the dependency 'redis' is not in Chart.lock."),
    "a range in the lock": (
        _lock("https://a.io", "~1.2"),
        "charts/demo/Chart.lock, line 2: the dependency 'redis' is locked to '~1.2', which is not one version.",
    ),
    "another repository": (_lock("https://b.io"), f"{FILE}, line 5: the dependency 'redis' is not in Chart.lock."),
}


@pytest.mark.parametrize(("lock", "reason"), UNLOCKED.values(), ids=UNLOCKED.keys())
def test_dependencies_are_locked(lock: Lock | None, reason: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        locked_dependencies(read_chart(_with("https://a.io"), FILE), lock)
    assert (refused.value.code, refused.value.what) == (Code.E_CHART_DEPENDENCY, reason)


def test_a_chart_without_dependencies_needs_no_lock() -> None:
    assert locked_dependencies(read_chart(GOOD, FILE), None) == ()
