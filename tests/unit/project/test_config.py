"""The configuration file: what it may say, and the line of what it may not."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling
from release_actions.project.config import (
    ChartSettings,
    Config,
    FeatureGates,
    GateLimits,
    ImageSettings,
    parse_config,
    with_inputs,
)
from release_actions.version_places.place import Place

WHOLE = """\
platforms: [linux/amd64]
image-tag: bare
branch: v{major}.{minor}
images:
  - name: ghcr.io/kubeflow/operator
    context: operator
    file: operator/Dockerfile
    target: final
    build-args: ["GO=1.26", DEBUG=no]
    platforms: [linux/arm64]
  - {name: ghcr.io/kubeflow/webhook}
charts:
  - path: charts/operator
    registry: oci://ghcr.io/kubeflow/charts
    values: [ci/a.yaml]
    exclude-images: ["docker.io/library/*"]
places:
  - file: VERSION
    spelling: bare
  - file: values.yaml
    yaml: image.tag
"""


def test_a_whole_file() -> None:
    assert parse_config(WHOLE) == Config(
        platforms=("linux/amd64",),
        image_tag="bare",
        branch="v{major}.{minor}",
        images=(
            ImageSettings(
                name="ghcr.io/kubeflow/operator",
                context="operator",
                file="operator/Dockerfile",
                target="final",
                build_args=("GO=1.26", "DEBUG=no"),
                platforms=("linux/arm64",),
            ),
            ImageSettings(name="ghcr.io/kubeflow/webhook", context=".", file=""),
        ),
        charts=(
            ChartSettings(
                path="charts/operator",
                registry="oci://ghcr.io/kubeflow/charts",
                values=("ci/a.yaml",),
                exclude_images=("docker.io/library/*",),
            ),
        ),
        places=(Place(file="VERSION", spelling=Spelling.BARE), Place(file="values.yaml", yaml="image.tag")),
    )


def test_feature_gates_have_a_section_of_their_own() -> None:
    text = "feature-gates:\n  sources: [a.go]\n  list: gates.yaml\n  docs: gates.md\n  limits: {alpha: 2}\n"
    assert parse_config(text).feature_gates == FeatureGates(
        sources=("a.go",), list_file="gates.yaml", docs="gates.md", limits=GateLimits(alpha=2)
    )
    assert parse_config("platforms: []").feature_gates == FeatureGates(
        limits=GateLimits(alpha=4, beta=6, ga=3, deprecated=2)
    )


def test_values_are_the_texts_that_were_written() -> None:
    config = parse_config("images:\n- name: 1.10\n  target: no\n  build-args: [012, 1:30, ~]\n")
    assert config.images == (ImageSettings(name="1.10", target="no", build_args=("012", "1:30", "~")),)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("platforms: []\nimagez: []\n", 2, "Write `images`, or remove it."),
        ("images:\n- name: a\n  build_args: []\n", 3, "Write `build-args`, or remove it."),
        ("images:\n- name: a\n- name: b\n  Context: .\n", 4, "Write `context`, or remove it."),
        ("charts:\n- path: a\n  zzz: b\n", 3, "The keys are: path, registry, values, platforms, exclude-images"),
        ("places:\n- file: a\n  ymal: b\n", 3, "Write `yaml`, or remove it."),
        ("images: ghcr.io/a/b\n", 1, "Expected `array`, got `str` at `images`"),
        ("platforms:\n- linux/amd64\n- [a]\n", 3, "Expected `str`, got `array` at `platforms[1]`"),
        ("image-tag: semver\n", 1, "Invalid enum value 'semver' at `image-tag`"),
        ("charts:\n- registry: a\n", 2, "missing required field `path` at `charts[0]`"),
        ("places:\n- file: a\n  yaml: b\n  python: c\n", 2, "at most one of"),
        ("- images\n", 1, "Expected `object`, got `array`"),
        ("images\n", 1, "Expected `object`, got `str`"),
        ('images:\n- name: a\n  "\\n`x` - at `$.b`": c\n', 3, "There is no key"),
        ('image-tag: "x` - at `$.b`"\n', 1, "Invalid enum value"),
        ('images:\n- "x - at `$.b`"\n', 2, "Expected `object`"),
        ("feature-gates:\n  lists: a\n", 2, "Write `list`, or remove it."),
        ("feature-gates:\n  limits:\n    stable: 1\n", 3, "The keys are: alpha, beta, ga, deprecated"),
        ("feature-gates:\n  limits:\n    ga: soon\n", 3, "Expected `int`, got `str` at `feature-gates.limits.ga`"),
        ("feature-gates: true\n", 1, "Expected `object`, got `str` at `feature-gates`"),
    ],
    ids=[
        *("key at the top", "underscore", "capital", "no key near", "key of a place", "no list", "list in a list"),
        *("no spelling", "no path", "two words for a place", "list at the top", "text at the top"),
        *("key like a message", "value like a message", "item like a message"),
        *("key of gates", "key of limits", "no number", "no section"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        parse_config(text)
    error = caught.value
    assert (error.code, error.file, error.line) == (Code.E_CONFIG, ".github/release-actions.yml", line)
    assert said in error.what + " " + error.next_step


@pytest.mark.parametrize(
    "text",
    ["", "a: 1\na: 2\n", "images: &a []\n", "platforms: []\n---\nplatforms: []\n", "images: [", "a: !!python/none x\n"],
    ids=["empty", "duplicate key", "anchor", "two documents", "broken", "tag"],
)
def test_yaml_that_is_not_plain(text: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        parse_config(text)
    assert caught.value.code is Code.E_YAML


def test_what_inputs_leave_empty_stays_as_configured() -> None:
    config = parse_config(WHOLE)
    assert with_inputs(config, images=(), charts=(), places=(), platforms=(), image_tag="", branch="") == config


def test_inputs_win_and_known_images_keep_their_description() -> None:
    config = parse_config(WHOLE)
    changed = with_inputs(config, images=("quay.io/a/new", "ghcr.io/kubeflow/operator"), image_tag="tag")
    assert changed.images == (ImageSettings(name="quay.io/a/new"), config.images[0])
    assert (changed.image_tag, changed.charts, changed.platforms) == ("tag", config.charts, config.platforms)


@pytest.mark.parametrize("configured", ["charts/operator", "./charts/operator", "charts/operator/"])
@pytest.mark.parametrize("given", ["charts/operator", "./charts//operator", "charts/operator/"])
def test_a_chart_is_known_however_its_path_is_written(configured: str, given: str) -> None:
    config = Config(charts=(ChartSettings(path=configured, registry="oci://ghcr.io/kubeflow/charts"),))
    assert with_inputs(config, charts=(given,)).charts == config.charts
