"""References in schemas of values: none that Helm would follow out of the chart gets to Helm."""

import json
from pathlib import Path

import pytest

from release_actions.chart import package
from release_actions.chart.values_schema import require_own_references
from release_actions.core.errors import Code, ReleaseError

AWAY = {"type": "object", "properties": {"a": {"$ref": "file:///etc/passwd"}}}
SCHEMA = "values.schema.json"


def write(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content, indent=1).encode())


def refused(folder: Path) -> ReleaseError:
    with pytest.raises(ReleaseError) as error:
        require_own_references(folder, "charts/op")
    return error.value


def packed(name: str, files: dict[str, bytes]) -> bytes:
    return package.write({f"{name}/{file}": content for file, content in files.items()}, 0)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "file:///etc/passwd"},
        {"$ref": "http://169.254.169.254/latest"},
        {"$ref": "HTTPS://example.com/x.json#/definitions/a"},
        {"$ref": "../../../etc/passwd"},
        {"$ref": " #/x"},
        {"$schema": "file:///dev/zero"},
        {"$schema": "http://json-schema.org/draft-99/schema#"},
        {"$schema": "https://json-schema.org.example.com/schema"},
        {"properties": {"$ref": {"$ref": "x.json"}}},
        {"allOf": [{"items": [{"$dynamicRef": "file:///etc/passwd"}]}]},
        {"$recursiveRef": "file:///etc/passwd"},
        {"$id": "file:///etc/", "$ref": "passwd"},
        {"definitions": {"default": {"$ref": "//example.com/x"}}},
    ],
    ids=json.dumps,
)
def test_references_that_lead_away(tmp_path: Path, schema: object) -> None:
    write(tmp_path, SCHEMA, schema)
    error = refused(tmp_path)

    assert (error.code, error.file) == (Code.E_CHART, f"charts/op/{SCHEMA}")
    assert "which Helm would read from elsewhere" in error.what


@pytest.mark.parametrize(
    "written",
    [
        b'{"\\u0024ref": "file:///etc/passwd"}',
        b'\xef\xbb\xbf{"$ref": "file:///etc/passwd"}',
        b'{"title": "\xff", "$ref": "file:///etc/passwd"}',
    ],
    ids=["an escaped key", "a byte order mark", "not UTF-8"],
)
def test_other_ways_to_write_them_that_helm_reads(tmp_path: Path, written: bytes) -> None:
    write(tmp_path, SCHEMA, written)

    assert "refers to 'file:///etc/passwd'" in refused(tmp_path).what


@pytest.mark.parametrize(
    "schema",
    [
        {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a"},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {"a": {"$ref": "#"}}},
        {"$schema": "http://json-schema.org/schema#", "properties": {"$ref": {"type": "string"}}},
        {"$id": "https://example.com/op.json", "$ref": "#a", "$defs": {"a": {"$anchor": "a"}}},
        {"$ref": "http://json-schema.org/draft-04/schema#/definitions/positiveInteger"},
        {"description": "see file:///etc/passwd", "examples": ["http://example.com"]},
    ],
    ids=json.dumps,
)
def test_references_within_the_schema_are_taken(tmp_path: Path, schema: object) -> None:
    write(tmp_path, SCHEMA, schema)
    require_own_references(tmp_path, "charts/op")


@pytest.mark.parametrize(
    "written",
    [b"", b"{", b'{"a": 1} {}', b"[" * 100_000, b'{"a": ' * 100_000, b'{"a": %s}' % (b"1" * 10_000)],
    ids=["empty", "cut off", "two", "deep lists", "deep mappings", "a long number"],
)
def test_what_is_no_json_is_refused(tmp_path: Path, written: bytes) -> None:
    write(tmp_path, SCHEMA, written)

    assert "is not JSON that can be checked" in refused(tmp_path).what


def test_the_line_is_the_references(tmp_path: Path) -> None:
    write(tmp_path, SCHEMA, AWAY)

    assert refused(tmp_path).line == 5


@pytest.mark.parametrize("name", ["charts/sub/values.schema.json", "charts/a/charts/b/values.schema.json"])
def test_schemas_of_unpacked_subcharts(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, AWAY)

    assert (refused(tmp_path).code, refused(tmp_path).file) == (Code.E_CHART, f"charts/op/{name}")


def test_schemas_of_packed_subcharts(tmp_path: Path) -> None:
    schema = json.dumps(AWAY).encode()
    inner = packed("inner", {"Chart.yaml": b"name: inner\n", SCHEMA: schema})
    for name, files in {
        "charts/sub-1.0.0.tgz": {SCHEMA: schema},
        "charts/more-1.0.0.tgz": {f"charts/unpacked/{SCHEMA}": schema},
        "charts/outer-1.0.0.tgz": {"charts/inner-1.0.0.tgz": inner},
        "charts/a/charts/sub-1.0.0.tgz": {SCHEMA: schema},
    }.items():
        write(tmp_path, name, packed("sub", files))
        error = refused(tmp_path)
        (tmp_path / name).unlink()

        assert (error.code, error.file, error.line) == (Code.E_CHART, f"charts/op/{name}", None)
        assert f"charts/op/{name}/{next(iter(files))}" in error.what


def test_packages_that_helm_would_not_load(tmp_path: Path) -> None:
    write(tmp_path, "charts/sub-1.0.0.tgz", b"no archive")

    assert (refused(tmp_path).code, refused(tmp_path).file) == (Code.E_CHART_PACKAGE, "charts/op/charts/sub-1.0.0.tgz")


def test_packages_in_packages_end_somewhere(tmp_path: Path) -> None:
    data = packed("a", {"Chart.yaml": b""})
    for _ in range(150):
        data = packed("a", {"charts/a-1.0.0.tgz": data})
    write(tmp_path, "charts/a-1.0.0.tgz", data)

    assert "bytes of charts inside charts" in refused(tmp_path).what


def test_files_that_are_no_schema_of_the_chart(tmp_path: Path) -> None:
    write(tmp_path, "files/values.schema.json", AWAY)
    write(tmp_path, "files/sub-1.0.0.tgz", b"no archive")
    write(tmp_path, "charts/sub/ci/values.schema.json", AWAY)
    require_own_references(tmp_path, "charts/op")
