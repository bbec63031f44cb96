"""Inputs: from the texts of a workflow to typed values."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.runner import action_yml, inputs


class Given(inputs.Inputs, frozen=True):
    """One input of each kind."""

    tag: str
    dry_run: bool
    times: int
    paths: inputs.Lines
    platforms: inputs.Words
    registry_password: inputs.Secret


PLAIN = {
    "tag": "v1.5.0",
    "dry-run": "false",
    "times": "3",
    "paths": "",
    "platforms": "",
    "registry-password": "",
}


def test_every_kind_is_decoded() -> None:
    texts = {
        "tag": " v1.5.0\n",
        "dry-run": "TRUE",
        "times": " 12 ",
        "paths": "a b\r\n\n  c,d  \n",
        "platforms": "linux/amd64, linux/arm64\nlinux/riscv64",
        "registry-password": "s3cret",
    }
    assert inputs.decode(texts, Given) == Given(
        tag="v1.5.0",
        dry_run=True,
        times=12,
        paths=("a b", "c,d"),
        platforms=("linux/amd64", "linux/arm64", "linux/riscv64"),
        registry_password="s3cret",
    )


def test_only_secrets_that_are_given_are_secrets() -> None:
    assert inputs.secrets(inputs.decode({**PLAIN, "registry-password": "s3cret"}, Given)) == ["s3cret"]
    assert inputs.secrets(inputs.decode(PLAIN, Given)) == []


@pytest.mark.parametrize(
    ("changes", "what", "next_step"),
    [
        pytest.param({"dryrun": "true"}, "no input 'dryrun'", "write `dry-run`", id="nearest name"),
        pytest.param({"zzz": ""}, "no input 'zzz'", "the inputs are: tag, dry-run", id="no name is near"),
        pytest.param({"tag\n::error::": ""}, r"no input 'tag\n::error::'", "the inputs are: tag", id="hostile name"),
        pytest.param({"dry_run": "true"}, "no input 'dry_run'", "write `dry-run`", id="underscore"),
        pytest.param({"dry-run": "yes"}, "`dry-run` is 'yes'", "`dry-run: true` or `dry-run: false`", id="yes"),
        pytest.param({"dry-run": "\uff11"}, "`dry-run` is '\\uff11'", "true", id="a digit is no answer"),
        pytest.param({"times": "1.5"}, "times", "Correct it", id="not an integer"),
        pytest.param({"times": "٣"}, "times", "Correct it", id="not an ASCII digit"),
        pytest.param({"tag": "v1\0"}, "`tag` has a NUL", "plain text", id="NUL"),
        pytest.param({"tag": "v1\udcff"}, "`tag` has a NUL character or is not UTF-8", "plain text", id="not UTF-8"),
    ],
)
def test_a_wrong_input_is_named_with_what_to_write(changes: dict[str, str], what: str, next_step: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        inputs.decode({**PLAIN, **changes}, Given)
    assert refused.value.code is Code.E_INPUT
    assert what in refused.value.what
    assert next_step in refused.value.next_step


def test_a_missing_input_is_named() -> None:
    with pytest.raises(ReleaseError, match="The input `tag` is missing"):
        inputs.decode({name: text for name, text in PLAIN.items() if name != "tag"}, Given)


def test_a_wrong_value_does_not_show_secrets() -> None:
    with pytest.raises(ReleaseError) as refused:
        inputs.decode({**PLAIN, "registry-password": "s3cret", "times": "no"}, Given)
    assert "s3cret" not in f"{refused.value} {refused.value.next_step}"


ACTION = action_yml.ActionMetadata(
    name="An action",
    description="",
    inputs={
        "tag": action_yml.Input("", required=True),
        "dry-run": action_yml.Input("", default="false"),
        "config": action_yml.Input("", default="a.yml"),
    },
    outputs={},
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"tag": "v1"}, {"tag": "v1", "dry-run": "false", "config": "a.yml"}, id="defaults"),
        pytest.param({"tag": " "}, {"dry-run": "false", "config": "a.yml"}, id="a blank required input is missing"),
        pytest.param(
            {"tag": "v1", "dry-run": ""}, {"tag": "v1", "dry-run": "false", "config": "a.yml"}, id="blank true or false"
        ),
        pytest.param(
            {"tag": "v1", "config": ""}, {"tag": "v1", "dry-run": "false", "config": ""}, id="a blank text is a text"
        ),
        pytest.param(
            {"tag": "v1", "tga": ""},
            {"tag": "v1", "tga": "", "dry-run": "false", "config": "a.yml"},
            id="unknown ones are kept for the check",
        ),
    ],
)
def test_what_is_not_given_takes_its_default(given: dict[str, str], expected: dict[str, str]) -> None:
    assert action_yml.with_defaults(ACTION, given) == expected
