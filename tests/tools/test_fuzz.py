"""The readers of other people's texts, given hostile ones; `make fuzz` gives them more."""

from pathlib import Path

import pytest

from release_actions.core.errors import Code, ReleaseError
from tools.fuzz.__main__ import main
from tools.fuzz.readers import CORPUS, READERS, Reader
from tools.fuzz.run import finds


@pytest.mark.parametrize("reader", READERS, ids=lambda one: one.name)
def test_nothing_breaks_a_reader(reader: Reader) -> None:
    assert list(finds(reader, 7, range(2000))) == []


def test_every_folder_of_the_corpus_has_a_reader() -> None:
    assert sorted(one.name for one in CORPUS.iterdir()) == sorted(one.name for one in READERS)


def odd_one_out(data: bytes) -> None:
    if b"9" in data:
        raise KeyError("nine")
    raise ReleaseError(Code.E_INPUT, "no", next_step="no")


def test_what_breaks_a_reader_is_found_and_is_the_same_again() -> None:
    reader = Reader("version", odd_one_out)
    found = list(finds(reader, 7, range(200)))

    assert found
    assert all(b"9" in one.data and one.problem.startswith("KeyError at") for one in found)
    assert found == list(finds(reader, 7, range(200)))
    assert [one.number for one in found] != [one.number for one in finds(reader, 8, range(200))]


def test_it_says_what_it_has_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--runs=10", "--reader=comment", f"--folder={tmp_path / 'found'}"]) == 0

    assert capsys.readouterr().out.startswith("comment: 10 runs in ")
    assert not (tmp_path / "found").exists()
