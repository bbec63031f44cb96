"""What a commit calls itself."""

import re

# What GitHub writes for a merge, with the pull request's title below ("About merge methods on GitHub").
_MERGE = re.compile(r"Merge pull request #([1-9][0-9]{0,8}) from \S+\n\n([^\n]+)")


def title_of(message: str) -> str:
    """The first line of a message; for the merge of a pull request that one's title and number, as a squash has them.

    So a pick of a merge is told by what it brings, `fix: Count again (#12)`, and not by the name of a branch.
    """
    text = message.lstrip("\n").replace("\r\n", "\n")
    merge = _MERGE.match(text)
    return f"{merge[2]} (#{merge[1]})" if merge else text.partition("\n")[0]
