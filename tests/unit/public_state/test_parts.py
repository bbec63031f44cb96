"""What a release consists of is handed from step to step as one text."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, parse_tag
from release_actions.image.floating import Scope
from release_actions.oci.reference import parse_reference
from release_actions.public_state.parts import NO_PARTS, ReleaseParts, own_floating_tags, parse_parts

IMAGE, OTHER = parse_reference("ghcr.io/kubeflow/op:v1.5.0"), parse_reference("quay.io/kubeflow/op:v1.5.0")
CHART = parse_reference("ghcr.io/kubeflow/charts/op:1.5.0")
WHOLE = ReleaseParts(
    images=frozenset([IMAGE, OTHER]),
    charts=frozenset([CHART]),
    floating=frozenset([IMAGE.tagged("latest")]),
    index_branch="gh-pages",
)


@pytest.mark.parametrize("parts", [WHOLE, NO_PARTS, ReleaseParts(index_branch="gh-pages")])
def test_the_text_says_all_of_it(parts: ReleaseParts) -> None:
    assert parse_parts(parts.text) == parts


def test_no_text_is_no_part() -> None:
    assert parse_parts(" ") == NO_PARTS


def test_what_a_step_knows_is_added_to_what_it_was_given() -> None:
    job = ReleaseParts(images=frozenset([IMAGE]), index_branch="pages")
    assert WHOLE | job == WHOLE
    assert job | ReleaseParts(images=frozenset([OTHER])) == ReleaseParts(
        images=frozenset([IMAGE, OTHER]), index_branch="pages"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", Code.E_INPUT),
        ("ghcr.io/kubeflow/op:v1.5.0", Code.E_INPUT),
        (WHOLE.text.replace('"charts"', '"chart"'), Code.E_INPUT),
        (WHOLE.text.replace("quay.io/", "https://quay.io/"), Code.E_IMAGE_REFERENCE),
    ],
    ids=["a list", "no JSON", "another key", "no reference"],
)
def test_another_text_is_refused(text: str, code: Code) -> None:
    with pytest.raises(ReleaseError) as refused:
        parse_parts(text)
    assert refused.value.code is code


@pytest.mark.parametrize(
    ("tag", "existing", "own"),
    [
        ("v1.5.0", [], ["latest", "v1", "v1.5"]),
        ("v1.5.0", ["v1.5.1-rc.0"], ["latest", "v1", "v1.5"]),
        ("v1.5.0", ["v1.6.0"], ["v1.5"]),
        ("v1.5.0", ["v1.5.1"], []),
        ("v1.5.0-rc.0", [], []),
    ],
)
def test_the_floating_tags_of_a_release(tag: str, existing: list[str], own: list[str]) -> None:
    version = parse_tag(tag)
    all_tags = [version, *map(parse_tag, existing)]
    found = own_floating_tags([IMAGE], Scope, version, Spelling.TAG, all_tags)
    assert sorted(one.tag for one in found) == own
