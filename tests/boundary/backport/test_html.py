"""The page of the backport report, shown by a real browser."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from rehearsal.run.browser import Browser
from release_actions.backport.html import page
from release_actions.backport.matrix import Cell, Fix, FixState
from release_actions.history.change_class import ChangeClass

BRANCHES = ("release-1.5", "release-1.4")
HOSTILE = "</title></style></table><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
ASK = """<script>
const shown = [...document.querySelectorAll("tbody tr")].filter((row) => row.offsetParent);
const head = getComputedStyle(document.querySelector("thead th"));
const body = getComputedStyle(document.body);
document.body.dataset.told = JSON.stringify({
  shown: shown.map((row) => row.querySelector("th").firstChild.textContent),
  position: head.position, background: body.backgroundColor,
  scopes: [...document.querySelectorAll("th")].map((one) => one.scope),
  focusable: document.querySelectorAll("a[href], input, [tabindex='0']").length,
  wide: document.documentElement.scrollWidth > innerWidth,
});
</script>"""


def fix(number: int, *states: FixState, title: str = "fix: a", lost: bool = False) -> Fix:
    cells = tuple(
        Cell(branch=branch, state=state, regression=lost and state is FixState.MISSING, note="A note.")
        for branch, state in zip(BRANCHES, states, strict=True)
    )
    return Fix(commit="a" * 40, number=number, title=title, kind=ChangeClass.FIX, on_default=True, cells=cells)


FIXES = (
    fix(1, FixState.MISSING, FixState.THERE, lost=True),
    fix(2, FixState.CONFLICT, FixState.NOT_NEEDED),
    fix(3, FixState.PENDING, FixState.MISSING),
    fix(4, FixState.THERE, FixState.THERE),
    fix(5, FixState.TAKEN_BACK, FixState.CHANGED),
    fix(6, FixState.REVERTED, FixState.ADAPTED),
    fix(7, FixState.PARTLY, FixState.THERE),
)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def written(folder: Path, *fixes: Fix) -> Path:
    file = folder / "page.html"
    made = page("kubeflow/<b>demo", "https://github.com/kubeflow/demo", BRANCHES, fixes, "as of today")
    file.write_text(made, encoding="utf-8")
    return file


def asked(browser: Browser, file: Path, chosen: str = "all", *flags: str) -> dict[str, object]:
    """What a script that is added to the page sees with one of the filters chosen; the page itself has none."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", file.read_text())
    text = text.replace(" checked>", ">").replace(f'id="show-{chosen}"', f'id="show-{chosen}" checked')
    file.write_text(text.replace("</body>", f"{ASK}</body>"))
    found = re.search(r'data-told="([^"]*)"', browser.dom(file, *flags))
    assert found
    told: dict[str, object] = json.loads(unescape(found[1]))
    return told


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("all", [f"#{number}" for number in range(1, 8)]),
        ("regression", ["#1"]),
        ("missing", ["#1", "#3"]),
        ("conflict", ["#2"]),
        ("pending", ["#3"]),
        ("missing-taken-back", ["#5"]),
        ("reverted-on-default", ["#6"]),
        ("partly-there", ["#7"]),
    ],
)
def test_rows_are_filtered_without_any_script(browser: Browser, tmp_path: Path, chosen: str, shown: list[str]) -> None:
    assert asked(browser, written(tmp_path, *FIXES), chosen)["shown"] == shown


def test_it_is_a_table_that_is_read_aloud_and_reached_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    told = asked(browser, written(tmp_path, *FIXES))
    assert told["scopes"] == ["col"] * 4 + ["row"] * 7
    assert told["position"] == "sticky"
    assert told["focusable"] == 9 + 1 + 7, "filters, the scrolled table, and a link of each fix"
    assert told["wide"] is False


def test_it_is_light_or_dark_as_the_reader_likes(browser: Browser, tmp_path: Path) -> None:
    light = asked(browser, written(tmp_path, *FIXES), "all")["background"]
    dark = asked(browser, written(tmp_path, *FIXES), "all", "--force-dark-mode")["background"]
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(18, 22, 28)")


def test_titles_are_text_and_nothing_else(browser: Browser, tmp_path: Path) -> None:
    shown = browser.dom(written(tmp_path, fix(1, FixState.THERE, FixState.THERE, title=HOSTILE)))
    assert re.findall(r"<(script|img|b>demo)", shown) == []
    assert "<title>Backports of kubeflow/&lt;b&gt;demo</title>" in shown
    assert shown.count("<table") == shown.count("</table>") == 1


def test_the_page_forbids_what_a_mistake_in_it_could_run(browser: Browser, tmp_path: Path) -> None:
    file = written(tmp_path, *FIXES)
    file.write_text(file.read_text().replace("<header>", "<header><script>document.title = 'run'</script>"))
    assert "<title>run</title>" not in browser.dom(file)
