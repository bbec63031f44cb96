"""Which addresses a registry may send us to, and whether they may see a login."""

import ipaddress
import re
from urllib.parse import urljoin, urlsplit

from release_actions.core.errors import Code, ReleaseError

_DNS_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?\.?")
# Where these registries say that logins go; another place would be an attack.
_TOKEN_HOSTS = {"ghcr.io": "ghcr.io", "docker.io": "auth.docker.io"}


def base_url(registry: str) -> str:
    """Where a registry's API is: HTTPS always, except for one on this machine's loopback, which is plain HTTP."""
    if registry == "docker.io":
        return "https://registry-1.docker.io"
    scheme = "http" if is_loopback(host_of(f"//{registry}")) else "https"
    return f"{scheme}://{registry}"


def host_of(url: str) -> str:
    """The host in an address, in lower case, without port, login and brackets; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself, by its literal address or as `localhost`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin(url: str) -> tuple[str, str, int | None]:
    """What a login is bound to: scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}.get(parts.scheme)


def redirect_target(source: str, location: str) -> str:
    """Where a redirect leads; raises E_REGISTRY_RESPONSE unless it stays on HTTPS, or on loopback where it began there.

    The new host is the same one, a DNS name, or an IP address in its usual spelling that isn't local to this machine.
    """
    try:
        target = urljoin(source, location)
    except ValueError:
        target = location
    _check_well_formed(target)
    before, after = urlsplit(source), urlsplit(target)
    host = after.hostname or ""
    if is_loopback(before.hostname or ""):
        allowed = is_loopback(host) if after.scheme == "http" == before.scheme else after.scheme == "https"
    else:
        allowed = after.scheme == "https" and (host == before.hostname or _is_elsewhere(host))
    if not allowed:
        raise untrusted(f"{before.hostname} redirects to {target[:200]!a}")
    return target


def check_realm(registry: str, realm: str) -> None:
    """Raise E_REGISTRY_RESPONSE unless a login for the registry may be sent to the token server at `realm`.

    It must be HTTPS, on the registry's own host or on one with a DNS name: never an IP address in any spelling. Only a
    registry on loopback may name a token server on loopback, where HTTP is allowed too.
    """
    _check_well_formed(realm)
    own, host, scheme = host_of(base_url(registry)), host_of(realm), urlsplit(realm).scheme
    pinned = _TOKEN_HOSTS.get(registry, host)
    if is_loopback(own):
        allowed = is_loopback(host) if scheme == "http" else scheme == "https"
    else:
        allowed = scheme == "https" and host == pinned and (host == own or bool(_DNS_NAME.fullmatch(host)))
    if not allowed:
        raise untrusted(f"{registry} wants its login sent to {realm[:200]!a}")


def untrusted(what: str) -> ReleaseError:
    """The error for an answer that can't be trusted; `what` is a sentence without its full stop."""
    return ReleaseError(
        Code.E_REGISTRY_RESPONSE,
        f"{what}.",
        next_step="Find out why with another tool (`docker buildx imagetools inspect`) before you log in there again.",
    )


def _is_elsewhere(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(_DNS_NAME.fullmatch(host))
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


def _check_well_formed(url: str) -> None:
    try:
        parts = urlsplit(url)
        sound = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not url.isascii() or re.search(r"[\x00-\x20\\]", url):
        raise untrusted(f"The registry sends us to {ascii(url)[:200]}, which is no address")
