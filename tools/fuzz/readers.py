"""What is fuzzed: each reader of texts that others write, with honest texts (the corpus) to start from."""

import gzip
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from release_actions.backport.command import parse_command
from release_actions.chart import metadata, package, rendered_images, unchecked_images
from release_actions.chart_repository import entry, index
from release_actions.compatibility.feature_gates import read_gates
from release_actions.core import version, yaml_nodes
from release_actions.core.errors import ReleaseError
from release_actions.core.urls import check_realm, redirect_target
from release_actions.git.commits import read_history
from release_actions.git.program import Git
from release_actions.git.tag_message import trailer_of
from release_actions.github.response import Response, refusal
from release_actions.history.patch_lines import read_patches
from release_actions.oci import manifest, reference
from release_actions.release import ledger
from release_actions.system.http_pause import seconds_until
from release_actions.version_places import place

CORPUS = Path(__file__).parent / "corpus"
"""A folder for each reader with its honest texts, and with those that once broke it."""

_ID = "0123456789abcdef0123456789abcdef01234567"
_REFERENCE = reference.parse_reference("ghcr.io/o/x:v1.5.0")
_ENTRY = entry.entry_of(
    package.write({"op/Chart.yaml": b"apiVersion: v2\nname: op\nversion: 9.9.9\n"}, 0), urls=["u"], created=0
)


class Reader(NamedTuple):
    """A reader by its name; whatever it gets, it returns, or raises a ReleaseError."""

    name: str
    read: Callable[[bytes], object]

    @property
    def seeds(self) -> list[bytes]:
        """Its corpus, in the order of the files' names."""
        return [file.read_bytes() for file in sorted((CORPUS / self.name).iterdir())]


class _Said(Git):
    """A git that says what it is given, so that the product's reader of it gets that."""

    def __init__(self, output: str) -> None:
        self._output = output

    def run(self, *_: str, stdin: str = "") -> str:
        return self._output + stdin[:0]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _version(data: bytes) -> None:
    text = _text(data)
    version.spelled_version(text)
    version.parse_minor_version(text)
    version.tag_version(text)
    version.versions_of(text.split("\n"))
    version.parse_tag(text)


def _yaml(data: bytes) -> None:
    text = _text(data)
    yaml_nodes.plain(yaml_nodes.parse(text, "values.yaml", limits=yaml_nodes.LOOSE))


def _chart(data: bytes) -> None:
    text = _text(data)
    chart = metadata.read_chart(text, "charts/op/Chart.yaml")
    metadata.locked_dependencies(chart, metadata.read_lock(text, "charts/op/Chart.lock"))


def _places(data: bytes) -> None:
    line, _, text = _text(data).partition("\n")
    configured = place.parse_place(line)
    file = place.File(configured.file, text)
    place.edit(file, place.find(file, [configured], version.Spelling.TAG), version.parse_tag("v1.5.0"))


def _index(data: bytes) -> None:
    index.versions(data)
    index.add(data, _ENTRY, generated=0)


def _references(data: bytes) -> None:
    text = _text(data)
    for read in (reference.parse_name, reference.parse_digest, reference.parse_platform, reference.parse_reference):
        with suppress(ReleaseError):
            read(text)


def _tar(data: bytes) -> None:
    package.read(gzip.compress(data, 1))


def _manifest(data: bytes) -> None:
    manifest.parse_manifest(data, "application/vnd.oci.image.index.v1+json", _REFERENCE)


def _image_config(data: bytes) -> None:
    manifest.parse_config(data, _REFERENCE)


def _headers(data: bytes) -> None:
    first, _, second = _text(data).partition("\n")
    seconds_until(first, second)
    check_realm("ghcr.io", first)
    redirect_target("https://ghcr.io/v2/", first)


def _refusal(data: bytes) -> None:
    headers = {"retry-after": _text(data[:40]), "x-ratelimit-reset": _text(data[-40:])}
    for status in (0, 403, 404, 422, 429, 500):
        refusal(Response("POST /repos/o/r/releases", status, headers, data, _text(data)))


def _ledger(data: bytes) -> None:
    ledger.find_marker(_text(data))
    ledger.decode(data)


def _commits(data: bytes) -> None:
    fields = _text(data).replace("\0", "\ufffd").split("\x1f")[:5]
    name, mail, written, committed, message = (*fields, *[""] * (5 - len(fields)))
    read_history(_Said("\0".join((_ID, _ID, _ID, name, mail, written, committed, message, "\n"))), _ID)
    trailer_of(message, "Release-note")


def _object(data: bytes) -> None:
    found = _Said(f"{_ID} tag {len(data)}\n{_text(data)}").read(_ID)
    if found:
        found.date("tagger")
        found.date("committer")


def _patches(data: bytes) -> None:
    read_patches(_text(data))


def _go(data: bytes) -> None:
    read_gates({"pkg/features/gates.go": _text(data)})


def _rendered(data: bytes) -> None:
    text = _text(data)
    found = rendered_images.images(text, "charts/op")
    unchecked_images.find(text, "charts/op", found)


def _image_path(data: bytes) -> None:
    rendered_images.parse_image_path(_text(data))


def _comment(data: bytes) -> None:
    parse_command(_text(data))


READERS = tuple(
    Reader(read.__name__.removeprefix("_"), read)
    for read in (
        *(_version, _yaml, _chart, _places, _index, _references, _comment, _tar, _manifest, _image_config, _headers),
        *(_refusal, _ledger, _commits, _object, _patches, _go, _rendered, _image_path),
    )
)
