"""Which function answers which request."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from rehearsal.github.exchange import Answer, Request
from rehearsal.github.links import Site
from rehearsal.github.tokens import Need, need

Handler = Callable[[Request], Answer]

# Variables whose value may hold slashes as they are.
_LONG = ("ref", "basehead", "branch", "tag", "tree_sha", "name")


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `template` is its path in GitHub's description; without a `need` anyone may."""

    method: str
    template: str
    need: Need | None
    site: Site
    handler: Handler

    @property
    def pattern(self) -> "re.Pattern[str]":
        return re.compile(re.sub(r"\{(\w+)\}", _variable, re.sub(r"\.", r"\\.", self.template)))


class Routes:
    """The operations of one area; each is a function under the method that names it."""

    def __init__(self) -> None:
        self.all: list[Route] = []

    def get(self, template: str, needs: str = "", site: Site = Site.API) -> Callable[[Handler], Handler]:
        return self._add("GET", template, needs, site)

    def post(self, template: str, needs: str = "", site: Site = Site.API) -> Callable[[Handler], Handler]:
        return self._add("POST", template, needs, site)

    def put(self, template: str, needs: str = "") -> Callable[[Handler], Handler]:
        return self._add("PUT", template, needs, Site.API)

    def patch(self, template: str, needs: str = "") -> Callable[[Handler], Handler]:
        return self._add("PATCH", template, needs, Site.API)

    def delete(self, template: str, needs: str = "") -> Callable[[Handler], Handler]:
        return self._add("DELETE", template, needs, Site.API)

    def _add(self, method: str, template: str, needs: str, site: Site) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            self.all.append(Route(method, template, need(needs) if needs else None, site, handler))
            return handler

        return add


class Router:
    """All operations; of several that fit, the one with the longest template is meant."""

    def __init__(self, routes: Iterable[Route]) -> None:
        most_specific_first = sorted(routes, key=lambda route: (-route.template.count("/"), "{" in route.template))
        self._routes = [(route, route.pattern) for route in most_specific_first]

    def find(self, site: Site, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        for route, pattern in self._routes:
            if route.site is site and route.method == method and (match := pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in match.groupdict().items()}
        return None


def _variable(match: "re.Match[str]") -> str:
    name = match[1]
    if name.endswith(("_id", "_number")) and name != "workflow_id":  # which may be a file's name
        return rf"(?P<{name}>\d+)"
    if name == "path":
        return r"(?P<path>.*)"  # empty for the top folder
    return rf"(?P<{name}>{'.+' if name in _LONG else '[^/]+'})"
