"""What a failed step says is public, held against what the servers keep."""

import re
from collections import Counter
from collections.abc import Mapping

_SENTENCE = re.compile(r"Public of [^ ]+ now: (.*?)\.(?: |$)(?=Next|$)")
_DIGEST = re.compile(r"(.+) \((sha256:[0-9a-f]{64})\)")
_NOTHING = {"nothing", "nothing that could be seen"}


def judge(text: str, facts: Mapping[str, str]) -> tuple[Counter[str], list[str]]:
    """How many parts a text says to be there, not there, and unknown; and what it says wrongly or not at all.

    `facts` have the digest of each part, another text where it has none, nothing where it is not there. A text without
    the sentence is wrong.
    """
    found = _SENTENCE.search(text)
    if found is None:
        return Counter(), ["no sentence about what is public"]
    said, named, wrong = {}, set(), []
    for group in found[1].split("; "):
        kind, _, names = (
            group.partition(": ") if group.startswith(("not there: ", "unknown: ")) else ("there", "", group)
        )
        for name in names.split(", "):
            said[name] = kind
    counts: Counter[str] = Counter()
    for name, kind in said.items():
        if name in _NOTHING:
            wrong += ["nothing, and something unknown"] * (name == "nothing" and "unknown" in said.values())
            continue
        with_digest = _DIGEST.fullmatch(name)
        part = with_digest[1] if with_digest else name
        named.add(part)
        counts[kind] += 1
        if part not in facts:
            wrong.append(f"{part} is no part of the release")
        elif kind != "unknown" and (kind == "there") != bool(facts[part]):
            wrong.append(f"{part} is said to be {kind}")
        elif with_digest and facts[part] != with_digest[2]:
            wrong.append(f"{part} is said to have another digest")
    return counts, [*wrong, *(f"nothing is said of {part}" for part in facts if part not in named)]
