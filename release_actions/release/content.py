"""What a release consists of: charts and images as the registries have them, files, and what is written about these."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from release_actions.chart.published import read_package
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.github import assets
from release_actions.github.assets import AssetFile
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from release_actions.release import description as release_description
from release_actions.release import ledger
from release_actions.release.ledger import Ledger, LedgerEntry, Marker

_INSTALL, _CHECKSUMS = "install.md", "checksums.txt"


class ReleaseContent(msgspec.Struct, frozen=True, kw_only=True):
    """A release's marker, ledger and assets, and what its description says before the notes.

    `files` are all assets, the ledger last; `written` names those that are written here and may be worded otherwise by
    another version of this code.
    """

    marker: Marker
    ledger: Ledger
    files: tuple[AssetFile, ...]
    written: frozenset[str]
    introduction: str

    @property
    def page(self) -> str:
        """What the run's page shows of it: what the description begins with, then the assets."""
        rows = [(markdown.code(file.name), str(file.size), markdown.code(file.digest)) for file in self.files]
        table = markdown.table(("Asset", "Bytes", "Digest"), rows)
        return f"{self.introduction}\n{markdown.details('Assets of the release', table)}"


class ContentInputs(msgspec.Struct, frozen=True, kw_only=True):
    """What the content is made from; `run`, `action` and `reason` are the ledger's."""

    version: Version
    commit: str
    images: Sequence[Reference]
    charts: Sequence[Reference]
    files: Sequence[AssetFile]
    run: str
    action: str
    reason: str


def gather(source: ContentInputs, registry: Registry, folder: Path) -> ReleaseContent:
    """The content of a release, its files in `folder` or where they are.

    A chart's package is taken from the registry: so it is what users get, and it can be had long after the job that
    packed it. Raises E_IMAGE_MISSING, E_CHART_PACKAGE and E_ASSET, and what `Registry.resolve` raises.
    """
    images = tuple(_resolved(one, registry) for one in source.images)
    charts = tuple(_resolved(one, registry) for one in source.charts)
    packages = [_package(one, entry.digest, registry, folder) for one, entry in zip(source.charts, charts, strict=True)]
    installation = release_description.install(images, charts)
    written = []
    if installation:
        written.append(assets.write(folder, _INSTALL, installation.encode()))
    if packages or source.files:
        sums = assets.checksums([*packages, *source.files, *written])
        written.append(assets.write(folder, _CHECKSUMS, sums))
    given = [LedgerEntry(file.name, file.digest) for file in (*packages, *source.files)]
    files = [*packages, *source.files, *written]
    plain = Ledger(
        tag=source.version.tag,
        version=source.version.bare,
        commit=source.commit,
        images=images,
        charts=charts,
        files=tuple(LedgerEntry(file.name, file.digest) for file in files),
        run=source.run,
        action=source.action,
    )
    book = ledger.with_reason(plain, source.reason)
    files.append(assets.write(folder, ledger.NAME, ledger.encode(book)))
    assets.require_different(files)
    return ReleaseContent(
        marker=Marker(source.version.tag, source.commit, ledger.content_of(images, charts, given)),
        ledger=book,
        files=tuple(files),
        written=frozenset(file.name for file in written),
        introduction=release_description.exception(book.override_reason or "") + installation,
    )


def own_names(charts: Sequence[Reference]) -> set[str]:
    """The names of the assets that a release with these charts makes itself, as far as they are known beforehand."""
    return {_INSTALL, _CHECKSUMS, ledger.NAME, *map(_package_name, charts)}


def _resolved(reference: Reference, registry: Registry) -> LedgerEntry:
    """What the reference's tag leads to, which has to be the given digest, if any."""
    tagged = reference.tagged(reference.tag)
    manifest = registry.resolve(tagged)
    if manifest is None or reference.digest not in ("", manifest.digest):
        raise ReleaseError(
            Code.E_IMAGE_MISSING,
            f"{reference} is not in its registry, and the release would promise it.",
            next_step="Publish it first, or correct the inputs `images` and `charts`.",
        )
    return LedgerEntry(str(tagged), manifest.digest)


def _package(chart: Reference, digest: str, registry: Registry, folder: Path) -> AssetFile:
    return assets.write(folder, _package_name(chart), read_package(registry, chart.at(digest)))


def _package_name(chart: Reference) -> str:
    return f"{chart.repository.rpartition('/')[2]}-{chart.tag}.tgz"
