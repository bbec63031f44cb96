"""Hostile texts made from honest ones: parts cut out, doubled, repeated, mixed with another text or with odd pieces."""

import random
from collections.abc import Sequence

LARGEST = 20_000
"""The most bytes of a text."""

_ODD = (
    *(
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b"\0",
        b"\\",
        b'"',
        b"'",
        b"`",
        b":",
        b": ",
        b"- ",
        b"#",
        b" #",
        b"{",
        b"}",
        b"[",
        b"]",
    ),
    *(
        b"(",
        b")",
        b"<",
        b">",
        b"&a ",
        b"*a",
        b"!!x ",
        b"? ",
        b"|\n",
        b">-\n",
        b"---\n",
        b"...\n",
        b"/",
        b"..",
        b"//",
        b"@",
    ),
    *(
        b"\xe2\x80\xa8",
        b"\xc2\x85",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xd9\xa1",
        b"\xf0\x9f\x9a\x80",
        b"\x1b[0m",
    ),
    *(
        b"0",
        b"-1",
        b"1e999",
        b"nan",
        b"9" * 30,
        b"9" * 5000,
        b"0x7f",
        b"\x80",
        b"%",
        b"%0A",
        b"${{",
        b"::error::",
        b"=",
    ),
)
_MOST_EDITS = 6
_MOST_REPEATS = 1000


def mutant(seeds: Sequence[bytes], name: str) -> bytes:
    """One of the seeds after some edits, the same for the same name."""
    draw = random.Random(name)
    data = draw.choice(seeds)
    for _ in range(draw.randint(1, _MOST_EDITS)):
        data = _edited(data, seeds, draw)[:LARGEST]
    return data


def _edited(data: bytes, seeds: Sequence[bytes], draw: random.Random) -> bytes:
    start = draw.randint(0, len(data))
    end = min(len(data), start + int(draw.expovariate(1 / 12)))
    before, part, after = data[:start], data[start:end], data[end:]
    match draw.randrange(6):
        case 0:
            return before + after
        case 1:
            return before + draw.choice(_ODD) + after
        case 2:
            return before + part * draw.randint(2, draw.choice((3, 30, _MOST_REPEATS))) + after
        case 3:
            return before + bytes([draw.randrange(256)]) + after
        case 4:
            other = draw.choice(seeds)
            return before + other[draw.randint(0, len(other)) :]
        case _:
            return before + draw.choice(_ODD) * draw.randint(2, draw.choice((9, _MOST_REPEATS))) + after
