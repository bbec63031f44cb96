"""The pages of feature gates: the list for programs, the table for the docs, and the section of a release."""

import pytest
import yaml

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate import Declared
from release_actions.compatibility.gate_pages import BEGIN, END, listed, section, steps, table, with_table
from release_actions.core.errors import Code, ReleaseError

LOCKED = ", LockToDefault: true"


def spec(version: str, stage: str, default: str = "false", more: str = "") -> str:
    return f'{{Version: version.MustParse("{version}"), Default: {default}, PreRelease: featuregate.{stage}{more}}}'


def gates(*entries: str, kind: str = "VersionedSpecs", above: str = "") -> Declared:
    return read_gates({"a.go": f"package p\n{above}\nvar g = map[Feature]{kind}{{\n{','.join(entries)}}}\n"})


ALPHA, BETA, GA = spec("1.4", "Alpha"), spec("1.6", "Beta", "true"), spec("1.8", "GA", "true", LOCKED)


def test_the_list_has_each_gate_once_by_name_with_its_specs_in_order() -> None:
    text = listed(gates(f"b: {{{ALPHA}, {GA}}}", f"A: {{{BETA}}}", f"b: {{{BETA}}}"))
    assert yaml.safe_load(text) == [
        {"name": "A", "versionedSpecs": [given("1.6", "Beta", default=True)]},
        {"name": "b", "versionedSpecs": [given("1.4", "Alpha"), given("1.8", "GA", default=True, locked=True)]},
    ]


def given(version: str, stage: str, *, default: bool = False, locked: bool = False) -> dict[str, object]:
    return {"default": default, "lockToDefault": locked, "preRelease": stage, "version": version}


@pytest.mark.parametrize("name", ["Plain", "no", "NULL", "a: b", "1.5", "with # sign", "- x", "*a"])
def test_a_name_is_the_same_text_in_yaml(name: str) -> None:
    [found] = yaml.safe_load(listed(gates(f'"{name}": {{Default: true}}', kind="FeatureSpec")))
    assert found["name"] == name


def test_a_version_is_the_comments_or_none() -> None:
    plain = ["A: {Default: true, PreRelease: featuregate.Beta}", "B: {Default: false, PreRelease: featuregate.Alpha}"]
    text = listed(gates(*plain, kind="FeatureSpec", above='// beta: v1.3.2\nconst A featuregate.Feature = "A"'))
    assert [one["versionedSpecs"][0]["version"] for one in yaml.safe_load(text)] == ["1.3", ""]


@pytest.mark.parametrize(
    ("specs", "version", "rows"),
    [
        (ALPHA, (1, 9), ["| `A` | `false` | Alpha | 1.4 |  |"]),
        (f"{ALPHA}, {BETA}", (1, 9), ["| `A` | `false` | Alpha | 1.4 | 1.5 |", "| `A` | `true` | Beta | 1.6 |  |"]),
        (f"{ALPHA}, {BETA}", (1, 5), ["| `A` | `false` | Alpha | 1.4 |  |"]),
        (GA, (1, 9), ["| `A` | `true (locked)` | GA | 1.8 |  |"]),
        (BETA, (1, 5), ["| `A` | `true` | Beta | 1.6 |  |"]),
        (
            f"{ALPHA}, {spec('2.0', 'Beta')}",
            (2, 0),
            ["| `A` | `false` | Alpha | 1.4 | before 2.0 |", "| `A` | `false` | Beta | 2.0 |  |"],
        ),
    ],
)
def test_the_table_has_a_row_for_each_stage_until_a_version(
    specs: str, version: tuple[int, int], rows: list[str]
) -> None:
    assert table(gates(f"A: {{{specs}}}"), version).split("\n")[2:-1] == rows


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [f"A: {{{ALPHA}}}"], ["`A` new: Alpha, off by default."]),
        ([f"A: {{{ALPHA}}}"], [f"A: {{{ALPHA}}}"], []),
        (
            [f"A: {{{ALPHA}}}"],
            [f"A: {{{ALPHA}, {BETA}}}"],
            ["`A` default changed: It is on by default now.", "`A` promoted: From Alpha to Beta."],
        ),
        (
            [f"A: {{{BETA}}}"],
            [f"A: {{{BETA}, {GA}}}"],
            [
                "`A` locked: It stays on; delete it from your values before it is removed.",
                "`A` promoted: From Beta to GA.",
            ],
        ),
        (
            [f"A: {{{ALPHA}}}"],
            [f"A: {{{ALPHA},\n{spec('1.8', 'Deprecated')}, // remove in 1.9\n}}"],
            ["`A` deprecated: It will be removed in 1.9; delete it from your values."],
        ),
        (
            [f"A: {{{GA}}}"],
            [f"B: {{{GA}}}"],
            [
                "`A` removed: Delete `A=…` from your values and arguments; a program without the gate does not start.",
                "`B` new: GA, on by default.",
            ],
        ),
    ],
)
def test_a_release_names_what_users_act_on_first(before: list[str], after: list[str], said: list[str]) -> None:
    text = section(steps(gates(*before), gates(*after), (1, 8)))
    assert text == ("## Feature gates\n\n" + "".join(f"- {one}\n" for one in said) if said else "")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_table_is_put_between_its_markers_and_nothing_else_is_changed(end: str) -> None:
    page = f"a{end}  {BEGIN}{end}old{end}{END}{end}z"
    new = with_table(page, "| 1 |\n| 2 |\n", "gates.md")
    assert new == f"a{end}  {BEGIN}{end}| 1 |{end}| 2 |{end}{END}{end}z"
    assert with_table(new, "| 1 |\n| 2 |\n", "gates.md") == new


@pytest.mark.parametrize(
    ("page", "line"),
    [
        ("", 1),
        (f"a\n{BEGIN}\n", 2),
        (f"a\n\n{END}\n", 3),
        (f"{END}\n{BEGIN}\n", 1),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n", 3),
        (f"{BEGIN}\n{BEGIN}\n{END}\n", 3),
        (f"see {BEGIN}\n{END}\n", 2),
    ],
)
def test_a_page_has_to_have_one_pair_of_markers(page: str, line: int) -> None:
    with pytest.raises(ReleaseError, match="markers of the table") as raised:
        with_table(page, "| 1 |\n", "gates.md")
    assert (raised.value.code, raised.value.file, raised.value.line) == (Code.E_FEATURE_GATE, "gates.md", line)


@pytest.mark.parametrize(("unread", "said"), [("before", "removed"), ("after", "new"), ("neither", "removed new")])
def test_what_can_not_be_read_makes_no_gate_new_or_removed(unread: str, said: str) -> None:
    partly = "package p\nfunc g() map[featuregate.Feature]featuregate.FeatureSpec { return load() }\n"
    hole = {True: read_gates({"b.go": partly}).unread, False: ()}
    before = Declared(gates(f"A: {{{ALPHA}}}").gates, hole[unread == "before"])
    after = Declared(gates(f"B: {{{ALPHA}}}").gates, hole[unread == "after"])
    assert " ".join(one.step.value for one in steps(before, after, (1, 8))) == said
