"""An edit of an index that does more or less than adding one entry is refused."""

import pytest

from release_actions.chart_repository.index import add, prove
from release_actions.chart_repository.outline import Outline
from release_actions.chart_repository.source import IndexSource
from release_actions.core.errors import Code, ReleaseError
from tests.unit.chart_repository.test_index import GENERATED, entry, item, whole

BEFORE = whole(f"  operator:\n{item('1.6.0')}{item('1.4.0')}  other:\n{item('2.0.0', 'other')}")
AFTER = add(BEFORE.encode(), entry(), generated=GENERATED).decode()
OURS = AFTER[AFTER.index(item("1.6.0")) + len(item("1.6.0")) : AFTER.index(item("1.4.0"))]


def check(after: str) -> None:
    prove(Outline(IndexSource(BEFORE.encode())), Outline(IndexSource(after.encode())), entry())


def test_one_entry_more_is_accepted() -> None:
    check(AFTER)


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(BEFORE, id="nothing was added"),
        pytest.param(AFTER.replace(item("1.4.0"), ""), id="the last entry is lost"),
        pytest.param(AFTER.replace(item("1.6.0"), ""), id="the first entry is lost"),
        pytest.param(AFTER.replace(item("1.6.0"), "").replace(item("1.4.0"), ""), id="only ours is left"),
        pytest.param(AFTER.replace(item("1.4.0"), item("1.4.0", digest="b" * 64)), id="another entry was changed"),
        pytest.param(AFTER.replace(OURS, OURS * 2), id="ours was added twice"),
        pytest.param(AFTER.replace(OURS, item("1.5.0")), id="the entry is not ours"),
        pytest.param(AFTER[: AFTER.index("  other:")] + AFTER[AFTER.index("generated") :], id="another chart is lost"),
        pytest.param(AFTER.replace("version: 2.0.0", "version: 2.0.1"), id="another chart was changed"),
        pytest.param(AFTER.replace("  operator:", "  operators:"), id="the chart has another name"),
    ],
)
def test_anything_else_is_refused(after: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        check(after)
    assert refused.value.code is Code.E_UNSAFE_EDIT
    assert "Adding operator 1.5.0 to index.yaml would have changed more than that" in refused.value.what
    assert "index.yaml" in refused.value.next_step
