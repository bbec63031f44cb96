"""The part `support` of the configuration file: which minor versions are supported, and what is shown of them."""

from posixpath import normpath
from typing import Annotated

from msgspec import Meta

from release_actions.project.settings import Minors, Settings
from release_actions.version_places.expression import Expression
from release_actions.version_places.locate import yaml_steps

EACH = "[*]"
"""What stands in a YAML path for each item of a list, or each value of a mapping."""


class ValueSource(Settings, frozen=True):
    """Where values are written at a tag: a file, and at most one word on where in it.

    Raises ValueError when made with two such words or with one that is malformed.
    """

    file: Annotated[
        str,
        Meta(
            description="The file, from the repository's root; `*` stands for any part of a name of a file or folder."
        ),
    ]
    yaml: Annotated[
        str,
        Meta(description="A YAML path: `jobs.e2e.strategy.matrix.version`; `[*]` is each item of a list or mapping."),
    ] = ""
    regex: Annotated[
        str,
        Meta(description="A regular expression of RE2 for a whole line, with one group; each line that fits counts."),
    ] = ""

    def __post_init__(self) -> None:
        if self.yaml and self.regex:
            raise ValueError("a source of values has at most one of yaml and regex")
        for part in filter(None, self.yaml.split(EACH)):
            yaml_steps(part.removeprefix("."))
        if self.regex:
            Expression(self.regex)


class Column(Settings, frozen=True):
    """A further column of the support matrix."""

    name: Annotated[str, Meta(description="What stands above it: `Spark`.", min_length=1)]
    sources: Annotated[
        tuple[ValueSource, ...],
        Meta(description="Where its values are written; of several places, the first one counts that has any."),
    ]


class Support(Settings, frozen=True):
    """Which minor versions are supported: while one of the rules says so."""

    newest: Annotated[
        Minors, Meta(description="So many of the newest minor versions are supported; 0 for no such rule.")
    ] = 2
    months: Annotated[
        Minors, Meta(description="A minor version is supported so long from its first release; 0 for no such rule.")
    ] = 0
    until_next: Annotated[
        Minors,
        Meta(
            description="A minor version is supported until the one is out that is so many numbers later: with 2, 1.5 "
            "until 1.7; 0 for no such rule."
        ),
    ] = 0
    lts: Annotated[
        tuple[str, ...],
        Meta(description="Minor versions with long-term support, such as `1.4`, while they stand here."),
    ] = ()
    docs: Annotated[
        str, Meta(description="The page whose support matrix stands between two markers; empty for none.")
    ] = ""
    kubernetes: Annotated[
        tuple[ValueSource, ...],
        Meta(
            description="Where it is written which Kubernetes versions a release was tested with; of several places, "
            "the first one counts that says so."
        ),
    ] = ()
    columns: Annotated[tuple[Column, ...], Meta(description="Further columns of the support matrix.")] = ()
    page: Annotated[
        str, Meta(description="The HTML page with a timeline, such as `site/support.html`; empty for none.")
    ] = ""
    calendar: Annotated[
        str, Meta(description="The iCalendar file of the ends of support, such as `support.ics`; empty for none.")
    ] = ""
    endoflife: Annotated[
        str, Meta(description="The file with the front matter for endoflife.date, such as `eol.md`; empty for none.")
    ] = ""

    def __post_init__(self) -> None:
        """Raises ValueError for two columns of one name, and for two pages in one file."""
        pages = filter(None, (self.docs, self.page, self.calendar, self.endoflife))
        for names, what in (([one.name for one in self.columns], "columns"), ([*map(normpath, pages)], "pages")):
            if len(set(names)) < len(names):
                twice = next(one for one in names if names.count(one) > 1)
                raise ValueError(f"two {what} are `{twice[:80]}`")
