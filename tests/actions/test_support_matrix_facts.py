"""What support-matrix reads at the tags themselves, as a workflow sees it."""

import json
from pathlib import Path

from rehearsal.projects.github_project import CONFIG, GitHubProject

E2E = "jobs: {e2e: {strategy: {matrix: {k8s: %s}}}}\n"
SUPPORT = """\
support:
  newest: 2
  docs: docs/support.md
  kubernetes:
    - {file: .github/workflows/e2e.yml, yaml: jobs.e2e.strategy.matrix.k8s}
    - {file: Makefile, regex: "K8S = (.*)"}
  columns:
    - name: Spark
      sources: [{file: Dockerfile, regex: "FROM spark:(.*)"}]
"""


def released(project: GitHubProject) -> Path:
    """A checkout of a project: 1.3 names its versions in a Makefile, 1.4 in a workflow, and 1.5 computes them."""
    project.write(".github/release-actions.yml", f"{CONFIG}{SUPPORT}")
    project.write("docs/support.md", "<!-- begin support-matrix -->\n<!-- end support-matrix -->\n")
    project.write("Makefile", "K8S = 1.30 1.31\n")
    project.commit("ci: make")
    project.tag("v1.3.0")
    project.write("Makefile", "all:\n")
    project.write(".github/workflows/e2e.yml", E2E % "[v1.32.1, v1.33.0]")
    project.write("Dockerfile", "FROM spark:4.0.1\n")
    project.write("go.mod", "go 1.24.1\nrequire k8s.io/client-go v0.33.3\n")
    project.commit("ci: workflow")
    project.tag("v1.4.0", annotated=True)
    project.write(".github/workflows/e2e.yml", E2E % '"${{ fromJSON(needs.k8s.outputs.all) }}"')
    project.commit("ci: compute")
    project.tag("v1.5.0")
    project.push()
    return project.checkout("refs/heads/main", "checkout")


def test_each_row_says_what_its_own_tag_says(github_project: GitHubProject) -> None:
    workspace = released(github_project)
    env = {"GITHUB_WORKSPACE": str(workspace)}
    done = github_project.run("support_matrix", env, check="false", date="2025-07-01")
    assert done.code == 0, done.log
    matrix = {one["version"]: one for one in json.loads(done.outputs["matrix"])}
    shown = {minor: [one["kubernetes"], one["client-go"], one["go"], one["columns"]] for minor, one in matrix.items()}
    assert shown == {
        "1.3": [["1.30", "1.31"], "", "", {"Spark": ""}],
        "1.4": [["1.32", "1.33"], "1.33", "1.24.1", {"Spark": "4.0.1"}],
        "1.5": [[], "1.33", "1.24.1", {"Spark": "4.0.1"}],
    }
    [warning] = [one for one in done.annotations if one.level == "warning"]
    assert "v1.5.0 was tested with: .github/workflows/e2e.yml, line 1: `${{ fromJSON(" in warning.message
    text = (workspace / "docs/support.md").read_text()
    assert "| End of support | Tested on Kubernetes | Kubernetes client | Go | Spark |\n" in text
    assert "| 1.32, 1.33 | 1.33 | 1.24.1 | 4.0.1 |\n" in text
    assert "| not known: .github/workflows/e2e.yml, line 1: `${{ fromJSON(" in text


def test_what_a_row_says_of_a_tag_never_changes(github_project: GitHubProject) -> None:
    workspace = released(github_project)
    env = {"GITHUB_WORKSPACE": str(workspace)}
    before = json.loads(github_project.run("support_matrix", env).outputs["matrix"])
    github_project.write(".github/workflows/e2e.yml", E2E % "[v1.36.0]")
    github_project.commit("ci: newer")
    github_project.tag("v1.6.0", annotated=True)
    github_project.push()
    after = json.loads(github_project.run("support_matrix", env).outputs["matrix"])
    assert [one["version"] for one in after] == ["1.6", "1.5", "1.4", "1.3"]
    moving = ("state", "end", "until")
    stays = [[{key: one[key] for key in one if key not in moving} for one in rows] for rows in (before, after[1:])]
    assert stays[0] == stays[1]


def test_what_does_not_fit_is_a_warning_by_the_file_that_an_input_names(github_project: GitHubProject) -> None:
    workspace = released(github_project)
    env = {"GITHUB_WORKSPACE": str(workspace)}
    (workspace / "k.yaml").write_text('as-of: 2026-01-01\nends: {"1.34": 2026-06-01, "1.33": 2026-02-01}\n')
    done = github_project.run("support_matrix", env, check="false", kubernetes_support="k.yaml", date="2026-05-02")
    assert done.code == 0, done.log
    found = {one["rule"]: one for one in json.loads(done.outputs["findings"])}
    assert list(found) == ["untested", "old-data"]
    assert found["untested"]["tag"] == "v1.4.0"
    warnings = [one.message for one in done.annotations if one.level == "warning"]
    assert "v1.4.0 was tested on Kubernetes 1.32, 1.33 alone" in "\n".join(warnings)
    assert "are of 2026-01-01, more than 120 days ago" in "\n".join(warnings)
    (workspace / "k.yaml").write_text("as-of: soon\nends: {}\n")
    refused = github_project.run("support_matrix", env, kubernetes_support="k.yaml")
    assert (refused.code, refused.error) == (1, "E_INPUT")
