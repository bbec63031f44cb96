"""What a commit's files give away: each kind of new thing, where it stands, and what is none."""

import pytest

from release_actions.guard.detect import find, is_aside, may_tell
from release_actions.guard.findings import FileChange

CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: apps.example.org
spec:
  versions:
    - name: v1
      schema:
        openAPIV3Schema:
          properties:
            spec:
              properties:
                size:
                  type: integer
                  default: 1
                list:
                  items:
                    properties:
                      name: {type: string}
"""
ROLE = """\
{{- if .Values.rbac.create }}
kind: ClusterRole
metadata:
  name: {{ include "app.name" . }}-controller
  labels:
    {{- include "app.labels" . | nindent 4 }}
rules:
- apiGroups: [""]
  resources: [pods]
  verbs:
  - get
  - list
- apiGroups: [apps]
  resources: ["*"]
  verbs: ["*"]
{{- end }}
"""
VALUES = """\
image:
  tag: v1.5.0
  pullPolicy: Always
replicas: 1
affinity: {}
args: [a, b]
"""
FLAGS = """\
package main

func main() {
	command.Flags().StringVarP(&file, "config", "c", "", "the file")
	flag.IntVar(
		&workers,
		"workers", 4, "how many",
	)
	slog.String("colour", "red")
}
"""
GATES = """\
import "k8s.io/component-base/featuregate"

var gates = map[featuregate.Feature]featuregate.FeatureSpec{
	Queues: {Default: false, PreRelease: featuregate.Alpha},
}
"""
MODULES = """\
module example.org/app

require (
	golang.org/x/net v0.30.0
	k8s.io/api v0.31.1
	github.com/a/b/v2 v2.1.0
	github.com/c/d v1.0.0 // indirect
)
"""

CASES = [
    (
        "a field",
        "crd.yaml",
        CRD,
        CRD + " " * 16 + "more: {type: string}\n",
        ["crd-field 20 apps.example.org v1.spec.more"],
    ),
    (
        "the uppermost of new fields alone",
        "crd.yaml",
        CRD,
        CRD + " " * 22 + "deep: {properties: {a: {type: string}}}\n",
        ["crd-field 20 apps.example.org v1.spec.list[].deep is new"],
    ),
    (
        "a default of a field",
        "crd.yaml",
        CRD,
        CRD.replace("default: 1", "default: 2"),
        ["changed-default 15 the default of"],
    ),
    (
        "a field's description",
        "crd.yaml",
        CRD,
        CRD.replace("type: integer", "type: integer\n                  description: x"),
        [],
    ),
    ("a field that is gone", "crd.yaml", CRD, CRD.replace("                  default: 1\n", ""), []),
    ("a resource", "crd.yaml", None, CRD, ["crd-field 1 apps.example.org is new"]),
    (
        "a patch of a resource",
        "config/crd/patch.yaml",
        None,
        "kind: CustomResourceDefinition\nmetadata: {name: a}\n",
        [],
    ),
    (
        "a verb",
        "templates/role.yaml",
        ROLE,
        ROLE.replace("  - list", "  - list\n  - delete"),
        ["rbac-verb 13 ClusterRole x-controller may now delete pods"],
    ),
    ("what a wildcard had", "templates/role.yaml", ROLE, ROLE.replace('"*"', "deployments", 1), []),
    (
        "a role's resource",
        "templates/role.yaml",
        ROLE,
        ROLE.replace("[pods]", "[pods, secrets]"),
        ["rbac-verb 11 ClusterRole x-controller may now get, list secrets"],
    ),
    ("a narrower role", "templates/role.yaml", ROLE, ROLE.replace("  - list\n", ""), []),
    ("a key", "charts/app/values.yaml", VALUES, VALUES + "queue:\n  name: a\n", ["values-key 7 queue is new"]),
    (
        "a key deeper",
        "charts/app/values.yaml",
        VALUES,
        VALUES.replace("  tag:", "  mirror: ''\n  tag:"),
        ["values-key 2 image.mirror is new"],
    ),
    (
        "a key in what was empty",
        "charts/app/values.yaml",
        VALUES,
        VALUES.replace("{}", "{zone: a}"),
        ["values-key 5 affinity.zone is new"],
    ),
    (
        "a default",
        "charts/app/values.yaml",
        VALUES,
        VALUES.replace("Always", "Never"),
        ['changed-default 3 the default of image.pullPolicy was "Always" and is "Never"'],
    ),
    (
        "a default in a list",
        "charts/app/values.yaml",
        VALUES,
        VALUES.replace("[a, b]", "[a]"),
        ["changed-default 6 the default of args"],
    ),
    ("a version", "charts/app/values.yaml", VALUES, VALUES.replace("v1.5.0", "release-1.5"), []),
    (
        "a comment and an order",
        "charts/app/values.yaml",
        VALUES,
        "# a\nargs: [a, b]\n" + VALUES.replace("args: [a, b]\n", ""),
        [],
    ),
    ("no YAML", "charts/app/values.yaml", VALUES, "a: [", ["unreadable 2 it can't be read"]),
    (
        "a flag",
        "main.go",
        FLAGS,
        FLAGS.replace("	slog", '	fs.BoolVar(&dry, "dry-run", false, "")\n	slog'),
        ["flag 9 --dry-run is new"],
    ),
    (
        "a flag's default",
        "main.go",
        FLAGS,
        FLAGS.replace("4", "8"),
        ["changed-default 7 the default of --workers was 4 and is 8"],
    ),
    ("a flag's help", "main.go", FLAGS, FLAGS.replace("how many", "how many of them"), []),
    ("what only looks like a flag", "main.go", FLAGS, FLAGS.replace("colour", "shape"), []),
    (
        "a gate",
        "gates.go",
        GATES,
        GATES.replace("}\n}", "},\n}").replace("	Queues", "	Pools: {Default: true},\n	Queues"),
        ["feature-gate 4 Pools is new"],
    ),
    (
        "a gate's default",
        "gates.go",
        GATES,
        GATES.replace("false", "true"),
        ["changed-default 4 the default of Queues was false and is true"],
    ),
    (
        "a patch",
        "go.mod",
        MODULES,
        MODULES.replace("0.31.1", "0.31.2"),
        ["dependency-patch 5 k8s.io/api was 0.31.1 and is 0.31.2"],
    ),
    ("a minor", "go.mod", MODULES, MODULES.replace("0.30.0", "0.31.0"), ["dependency-minor 4"]),
    (
        "a major",
        "go.mod",
        MODULES,
        MODULES.replace("/v2 v2.1.0", "/v3 v3.0.0"),
        ["dependency-major 6 github.com/a/b/v3 is a new dependency"],
    ),
    ("an indirect one", "go.mod", MODULES, MODULES.replace("v1.0.0", "v1.9.0"), []),
    ("a test's values", "tests/values.yaml", VALUES, VALUES + "more: 1\n", []),
    ("a program's text", "main.txt", "", 'flag.String("a", "", "")', []),
]


@pytest.mark.parametrize(
    ("path", "before", "after", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_is_new(path: str, before: str | None, after: str, wanted: list[str]) -> None:
    found = find([FileChange(path, before, after)])
    told = [f"{one.kind.value} {one.line} {one.what}" for one in found]
    assert len(told) == len(wanted), told
    for one, start in zip(told, wanted, strict=True):
        assert one.startswith(start)
    assert {one.file for one in found} <= {path}


@pytest.mark.parametrize(("path", "text"), [("a/crd.yaml", CRD), ("a/templates/role.yaml", ROLE), ("a.go", FLAGS)])
def test_what_was_moved_is_not_new(path: str, text: str) -> None:
    moved = path.replace("a", "b", 1)
    assert find([FileChange(path, text, None), FileChange(moved, None, text)]) == []


@pytest.mark.parametrize(
    ("path", "aside"),
    [
        ("docs/a.go", True),
        ("README.md", True),
        (".github/workflows/a.yml", True),
        (".golangci.yml", True),
        ("api/v1/types_test.go", True),
        ("test_all.py", True),
        ("pkg/latest/a.go", False),
        ("charts/app/values.yaml", False),
        ("documents/a.yaml", False),
        ("a\n.md", True),
    ],
)
def test_what_no_user_runs(path: str, *, aside: bool) -> None:
    assert is_aside(path) == aside
    assert not (aside and may_tell(path))


DEEP = "[" * 3000
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}]\n" for n in range(9))
HOSTILE = {
    "nesting": f"values: {DEEP}",
    "an alias bomb": BOMB,
    "open actions": "kind: Role\n" + "{{" * 200_000,
    "a NUL": "kind: Role\0",
    "a long key": "k" * 300_000 + ": 1",
    "a huge rule": "kind: Role\nrules:\n"
    f"- apiGroups: [{'a,' * 400}]\n  resources: [{'b,' * 400}]\n  verbs: [{'c,' * 400}]\n",
    "strange shapes": "kind: CustomResourceDefinition\n"
    "spec: {versions: [1, {name: [], schema: {openAPIV3Schema: {properties: []}}}, []]}",
    "flags without an end": 'flag.String("' * 20_000,
    "spaces": "flag.String(" + " " * 300_000,
    "modules": "a.b/" * 50_000 + " v1.0.0\n" + "require " * 50_000,
    "gates": "featuregate a:{" * 30_000,
    "quotes": 'flag.String("a", "' + "\\" * 300_001,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_file_is_an_error_or_hides_another(text: str) -> None:
    paths = ["values.yaml", "templates/a.yaml", "main.go", "go.mod"]
    hostile = [change for path in paths for change in (FileChange(path, "", text), FileChange(f"b/{path}", text, text))]
    plain = FileChange("cmd/plain.go", "", 'package main\n\nvar level = flag.String("log-level", "", "")\n')
    found = find([*hostile, plain])
    assert [(one.line, "log-level" in one.what) for one in found if one.file == plain.path] == [(3, True)]
    assert all(one.line >= 1 and len(one.what) < 1000 for one in found)
