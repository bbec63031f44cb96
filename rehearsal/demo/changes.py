"""The pull requests of the demo's life of a minor version: what each of them changes in the example operator."""

from dataclasses import dataclass

from rehearsal.run.maintainer import Method

OLD, NEW = "release-1.4", "release-1.5"
BOTH = (OLD, NEW)
VALUES = "charts/example-operator/values.yaml"
_GATES, _GATES_PAGE = "internal/features/features.go", "docs/feature-gates.md"
_OPERATOR, _MIGRATE = "cmd/operator/main.go", "cmd/migrate/main.go"


@dataclass(frozen=True, slots=True)
class Edit:
    """A commit that replaces text in a file."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """A pull request: one commit for each edit, how it is merged, and the branches that its labels name."""

    title: str
    edits: tuple[Edit, ...]
    method: Method = "squash"
    labels: tuple[str, ...] = ()


FIXES = (
    Change(
        "fix: Say in the pod's status why the operator ended",
        (
            Edit(
                "charts/example-operator/templates/deployment.yaml",
                '          args: ["-resources=/resources"]\n',
                '          args: ["-resources=/resources"]\n'
                "          terminationMessagePolicy: FallbackToLogsOnError\n",
            ),
        ),
        labels=BOTH,
    ),
    Change(
        "fix: Greet names with blanks around them",
        (
            Edit(_OPERATOR, '\t"path/filepath"\n', '\t"path/filepath"\n\t"strings"\n'),
            Edit(_OPERATOR, '"Hello, " + resource.Spec.Name', '"Hello, " + strings.TrimSpace(resource.Spec.Name)'),
        ),
        method="rebase",
        labels=BOTH,
    ),
    # Nobody has set its labels, so it is taken back by hand.
    Change("fix: Count stored versions", (Edit(_MIGRATE, "%d stored versions", "%d stored version(s)"),), "merge"),
)
LATER_FIX = Change("fix: Keep resources private", (Edit(_OPERATOR, "0o644", "0o600"),), labels=(NEW,))
# Two fixes of one file under one title; each of them is a fix of its own.
TWIN_TITLE = "fix: Say more in an error"
TWINS = (
    Change(
        TWIN_TITLE,
        (Edit(_OPERATOR, "fmt.Fprintln(os.Stderr, err)", 'fmt.Fprintln(os.Stderr, "operator:", err)'),),
        labels=(NEW,),
    ),
    Change(
        TWIN_TITLE,
        (Edit(_OPERATOR, 'fmt.Errorf("%s: %w", file, err)', 'fmt.Errorf("resource %s: %w", file, err)'),),
        labels=(NEW,),
    ),
)
FEATURE = Change("feat: Greet in other languages", (Edit(VALUES, "replicas: 1\n", "replicas: 1\nlanguage: en\n"),))
PROMOTION = Change(
    "feat: Greet politely by default",
    (
        Edit(_GATES, "\t// alpha: v1.4.0\n", "\t// alpha: v1.4.0\n\t// beta: v1.5.0\n"),
        Edit(
            _GATES, "{Default: false, PreRelease: featuregate.Alpha}", "{Default: true, PreRelease: featuregate.Beta}"
        ),
        Edit(_GATES_PAGE, "| `false` | Alpha | 1.4 |", "| `true` | Beta | 1.5 |"),
    ),
)
