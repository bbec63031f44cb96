"""Which commits belong on a release branch, and what is told of those that don't."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.guard.findings import GuardFinding
from release_actions.guard.rules import CommitFacts, CommitOrigin, JudgedCommit, PullRequestInfo, judge, page
from release_actions.history.change_class import ChangeClass
from release_actions.history.names import By
from release_actions.project.config import Guard, parse_config

FIRST = CommitOrigin("a" * 40, By.TRAILER)
FIELD = GuardFinding(ChangeClass.CRD_FIELD, "crd.yaml", 7, "size is new")
BUMP = GuardFinding(ChangeClass.DEPENDENCY_MINOR, "go.mod", 3, "a.b/c was 1.0.0 and is 1.1.0")
LABEL = "release-branch-exception"


def judged(
    title: str, *findings: GuardFinding, body: str = "", labels: str = "", rules: Guard | None = None, **more: object
) -> JudgedCommit:
    """The judged on a commit that is on the default branch, unless said otherwise."""
    request = PullRequestInfo(number=7, body=body, labels=tuple(labels.split()))
    known: dict[str, object] = {"paths": ("main.go",), "origin": FIRST, "request": request, "message": title, **more}
    commit = CommitFacts(id="b" * 40, title=title, findings=findings, **known)  # type: ignore[arg-type]
    return judge(commit, rules or Guard(), "main")


@pytest.mark.parametrize(
    ("title", "labels", "findings", "classes", "belongs"),
    [
        ("fix: a lease", "", [], "fix", True),
        ("Handle a nil spec", "", [], "fix", True),
        ("Tidy the cache", "", [], "other", True),
        ("feat: a queue", "", [], "feature", False),
        ("Add a queue", "", [], "feature", False),
        ("Add a missing check", "kind/bug", [], "fix", True),
        ("fix: a queue", "kind/feature", [], "feature", False),
        ("feat: a queue", "documentation", [], "feature", False),
        ("Tidy the cache", "documentation", [], "docs", True),
        ("fix: a lease", "", [FIELD], "fix crd-field", False),
        ("docs: a word", "", [FIELD], "docs crd-field", False),
        ("Bump a from 1.2.3 to 1.2.4", "", [], "dependency-patch", True),
        ("Bump a from v1.2.3 to v1.3.0", "", [], "dependency-minor", False),
        ("Bump a from 1.2.3 to 2.0", "", [], "dependency-major", False),
        ("Update dependencies", "", [], "dependency-minor", False),
        ("Update dependencies", "", [BUMP], "dependency-minor", False),
        ("fix: a lease", "", [BUMP], "fix dependency-minor", False),
        ("Fix CVE-2026-12345", "", [BUMP], "security dependency-minor", True),
        ("Fix CVE-2026-12345", "", [FIELD], "security crd-field", False),
        ("Update dependencies", "security", [BUMP], "security dependency-minor", True),
        ("Prepare v1.5.1", "", [], "release", True),
    ],
)
def test_what_belongs(title: str, labels: str, findings: list[GuardFinding], classes: str, *, belongs: bool) -> None:
    found = judged(title, *findings, labels=labels)
    assert (" ".join(one.value for one in found.classes), found.belongs) == (classes, belongs)
    assert bool(found.problems) != belongs


def test_the_problem_names_file_and_line() -> None:
    assert judged("fix: a lease", FIELD).problems == ("crd.yaml:7: size is new (crd-field)",)


@pytest.mark.parametrize(
    ("title", "paths", "belongs"),
    [
        ("fix: a lease", ["main.go"], False),
        ("Tidy the cache", ["main.go"], False),
        ("docs: a word", ["docs/a.md"], True),
        ("docs: a word", ["docs/a.md", "main.go"], False),
        ("feat: a page", ["docs/a.md"], True),
        ("Prepare v1.5.1", ["VERSION", "charts/a/Chart.yaml"], True),
        ("Prepare v1.5.1", ["VERSION", "main.go"], False),
        ("Prepare v1.5.1", ["VERSION", "pkg/build.go"], True),
        ("Prepare v1.5.1", ["VERSION", "sdk/demo/__init__.py", "pkg/version.go"], True),
        ("Bump a from 1.2.3 to 1.2.4", ["go.mod", "go.sum"], True),
    ],
)
def test_what_need_not_be_on_the_default_branch(title: str, paths: list[str], *, belongs: bool) -> None:
    commit = CommitFacts(id="b" * 40, title=title, message=title, paths=tuple(paths), findings=())
    judged = judge(commit, Guard(), "main", {"pkg/build.go"})
    assert judged.belongs == belongs
    assert judged.problems == (() if belongs else ("It is not on main.",))


@pytest.mark.parametrize(
    ("title", "path", "finding", "first"),
    [
        ("docs: a word", "docs/a.md", FIELD, True),
        ("Prepare v1.5.1", "VERSION", FIELD, True),
        ("Prepare v1.5.1", "VERSION", BUMP, False),
    ],
)
def test_what_users_meet_is_on_the_default_branch_first(
    title: str, path: str, finding: GuardFinding, *, first: bool
) -> None:
    found = judged(title, finding, origin=None, paths=(path,))
    assert ("It is not on main." in found.problems) == first


@pytest.mark.parametrize(
    ("title", "of_the_request", "kind"),
    [
        ("fix: a lease", "feat: a queue", "fix"),
        ("feat: a queue", "fix: a lease", "feature"),
        ("Tidy the cache", "feat: a queue", "feature"),
    ],
)
def test_a_commits_own_title_counts_before_its_pull_requests(title: str, of_the_request: str, kind: str) -> None:
    found = judged(title, request=PullRequestInfo(number=7, title=of_the_request))
    assert [one.value for one in found.classes] == [kind]


def test_an_exception_with_something_against_it_is_none() -> None:
    said = PullRequestInfo(number=7, body=f"{LABEL}: needed", labels=(LABEL,), objection="Bob may not.")
    found = judged("fix: a lease", FIELD, request=said)
    assert (found.belongs, found.reason, found.problems[-1]) == (False, "", "Bob may not.")
    assert judged("fix: a lease", request=said).problems == ()


@pytest.mark.parametrize("where", ["message", "body"])
def test_why_it_is_not_on_the_default_branch(where: str) -> None:
    said = {where: "fix: a lease\n\nNot-on-default-branch: the code is gone there\n"}
    found = judged("fix: a lease", origin=None, **said)  # type: ignore[arg-type]
    assert (found.belongs, found.reason) == (True, "the code is gone there")
    assert not judged("fix: a lease", FIELD, origin=None, **said).belongs  # type: ignore[arg-type]


def test_a_pick_of_something_that_is_not_there() -> None:
    found = judged("fix: a lease", origin=None, picked=("c" * 40,))
    assert found.problems[0].startswith("It says it was picked from cccccccccccc, which is not on main")


@pytest.mark.parametrize(
    ("labels", "body", "reason"),
    [
        (LABEL, f"{LABEL}: the CVE needs it", "the CVE needs it"),
        (LABEL, f"Text.\r\n\r\n- **{LABEL.title()}:** the CVE needs it\r\n", "the CVE needs it"),
        (LABEL, f"> `{LABEL}`: x", "x"),
        (LABEL, f"{LABEL}: {'x' * 5000}", "x" * 300),
        (LABEL, "\n" * 1999 + f"{LABEL}: in the last line that is read", "in the last line that is read"),
        (LABEL, "\n" * 2000 + f"{LABEL}: too far down", ""),
        ("", f"{LABEL}: the CVE needs it", ""),
        (LABEL, "", ""),
        (LABEL, f"{LABEL}:", ""),
        (LABEL, f"{LABEL}: <!-- why? -->", ""),
        *((LABEL, f"Text.{sign}{LABEL}: x", "") for sign in ("\u2028", "\x85", "\f")),
        (LABEL, f"we use the label {LABEL}: often", ""),
        (f"not-{LABEL}", f"{LABEL}: x", ""),
    ],
)
def test_an_exception_is_a_label_with_a_reason(labels: str, body: str, reason: str) -> None:
    found = judged("feat: a queue", FIELD, labels=labels, body=body)
    assert (found.reason, found.belongs) == (reason, bool(reason))
    assert found.problems


def test_what_belongs_is_no_exception() -> None:
    assert judged("fix: a lease", labels=LABEL, body=f"{LABEL}: to be sure").reason == ""


def test_what_was_taken_back_and_merges() -> None:
    assert judged("feat: a queue", FIELD, origin=None, undone=True).belongs
    merged = judged("Merge branch 'main'", origin=None, merge=True)
    assert (merged.classes, merged.belongs) == ((), True)
    assert not judged("Merge branch 'main'", FIELD, origin=None, merge=True).belongs


def test_the_rules_of_a_project() -> None:
    config = parse_config("guard:\n  allow: [fix, rbac-verb]\n  label: late\n  default-branch-first: false\n")
    assert config.guard == Guard((ChangeClass.FIX, ChangeClass.RBAC_VERB), "late", default_branch_first=False)
    assert judged("fix: a", rules=config.guard, origin=None).belongs
    assert not judged("docs: a", rules=config.guard).belongs
    assert judged("docs: a", rules=config.guard, labels="late", body="late: yes").reason == "yes"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("guard:\n  allowed: [fix]\n", 2, "allowed"),
        ("guard:\n  allow: [fix, fixes]\n", 2, "fixes"),
        ("guard:\n  allow:\n  - fix\n  - dependency\n", 4, "dependency"),
        ("guard: [fix]\n", 1, "object"),
        ("guard:\n  default-branch-first: maybe\n", 2, "bool"),
    ],
)
def test_rules_that_say_nothing(text: str, line: int, what: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        parse_config(text)
    assert (failure.value.code, failure.value.line) == (Code.E_CONFIG, line)
    assert what in failure.value.what


SHAPES = [
    "<img src=x>",
    "@kubeflow/all",
    "[x](http://evil.example)",
    "`|`",
    "::error::x",
    "\u202e",
    "\0",
    "#1",
    "$(id)",
    "</details>",
]
FRAMES = [
    (start, times, end)
    for start in ("", "fix: ", "[release-1.5] ", "bump ", "feat(")
    for times in (1, 2000)
    for end in (0, 50)
]


@pytest.mark.parametrize("shape", SHAPES)
def test_titles_labels_and_reasons_are_anybodys(shape: str) -> None:
    for start, times, end in FRAMES:
        any_text_is_shown_as_text(f"{start}{shape * times}" + ("\n" * end + shape if end else ""))


def any_text_is_shown_as_text(text: str) -> None:
    finding = GuardFinding(ChangeClass.FLAG, text[:400], 1, text[:400])
    body = f"{LABEL}: {text}\n{text}"
    allowed = judged(text, finding, labels=LABEL, body=body)
    refused = judged(text, finding, labels=text, body=body)
    assert (allowed.belongs, refused.belongs) == (True, False)
    told = page("release-1.5", [allowed, refused], Guard())
    assert len(told) < 8_000
    for sign in ("<img", "</details>", "[x](", "@kubeflow", "\u202e", "\0"):
        assert sign not in told.replace("\\<", "").replace("\\[", "").replace("@\u2060", "")
    assert not any(line.startswith("::") for line in told.splitlines())
