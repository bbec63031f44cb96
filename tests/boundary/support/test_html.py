"""The page of the support matrix, shown by a real browser."""

import json
import re
from datetime import date
from html import escape, unescape
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rehearsal.run.browser import Browser
from release_actions.core.version import parse_tag
from release_actions.project.support_settings import Support
from release_actions.support.facts import Facts
from release_actions.support.html import page
from release_actions.support.policy import DatedRelease, SupportRow, rows

DAYS = {
    "v1.1.0": "2024-02-01",
    "v1.2.0": "2024-07-01",
    "v1.3.0": "2025-01-01",
    "v1.4.0": "2025-07-01",
    "v1.5.0": "2026-01-01",
    "v1.5.1": "2026-02-01",
    "v1.6.0": "2026-07-01",
}
HOSTILE = "</title></style></table><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"
ASK = """<script>
const style = (one, name) => getComputedStyle(document.querySelector(one) ?? document.body)[name];
const box = (one) => one.getBoundingClientRect();
const tracks = [...document.querySelectorAll(".track")];
window.parent.document.body.dataset.seen = JSON.stringify({
  versions: [...document.querySelectorAll("li b")].map((one) => one.textContent),
  bars: tracks.map((one) => {
    const [whole, bar] = [box(one), box(one.firstElementChild)];
    return [bar.left - whole.left, bar.right - whole.left].map((at) => Math.round(at * 100 / whole.width));
  }),
  kinds: tracks.map((one) => one.firstElementChild.className),
  background: style("body", "backgroundColor"), words: style("body", "color"),
  overflow: style(".scroll", "overflowX"), border: style(".bar", "borderTopWidth"),
  wide: document.documentElement.scrollWidth > innerWidth, width: innerWidth,
  scopes: [...document.querySelectorAll("th")].map((one) => one.scope),
  focusable: document.querySelectorAll("a[href], [tabindex='0']").length,
  loaded: performance.getEntriesByType("resource").length,
});
</script>"""


def matrix(policy: Support, **facts: Any) -> list[SupportRow]:
    releases = [DatedRelease(parse_tag(tag), date.fromisoformat(day)) for tag, day in DAYS.items()]
    found = rows(policy, releases, date(2026, 8, 1))
    return [msgspec.structs.replace(one, facts=Facts(**facts)) for one in found]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def written(folder: Path, matrix: list[SupportRow], repository: str = "kubeflow/demo") -> Path:
    file = folder / "page.html"
    file.write_text(page(matrix, repository, "https://github.com/kubeflow/demo"), encoding="utf-8")
    return file


def seen(browser: Browser, file: Path, *flags: str, media: str = "@media print", width: int = 0) -> dict[str, Any]:
    """What a script that is added to the page sees, in a frame of some width if one is given."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", file.read_text())
    text = text.replace("</body>", f"{ASK}</body>").replace("@media print", media)
    file.write_text(f'<iframe style="width: {width}px; border: 0" srcdoc="{escape(text)}"></iframe>' if width else text)
    found = re.search(r'data-seen="([^"]*)"', browser.dom(file, *flags))
    assert found
    told: dict[str, Any] = json.loads(unescape(found[1]))
    return told


def test_supported_versions_and_those_beside_them_are_bars_on_one_line(browser: Browser, tmp_path: Path) -> None:
    told = seen(browser, written(tmp_path, matrix(Support(newest=2, lts=("1.2",)))))
    assert told["versions"] == ["1.6", "1.5", "1.4", "1.3", "1.2", "1.1"]
    assert told["kinds"] == [
        *("bar supported open", "bar supported open", "bar ended", "bar ended", "bar long-term open", "bar ended")
    ]
    starts, ends = zip(*told["bars"], strict=True)
    assert ends[:2] == (100, 100), "an end that is not known is the line's own"
    assert list(starts) == sorted(starts, reverse=True)
    assert starts[-1] == 0
    assert abs(ends[2] - starts[0]) <= 1, "1.4 ends where 1.6 begins"


def test_what_ended_before_is_in_the_table_alone(browser: Browser, tmp_path: Path) -> None:
    told = seen(browser, written(tmp_path, matrix(Support(newest=1))))
    assert told["versions"] == ["1.6", "1.5"]
    assert told["scopes"] == ["col"] * 6 + ["row"] * 6
    assert told["focusable"] == 2 + 6 + 1, "a release of each bar and row, and the scrolled table"


def test_it_is_light_or_dark_as_the_reader_likes(browser: Browser, tmp_path: Path) -> None:
    light = seen(browser, written(tmp_path, matrix(Support())))
    dark = seen(browser, written(tmp_path, matrix(Support())), "--force-dark-mode")
    assert (light["background"], dark["background"]) == ("rgb(255, 255, 255)", "rgb(18, 22, 28)")
    assert light["words"] != dark["words"]


def test_nothing_is_wider_than_a_phone(browser: Browser, tmp_path: Path) -> None:
    facts = {"kube_version": (">=1.29.0-0 <1.36.0-0",), "unknown": "x" * 200, "columns": {"Spark": "y" * 90}}
    told = seen(browser, written(tmp_path, matrix(Support(), **facts)), width=375)
    assert (told["width"], told["wide"], told["loaded"]) == (375, False, 0)


def test_on_paper_the_table_is_whole_and_bars_have_borders(browser: Browser, tmp_path: Path) -> None:
    screen = seen(browser, written(tmp_path, matrix(Support())))
    paper = seen(browser, written(tmp_path, matrix(Support())), media="@media all")
    assert (screen["overflow"], screen["border"]) == ("auto", "0px")
    assert (paper["overflow"], paper["border"]) == ("visible", "1px")


def test_names_are_text_and_nothing_else(browser: Browser, tmp_path: Path) -> None:
    facts = {"kube_version": (HOSTILE,), "go": HOSTILE, "columns": {HOSTILE: HOSTILE}}
    shown = browser.dom(written(tmp_path, matrix(Support(), **facts), f"kubeflow/{HOSTILE}"))
    assert re.findall(r"<(script|img)", shown) == []
    assert shown.count("<table") == shown.count("</table>") == 1


def test_before_the_first_release_it_says_so(browser: Browser, tmp_path: Path) -> None:
    told = seen(browser, written(tmp_path, []))
    assert told["versions"] == []
    assert "0 of 0 minor versions are supported" in page([], "o/n", "https://github.com/o/n")
