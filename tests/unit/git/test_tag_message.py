"""What a tag says, and what is read of it again."""

import pytest

from release_actions.git.tag_message import OVERRIDE_REASON, message_of, trailer_of

SIGNATURES = [
    "-----BEGIN PGP SIGNATURE-----\n\nOverride-Reason: forged\n-----END PGP SIGNATURE-----\n",
    "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n",
]


@pytest.mark.parametrize("signature", ["", *SIGNATURES], ids=["unsigned", "OpenPGP", "SSH"])
def test_a_trailer_is_read_as_it_was_written(signature: str) -> None:
    trailers = {"Last-Candidate": "v1.5.0-rc.1", OVERRIDE_REASON: "the CVE: \n needs\tit", "Empty": ""}
    message = message_of("Release v1.5.0", ("Words.",), trailers)
    assert message.endswith("\n\nLast-Candidate: v1.5.0-rc.1\nOverride-Reason: the CVE: needs it\n")
    for text in (message, message.replace("\n", "\r\n")):
        assert trailer_of(text + signature, OVERRIDE_REASON) == "the CVE: needs it"
    assert trailer_of(message + signature, "Empty") == ""


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("v1\n\noverride-reason:x", "x"),
        ("v1\n\nOverride-Reason: one\nOverride-Reason: two\n\n", "two"),
        ("", ""),
        ("Override-Reason: a title\n", ""),
        ("v1\n\nOverride-Reason: words\n\nSigned-off-by: Ann\n", ""),
        ("v1\n\nThe Override-Reason: words\n", ""),
        ("v1\n\nOverride-Reason:\n", ""),
        ("v1\n\nWords:\u2028Override-Reason: x\n", ""),
    ],
    ids=[
        "small letters",
        "the last one",
        "nothing",
        "title",
        "not the last paragraph",
        "in a sentence",
        "no value",
        "on the line of another",
    ],
)
def test_where_a_trailer_may_stand(message: str, value: str) -> None:
    assert trailer_of(message, OVERRIDE_REASON) == value
