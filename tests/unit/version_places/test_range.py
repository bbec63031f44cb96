"""Ranges by which charts pin one another: what they take, and how they follow a version."""

import pytest

from release_actions.core.version import Spelling, parse_tag
from release_actions.version_places.place import File, Place, edit, find
from release_actions.version_places.range import admits, range_sign


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        ("~1.5.0", ("v1.5.0", "v1.5.7"), ("v1.6.0", "v1.4.9", "v1.5.1-rc.0", "v2.5.0")),
        ("~v1.5.2", ("v1.5.2",), ("v1.5.1",)),
        ("^1.5.0", ("v1.5.0", "v1.9.0"), ("v2.0.0", "v1.6.0-rc.0", "v1.4.0")),
        ("^0.5.0", ("v0.5.3",), ("v0.6.0", "v1.5.0")),
        ("^0.0.3", ("v0.0.3",), ("v0.0.4", "v0.1.3")),
        ("~1.5.0-rc.0", ("v1.5.0-rc.1", "v1.5.0", "v1.5.1-rc.0"), ("v1.6.0-rc.0",)),
        ("1.5.0", (), ("v1.5.0",)),
        (">=1.5.0", (), ("v1.5.0",)),
        ("~1.5", (), ("v1.5.0",)),
    ],
)
def test_what_a_range_takes(text: str, taken: tuple[str, ...], refused: tuple[str, ...]) -> None:
    assert [tag for tag in (*taken, *refused) if admits(text, parse_tag(tag))] == list(taken)


@pytest.mark.parametrize("text", ["~1.5.0", "^1.5.0", "~ 1.5.0", "^v1.5.0-rc.1"])
def test_a_range_is_known_by_its_sign(text: str) -> None:
    assert range_sign(text) == text.partition("1")[0].removesuffix("v")


@pytest.mark.parametrize(
    ("pin", "tag", "expected"),
    [
        ("~1.5.0", "v1.5.3", "~1.5.0"),
        ("~1.5.0", "v1.6.0", "~1.6.0"),
        ("'^1.5.0' # ours", "v1.6.0-rc.0", "'^1.6.0-rc.0' # ours"),
        ("1.5.0", "v1.5.3", "1.5.3"),
    ],
)
def test_a_pin_follows_a_version_that_it_does_not_take(pin: str, tag: str, expected: str) -> None:
    file = File("charts/op/Chart.yaml", f"name: op\ndependencies:\n- {{name: lib}}\n- name: crds\n  version: {pin}\n")
    place = Place(file=file.name, yaml="dependencies[1].version", spelling=Spelling.BARE)
    edited = edit(file, find(file, [place], Spelling.TAG), parse_tag(tag))
    assert edited.text == file.text.replace(pin, expected)
