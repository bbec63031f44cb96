"""The page of a validated tag."""

from release_actions.core import markdown
from release_actions.core.version import Spelling, is_latest
from release_actions.project.matrix import build_matrix, chart_matrix
from release_actions.steps.tag_validation import TagRequest, ValidTag


def tag_page(found: ValidTag, request: TagRequest, *, places: int) -> str:
    """A table of what the tag is and how that was checked, and the jobs that follow; `places` is how many were."""
    version = found.version
    matrix, charts = build_matrix(found.config), chart_matrix(found.config, request.registry)
    jobs = [f"{one['image']} for {one['platform']} on {one['runner']}" for one in matrix["include"]]
    jobs += [f"{one['path']} to {one['registry'] or 'no registry'}" for one in charts["include"]]
    rows = [
        ("Tag", version.tag, "✅ on the remote"),
        ("Commit", found.commit, "✅ what the tag points to, and checked out"),
        ("Release branch", found.branch, "✅ has the commit" if request.check_branch else "off"),
        ("Previous tag", found.previous_tag or "none", "✅ in sequence"),
        ("Version places", str(places), "✅ all say this version" if request.check_places else "off"),
        ("Image tag, appVersion", version.spelled(Spelling(found.config.image_tag)), ""),
        ("Chart version", version.bare, ""),
        ("Python version", version.pep440, ""),
        ("Latest release", "yes" if is_latest(version, found.versions) else "no", ""),
    ]
    table = markdown.table(("", "", "Check"), ((what, markdown.code(value), check) for what, value, check in rows))
    folded = markdown.details("What is built and published", markdown.block("\n".join(jobs))) if jobs else ""
    return f"{table}\n{folded}"
