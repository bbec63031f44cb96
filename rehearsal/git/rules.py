"""GitHub's rules on what a push may change, and the hook that makes git itself keep them.

The API checks its own writes with the same functions. The hook is git's `proc-receive` (githooks(5)), the only
one that may name the reason for refusing a ref; git then does the update itself.
"""

import fnmatch
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

PUSHER = "REHEARSAL_PUSHER"

_RULES = "rehearsal-rules.json"
_NOTHING = "0" * 40
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_WORKFLOWS = ".github/workflows/"

Git = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is restricted on the refs that a pattern such as `refs/heads/release-*` matches.

    `types` are those of a ruleset: `creation`, `update`, `deletion`, `non_fast_forward`, `pull_request`.
    `protection` tells a branch protection from a ruleset: the two answer differently.
    """

    pattern: str
    types: tuple[str, ...]
    protection: bool = False


@dataclass(frozen=True, slots=True)
class Pusher:
    """Who pushes: whether it may at all, is an app, may change workflow files, and may pass over rules."""

    login: str
    may_push: bool = True
    app: bool = True
    workflows: bool = False
    bypass: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """A ref that is to move from `old` to `new`; forty zeros stand for its absence."""

    ref: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """`reason` stands behind `[remote rejected]`; `said` are the lines before it, `rule` what was broken."""

    reason: str
    said: tuple[str, ...] = ()
    rule: str = ""


def refusal(git: Git, rules: Iterable[Rule], pusher: Pusher, update: Update) -> Refusal | None:
    """What GitHub answers to a push of this update, or None when it lets it pass."""
    if update.ref.startswith("refs/pull/"):
        return Refusal("deny updating a hidden ref")
    if not pusher.workflows and (file := changed_workflow(git, update)):
        if pusher.app:
            return Refusal(
                f"refusing to allow a GitHub App to create or update workflow `{file}` without `workflows` permission"
            )
        return Refusal(
            f"refusing to allow a Personal Access Token to create or update workflow `{file}` without `workflow` scope"
        )
    if pusher.bypass:
        return None
    for rule in rules:
        if fnmatch.fnmatchcase(update.ref, rule.pattern) and (broken := _broken(git, rule, update)):
            return _refusal(rule, update.ref, broken)
    return None


def changed_workflow(git: Git, update: Update) -> str | None:
    """The first workflow file that a commit new to the repository adds or changes."""
    if update.new == _NOTHING:
        return None
    for line in git("rev-list", "--parents", "--reverse", update.new, "--not", "--all").splitlines():
        commit, *parents = line.split()
        parent = parents[0] if parents else _EMPTY_TREE
        changed = git("diff-tree", "-r", "--name-only", "--diff-filter=d", parent, commit, "--", _WORKFLOWS)
        if changed:
            return changed.splitlines()[0]
    return None


def set_rules(repository: Path, rules: Iterable[Rule]) -> None:
    """Makes every push into this bare repository keep the rules."""
    partial = repository / f".{_RULES}"
    partial.write_text(json.dumps([asdict(rule) for rule in rules]))
    partial.replace(repository / _RULES)
    hook = repository / "hooks" / "proc-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{Path(__file__).resolve()}"\n')
    hook.chmod(0o755)
    subprocess.run(
        ["git", "--git-dir", str(repository), "config", "--replace-all", "receive.procReceiveRefs", "refs"], check=True
    )


def environment(pusher: Pusher) -> dict[str, str]:
    """What git's receive-pack has to be started with, for the hook to know who pushes."""
    return {PUSHER: json.dumps(asdict(pusher))}


def _broken(git: Git, rule: Rule, update: Update) -> str | None:
    if update.new == _NOTHING:
        return "deletion" if "deletion" in rule.types else None
    if update.old == _NOTHING:
        return "creation" if "creation" in rule.types else None
    if "update" in rule.types:
        return "update"
    if "non_fast_forward" in rule.types and not _contains(git, update.new, update.old):
        return "non_fast_forward"
    return "pull_request" if "pull_request" in rule.types else None


def _contains(git: Git, new: str, old: str) -> bool:
    return not git("rev-list", "--max-count=1", old, "--not", new)


_SAID = {
    "creation": "Cannot create ref due to creations being restricted.",
    "update": "Cannot update this protected ref.",
    "deletion": "Cannot delete this protected ref.",
    "non_fast_forward": "Cannot force-push to this branch",
    "pull_request": "Changes must be made through a pull request.",
}


def _refusal(rule: Rule, ref: str, broken: str) -> Refusal:
    said = _SAID[broken]
    if rule.protection:
        head = f"error: GH006: Protected branch update failed for {ref}."
        return Refusal("protected branch hook declined", (head, "", f"- {said}"), said)
    head = f"error: GH013: Repository rule violations found for {ref}."
    return Refusal("push declined due to repository rule violations", (head, "", f"- {said}", ""), said)


def main() -> None:
    """The hook: answers each update of a push with `ok` or `ng` (githooks(5), proc-receive)."""
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    list(_packets(stdin))  # the version and what receive-pack can do
    _send(stdout, ["version=1"])
    updates = [Update(ref, old, new) for old, new, ref in (line.split(" ", 2) for line in _packets(stdin))]
    rules = _read_rules(Path(os.environ["GIT_DIR"]) / _RULES)
    pusher = Pusher(**json.loads(os.environ.get(PUSHER) or '{"login": "", "workflows": true}'))
    report: list[str] = []
    for update in updates:
        refused = refusal(_git, rules, pusher, update)
        if refused is None:
            report += [f"ok {update.ref}", "option fall-through"]
        else:
            sys.stderr.write("".join(f"{line}\n" for line in refused.said))
            report.append(f"ng {update.ref} {refused.reason}")
    _send(stdout, report)


def _read_rules(file: Path) -> list[Rule]:
    entries: Sequence[Mapping[str, object]] = json.loads(file.read_text())
    return [
        Rule(str(entry["pattern"]), tuple(str(name) for name in _list(entry["types"])), bool(entry["protection"]))
        for entry in entries
    ]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()


def _packets(stream: BinaryIO) -> Iterator[str]:
    """The packets up to the next flush (gitprotocol-common(5), pkt-line)."""
    while length := int(stream.read(4) or b"0", 16):
        yield stream.read(length - 4).decode().rstrip("\n")


def _send(stream: BinaryIO, lines: Iterable[str]) -> None:
    for line in lines:
        data = f"{line}\n".encode()
        stream.write(b"%04x%b" % (len(data) + 4, data))
    stream.write(b"0000")
    stream.flush()


if __name__ == "__main__":
    main()
