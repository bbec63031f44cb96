"""What all parts of the configuration file are made of."""

from typing import Annotated

import msgspec
from msgspec import Meta

Minors = Annotated[int, Meta(ge=0, le=1000)]
"""A number of minor versions, or of months."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """The base of every part of the file: no key that isn't known."""
