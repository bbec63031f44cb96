"""Branches, their protection, and rulesets (docs.github.com/rest/branches, /repos/rules)."""

import fnmatch
from typing import Any

from rehearsal.github.bare import Ref
from rehearsal.github.exchange import Answer, Request, answer, no_content, page
from rehearsal.github.fields import Fields
from rehearsal.github.problems import ApiError, invalid, not_found
from rehearsal.github.routes import Routes
from rehearsal.github.rulebook import enforce
from rehearsal.github.views import commit_view

routes = Routes()

Json = dict[str, Any]

_REPOSITORY = "/repos/{owner}/{repo}"
_SWITCHES = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)


@routes.get(f"{_REPOSITORY}/branches", "contents:read")
def list_branches(request: Request) -> Answer:
    wanted = request.query.get("protected")
    refs = request.repository.git.refs("refs/heads/")
    shown = [ref for ref in refs if wanted in (None, str(_is_protected(request, ref)).lower())]
    return page(request, [_short_view(request, ref) for ref in shown])


@routes.get(f"{_REPOSITORY}/branches/{{branch}}", "contents:read")
def get_branch(request: Request) -> Answer:
    ref = _existing(request)
    links, name = request.links, request.repository.full_name
    url = links.repository(name, "branches", ref.short)
    return answer(
        {
            **_short_view(request, ref),
            "commit": commit_view(request, request.repository, ref.sha),
            "_links": {"self": url, "html": links.page(name, "tree", ref.short)},
            "protection": {"enabled": _is_protected(request, ref)},
            "protection_url": f"{url}/protection",
        }
    )


@routes.get(f"{_REPOSITORY}/branches/{{branch}}/protection", "administration:read")
def get_protection(request: Request) -> Answer:
    settings = request.repository.protections.get(_existing(request).short)
    if settings is None:
        raise ApiError(404, "Branch not protected")
    return answer(_protection_view(request, settings))


@routes.put(f"{_REPOSITORY}/branches/{{branch}}/protection", "administration:write")
def set_protection(request: Request) -> Answer:
    settings = request.fields.plain
    request.fields.object("required_pull_request_reviews")  # an object, or nothing
    request.repository.protections[_existing(request).short] = settings
    enforce(request.repository)
    return answer(_protection_view(request, settings))


@routes.delete(f"{_REPOSITORY}/branches/{{branch}}/protection", "administration:write")
def remove_protection(request: Request) -> Answer:
    if request.repository.protections.pop(_existing(request).short, None) is None:
        raise ApiError(404, "Branch not protected")
    enforce(request.repository)
    return no_content()


@routes.get(f"{_REPOSITORY}/rulesets", "metadata:read")
def list_rulesets(request: Request) -> Answer:
    brief = ("id", "name", "target", "source_type", "source", "enforcement", "node_id", "created_at", "updated_at")
    return page(request, [{key: each[key] for key in brief} for each in request.repository.rulesets.values()])


@routes.post(f"{_REPOSITORY}/rulesets", "administration:write")
def create_ruleset(request: Request) -> Answer:
    fields, repository, now = request.fields, request.repository, request.world.now()
    name, number = fields.text("name"), request.world.new_id()
    refs = fields.object("conditions").object("ref_name")
    if any(each["name"] == name for each in repository.rulesets.values()):
        raise invalid("RepositoryRuleset", "name", "custom", "Name must be unique")
    url = request.links.repository(repository.full_name, "rulesets", number)
    ruleset = {
        "id": number,
        "name": name,
        "target": fields.text_or("target", "branch"),
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": fields.one_of("enforcement", ("disabled", "active", "evaluate")),
        "bypass_actors": fields.items("bypass_actors"),
        "conditions": {"ref_name": {"include": refs.items("include"), "exclude": refs.items("exclude")}},
        "rules": [{**Fields(rule).plain, "type": Fields(rule).text("type")} for rule in fields.items("rules")],
        "node_id": f"RRS_{number}",
        "_links": {"self": {"href": url}},
        "created_at": now,
        "updated_at": now,
    }
    repository.rulesets[number] = ruleset
    enforce(repository)
    return answer(ruleset, 201)


@routes.get(f"{_REPOSITORY}/rulesets/{{ruleset_id}}", "metadata:read")
def get_ruleset(request: Request) -> Answer:
    found = request.repository.rulesets.get(request.number("ruleset_id"))
    if found is None:
        raise not_found()
    return answer(found)


def _existing(request: Request) -> Ref:
    ref = request.repository.git.ref(f"refs/heads/{request.place['branch']}")
    if ref is None:
        raise ApiError(404, "Branch not found")
    return ref


def _is_protected(request: Request, ref: Ref) -> bool:
    return any(fnmatch.fnmatchcase(ref.name, rule.pattern) for rule in request.repository.rules)


def _short_view(request: Request, ref: Ref) -> Json:
    url = request.links.repository(request.repository.full_name, "commits", ref.sha)
    return {"name": ref.short, "commit": {"sha": ref.sha, "url": url}, "protected": _is_protected(request, ref)}


def _protection_view(request: Request, settings: Json) -> Json:
    url = request.links.repository(request.repository.full_name, "branches", request.place["branch"], "protection")
    shown: Json = {"url": url, **{name: {"enabled": bool(settings.get(name))} for name in _SWITCHES}}
    shown["enforce_admins"] = {"url": f"{url}/enforce_admins", "enabled": bool(settings.get("enforce_admins"))}
    if settings.get("required_pull_request_reviews") is not None:
        reviews = settings["required_pull_request_reviews"]
        shown["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": bool(reviews.get("dismiss_stale_reviews")),
            "require_code_owner_reviews": bool(reviews.get("require_code_owner_reviews")),
            "required_approving_review_count": int(reviews.get("required_approving_review_count", 1)),
        }
    return shown
