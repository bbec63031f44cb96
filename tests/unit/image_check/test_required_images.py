"""Which images the gate asks for, and what it says when one is not there."""

import pytest

from release_actions.chart.rendered_images import RenderedImage
from release_actions.core.errors import Code, ReleaseError
from release_actions.image_check import required_images
from release_actions.image_check.required_images import ImageAnswer
from release_actions.oci import reference
from release_actions.oci.reference import Platform

AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
OPERATOR = reference.parse_reference("ghcr.io/kubeflow/operator:v1.5.0")


def found(*written: str) -> list[RenderedImage]:
    return [RenderedImage(image, f"charts/op/templates/{number}.yaml") for number, image in enumerate(written)]


def test_each_image_is_wanted_once_with_all_its_templates() -> None:
    [busybox, operator] = required_images.wanted(
        found("busybox:1.36", str(OPERATOR), "docker.io/library/busybox:1.36"), (), ()
    )

    assert str(busybox.reference) == "docker.io/library/busybox:1.36"
    assert busybox.templates == ("charts/op/templates/0.yaml", "charts/op/templates/2.yaml")
    assert operator.reference == OPERATOR
    assert operator.asked


@pytest.mark.parametrize(
    ("pattern", "asked"),
    [
        ("docker.io/library/*", False),
        ("busybox:*", False),
        ("busybox", True),
        ("*", False),
        ("docker.io/*", False),
        ("*/busybox:1.3?", False),
        ("DOCKER.IO/*", True),
    ],
)
def test_patterns_that_exclude(pattern: str, *, asked: bool) -> None:
    [busybox] = required_images.wanted(found("busybox:1.36"), ("ghcr.io/*", pattern), ())

    assert busybox.asked is asked
    assert busybox.excluded_by == ("" if asked else pattern)


def test_what_this_release_publishes_is_pending() -> None:
    newer = reference.parse_reference("ghcr.io/kubeflow/operator:v1.5.1")
    each = required_images.wanted(found(str(OPERATOR), str(newer)), (), [OPERATOR])

    assert [one.pending for one in each] == [True, False]
    assert [one.asked for one in each] == [False, True]


@pytest.mark.parametrize(
    "written", ["busybox", "ghcr.io/kubeflow/operator", "ghcr.io/Upper/case:1", "op:", ":v1", "a b", ""]
)
def test_images_that_no_release_can_name(written: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        required_images.wanted(found("ghcr.io/kubeflow/fine:v1", written, "also:bad:1"), (), ())

    assert raised.value.code is Code.E_IMAGE_REFERENCE
    assert raised.value.file == "charts/op/templates/1.yaml"
    assert [line.partition(":")[0] for line in raised.value.details] == [
        "charts/op/templates/1.yaml",
        "charts/op/templates/2.yaml",
    ]


@pytest.mark.parametrize(
    ("written", "renderings", "more"),
    [
        (["busybox"], 3, ""),
        (["busybox", "redis"], 1, " 1 more is wrong."),
        (["busybox", "redis"], 3, " 1 more is wrong."),
        (["busybox", "redis", "op:", "a b"], 2, " 3 more are wrong."),
    ],
)
def test_as_many_are_counted_as_are_listed(written: list[str], renderings: int, more: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        required_images.wanted(found(*written) * renderings, (), ())

    assert len(raised.value.details) == len(written)
    assert raised.value.what.endswith(f"which means `latest`.{more}")


def test_a_test_of_the_chart_may_leave_the_tag_out() -> None:
    [busybox] = required_images.wanted([RenderedImage("busybox", "c/t.yaml", is_test=True)], (), ())

    assert (str(busybox.reference), busybox.asked, busybox.is_mutable) == (
        "docker.io/library/busybox:latest",
        True,
        True,
    )


def test_what_can_not_be_named_can_be_excluded() -> None:
    [busybox] = required_images.wanted(found("busybox", "{{broken}}"), ("busybox", "*broken*"), ())

    assert busybox.excluded_by == "busybox"


def test_only_latest_is_mutable() -> None:
    digest = "sha256:" + "0" * 64
    each = required_images.wanted(found("a/b:latest", f"a/b:latest@{digest}", f"a/b@{digest}", "a/b:1"), (), ())

    assert [one.is_mutable for one in each] == [True, False, False, False]


LOGIN = ReleaseError(Code.E_REGISTRY_LOGIN, "The registry wants a login.", next_step="Log in.")
DOWN = ReleaseError(Code.E_REGISTRY_UNAVAILABLE, "The registry is down.", next_step="Wait.")
THERE = ImageAnswer(found=True)

DESCRIPTIONS = {
    "there": (THERE, "is there"),
    "not there": (ImageAnswer(found=False), "is not in its registry"),
    "without a platform": (ImageAnswer(found=True, lacks=(ARM64,)), "lacks linux/arm64"),
    "without any platform": (ImageAnswer(found=True, lacks=(AMD64, ARM64)), "lacks linux/amd64, linux/arm64"),
    "behind a login": (ImageAnswer(found=False, error=LOGIN), "is not in its registry, or the registry wants a login"),
    "out of reach": (ImageAnswer(found=False, error=DOWN), "can't be asked for at the moment"),
}


@pytest.mark.parametrize(("answer", "description"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_descriptions(answer: ImageAnswer, description: str) -> None:
    [judged] = required_images.judge(required_images.wanted(found(str(OPERATOR)), (), ()), {OPERATOR: answer})

    assert judged.description == description
    assert judged.passes is (answer is THERE)


def test_all_missing_images_are_named_at_once() -> None:
    written = found(str(OPERATOR), "ghcr.io/kubeflow/hook:v1", "ghcr.io/kubeflow/fine:v1", "quay.io/a/b:1", "c.io/d:2")
    each = required_images.wanted(written, ("c.io/*",), ())
    answers = {one.reference: THERE if "fine" in str(one.reference) else ImageAnswer(found=False) for one in each}
    answers[OPERATOR] = ImageAnswer(found=True, lacks=(AMD64,))
    answers[reference.parse_reference("quay.io/a/b:1")] = ImageAnswer(found=False, error=DOWN)

    with pytest.raises(ReleaseError) as raised:
        required_images.require(required_images.judge(each, answers))

    assert raised.value.code is Code.E_IMAGE_MISSING
    assert raised.value.file == "charts/op/templates/0.yaml"
    assert raised.value.details == (
        "charts/op/templates/0.yaml: ghcr.io/kubeflow/operator:v1.5.0 lacks linux/amd64",
        "charts/op/templates/1.yaml: ghcr.io/kubeflow/hook:v1 is not in its registry",
        "charts/op/templates/3.yaml: quay.io/a/b:1 can't be asked for at the moment",
    )


@pytest.mark.parametrize(
    ("error", "code"), [(DOWN, Code.E_REGISTRY_UNAVAILABLE), (LOGIN, Code.E_IMAGE_MISSING)], ids=["down", "login"]
)
def test_a_registry_that_does_not_answer(error: ReleaseError, code: Code) -> None:
    each = required_images.wanted(found(str(OPERATOR), "ghcr.io/kubeflow/fine:v1"), (), ())
    answers = {one.reference: THERE for one in each} | {OPERATOR: ImageAnswer(found=False, error=error)}

    with pytest.raises(ReleaseError) as raised:
        required_images.require(required_images.judge(each, answers))

    assert raised.value.code is code


def test_the_page_shows_what_was_not_asked_for() -> None:
    each = required_images.wanted(
        found(str(OPERATOR), "busybox:1", "ghcr.io/kubeflow/new:v1.5.0"), ("busybox:*",), [OPERATOR]
    )
    page = required_images.table(required_images.judge(each, {}))

    assert [line.split(" | ")[1].split(" ")[0] for line in page.splitlines()[2:]] == ["⏳", "⏭️", "❌"]
    assert "excluded by busybox:\\*" in page
    required_images.require(required_images.judge(each[:2], {}))
