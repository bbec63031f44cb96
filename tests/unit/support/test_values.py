"""Values that are written in the files of a tag, and what a release says of itself by them."""

import pytest

from release_actions.core.errors import ReleaseError
from release_actions.core.version import MinorVersion
from release_actions.project.config import parse_config
from release_actions.project.support_settings import Column, Support, ValueSource
from release_actions.support.facts import kubernetes_versions, patterns, read_facts
from release_actions.support.values import read_values

WORKFLOW = """\
on: {push: {tags: [v*]}}
jobs:
  unit:
    runs-on: ubuntu-24.04
  e2e:
    strategy:
      matrix:
        k8s: [v1.33.1, "1.34.0"]
        k3s:
          - version: v1.35.0
            latest: true
          - {version: v1.36.0}
        image: kindest/node:v1.32.2
  more:
    strategy: {matrix: {k8s: [v1.31.0]}}
  computed:
    strategy:
      matrix: ${{ fromJSON(needs.versions.outputs.matrix) }}
  half:
    strategy: {matrix: {k8s: [v1.30.0, "${{ vars.NEWEST }}"]}}
"""
MAKEFILE = "K8S_VERSIONS ?= 1.28 1.29\r\nKIND_IMAGE_K8S_133=a\nKIND_IMAGE_K8S_134=b\n"
FILES = {".github/workflows/e2e.yml": WORKFLOW, "Makefile": MAKEFILE, ".k8s": "1.32\n1.33\n", "bad.yml": "a: [\n"}
E2E = ".github/workflows/e2e.yml"


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        (ValueSource(file=E2E, yaml="jobs.e2e.strategy.matrix.k8s"), ("v1.33.1", "1.34.0")),
        (ValueSource(file=E2E, yaml="jobs.e2e.strategy.matrix.k8s[0]"), ("v1.33.1",)),
        (ValueSource(file=E2E, yaml="jobs.e2e.strategy.matrix.k3s[*].version"), ("v1.35.0", "v1.36.0")),
        (ValueSource(file=E2E, yaml="jobs.e2e.strategy.matrix.k3s[latest=true].version"), ("v1.35.0",)),
        (ValueSource(file=E2E, yaml="jobs.e2e.strategy.matrix.image"), ("kindest/node:v1.32.2",)),
        (ValueSource(file=".github/*/*.yml", yaml="jobs.e2e.strategy[*].k3s[*].version"), ("v1.35.0", "v1.36.0")),
        (ValueSource(file="./Makefile", regex=r"K8S_VERSIONS \?= (.*)"), ("1.28 1.29",)),
        (ValueSource(file="Makefile", regex=r"KIND_IMAGE_K8S_(\d+)=.*"), ("133", "134")),
        (ValueSource(file=".k8s"), ("1.32", "1.33")),
        (ValueSource(file=E2E, yaml="jobs.gone.strategy.matrix.k8s"), ()),
        (ValueSource(file=E2E, yaml="jobs.unit.runs-on[*].x"), ()),
        (ValueSource(file="*.yml", yaml="jobs.e2e"), ()),
        (ValueSource(file="gone", regex="(.*)"), ()),
    ],
    ids=str,
)
def test_values_are_found_by_path_by_line_and_in_whole_files(source: ValueSource, texts: tuple[str, ...]) -> None:
    assert read_values([source], FILES).texts == texts


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("jobs.computed.strategy.matrix.k8s", 18),
        ("jobs.computed.strategy.matrix.include[*].k8s", 18),
        ("jobs[*].strategy.matrix.k8s", 18),
        ("jobs.half.strategy.matrix.k8s", 20),
    ],
)
def test_what_only_a_run_knows_is_said(path: str, line: int) -> None:
    values = read_values([ValueSource(file=E2E, yaml=path)], FILES)
    assert values.texts == ()
    assert values.unknown.startswith(f"{E2E}, line {line}: `${{{{ ")
    assert values.unknown.endswith("is only known in a run.")


def test_the_first_source_that_says_anything_counts() -> None:
    old = ValueSource(file="Makefile", regex=r"K8S_VERSIONS \?= (.*)")
    computed = ValueSource(file=E2E, yaml="jobs.computed.strategy.matrix.k8s")
    for sources in ([ValueSource(file="gone"), old], [computed, old], [old, ValueSource(file=".k8s")]):
        values = read_values(sources, FILES)
        assert (values.texts, values.unknown) == (("1.28 1.29",), "")


def test_a_file_that_can_not_be_read_is_said() -> None:
    assert "bad.yml, line 2" in read_values([ValueSource(file="bad.yml", yaml="a")], FILES).unknown
    assert "not UTF-8" in read_values([ValueSource(file="x", yaml="a")], {"x": None}).unknown


@pytest.mark.parametrize(
    ("text", "minors"),
    [
        ("v1.33.4", [33]),
        ("kindest/node:v1.33.4@sha256:1.a", [33]),
        ("v1.34.2+k3s1", [34]),
        ("1.30 1.29 v1.30.1", [29, 30]),
        ("133", [33]),
        ("v0.1.33", []),
        ("31.33", []),
        ("latest", []),
        ("1.x", []),
    ],
)
def test_kubernetes_versions_in_texts(text: str, minors: list[int]) -> None:
    assert kubernetes_versions([text]) == [MinorVersion(1, minor) for minor in minors]


@pytest.mark.parametrize(
    ("text", "client_go", "go"),
    [
        ("go 1.24.0\n\nrequire k8s.io/client-go v0.33.3\n", "1.33", "1.24.0"),
        ("go 1.22\nrequire (\n\tk8s.io/api v0.30.1\n\tk8s.io/client-go v0.30.1 // indirect\n)\n", "1.30", "1.22"),
        (
            "require k8s.io/client-go v1.5.2\nreplace (\n  k8s.io/client-go => k8s.io/client-go v0.29.3\n)\n",
            "1.29",
            "",
        ),
        ("require k8s.io/client-go v0.31.0\nreplace k8s.io/client-go v0.31.0 => me/client v0.30.0\n", "1.30", ""),
        ("require k8s.io/client-go v11.0.0+incompatible\n", "", ""),
        ("require k8s.io/client-go v0.0.0-20190918160344-1fbdaa4c8d90\n", "", ""),
        ("// go 1.1\nrequire example.org/k8s.io/client-go v0.1.2\n", "", ""),
    ],
)
def test_what_go_mod_says(text: str, client_go: str, go: str) -> None:
    facts = read_facts(Support(), [], {"go.mod": text})
    assert (str(facts.client_go or ""), facts.go) == (client_go, go)


def test_a_chart_says_where_it_runs_and_columns_are_ones_own() -> None:
    policy = Support(
        kubernetes=(ValueSource(file=".k8s"),),
        columns=(Column(name="Spark", sources=(ValueSource(file="Dockerfile", regex="FROM spark:(.*)"),)),),
    )
    files = {
        ".k8s": "1.33",
        "Dockerfile": "FROM spark:4.0.1\nFROM spark:3.5\n",
        "charts/a/Chart.yaml": 'kubeVersion: ">=1.29.0-0"\n',
        "charts/b/Chart.yaml": "[",
        "other/Chart.yaml": "kubeVersion: '1'\n",
    }
    facts = read_facts(policy, ["./charts/*"], files)
    assert (facts.kube_version, dict(facts.columns)) == ((">=1.29.0-0",), {"Spark": "4.0.1, 3.5"})
    assert patterns(policy, ["./charts/*"]) == ["go.mod", "charts/*/Chart.yaml", ".k8s", "Dockerfile"]


def test_a_value_without_a_kubernetes_version_is_said() -> None:
    policy = Support(kubernetes=(ValueSource(file="v"),))
    facts = read_facts(policy, [], {"v": "$(shell go list)"})
    assert (facts.tested, facts.unknown) == ((), "`$(shell` has no version of Kubernetes.")


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("kubernetes: [{file: a, yaml: b, regex: (c)}]", "at most one of yaml and regex"),
        ("kubernetes: [{file: a, yaml: 'b..c'}]", "is not a YAML path"),
        ("kubernetes: [{file: a, yaml: 'b[*]..c'}]", "is not a YAML path"),
        ("kubernetes: [{file: a, regex: '(?=x)'}]", "not a regular expression of RE2"),
        ("kubernetes: [{file: a, regexp: x}]", "Write `regex`"),
        ("columns: [{name: a, sources: [{file: a, yml: x}]}]", "Write `yaml`"),
        ("columns: [{name: '', sources: []}]", "length >= 1"),
        ("columns: [{name: a, sources: []}, {name: a, sources: []}]", "two columns are `a`"),
        ("docs: site/a.md, page: ./site/a.md", "two pages are `site/a.md`"),
        ("calendar: a, endoflife: b/../a", "two pages are `a`"),
    ],
)
def test_a_source_that_says_nothing_is_refused(config: str, said: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        parse_config(f"support: {{{config}}}\n")
    assert said in f"{raised.value.what} {raised.value.next_step}"
