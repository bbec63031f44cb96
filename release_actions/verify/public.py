"""What of a release only this run can pull: registries show a new package to its owner alone (ghcr.io does so)."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from release_actions.core.errors import Code
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry

_AT_ONCE = 8


def closed(references: Iterable[Reference], login: Callable[[str], Login | None]) -> list[Reference]:
    """Of what a login can read, one of each repository that can't be read without; who doesn't answer is left out."""
    asked = {one.name: one for one in references if login(one.registry) is not None}
    with Registry(lambda _registry: None) as anyone, ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = pool.map(anyone.find, asked.values())
        refused = [one.error is not None and one.error.code is Code.E_REGISTRY_LOGIN for one in found]
    return [one for one, is_closed in zip(asked.values(), refused, strict=True) if is_closed]


def warning(found: Sequence[Reference]) -> str:
    """What users will meet, and the setting to change."""
    names = ", ".join(str(one) for one in found)
    setting = "Let the registry show them to everybody"
    if any(one.registry == "ghcr.io" for one in found):
        setting += "; on ghcr.io by the package's settings, `Change visibility` to public"
    return f"Without a login nobody can pull {names}. {setting}, unless this project is private."
