"""The questions of preflight and their answers, as one list and one error."""

from collections.abc import Sequence

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import ReleaseError


class Answer(msgspec.Struct, frozen=True):
    """What was asked, and what is wrong, if something is; `note` is what there is to know otherwise.

    `unknown` means that the question could not be answered, which stops no release.
    """

    question: str
    error: ReleaseError | None = None
    note: str = ""
    unknown: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether the release would fail because of it."""
        return self.error is not None and not self.unknown

    @property
    def text(self) -> str:
        """The answer for a person."""
        if self.error is None:
            return self.note or "all right"
        said = f"{self.error.what} {self.error.next_step}"
        return f"unknown: {said}" if self.unknown else said


def page(answers: Sequence[Answer]) -> str:
    """The answers for the job summary."""
    rows = [(markdown.text(one.question), f"{_sign(one)} {markdown.text(one.text)}") for one in answers]
    return f"### What is known before the build\n\n{markdown.table(('Question', 'Answer'), rows)}"


def failure(answers: Sequence[Answer]) -> ReleaseError | None:
    """One error for all that is wrong, with the first one's code, place and next step; None when nothing is."""
    wrong = [one for one in answers if one.error is not None and one.is_wrong]
    if not wrong:
        return None
    first, others = wrong[0].error, len(wrong) - 1
    assert first is not None
    more = f" {others} more {'is' if others == 1 else 'are'} wrong, see the list." if others else ""
    return ReleaseError(
        first.code,
        f"{first.what}{more}",
        next_step=first.next_step,
        file=first.file,
        line=first.line,
        details=tuple(line for one in wrong for line in _lines(one)),
        commands=() if others else first.commands,
    )


def _lines(answer: Answer) -> list[str]:
    details = answer.error.details if answer.error else ()
    return [f"{answer.question}: {answer.text}", *(f"  {line}" for line in details)]


def _sign(answer: Answer) -> str:
    if answer.is_wrong:
        return "❌"
    return "❔" if answer.unknown else "⚠️" if answer.note else "✅"
