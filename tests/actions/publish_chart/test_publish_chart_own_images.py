"""A released chart pulls the images of its own release: publish-chart refuses any other, and says where it is from."""

import shutil

import pytest

from rehearsal.base.programs import run
from tests.actions.publish_chart.project import CHART, TEMPLATE, Project, Publish

VALUES = """\
# Where the operator is.
image:
  repository: {namespace}/images/operator
  tag: {tag}
"""
POD = TEMPLATE.replace(
    "{{ .Values.image }}:{{ .Chart.AppVersion }}",
    '"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"',
)
HELPERS = """\
{{- define "tag" }}{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- define "reference" }}{{ .Values.image.repository }}:{{ include "tag" . }}{{ end }}
{{- define "container" }}
- name: operator
  image: {{ include "reference" . | quote }}
{{- end }}
"""
THROUGH_HELPERS = """\
apiVersion: v1
kind: Pod
metadata: {name: operator}
spec:
  containers:
  {{- include "container" . | nindent 2 }}
"""


@pytest.fixture
def chart(project: Project) -> Project:
    """The project, whose chart takes its image's tag from a value."""
    project.write("charts/operator/templates/pod.yaml", POD)
    return project


def own(project: Project, tag: str = "v1.5.0") -> str:
    return f"{project.namespace}/images/operator:{tag}"


@pytest.mark.parametrize("tag", ["v1.4.0", "main", "latest"])
def test_another_tag_of_an_own_image_is_refused_with_its_places(chart: Project, publish: Publish, tag: str) -> None:
    chart.push_image(f"operator:{tag}")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag=tag))
    result = publish(pending_images=own(chart), dry_run="true")

    assert (result.code, result.error) == (1, "E_STALE_VERSION")
    assert (result.annotations[-1].file, result.annotations[-1].line) == ("charts/operator/values.yaml", 4)
    message = result.annotations[-1].message
    assert f"The chart pulls {own(chart, tag)}, and this release publishes {own(chart)}" in message
    assert (
        "charts/operator/templates/pod.yaml, line 7, from charts/operator/values.yaml, line 4 (`image.tag`)" in message
    )
    by_hand = "Write `v1.5.0` in charts/operator/values.yaml, line 4"
    assert ("and cut `v1.5.2` there" if tag == "v1.4.0" else by_hand) in message


def test_an_empty_value_that_falls_back_to_the_app_version_is_right(chart: Project, publish: Publish) -> None:
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag='""'))
    result = publish(pending_images=own(chart), dry_run="true")

    assert result.code == 0, result.log
    assert "no rendering of the chart names" not in result.summary


def test_a_values_file_counts_too(chart: Project, publish: Publish) -> None:
    chart.push_image("operator:v1.4.0")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag='""'))
    chart.write("ci/old.yaml", "image: {tag: v1.4.0}\n")
    result = publish(pending_images=own(chart), values="ci/old.yaml", dry_run="true")

    assert (result.annotations[-1].file, result.annotations[-1].line) == ("ci/old.yaml", 1)


def test_an_image_that_hides_in_helpers_is_found(chart: Project, publish: Publish) -> None:
    chart.push_image("operator:v1.4.0")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag="v1.4.0"))
    chart.write("charts/operator/templates/_helpers.tpl", HELPERS)
    chart.write("charts/operator/templates/pod.yaml", THROUGH_HELPERS)
    message = publish(pending_images=own(chart), dry_run="true").annotations[-1].message

    assert "templates/pod.yaml, line 6, from charts/operator/values.yaml, line 4 (`image.tag`)" in message


def test_an_image_that_a_template_names_itself_is_found(project: Project, publish: Publish) -> None:
    project.push_image("operator:v1.4.0")
    project.replace("charts/operator/templates/pod.yaml", "{{ .Chart.AppVersion }}", "v1.4.0")
    result = publish(pending_images=own(project), dry_run="true")

    place = (result.annotations[-1].file, result.annotations[-1].line)
    assert (result.error, place) == ("E_STALE_VERSION", ("charts/operator/templates/pod.yaml", 7))


def test_the_image_of_a_sibling_chart_is_found(project: Project, publish: Publish) -> None:
    project.push_image("operator:v1.4.0")
    project.write("charts/agent/Chart.yaml", "apiVersion: v2\nname: agent\nversion: 1.5.0\nappVersion: v1.5.0\n")
    project.write("charts/agent/values.yaml", VALUES.format(namespace=project.namespace, tag="v1.4.0"))
    project.write("charts/agent/templates/pod.yaml", POD.replace("name: operator}", "name: agent}"))
    dependency = "{name: agent, version: 1.5.0, alias: helper, repository: 'file://../agent'}"
    project.write("charts/operator/Chart.yaml", f"{CHART}dependencies: [{dependency}]\n")
    run(["helm", "dependency", "update", str(project.chart)])
    shutil.rmtree(project.chart / "charts")
    result = publish(pending_images=own(project), dry_run="true")

    assert (result.annotations[-1].file, result.annotations[-1].line) == ("charts/agent/values.yaml", 4)
    assert "charts/agent/templates/pod.yaml, from charts/agent/values.yaml, line 4 (`helper.image.tag`)" in result.log


def test_another_spelling_is_named(chart: Project, publish: Publish) -> None:
    chart.push_image("operator:1.5.0")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag="1.5.0"))
    message = publish(pending_images=own(chart), dry_run="true").annotations[-1].message

    assert f"publishes {own(chart)}, the same version in another spelling" in message


def test_a_digest_has_to_be_the_released_one(project: Project, publish: Publish) -> None:
    released = project.push_image()
    other = project.push_image("operator:v1.4.0", platforms=("amd64", "arm64", "s390x"))
    digests = [run(["crane", "digest", one]).strip() for one in (released, other)]
    template = (project.chart / "templates/pod.yaml").read_text()
    codes = []
    for digest in digests:
        image = f"{project.namespace}/images/operator@{digest}"
        project.write(
            "charts/operator/templates/pod.yaml",
            template.replace("{{ .Values.image }}:{{ .Chart.AppVersion }}", image),
        )
        codes.append(publish(pending_images=released, dry_run="true").error)

    assert codes == ["", "E_STALE_VERSION"]


def test_the_configuration_names_own_images_too(chart: Project, publish: Publish) -> None:
    chart.push_image("operator:v1.4.0")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag="v1.4.0"))
    chart.write(
        ".github/release-actions.yml",
        f"images: [{{name: '{chart.namespace}/images/operator'}}]\ncharts: [{{path: charts/operator}}]\n",
    )

    assert publish(dry_run="true").error == "E_STALE_VERSION"


def test_a_pattern_lets_a_chart_name_another_version(chart: Project, publish: Publish) -> None:
    chart.push_image("operator:v1.4.0")
    chart.write("charts/operator/values.yaml", VALUES.format(namespace=chart.namespace, tag="v1.4.0"))
    result = publish(pending_images=own(chart), exclude_images="*/images/operator:v1.4.0", dry_run="true")

    assert result.code == 0, result.log
    assert "excluded by \\*/images/operator:v1.4.0" in result.summary


def test_an_image_that_no_rendering_names_is_noted(project: Project, publish: Publish) -> None:
    project.push_image()
    other = f"{project.namespace}/images/tool:v1.5.0"
    result = publish(pending_images=f"{own(project)}\n{other}", dry_run="true")

    assert result.code == 0
    assert f"no rendering of the chart names `{other}`" in result.summary


def test_an_image_that_is_built_for_fewer_platforms_is_refused(project: Project, publish: Publish) -> None:
    refused = publish(pending_images=f"{own(project)} linux/amd64", dry_run="true")
    done = publish(pending_images=f"{own(project)} linux/amd64", platforms="linux/amd64", dry_run="true")

    assert (refused.error, done.code) == ("E_IMAGE_MISSING", 0)
    assert "is built by this release without linux/arm64" in refused.annotations[-1].message


@pytest.mark.parametrize(("there", "named"), [("other:1.2", "other:v1.2"), ("other:v3", "other:3")])
def test_a_near_miss_of_any_image_is_named(project: Project, publish: Publish, there: str, named: str) -> None:
    project.push_image()
    project.push_image(there)
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {project.namespace}/images/{named}")
    message = publish(dry_run="true").annotations[-1].message

    assert f"images/{named} (charts/operator/templates/pod.yaml), which is not in its registry, which has" in message
    assert f"Write `{there.partition(':')[2]}`" in message
