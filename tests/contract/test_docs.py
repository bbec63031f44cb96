"""Pages say what is so: generated parts are fresh, links lead somewhere, YAML is what the examples have."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from tools.docs import anchor, filled, generated

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=ROOT,
    capture_output=True,
    check=True,
)
PAGES = [ROOT / name for name in sorted(LISTED.stdout.decode().split("\0")) if name and (ROOT / name).is_file()]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```+|~~~+)[^\n]*\n.*?^\1\s*$", re.MULTILINE | re.DOTALL)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_what_is_generated_is_fresh() -> None:
    stale = [name_of(path) for path, text in generated(ROOT).items() if path.read_text() != text]
    assert stale == [], "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(FENCE.sub("", page.read_text())) if not re.match(r"[a-z]+:", link)]
    assert [link for link in links if not leads_somewhere(page, unquote(link))] == []


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, fragment = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return False
    return not fragment or fragment in anchors(target)


def anchors(page: Path) -> set[str]:
    headings: list[str] = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {anchor(heading) for heading in headings}


def test_every_workflow_in_the_readme_is_an_example() -> None:
    blocks = re.findall(r"^```ya?ml\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    examples = {path.read_text() for path in (ROOT / "examples").glob("*.yml")}
    assert blocks
    assert [block for block in blocks if block not in examples] == []


def test_a_part_of_a_page_is_written_anew_and_nothing_else() -> None:
    page = "a\n<!-- begin generated: x -->\nold\n<!-- end generated: x -->\nb <!-- begin generated: y -->\n"
    fresh = filled(page, {"x": "new\\1\n"})
    assert fresh == "a\n<!-- begin generated: x -->\nnew\\1\n<!-- end generated: x -->\nb <!-- begin generated: y -->\n"
    assert filled(fresh, {"x": "new\\1\n"}) == fresh


def test_a_part_that_nothing_generates_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="unknown"):
        filled("<!-- begin generated: unknown -->\n<!-- end generated: unknown -->", {})
