"""The addresses in GitHub's answers, which follow from the host a client came to."""

from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

API = "api.github.com"
UPLOADS = "uploads.github.com"
STORAGE = "release-assets.githubusercontent.com"
HOSTS = (API, UPLOADS, STORAGE)


class Site(Enum):
    """Which of GitHub's faces a request is for."""

    API = "api"
    UPLOADS = "uploads"
    STORAGE = "storage"  # where asset downloads are redirected to: another host, which wants no token
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Links:
    """The bases of all addresses, without a slash at the end."""

    api: str
    uploads: str
    storage: str
    web: str

    def repository(self, full_name: str, *parts: object) -> str:
        return "/".join([f"{self.api}/repos/{full_name}", *(quote(str(part)) for part in parts)])

    def page(self, full_name: str, *parts: object) -> str:
        return "/".join([f"{self.web}/{full_name}", *(quote(str(part)) for part in parts)])


def locate(host: str, path: str) -> tuple[Site, str, Links]:
    """The face a request is for, its path there, and the addresses that client can use.

    GitHub's own host names are those of github.com. By any other, as 127.0.0.1:PORT, it is a GitHub
    Enterprise Server with the API under /api/v3, and `localhost` is its storage.
    """
    name, _, port = host.lower().partition(":")
    if name in HOSTS:
        site = {API: Site.API, UPLOADS: Site.UPLOADS, STORAGE: Site.STORAGE}[name]
        return site, path, Links(f"https://{API}", f"https://{UPLOADS}", f"https://{STORAGE}", "https://github.com")
    base = f"http://127.0.0.1:{port}"
    links = Links(f"{base}/api/v3", f"{base}/api/uploads", f"http://localhost:{port}", base)
    if name == "localhost":
        return Site.STORAGE, path, links
    for prefix, site in (("/api/v3", Site.API), ("/api/uploads", Site.UPLOADS)):
        if path == prefix or path.startswith(f"{prefix}/"):
            return site, path.removeprefix(prefix) or "/", links
    return Site.WEB, path, links
