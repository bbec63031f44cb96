"""Checks out what actions/checkout would, with the same refs, the same depth and the same HEAD."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

_NOT_PLAYED = {"submodules": "false", "lfs": "false", "sparse-checkout": "", "ssh-key": ""}
_COMMIT = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_ALL_TAGS = "+refs/tags/*:refs/tags/*"


def main() -> None:
    inputs: dict[str, str] = json.loads(os.environ["INPUTS"])
    for name, off in _NOT_PLAYED.items():
        if inputs[name] not in ("", off):
            sys.exit(f"::error::a rehearsal's checkout does not play the input {name!r}")
    workspace = Path(os.environ["GITHUB_WORKSPACE"]).resolve()
    folder = (workspace / inputs["path"]).resolve()
    if not folder.is_relative_to(workspace):
        sys.exit(f"::error::Repository path '{folder}' is not under '{workspace}'")
    ref, commit = _what(inputs)
    _initialize(folder, inputs)
    _fetch(folder, inputs, ref, commit)
    _check_out(folder, ref, commit)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a") as outputs:
        outputs.write(f"ref={inputs['ref'] or ref}\ncommit={_git(folder, 'rev-parse', 'HEAD')}\n")


def _what(inputs: dict[str, str]) -> tuple[str, str]:
    """The ref and the commit to check out; either may be empty."""
    if _COMMIT.fullmatch(inputs["ref"]):
        return "", inputs["ref"]
    if inputs["ref"]:
        return inputs["ref"], ""
    if inputs["repository"].lower() == os.environ["GITHUB_REPOSITORY"].lower():
        return os.environ["GITHUB_REF"], os.environ["GITHUB_SHA"]
    return "HEAD", ""


def _initialize(folder: Path, inputs: dict[str, str]) -> None:
    server = os.environ["GITHUB_SERVER_URL"]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet")
        _git(folder, "remote", "add", "origin", f"{server}/{inputs['repository']}")
    _git(folder, "config", "--local", "gc.auto", "0")
    if inputs["persist-credentials"] == "true" and inputs["token"]:
        credentials = base64.b64encode(f"x-access-token:{inputs['token']}".encode()).decode()
        _git(folder, "config", "--local", f"http.{server}/.extraheader", f"AUTHORIZATION: basic {credentials}")


def _fetch(folder: Path, inputs: dict[str, str], ref: str, commit: str) -> None:
    options = ["--no-progress", "--no-tags", "--prune", "--no-recurse-submodules"]
    if inputs["filter"]:
        options.append(f"--filter={inputs['filter']}")
    depth = int(inputs["fetch-depth"] or 1)
    if depth > 0:
        options.append(f"--depth={depth}")
        refspecs = _refspecs(ref, commit, tags=inputs["fetch-tags"] == "true")
    else:
        refspecs = ["+refs/heads/*:refs/remotes/origin/*", _ALL_TAGS]
    _git(folder, "-c", "protocol.version=2", "fetch", *options, "origin", *refspecs)


def _refspecs(ref: str, commit: str, *, tags: bool) -> list[str]:
    fetched = [_ALL_TAGS] if tags else []
    if ref.startswith("refs/heads/"):
        fetched.append(f"+{commit or ref}:refs/remotes/origin/{ref.removeprefix('refs/heads/')}")
    elif ref.startswith("refs/tags/"):
        fetched += [] if tags else [f"+{ref}:{ref}"]
    elif commit or ref == "HEAD":
        fetched.append(commit or ref)
    else:
        fetched.append(f"+refs/heads/{ref}*:refs/remotes/origin/{ref}*")
        fetched += [] if tags else [f"+refs/tags/{ref}*:refs/tags/{ref}*"]
    return fetched


def _check_out(folder: Path, ref: str, commit: str) -> None:
    branch = ref.removeprefix("refs/heads/")
    if ref.startswith("refs/tags/"):
        if commit and _git(folder, "rev-parse", f"{ref}^{{commit}}") != commit:
            sys.exit(f"::error::The ref '{ref}' does not point to the expected commit '{commit}'.")
        target = ["--detach", ref]
    elif branch and _exists(folder, f"refs/remotes/origin/{branch}"):
        target = ["-B", branch, f"refs/remotes/origin/{branch}"]
    elif branch and _exists(folder, f"refs/tags/{branch}"):
        target = ["--detach", f"refs/tags/{branch}"]
    elif commit or ref == "HEAD":
        target = ["--detach", commit or "FETCH_HEAD"]
    else:
        sys.exit(f"::error::A branch or tag with the name '{ref}' could not be found")
    _git(folder, "checkout", "--no-progress", "--force", *target)


def _exists(folder: Path, ref: str) -> bool:
    return bool(_git(folder, "for-each-ref", "--format=%(refname)", ref))


def _git(folder: Path, *arguments: str) -> str:
    print(f"git {' '.join(arguments)}" if "extraheader" not in str(arguments) else "git config (credentials)")
    done = subprocess.run(["git", "-C", str(folder), *arguments], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"::error::The process 'git' failed with exit code {done.returncode}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
