"""The matrix of fixes and branches as one HTML page that needs nothing else: no script, no server, no other file.

Rows are filtered by radio buttons and style alone.
"""

from collections.abc import Sequence
from typing import Final

from release_actions.backport.matrix import Cell, Fix, FixState, count
from release_actions.core import html

_WORDS: Final = {
    FixState.MISSING: "missing",
    FixState.TAKEN_BACK: "missing, taken back",
    FixState.PARTLY: "partly there",
    FixState.CONFLICT: "conflict",
    FixState.REVERTED: "still there, reverted on the default branch",
    FixState.PENDING: "pending",
    FixState.SUPERSEDED: "there, superseded on the default branch",
    FixState.THERE: "there",
    FixState.ADAPTED: "there, adapted",
    FixState.CHANGED: "there, changed since",
    FixState.NOT_NEEDED: "not needed",
}
_REGRESSION = "regression"
_TO_LOOK_AT = (FixState.REVERTED, FixState.PENDING, FixState.SUPERSEDED)
_FILTERS: Final = {
    "all": "all fixes",
    _REGRESSION: "lost in a newer branch",
    **{state.value: _WORDS[state] for state in FixState if state.is_lacking or state in _TO_LOOK_AT},
}


def page(repository: str, url: str, branches: Sequence[str], fixes: Sequence[Fix], made: str) -> str:
    """The whole page; `url` is the repository's address, `made` says when, in the reader's words."""
    title = f"Backports of {repository}"
    figures = "".join(f"<li><b>{count(fixes, state)}</b> {_WORDS[state]}</li>" for state in FixState)
    lost = sum(fix.is_regression for fix in fixes)
    heads = "".join(f'<th scope="col">{html.text(name)}</th>' for name in branches)
    rows = "\n".join(_row(fix, url) for fix in fixes)
    empty = "" if fixes else "<p>No fix is on a supported release branch, and none is asked for.</p>"
    body = f"""<header>
<h1>{html.text(title)}</h1>
<p>{len(fixes)} fixes on {len(branches)} release branches, {html.text(made)}. <b>{lost}</b> of them are on an older
branch, and a newer one lacks them.</p>
<ul>{figures}</ul>
</header>
<main>
<fieldset>
<legend>Show</legend>
{"".join(_filter(name, label, fixes) for name, label in _FILTERS.items())}
</fieldset>
{empty}<div class="scroll" role="region" aria-label="Fixes by release branch" tabindex="0">
<table>
<caption>Each fix, and what there is of it on each release branch</caption>
<thead><tr><th scope="col">Fix</th><th scope="col">Kind</th>{heads}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
</main>
"""
    return html.document(title, _STYLE, body)


def _filter(name: str, label: str, fixes: Sequence[Fix]) -> str:
    found = sum(name == "all" or name in _signs(fix) for fix in fixes)
    checked = " checked" if name == "all" else ""
    return f'<label><input type="radio" name="show" id="show-{name}"{checked}> {label} ({found})</label>\n'


def _row(fix: Fix, url: str) -> str:
    place = f"{url}/pull/{fix.number}" if fix.number else f"{url}/commit/{fix.commit}"
    where = "" if fix.on_default else "<small>not on the default branch</small>"
    cells = "".join(_cell(cell, url) for cell in fix.cells)
    head = f'<th scope="row">{html.link(place, fix.name)} {html.text(fix.title)}{where}</th>'
    return f'<tr class="{" ".join(_signs(fix))}">{head}<td>{fix.kind.value}</td>{cells}</tr>'


def _cell(cell: Cell, url: str) -> str:
    if cell.pull_request:
        source = html.link(f"{url}/pull/{cell.pull_request}", f"#{cell.pull_request}")
    elif cell.commit:
        source = html.link(f"{url}/commit/{cell.commit}", cell.commit[:7])
    else:
        source = ""
    asked = cell.asked and cell.state.is_lacking
    words = [_WORDS[cell.state], *(["asked for"] if asked else []), *([_REGRESSION] if cell.regression else [])]
    note = f"<small>{html.text(cell.note)}</small>" if cell.note else ""
    lost = f" {_REGRESSION}" if cell.regression else ""
    return f'<td class="{cell.state.value}{lost}"><b>{", ".join(words)}</b> {source}{note}</td>'


def _signs(fix: Fix) -> list[str]:
    """What a row can be filtered by."""
    return [state.value for state in FixState if fix.has(state)] + ([_REGRESSION] if fix.is_regression else [])


_HIDDEN = ",\n".join(f"main:has(#show-{name}:checked) tbody tr:not(.{name})" for name in _FILTERS if name != "all")
_STYLE = f"""
:root {{
  --page: #ffffff; --words: #1b2430; --quiet: #5a6675; --line: #d5dbe3; --head: #f3f5f8; --link: #0b57b0;
  --missing: #fde4e1; --missing-words: #8c1d13; --conflict: #fdecc8; --conflict-words: #6b4200;
  --pending: #dfeafc; --pending-words: #123f7c; --there: #dff3e3; --there-words: #14532d;
}}
@media (prefers-color-scheme: dark) {{
  :root {{
    --page: #12161c; --words: #e4e9f0; --quiet: #a0acba; --line: #323b47; --head: #1c222b; --link: #82b6ff;
    --missing: #4a1713; --missing-words: #ffc4bd; --conflict: #452f06; --conflict-words: #ffd996;
    --pending: #152f55; --pending-words: #bcd6ff; --there: #133a1f; --there-words: #b4ecc4;
  }}
}}
* {{ box-sizing: border-box; }}
body {{ margin: 0; padding: 1.5rem; background: var(--page); color: var(--words); }}
body {{ font: 15px/1.45 system-ui, sans-serif; }}
h1 {{ margin: 0 0 .25rem; font-size: 1.5rem; }}
p {{ margin: 0 0 .5rem; max-width: 60rem; }}
header ul {{ display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; }}
fieldset {{ display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 1rem; padding: .5rem .75rem; }}
fieldset {{ border: 1px solid var(--line); border-radius: 6px; }}
label {{ cursor: pointer; }}
.scroll {{ max-height: 85vh; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }}
table {{ width: 100%; border-collapse: separate; border-spacing: 0; }}
caption {{ padding: .5rem .75rem; text-align: left; color: var(--quiet); }}
th, td {{ padding: .45rem .75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }}
thead th {{ position: sticky; top: 0; z-index: 1; background: var(--head); white-space: nowrap; }}
tbody th {{ min-width: 18rem; font-weight: normal; overflow-wrap: anywhere; }}
td + td {{ border-left: 1px solid var(--line); }}
td b {{ font-weight: 600; }}
small {{ display: block; }}
td.not-needed {{ color: var(--quiet); }}
td.not-needed b {{ font-weight: normal; }}
td.missing, td.missing-taken-back, td.partly-there {{ background: var(--missing); color: var(--missing-words); }}
td.conflict, td.reverted-on-default {{ background: var(--conflict); color: var(--conflict-words); }}
td.pending {{ background: var(--pending); color: var(--pending-words); }}
td.there, td.there-adapted, td.there-changed-since {{ background: var(--there); color: var(--there-words); }}
td.superseded-on-default {{ background: var(--there); color: var(--there-words); }}
td.regression {{ box-shadow: inset 4px 0 0 currentColor; }}
a {{ color: var(--link); }}
td a {{ color: inherit; }}
:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px; }}
{_HIDDEN} {{ display: none; }}
"""
