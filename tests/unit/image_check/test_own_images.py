"""Which images of a chart are not this release's although their repositories are."""

import pytest

from release_actions.chart.rendered_images import RenderedImage
from release_actions.core.errors import Code
from release_actions.image_check import own_images, required_images
from release_actions.image_check.own_images import ImageOrigin, OwnImages, ValuePlace
from release_actions.oci.reference import Platform, parse_reference

DIGEST, OTHER = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"
OP, HOOK = (parse_reference(f"ghcr.io/kubeflow/{name}:v1.5.0") for name in ("op", "hook"))
OWN = OwnImages(frozenset({HOOK}), {OP: ()})

STALE = {
    "this release's": ("ghcr.io/kubeflow/op:v1.5.0", False),
    "an older version": ("ghcr.io/kubeflow/op:v1.4.0", True),
    "a mutable tag": ("ghcr.io/kubeflow/hook:main", True),
    "another spelling": ("ghcr.io/kubeflow/op:1.5.0", True),
    "the digest that it has": (f"ghcr.io/kubeflow/op@{DIGEST}", False),
    "an older digest": (f"ghcr.io/kubeflow/op@{OTHER}", True),
    "the right tag, another digest": (f"ghcr.io/kubeflow/op:v1.5.0@{OTHER}", True),
    "the right digest, another tag": (f"ghcr.io/kubeflow/op:v1.4.0@{DIGEST}", False),
    "a digest of one that is not there": (f"ghcr.io/kubeflow/hook@{DIGEST}", True),
    "another repository": ("ghcr.io/kubeflow/op-old:v1.4.0", False),
    "another registry": ("quay.io/kubeflow/op:v1.4.0", False),
}


@pytest.mark.parametrize(("image", "stale"), STALE.values(), ids=STALE)
def test_what_is_not_the_releases_own(image: str, *, stale: bool) -> None:
    each = required_images.wanted([RenderedImage(image, "t.yaml")], (), ())

    assert own_images.stale(each, OWN, {OP: DIGEST}) == (each if stale else [])
    excluded = required_images.wanted([RenderedImage(image, "t.yaml")], ("*/kubeflow/*",), ())
    assert own_images.stale(excluded, OWN, {OP: DIGEST}) == []


def test_each_place_is_named() -> None:
    each = required_images.wanted([RenderedImage(f"{one.name}:main", "c/t.yaml") for one in (OP, HOOK)], (), ())
    origins = [ImageOrigin("c/t.yaml", 3, ValuePlace("c/values.yaml", 7, "image.tag")), ImageOrigin("c/t.yaml", 9)]
    found = own_images.error(list(zip(each, origins, strict=True)), OWN)

    assert (found.code, found.file, found.line) == (Code.E_STALE_VERSION, "c/values.yaml", 7)
    assert "1 more are not this release's either" in found.what
    assert found.details == (
        f"{OP.name}:main instead of {OP}: c/t.yaml, line 3, from c/values.yaml, line 7 (`image.tag`)",
        f"{HOOK.name}:main instead of {HOOK}: c/t.yaml, line 9",
    )
    assert "Let c/t.yaml name `v1.5.0`" in own_images.error([(each[1], origins[1])], OWN).next_step


def test_pending_images_may_say_their_platforms() -> None:
    both = (Platform("linux", "amd64"), Platform("linux", "arm64"))

    assert own_images.parse_pending([f"{OP} linux/amd64, linux/aarch64", str(HOOK)]) == {OP: both, HOOK: ()}


def test_only_repositories_that_no_rendering_names_are_left() -> None:
    each = required_images.wanted([RenderedImage(f"{OP.name}:main", "t.yaml")], (), ())

    assert own_images.unnamed(each, OWN) == [HOOK]
