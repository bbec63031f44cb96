"""The ledger and the marker: one spelling for each content, and strict reading."""

import json

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.release.ledger import (
    Ledger,
    LedgerEntry,
    Marker,
    decode,
    difference,
    encode,
    find_marker,
    with_reason,
)

COMMIT = "0123456789" * 4
CONTENT = "c" * 64
DIGEST = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
LEDGER = Ledger(
    tag="v1.5.0",
    version="1.5.0",
    commit=COMMIT,
    images=(LedgerEntry("ghcr.io/kubeflow/op:v1.5.0", DIGEST),),
    charts=(LedgerEntry("ghcr.io/kubeflow/charts/op:1.5.0", DIGEST),),
    files=(LedgerEntry("op-1.5.0.tgz", DIGEST),),
    run="https://github.com/kubeflow/op/actions/runs/7",
    action="kubeflow/release-actions@v1",
)


def test_what_was_written_is_read() -> None:
    assert decode(encode(LEDGER)) == LEDGER
    assert json.loads(encode(LEDGER))["images"] == [{"name": "ghcr.io/kubeflow/op:v1.5.0", "digest": DIGEST}]


EXCEPTION = with_reason(LEDGER, "a leak")


def test_a_ledger_without_a_reason_is_as_it_always_was() -> None:
    before = dict.fromkeys(("format", "tag", "version", "commit", "images", "charts", "files", "run", "action"))
    assert list(json.loads(encode(LEDGER))) == list(before)
    assert json.loads(encode(LEDGER))["format"] == 1
    assert with_reason(LEDGER, "") == LEDGER


def test_a_ledger_with_a_reason_says_so_by_its_format() -> None:
    assert decode(encode(EXCEPTION)) == EXCEPTION
    stored = json.loads(encode(EXCEPTION))
    assert (stored["format"], stored["override-reason"]) == (2, "a leak")
    assert difference(LEDGER, EXCEPTION) == difference(EXCEPTION, LEDGER) == ""


@pytest.mark.parametrize("length", [500, 501, 100_000])
def test_a_long_reason_is_cut(length: int) -> None:
    kept = decode(encode(with_reason(LEDGER, "é" * length))).override_reason
    assert kept == ("é" * 500 if length == 500 else "é" * 499 + "…")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"<html>",
        b"[" * 100_000,
        encode(LEDGER)[:-20],
        encode(LEDGER).replace(b'"format": 1', b'"format": 3'),
        encode(LEDGER).replace(b'"format": 1,', b""),
        encode(LEDGER).replace(b'"format": 1', b'"format": 1, "more": 1'),
        encode(LEDGER).replace(b'"tag": "v1.5.0"', b'"tag": "v1.4.0", "tag": "v1.5.0"'),
        encode(LEDGER).replace(COMMIT.encode(), b"main"),
        encode(LEDGER).replace(DIGEST.encode(), b"sha256:0"),
        encode(LEDGER).replace(DIGEST.encode(), DIGEST.encode() + b"\\n"),
        encode(LEDGER).replace(b"\n", b"\r\n"),
        encode(LEDGER) + b" ",
        encode(EXCEPTION).replace(b'"format": 2', b'"format": 1'),
        encode(EXCEPTION).replace(b'"a leak"', b'""'),
        encode(EXCEPTION).replace(b"a leak", b"a" * 501),
        encode(LEDGER).replace(b'"format": 1', b'"format": 2'),
    ],
    ids=[
        *("nothing", "null", "list", "not UTF-8", "HTML", "nested", "cut", "other format", "no format", "more keys"),
        *("key twice", "no commit", "no digest", "digest and more", "other line ends", "text after it"),
        *("reason in format 1", "empty reason", "long reason", "format 2 without a reason"),
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(ReleaseError) as caught:
        decode(content)
    assert caught.value.code is Code.E_LEDGER


def changed(**values: object) -> Ledger:
    return Ledger(**{**{name: getattr(LEDGER, name) for name in LEDGER.__struct_fields__}, **values})


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        (changed(run="", action=""), ""),
        (changed(files=(*LEDGER.files, LedgerEntry("sbom.json", DIGEST))), ""),
        (changed(commit="f" * 40), f"it is of the commit {'f' * 40}"),
        (changed(tag="v1.5.1"), "it is of the tag v1.5.1"),
        (changed(images=()), "it has no ghcr.io/kubeflow/op:v1.5.0"),
        (
            changed(images=(LedgerEntry("ghcr.io/kubeflow/op:v1.5.0", OTHER),)),
            f"its ghcr.io/kubeflow/op:v1.5.0 is {OTHER}",
        ),
        (changed(charts=(*LEDGER.charts, LedgerEntry("x:1", DIGEST))), "it also has x:1"),
        (changed(files=(LedgerEntry("op-1.5.0.tgz", OTHER),)), f"its op-1.5.0.tgz is {OTHER}"),
    ],
    ids=["other run", "more files", "commit", "tag", "no image", "other image", "more charts", "other file"],
)
def test_the_first_difference_is_named(theirs: Ledger, said: str) -> None:
    assert difference(LEDGER, theirs) == said


def test_a_marker_is_found_in_the_first_line() -> None:
    marker = Marker("v1.5.0-rc.0", COMMIT, CONTENT)
    for rest in ("", "\n", "\nNotes", "\r\nNotes"):
        assert find_marker(f"{marker}{rest}") == marker


@pytest.mark.parametrize(
    "description",
    [
        None,
        "",
        f" {Marker('v1.5.0', COMMIT, CONTENT)}",
        f"{Marker('v1.5.0', COMMIT, CONTENT)} ",
        f"\n{Marker('v1.5.0', COMMIT, CONTENT)}",
        f"Notes {Marker('v1.5.0', COMMIT, CONTENT)}",
        f"{Marker('v1.5.0', COMMIT, CONTENT)}{Marker('v1.5.0', COMMIT, CONTENT)}",
        str(Marker("v1.5.0", "main", CONTENT)),
        str(Marker("v1.5.0", COMMIT, CONTENT)).replace("format=1", "format=10"),
        str(Marker("v1.5.0 commit=x", COMMIT, CONTENT)),
    ],
)
def test_nothing_else_is_a_marker(description: str | None) -> None:
    assert find_marker(description) is None
