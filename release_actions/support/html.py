"""The support matrix as one HTML page: the supported minor versions on a line of time, and the table of all."""

import re
from collections.abc import Sequence
from typing import Final

from release_actions.core import html
from release_actions.support.page import GENERATED, cells, end_of
from release_actions.support.policy import SupportRow, SupportState
from release_actions.support.timeline import Bar, Tick, timeline

_CLASSES: Final = {
    SupportState.SUPPORTED: "supported",
    SupportState.LONG_TERM: "long-term",
    SupportState.ENDED: "ended",
}


def page(rows: Sequence[SupportRow], repository: str, url: str) -> str:
    """The whole page; `repository` is `OWNER/NAME`, `url` its address."""
    title = f"Supported versions of {repository}"
    supported = sum(row.state is not SupportState.ENDED for row in rows)
    lines = timeline(rows)
    bars = "".join(_bar(one, url) for one in lines.bars)
    ticks = "".join(map(_tick, lines.ticks))
    header, table = cells(rows)
    heads = "".join(f'<th scope="col">{html.text(name)}</th>' for name in header)
    body = f"""<!-- {GENERATED} -->
<header>
<h1>{html.text(title)}</h1>
<p>{supported} of {len(rows)} minor versions are supported. Days are those of tags, in UTC; the end of support is the
first day without it.</p>
</header>
<main>
<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<ol>
{bars}</ol>
<div class="axis" aria-hidden="true">{ticks}</div>
</section>
<section aria-labelledby="versions">
<h2 id="versions">All minor versions</h2>
<div class="scroll" role="region" aria-labelledby="versions" tabindex="0">
<table>
<thead><tr>{heads}</tr></thead>
<tbody>
{"".join(_line(row, line, url) for row, line in zip(rows, table, strict=True))}</tbody>
</table>
</div>
</section>
</main>
"""
    return html.document(title, _STYLE, body)


def _bar(bar: Bar, url: str) -> str:
    row = bar.row
    end = end_of(row)
    until = f" until <time>{end}</time>" if row.end else f", ends {end}" if end else ""
    kind = f"{_CLASSES[row.state]}{' open' if bar.is_open else ''}"
    place = f"left: {bar.start}%; width: {bar.width}%"
    return (
        f"<li><p><b>{row.minor}</b> {row.state.value}, from <time>{row.first.day}</time>{until}; "
        f"newest: {_release(row, url)}</p>\n"
        f'<div class="track" aria-hidden="true"><div class="bar {kind}" style="{place}"></div></div></li>\n'
    )


def _tick(tick: Tick) -> str:
    return f'<span style="left: {tick.at}%">{tick.day:%Y-%m}</span>'


def _line(row: SupportRow, line: Sequence[str], url: str) -> str:
    parts = [f'<th scope="row">{row.minor}</th>', *(f"<td>{_prose(one)}</td>" for one in line[1:])]
    parts[2] = f"<td>{_release(row, url)}</td>"
    return f'<tr class="{_CLASSES[row.state]}">{"".join(parts)}</tr>\n'


def _release(row: SupportRow, url: str) -> str:
    tag = row.newest.version.tag
    return html.link(f"{url}/releases/tag/{tag}", tag) if url.startswith("https://") else html.text(tag)


def _prose(value: str) -> str:
    """Text in which what stands between backticks is code."""
    parts = re.split("`([^`]+)`", value)
    return "".join(f"<code>{html.text(one)}</code>" if at % 2 else html.text(one) for at, one in enumerate(parts))


_STYLE = """
:root {
  --page: #ffffff; --words: #1b2430; --quiet: #5a6675; --line: #d5dbe3; --head: #f3f5f8; --link: #0b57b0;
  --supported: #2f8f4e; --long-term: #2563b8; --ended: #a3adba;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --words: #e4e9f0; --quiet: #a0acba; --line: #323b47; --head: #1c222b; --link: #82b6ff;
    --supported: #4fbf73; --long-term: #6ea8ff; --ended: #5b6675;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--page); color: var(--words); }
body { font: 15px/1.45 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.15rem; }
p { margin: 0 0 .25rem; }
ol { margin: 0; padding: 0; list-style: none; }
li { margin: 0 0 .75rem; }
.track { position: relative; height: 1rem; border-radius: 4px; background: var(--head); border: 1px solid var(--line); }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px; background: var(--supported); }
.bar.long-term { background: var(--long-term); }
.bar.ended { background: var(--ended); }
.bar.open { border-radius: 3px 0 0 3px; mask-image: linear-gradient(to right, black 80%, transparent); }
.axis { position: relative; height: 1.5rem; border-top: 1px solid var(--line); overflow: hidden; color: var(--quiet); }
.axis span { position: absolute; padding-left: .2rem; border-left: 1px solid var(--line); font-size: .8rem; }
.scroll { overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
table { width: 100%; border-collapse: separate; border-spacing: 0; }
th, td { padding: .45rem .75rem; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-top: 0; background: var(--head); white-space: nowrap; }
td { min-width: 6.5rem; overflow-wrap: anywhere; }
time, td:nth-child(-n+5) { white-space: nowrap; }
tr.ended { color: var(--quiet); }
code { font-size: .9em; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 40rem) { body { padding: 1rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; border: 0; }
  .bar { border: 1px solid #000000; }
  td { min-width: 0; }
  li, tr { break-inside: avoid; }
}
"""
