"""Helm itself reads what was put into an index, and would have written the same entry."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal.base.programs import program, run
from release_actions.chart_repository import index
from release_actions.chart_repository.entry import entry_of

CREATED = 1_700_000_000
RICH = """
description: |
  A long text that goes on and on and on and on and on and on, and on and on and on and on: with a colon, "quotes" and
  a second line
home: https://example.org
icon: https://example.org/icon.png
kubeVersion: ">=1.28"
type: application
deprecated: true
condition: a.b
keywords: [yes, "yes", 12, "1.5", "- dash", "#hash", "ünï", "😀", "1e3", "0x1f", "1:30", "2024-01-01", "~", "null", "y"]
sources: [https://example.org/src]
maintainers: [{name: A, email: a@example.org, url: https://example.org/a}, {name: "B: C"}]
annotations:
  artifacthub.io/changes: |
    - kind: added
      description: "x"

    - kind: fixed
  artifacthub.io/prerelease: true
  a2: "x\\ty"
  a10: " lead"
  a: "trail "
  A1: "two line ends\\n\\n"
  _: "\\u2028 and \\x85"
  empty: ""
  sp: "  lead\\nfoo"
  blanks: "a\\n   \\nb"
  long: "quoted: and as long as it takes until the line is folded, which happens at eighty columns, or not"
"""
CHARTS = {
    "small": "",
    "described": "description: The operator's chart\nappVersion: v1.5.0\n",
    "number": "appVersion: '1.10'\n",
    "rich": RICH,
    "dependent": "dependencies: [{name: sub, version: 1.x, repository: 'file://../sub', import-values: [a, {b: c}],"
    " tags: [t], condition: sub.enabled, enabled: true, alias: other}]\n",
    "bare": "dependencies: [{name: sub, version: 1.0.0}]\n",
}


class Repository:
    """A folder that is served as a chart repository, and helm with a home of its own."""

    def __init__(self, folder: Path, url: str, home: Path) -> None:
        self.folder = folder
        self.url = url
        places = {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        self._env = {"HOME": str(home), "PATH": "", **places}

    def helm(self, *arguments: str) -> str:
        return run([program("helm"), *arguments], env=self._env)

    def package(self, version: str, extra: str = "", name: str = "operator") -> Path:
        chart = self.folder.parent / f"{name}-{version}-source"
        (chart / "templates").mkdir(parents=True)
        (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {json.dumps(name)}\nversion: {version}\n{extra}")
        if "dependencies" in extra:
            (chart / "charts" / "sub").mkdir(parents=True)
            (chart / "charts" / "sub" / "Chart.yaml").write_text("apiVersion: v2\nname: sub\nversion: 1.0.0\n")
        self.helm("package", "--destination", str(self.folder), str(chart))
        return self.folder / f"{name}-{version}.tgz"

    def versions(self) -> list[tuple[str, str]]:
        """What helm finds in the index, in its order."""
        self.helm("repo", "add", "--force-update", "ours", self.url)
        found = json.loads(self.helm("search", "repo", "ours/", "--versions", "--devel", "--output", "json"))
        return [(one["name"].removeprefix("ours/"), one["version"]) for one in found]


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Repository(folder, f"http://127.0.0.1:{server.server_address[1]}", tmp_path)
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the tests' output free of requests."""


@pytest.mark.parametrize("extra", CHARTS.values(), ids=CHARTS)
def test_the_entry_is_helms_own_but_for_the_clock(repository: Repository, extra: str) -> None:
    package = repository.package("1.5.0-rc.0", extra)
    repository.helm("repo", "index", str(repository.folder), "--url", repository.url)
    theirs = (repository.folder / "index.yaml").read_text()
    url = f"{repository.url}/{package.name}"
    ours = index.add(index.EMPTY, entry_of(package.read_bytes(), urls=[url], created=CREATED), generated=CREATED)
    clock = re.compile(r"(?m)^(    created|generated): .*")
    assert clock.sub(r"\1", ours.decode()) == clock.sub(r"\1", theirs)


def other_indentation(text: str) -> str:
    return re.sub(r"(?m)^  (?=[- ] )", "      ", text)


STARTS: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: index.EMPTY.decode(),
    "null": lambda _: "apiVersion: v1\nentries:\n",
    "helm's": lambda text: text,
    "deeper lists": other_indentation,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "comments": lambda text: (
        "# Our charts\n---\n" + text.replace("  operator:\n", "  # the operator\n  operator: # it\n")
    ),
    "without generated": lambda text: text.partition("generated:")[0],
}


@pytest.mark.parametrize("start", STARTS)
def test_helm_finds_and_pulls_the_new_version_and_all_others(repository: Repository, start: str) -> None:
    for name, version, extra in [
        ("operator", "1.4.0", RICH),
        ("operator", "1.6.0-rc.1", ""),
        ("operator", "1.5.0-rc.10", "description: 'entries:'\n"),
        ("zebra", "1.0.0", ""),
        ("ape", "0.1.0", RICH),
    ]:
        repository.package(version, extra, name)
    repository.helm("repo", "index", str(repository.folder), "--url", repository.url)
    file = repository.folder / "index.yaml"
    file.write_bytes(STARTS[start](file.read_text()).encode())
    before = repository.versions() if b"operator" in file.read_bytes() else []
    package = repository.package("1.5.0", RICH)
    entry = entry_of(package.read_bytes(), urls=[f"{repository.url}/{package.name}"], created=CREATED)
    file.write_bytes(index.add(file.read_bytes(), entry, generated=CREATED))
    found = repository.versions()
    assert [one for one in found if one != ("operator", "1.5.0")] == before
    assert len(found) == len(before) + 1
    pulled = repository.folder.parent / "pulled"
    pulled.mkdir()
    repository.helm("pull", "ours/operator", "--version", "1.5.0", "--destination", str(pulled))
    assert (pulled / package.name).read_bytes() == package.read_bytes()
    written = re.findall(r"(?m)^ +version: (1\.[456]\S+)", file.read_text())
    assert written == [version for name, version in found if name == "operator"], "helm would sort otherwise"


@pytest.mark.parametrize("name", ["123", "true", "null", "1.5", "x--y"])
def test_a_chart_whose_name_looks_like_something_else(repository: Repository, name: str) -> None:
    package = repository.package("1.5.0", name=name)
    entry = entry_of(package.read_bytes(), urls=[f"{repository.url}/{package.name}"], created=CREATED)
    data = index.add(index.EMPTY, entry, generated=CREATED)
    (repository.folder / "index.yaml").write_bytes(data)
    assert repository.versions() == [(name, "1.5.0")]
    assert index.find(data, entry).digest == entry.digest
