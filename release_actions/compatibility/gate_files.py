"""The list of feature gates and the table of them in the docs, as files of a checkout."""

from collections.abc import Iterable
from pathlib import Path

from release_actions.compatibility.gate import Declared, Minor
from release_actions.compatibility.gate_pages import listed, table, with_table
from release_actions.compatibility.gate_rules import GateFinding
from release_actions.compatibility.rule import Level
from release_actions.project.config import FeatureGates
from release_actions.project.generated_page import GeneratedPage
from release_actions.system.workspace import WorkspaceFiles


def pages(workspace: Path, settings: FeatureGates, declared: Declared, version: Minor) -> list[GeneratedPage]:
    """The files that the configuration names; raises E_PATH, and E_FEATURE_GATE for a page without its two markers."""
    files, found = WorkspaceFiles(workspace), []
    stale = "of feature gates is not what the code declares"
    if settings.list_file:
        name = files.name(settings.list_file)
        before = files.read(name) if files.has(name) else ""
        found.append(GeneratedPage(file=name, before=before, after=listed(declared), stale=f"The list {stale}"))
    if settings.docs:
        name = files.name(settings.docs)
        before = files.read(name)
        after = with_table(before, table(declared, version), name)
        found.append(GeneratedPage(file=name, before=before, after=after, stale=f"The table {stale}"))
    return found


def findings_of(pages: Iterable[GeneratedPage]) -> list[GateFinding]:
    """The findings of pages that are not what the code declares."""
    return [
        GateFinding(
            rule="gate-page-stale", level=Level.ERROR, gate="", file=one.file, line=one.line, what=one.instruction
        )
        for one in pages
        if one.is_stale
    ]
