"""What the check of feature gates says on the run's page, and the error that it ends with."""

from collections.abc import Iterable, Sequence
from typing import Final

from release_actions.compatibility.gate import shown_minor
from release_actions.compatibility.gate_rules import GateFinding, Program, due
from release_actions.compatibility.gate_table import RULES
from release_actions.compatibility.rule import Level
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError

_INSTEAD: Final = {rule.id: rule.instead for rule in RULES}


def instead(finding: GateFinding) -> str:
    """What to do about a finding."""
    return _INSTEAD[finding.rule]


def sentence(program: Program) -> str:
    """One sentence on what was checked."""
    gates = len({one.name for one in program.declared.gates})
    if not gates and not program.before and not program.declared.unread:
        return "There are no feature gates."
    compared = f"compared with {program.since if program.before else 'no release'}"
    return f"{gates} feature gate{'' if gates == 1 else 's'}, checked for {shown_minor(program.version)}, {compared}."


def page(program: Program, findings: Sequence[GateFinding]) -> str:
    """All findings as a table, and those that the next minor version will have."""
    later = due(program)
    following = shown_minor((program.version[0], program.version[1] + 1))
    parts = [f"### Findings\n\n{findings_table(findings)}"] if findings else []
    parts += [f"### Due in {following}, unless something changes\n\n{findings_table(later)}"] if later else []
    return "\n".join(parts)


def failure(findings: Sequence[GateFinding]) -> ReleaseError | None:
    """The error of a check with findings that are errors, None for one without."""
    errors = [one for one in findings if one.level is Level.ERROR]
    if not errors:
        return None
    first = errors[0]
    return ReleaseError(
        Code.E_FEATURE_GATE,
        f"The check of feature gates has {len(errors)} error{'' if len(errors) == 1 else 's'}, "
        f"first {first.file}:{first.line}: {first.what}",
        next_step=instead(first),
        file=first.file,
        line=first.line,
    )


def findings_table(findings: Iterable[GateFinding]) -> str:
    """Findings as a table, one row each."""
    rows = (
        (
            one.level.value,
            markdown.code(one.rule),
            markdown.code(f"{one.file}:{one.line}"),
            markdown.prose(one.what),
            markdown.prose(instead(one)),
        )
        for one in findings
    )
    return markdown.table(("Level", "Rule", "Place", "What is wrong", "What to do"), rows)
