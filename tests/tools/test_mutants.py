"""`make mutants` on a small made-up repository: what is killed, survives, or is judged, and lists that do not fit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULE = "release_actions/greeting/hello.py"
FILES = {
    "pyproject.toml": '[tool.pytest]\npythonpath = ["."]\naddopts = ["--import-mode=importlib"]\n',
    ".gitignore": "__pycache__\n",
    "release_actions/__init__.py": "",
    "release_actions/greeting/__init__.py": "",
    MODULE: """\
def greet(name: str, loud: bool) -> str:
    if not name:
        raise ValueError("no name")
    name = name.strip()
    text = f"hello {name}"
    return text.upper() if loud else text


def wait(attempts: int) -> int:
    while attempts > 0:
        attempts -= 1
    return attempts
""",
    "tests/unit/greeting/test_hello.py": """\
import pytest
from release_actions.greeting.hello import greet, wait


def test_a_name_is_greeted() -> None:
    assert greet("you", False) == "hello you"


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ValueError):
        greet("", False)


def test_waiting_ends() -> None:
    assert wait(2) == 0


def test_that_fails_by_itself() -> None:
    assert greet("you", True) == ""
""",
    "tests/unit/greeting/test_other.py": "def test_nothing_of_the_product() -> None:\n    assert True\n",
    "tools/mutants/kept.txt": f"""\
# What a careless change would drop.

no-check: {MODULE}
-     if not name:
-         raise ValueError("no name")

never-loud: {MODULE}
- text.upper() if loud
+ text if loud

no-strip: {MODULE}
-     name = name.strip()

endless: {MODULE}
- attempts -= 1
+ pass

asks-others: {MODULE}
tests: tests/unit/greeting/test_other.py
- hello {{name}}
+ bye {{name}}
""",
    "tools/mutants/judged.txt": "no-strip\n= names come without spaces\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one module, its tests, five kept edits, and one that is judged."""
    root = tmp_path / "repository"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", root], check=True)
    return root


def mutants(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run of the tool in a repository."""
    command = [sys.executable, "-m", "tools.mutants", "--seed", "1", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


def test_each_kept_edit_is_killed_judged_or_survives(repository: Path) -> None:
    done = mutants(repository, "--sample", "0", "--limit", "2")

    lines = [line.split() for line in done.stdout.split("\n")]
    assert [MODULE, "3", "1", "1", "0"] in lines  # one of those that are killed does not end
    assert "never-loud" in done.stdout
    assert "the kept edit never-loud survived" in done.stderr
    assert "no-check" not in done.stdout + done.stderr
    assert "no-strip" not in done.stdout + done.stderr
    assert done.returncode == 1


def test_the_test_that_noticed_an_edit_is_recorded_and_asked_first(repository: Path) -> None:
    kept = repository / "tools/mutants/kept.txt"
    hello = "tests: tests/unit/greeting/test_hello.py"
    mutants(repository, "--sample", "0", "--limit", "2", "--record")
    recorded = kept.read_text()
    assert f"no-check: {MODULE}\n{hello}::test_an_empty_name_is_refused\n- " in recorded.replace("-     ", "- ")
    assert f"asks-others: {MODULE}\n{hello}::test_a_name_is_greeted\n- " in recorded
    assert f"never-loud: {MODULE}\n- " in recorded

    kept.write_text(recorded.replace("::test_an_empty_name_is_refused", "::test_that_is_gone"))
    mutants(repository, "--sample", "0", "--limit", "2", "--record")
    assert kept.read_text() == recorded


def test_the_repository_is_only_read(repository: Path) -> None:
    mutants(repository, "--sample", "0", "--limit", "2")
    there = {str(path.relative_to(repository)) for path in repository.rglob("*") if path.is_file()}
    assert {name for name in there if not name.startswith(".git/")} == set(FILES)
    assert {name: (repository / name).read_text() for name in FILES} == FILES


def test_what_survives_of_the_drawn_edits_can_be_judged_as_it_is_printed(repository: Path) -> None:
    kept, judged = repository / "tools/mutants/kept.txt", repository / "tools/mutants/judged.txt"
    kept.write_text("")
    judged.write_text("")
    first = mutants(repository, "--sample", "100", "--limit", "2")
    blocks = first.stdout.partition("No test notices:\n\n")[2]
    assert f"{MODULE}: greet\n-     return text.upper() if loud else text" in f"\n{blocks}".replace("- ", "-     ")
    assert first.returncode == 1

    judged.write_text(blocks)
    second = mutants(repository, "--sample", "100", "--limit", "2")
    assert (second.returncode, second.stderr) == (0, "")
    assert "No test notices" not in second.stdout


def test_edits_that_time_was_too_short_for_are_named(repository: Path) -> None:
    done = mutants(repository, "--sample", "3", "--minutes", "0")
    assert "the kept edit no-check was not reached" in done.stderr
    assert [MODULE, "0", "0", "0", "8"] in [line.split() for line in done.stdout.split("\n")]
    assert done.returncode == 1


def test_a_module_that_no_test_names_has_survivors(repository: Path) -> None:
    (repository / "tests/unit/greeting/test_hello.py").unlink()
    (repository / "tools/mutants/judged.txt").write_text("")
    done = mutants(repository, "--sample", "0")
    assert [MODULE, "0", "0", "5", "0"] in [line.split() for line in done.stdout.split("\n")]


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("kept", f"gone: {MODULE}\n- no such text\n", "kept.txt:1: gone stands 0 times in release_actions"),
        ("kept", f"\ntwice: {MODULE}\n- name\n+ x\n", "kept.txt:2: twice stands 6 times in"),
        ("kept", "nowhere: release_actions/gone.py\n- name\n", "nowhere stands 0 times in release_actions/gone.py"),
        ("kept", f"empty: {MODULE}\n+ name\n", "kept.txt:1: an edit is"),
        ("kept", f"No Name: {MODULE}\n- name\n", "kept.txt:1: an edit is"),
        ("kept", f"one: {MODULE}\n- hello\n+ bye\n\none: {MODULE}\n- hello\n+ x\n", "kept.txt:5: an edit is"),
        ("kept", f"odd: {MODULE}\n* name\n", "kept.txt:2: a line starts with"),
        ("judged", "gone\n= no harm\n", "judged.txt:1: there is no such edit any more"),
        ("judged", f"{MODULE}: greet\n- no such line\n+ x\n= no harm\n", "judged.txt:1: there is no such edit"),
        ("judged", "no-strip\n", "judged.txt:1: a line with `=`"),
    ],
)
def test_a_list_that_does_not_fit_the_modules_is_an_error(repository: Path, file: str, text: str, said: str) -> None:
    (repository / f"tools/mutants/{file}.txt").write_text(text)
    if file == "kept":
        (repository / "tools/mutants/judged.txt").write_text("")
    done = mutants(repository)
    assert said in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
