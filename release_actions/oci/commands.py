"""What people type to get what is published, or to set a tag that no run may set."""

from release_actions.core import markdown
from release_actions.oci.reference import Reference


def pull_image(image: Reference, digest: str) -> str:
    """Pull exactly the image that is under a tag now."""
    return f"docker pull {image}@{digest}"


def install_chart(chart: Reference) -> str:
    """Install a chart of a version under its own name."""
    return f"helm install {chart.repository.rpartition('/')[2]} {_chart(chart)}"


def pull_chart(chart: Reference) -> str:
    """Download a chart of a version, which prints its digest."""
    return f"helm pull {_chart(chart)}"


def chart_usage(chart: Reference) -> str:
    """How people get a chart, as Markdown."""
    commands = (install_chart(chart), "# look first; prints the digest", pull_chart(chart))
    return "### Install\n\n" + markdown.block("\n".join(commands), "shell")


def set_tag(tag: Reference, source: str) -> str:
    """Let a tag point to what `source` is, whichever image it points to now."""
    return f"docker buildx imagetools create --prefer-index=false --tag {tag} {source}"


def _chart(chart: Reference) -> str:
    return f"oci://{chart.name} --version {chart.tag}"
