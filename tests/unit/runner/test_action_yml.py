"""Defaults, which stand in an action's metadata alone."""

import pytest

from release_actions.runner.action_yml import ActionMetadata, Input, with_defaults

METADATA = ActionMetadata(
    name="Demo",
    description="A demo.",
    inputs={
        "tag": Input("A required one.", required=True),
        "token": Input("An expression.", default="${{ github.token }}"),
        "dry-run": Input("A switch.", default="false"),
        "config": Input("A file.", default="config.yml"),
    },
    outputs={},
)


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        ({}, {"token": "", "dry-run": "false", "config": "config.yml"}),
        ({"token": "x", "config": ""}, {"token": "x", "dry-run": "false", "config": ""}),
        ({"tag": "", "dry-run": " "}, {"token": "", "dry-run": "false", "config": "config.yml"}),
        ({"tag": "v1", "dry-run": "true"}, {"tag": "v1", "token": "", "dry-run": "true", "config": "config.yml"}),
    ],
    ids=["nothing given", "an empty text is a value", "but no answer and no required value", "all that is needed"],
)
def test_what_is_not_given_has_its_default(given: dict[str, str], filled: dict[str, str]) -> None:
    assert with_defaults(METADATA, given) == filled
