"""Where the code of a program asks for its feature gates, as far as its text shows."""

import re
from collections.abc import Mapping, Sequence

from release_actions.compatibility.feature_gates import may_declare
from release_actions.compatibility.gate import Gate
from release_actions.compatibility.go_text import Token, code, string, tokens

_WORD = re.compile(r"[^\W\d]\w*")
_CONSTANT = re.compile(r"\b([^\W\d]\w*)\s+(?:\w+\.)?Feature\s*=\s*[\"`]")
_LIBRARY = re.compile(r"\"k8s\.io/(?:apiserver/pkg/util/feature|component-base/logs/api/v1)\"")


def used_names(files: Mapping[str, str], gates: Sequence[Gate]) -> frozenset[str]:
    """The constants and names of gates that Go files have elsewhere than where the gate is declared.

    A constant that none of the files declares belongs to a library, which may ask for it: it counts as used. So does
    what only a comment names, but for files that declare gates.
    """
    names = {one.constant for one in gates} | {one.name for one in gates}
    own: set[str] = set()
    used: set[str] = set()
    for text in files.values():
        if may_declare(text):
            own.update(_CONSTANT.findall(text))
            used.update(_outside_declarations(code(tokens(text)), names))
        else:
            used.update(names.intersection(_WORD.findall(text)))
    return frozenset(used | {one.constant for one in gates if one.constant not in own})


def has_gates_of_libraries(files: Mapping[str, str]) -> bool:
    """Whether Go files use packages of Kubernetes that bring feature gates of their own."""
    return any("k8s.io/" in text and _LIBRARY.search(text) for text in files.values())


def _outside_declarations(source: Sequence[Token], names: set[str]) -> set[str]:
    found = set()
    for index, one in enumerate(source):
        name = string(one) or one.text
        if name not in names:
            continue
        before = [token.text for token in source[max(0, index - 2) : index]]
        after = [token.text for token in source[index + 1 : index + 5]]
        is_key = after[:2] == [":", "{"] and before[-1:] in ([","], ["{"], ["."])
        is_constant = after[:2] == ["Feature", "="] or after[1:4] == [".", "Feature", "="]
        if not is_key and not is_constant and before != ["Feature", "="]:
            found.add(name)
    return found
