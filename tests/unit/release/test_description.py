"""What a release's description says, as a reader sees it and as the action finds it again."""

from markdown_it import MarkdownIt

from release_actions.github.releases import is_same
from release_actions.release import description
from release_actions.release.ledger import LedgerEntry, Marker, find_marker

DIGEST = f"sha256:{'a' * 64}"
IMAGES = (LedgerEntry("ghcr.io/kubeflow/op:v1.5.0", DIGEST), LedgerEntry("quay.io/kubeflow/op:v1.5.0", DIGEST))
CHARTS = (LedgerEntry("ghcr.io/kubeflow/charts/op:1.5.0", DIGEST),)
MARKER = Marker("v1.5.0", "0" * 40, "1" * 64)


def test_the_installation_has_commands_and_all_digests() -> None:
    shown = description.install(IMAGES, CHARTS)
    assert "helm install op oci://ghcr.io/kubeflow/charts/op --version 1.5.0\n" in shown
    assert f"docker pull quay.io/kubeflow/op:v1.5.0@{DIGEST}\n" in shown
    html = MarkdownIt("gfm-like", {"linkify": False}).render(shown)
    assert html.count("<tr>") == 4
    assert html.count(f"<code>{DIGEST}</code>") == 3


def test_the_reason_for_an_exception_is_words_alone() -> None:
    shown = description.exception("<b>@all</b> [x](https://example.org) ## 1 | `id` -->\n\n# no heading")
    html = MarkdownIt("gfm-like", {"linkify": False}).render(f"{shown}{description.install(IMAGES, ())}")
    assert html.count("<blockquote>") == html.count("<strong>") == html.count("<h2>") == 1
    assert not any(sign in html for sign in ("<b>", "@all", "<a ", "<code>id", "<h1>"))
    assert description.exception("") == ""


def test_a_release_of_nothing_has_no_instructions() -> None:
    assert description.install((), ()) == ""


def test_a_description_begins_with_the_marker_and_ends_with_the_notes() -> None:
    text = description.compose(MARKER, description.install(IMAGES, CHARTS), "\nFixes.\n")
    assert find_marker(text) == MARKER
    assert text.endswith("\nFixes.")


def test_notes_that_are_too_long_are_cut() -> None:
    text = description.compose(MARKER, "", "é line\n" * 100_000)
    assert len(text) < 125_000
    assert "too long" in text


def test_edited_notes_stay_when_the_rest_is_brought_up_to_date() -> None:
    before = description.compose(MARKER, description.install(IMAGES[:1], ()), "Fixes.")
    edited = before.replace("\n", "\r\n") + "\r\nThanks!\r\n"
    after = description.with_head(edited, MARKER, description.install(IMAGES, CHARTS))
    assert after == description.compose(MARKER, description.install(IMAGES, CHARTS), "Fixes.\nThanks!")
    assert description.with_head(after, MARKER, description.install(IMAGES, CHARTS)) == after


def test_a_draft_with_nothing_but_its_marker_gets_instructions() -> None:
    assert description.with_head(str(MARKER), MARKER, "## Install") == description.compose(MARKER, "## Install", "")
    assert description.with_head(f"{MARKER}\nBy hand", MARKER, "") == description.compose(MARKER, "", "By hand")


def test_a_browsers_line_ends_are_no_difference() -> None:
    assert is_same("a\nb", "a\r\nb\r\n")
    assert not is_same("a\nb", "a\nb c")
