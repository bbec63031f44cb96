"""The rules of one repository, gathered from all settings that make some, for the API and for git."""

from collections.abc import Iterator
from typing import Any

from rehearsal.git.rules import Rule, set_rules
from rehearsal.github.state import Repository

_TYPES = ("creation", "update", "deletion", "non_fast_forward", "pull_request")


def enforce(repository: Repository) -> None:
    """To be called whenever a setting or release changed."""
    repository.rules = [*_protections(repository), *_rulesets(repository), *_immutable_tags(repository)]
    set_rules(repository.git.path, repository.rules)


def _protections(repository: Repository) -> Iterator[Rule]:
    for branch, settings in repository.protections.items():
        types = [
            *([] if settings.get("allow_force_pushes") else ["non_fast_forward"]),
            *([] if settings.get("allow_deletions") else ["deletion"]),
            *(["pull_request"] if settings.get("required_pull_request_reviews") is not None else []),
        ]
        yield Rule(f"refs/heads/{branch}", tuple(types), protection=True)


def _rulesets(repository: Repository) -> Iterator[Rule]:
    for ruleset in repository.rulesets.values():
        if ruleset["enforcement"] != "active":
            continue
        types = tuple(rule["type"] for rule in ruleset["rules"] if rule["type"] in _TYPES)
        for pattern in _patterns(ruleset, repository):
            yield Rule(pattern, types)


def _patterns(ruleset: dict[str, Any], repository: Repository) -> list[str]:
    kind = "tags" if ruleset["target"] == "tag" else "heads"
    special = {"~ALL": f"refs/{kind}/*", "~DEFAULT_BRANCH": f"refs/heads/{repository.git.default_branch}"}
    included = (str(pattern) for pattern in ruleset["conditions"]["ref_name"]["include"])
    return [special.get(pattern, pattern) for pattern in included]


def _immutable_tags(repository: Repository) -> Iterator[Rule]:
    for release in repository.releases.values():
        if release.immutable:
            yield Rule(f"refs/tags/{release.tag}", ("update", "deletion"))
    for tag in sorted(repository.burnt_tags):
        yield Rule(f"refs/tags/{tag}", ("creation",))
