"""A key that signs tags, from the text of a secret: kept in a private folder for the moment it is needed.

Source: git-config(1), `gpg.format` and `user.signingKey`; GitHub's documentation, "Signing tags".
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines
from release_actions.system import process

_SSH = "-----BEGIN OPENSSH PRIVATE KEY-----"
_PGP = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
_INSTALL = "Install `{}` on the runner, or leave the input `signing-key` empty."


class Signer(msgspec.Struct, frozen=True):
    """How git is told to sign: settings and variables; both empty for a tag without a signature."""

    settings: dict[str, str] = {}
    variables: dict[str, str] = {}


@contextlib.contextmanager
def signer(key: str, folder: Path) -> Iterator[Signer]:
    """What signs with a private key without passphrase, OpenSSH's or OpenPGP's; nothing for an empty one.

    `folder` is new and private, and must have a short path: gpg has a socket in it. Raises E_INPUT and E_PROGRAM.
    """
    if not key:
        yield Signer()
        return
    folder.mkdir(mode=0o700)
    if key.startswith(_SSH):
        yield _ssh(key, folder)
    elif key.startswith(_PGP):
        with contextlib.closing(_Keyring(folder)) as keyring:
            yield keyring.take(key)
    else:
        raise _unusable("it is neither an OpenSSH private key nor an OpenPGP private key block")


def _ssh(key: str, folder: Path) -> Signer:
    program = process.find("ssh-keygen", next_step=_INSTALL.format("ssh-keygen"))
    file = folder / "key"
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as private:
        private.write(f"{key}\n")
    answer = process.run([program, "-y", "-P", "", "-f", str(file)])
    if not answer.ok:
        raise _unusable("ssh-keygen can't read it; it must not have a passphrase", answer.tail())
    return Signer({"gpg.format": "ssh", "user.signingKey": str(file), "gpg.ssh.program": program})


class _Keyring:
    """A keyring of its own for one key; closing it ends the agent that gpg has started for it."""

    def __init__(self, folder: Path) -> None:
        self._program = process.find("gpg", next_step=_INSTALL.format("gpg"))
        self._home = {"GNUPGHOME": str(folder)}

    def take(self, key: str) -> Signer:
        answer = self._run("--import", stdin=f"{key}\n")
        if not answer.ok:
            raise _unusable("gpg can't import it", answer.tail())
        listed = lines(self._run("--with-colons", "--list-secret-keys").stdout)
        prints = [line.split(":")[9] for line in listed if line.startswith("fpr:")]
        if not prints:
            raise _unusable("gpg finds no secret key in it")
        settings = {"gpg.format": "openpgp", "user.signingKey": prints[0], "gpg.program": self._program}
        return Signer(settings, self._home)

    def close(self) -> None:
        program = process.find("gpgconf", next_step=_INSTALL.format("gpgconf"))
        process.run([program, "--kill", "all"], env=process.environment(**self._home))

    def _run(self, *arguments: str, stdin: str = "") -> process.Completed:
        argv = [self._program, "--batch", "--quiet", "--no-tty", *arguments]
        return process.run(argv, env=process.environment(**self._home), stdin=stdin.encode())


def _unusable(why: str, details: tuple[str, ...] = ()) -> ReleaseError:
    return ReleaseError(
        Code.E_INPUT,
        f"The input `signing-key` can't be used: {why}.",
        next_step="Export it again (`gpg --armor --export-secret-keys`, or the file of an SSH key) into the secret.",
        details=details,
    )
