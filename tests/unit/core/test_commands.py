"""What a person can type after a failure: it is what was meant, or it isn't there."""

import shlex
from collections.abc import Callable
from functools import partial

import msgspec
import pytest

from release_actions.core.commands import Command, InputChange, NextRun, ShellCommand, shell, usable
from release_actions.core.errors import Code, ReleaseError

AWKWARD = ["a b", "it's", "$(touch canary)", "`x`", "a;b", "^{}", "*", "", "ü", "--option", "\\", "'\"'"]


@pytest.mark.parametrize("word", AWKWARD)
def test_a_shell_reads_the_words_that_were_given(word: str) -> None:
    assert shlex.split(shell("git", "tag", word).line) == ["git", "tag", word]


@pytest.mark.parametrize("sign", ["\n", "\r", "\x1b[2J", "\0", "\x85", "\u2028", "\u202e", "\udce9"])
@pytest.mark.parametrize("kind", [ShellCommand, partial(InputChange, "name"), NextRun], ids=["shell", "input", "run"])
def test_commands_with_what_can_not_be_typed_are_left_out_together(kind: Callable[[str], Command], sign: str) -> None:
    plain = shell("git", "status")
    assert usable((plain, kind(f"a{sign}b"))) == ()
    assert usable((plain, kind("ab"))) == (plain, kind("ab"))


def test_an_error_has_no_commands_that_can_not_be_typed() -> None:
    error = ReleaseError(Code.E_GIT, "x", next_step="y", commands=(shell("git", "add", "a\nrm -rf b"),))
    assert error.commands == ()


def test_a_program_can_tell_them_apart() -> None:
    commands = (ShellCommand("git status"), InputChange("make", "candidate"), NextRun("refs/tags/v1.5.0"), NextRun())
    assert msgspec.to_builtins(commands) == (
        {"kind": "shell", "line": "git status"},
        {"kind": "input", "name": "make", "value": "candidate"},
        {"kind": "run", "ref": "refs/tags/v1.5.0"},
        {"kind": "run", "ref": ""},
    )


def test_all_of_them_can_be_pasted_into_a_shell() -> None:
    texts = [one.text for one in (InputChange("make", "$(x)"), NextRun("refs/tags/v1.5.0"), NextRun())]
    assert texts == [
        "# input make=$(x)",
        "# run it for refs/tags/v1.5.0, unless the push has started it",
        "# run the job again",
    ]
