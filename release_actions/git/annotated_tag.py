"""Annotated tags, made in the private repository of a remote and not pushed yet."""

from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.person import Person
from release_actions.git.program import failed
from release_actions.git.remote import Remote
from release_actions.git.signing import signer


def make_tag(remote: Remote, name: str, commit: str, message: str, tagger: Person, *, key: str, folder: Path) -> str:
    """The id of a new tag object for a commit, signed when there is a key; its date is now.

    `folder` is new and private. Raises E_INPUT for a key that can't sign.
    """
    who = {"GIT_COMMITTER_NAME": tagger.name, "GIT_COMMITTER_EMAIL": tagger.email}
    with signer(key, folder) as signs:
        settings = [part for name, value in signs.settings.items() for part in ("-c", f"{name}={value}")]
        git = remote.git.within(folder.parent, **who, **signs.variables)
        how = "--sign" if key else "--annotate"
        answer = git.start(*settings, "tag", how, "--cleanup=whitespace", "--file=-", name, commit, stdin=message)
    if not answer.ok and key:
        raise ReleaseError(
            Code.E_INPUT,
            "The tag can't be signed with the input `signing-key`.",
            next_step="Look at what git says above, and try the key on a laptop with `git tag --sign`.",
            details=answer.tail(),
        )
    if not answer.ok:
        raise failed(answer)
    found = remote.git.read(f"refs/tags/{name}")
    assert found is not None
    return found.id
