"""Whatever it is asked, and however many ask at once, it gives an answer that GitHub could give."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github.hub import ROUTES
from rehearsal.github.links import Site
from tests.support.openapi import Description

WRITING = [(each.method, each.template) for each in ROUTES if each.site is Site.API and each.method != "GET"]
PLACE = {
    "ref": "heads/main",
    "branch": "main",
    "path": "VERSION",
    "sha": "main",
    "name": "bug",
    "workflow_id": "ci.yml",
}
VALUES: list[Any] = [None, True, "x", "../x\0", "\ud800", [None], [{}], ["x", 1], {}]


@pytest.mark.parametrize(("method", "template"), WRITING, ids=map(" ".join, WRITING))
def test_no_body_breaks_it(method: str, template: str, owner: Any, origin: Path, description: Description) -> None:
    run(["git", "-C", str(origin), "update-ref", "refs/heads/fix", "refs/heads/main"])
    owner.ok("POST", "/repos/acme/operator/pulls", {"title": "Fix", "head": "fix", "base": "release-1.5"})
    path = template.replace("{owner}", "acme").replace("{repo}", "operator")
    path = re.sub(r"\{(\w+)\}", lambda match: PLACE.get(match[1], "1"), path)
    for value in VALUES:
        body = dict.fromkeys(description.fields(method, template), value)
        assert owner(method, path, body, strict=False).status in range(200, 500)


@pytest.mark.parametrize("path", ["%00", "..", "%2e%2e/%2e%2e", "-x", "--output=x", "a%0ab", "%ff", "@{0}", ":/x"])
def test_no_name_breaks_it(path: str, ask: Any, origin: Path) -> None:
    before = sorted(str(each) for each in origin.rglob("*"))
    for place in ("git/ref/", "git/trees/", "commits/", "contents/", "branches/", "compare/main...", "releases/tags/"):
        assert ask("GET", f"/repos/acme/operator/{place}{path}").status in (200, 404, 422)
    assert sorted(str(each) for each in origin.rglob("*")) == before


def test_of_many_who_make_a_ref_one_wins(ask: Any, origin: Path) -> None:
    commits = run(["git", "-C", str(origin), "rev-list", "main"]).split()

    def make(number: int) -> int:
        made = ask("POST", "/repos/acme/operator/git/refs", {"ref": "refs/tags/v9", "sha": commits[number % 2]})
        return int(made.status)

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(make, range(16)))
    assert statuses == [201, *[422] * 15]
    assert len(ask.github.writes) == 1
