"""How commits are called in reports."""

import pytest

from release_actions.git.commit_title import title_of

_MERGE = "Merge pull request #12 from kubeflow/count-again"


@pytest.mark.parametrize(
    ("message", "title"),
    [
        pytest.param("fix: Count again (#12)\n\nWhy.\n", "fix: Count again (#12)", id="squash"),
        pytest.param("\n\nfix: Count again\n", "fix: Count again", id="blank lines before it"),
        pytest.param(f"{_MERGE}\n\nfix: Count again\n", "fix: Count again (#12)", id="merge"),
        pytest.param(f"{_MERGE}\r\n\r\nfix: Count again\r\n", "fix: Count again (#12)", id="merge with CRLF"),
        pytest.param(f"{_MERGE}\n\nfix: Count again\n\n(cherry picked …)\n", "fix: Count again (#12)", id="its pick"),
        pytest.param(f"{_MERGE}\n", _MERGE, id="merge without a title"),
        pytest.param(f"{_MERGE}\nfix: Count again\n", _MERGE, id="a second line is no title"),
        pytest.param("Merge branch 'main'\n\nfix: Count again\n", "Merge branch 'main'", id="another merge"),
        pytest.param("fix: a\u2028b\x85c\n\nWhy.\n", "fix: a\u2028b\x85c", id="signs that end no line"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_commit_is_called_by_what_it_brings(message: str, title: str) -> None:
    assert title_of(message) == title
