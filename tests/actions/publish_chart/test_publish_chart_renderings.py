"""publish-chart sees a chart in all the ways in which users install it: with values files, and where APIs are there."""

from rehearsal.oci.crane import is_absent
from tests.actions.publish_chart.project import BOTH_HELMS, Project, Publish

pytestmark = BOTH_HELMS

NEEDS_API = """\
{{- if .Values.certManager }}
{{- if not (.Capabilities.APIVersions.Has "cert-manager.io/v1/Certificate") }}
{{- fail "needs cert-manager" }}
{{- end }}
{kind: Certificate, apiVersion: cert-manager.io/v1, metadata: {name: c}}
{{- end }}
"""
BEHIND_API = """\
kind: Pod
apiVersion: v1
metadata: {name: monitor}
spec:
  containers:
  {{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}
  - {name: new, image: "%s/images/new:1"}
  {{- else }}
  - {name: old, image: "%s/images/old:1"}
  {{- end }}
"""
SCHEMA = '{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}'


def test_a_chart_that_needs_an_api_is_rendered_with_it(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/templates/certificate.yaml", NEEDS_API)
    project.write("ci.yaml", "certManager: true\n")
    refused = publish(values="ci.yaml")
    done = publish(values="ci.yaml", api_versions="cert-manager.io/v1/Certificate")

    assert (refused.code, refused.error) == (1, "E_CHART_RENDER")
    assert "`api-versions`" in refused.annotations[-1].message
    assert done.code == 0, done.log
    assert done.annotations == []


def test_images_on_both_sides_of_a_question_for_an_api_are_asked_for(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/templates/monitor.yaml", BEHIND_API % (project.namespace, project.namespace))
    without = publish(dry_run="true")
    with_it = publish(dry_run="true", api_versions="monitoring.coreos.com/v1, batch/v1")

    assert [name for name in ("old:1", "new:1") if f"images/{name}" in without.log] == ["old:1"]
    assert [name for name in ("old:1", "new:1") if f"images/{name}" in with_it.log] == ["old:1", "new:1"]


def test_the_configuration_names_apis(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/templates/monitor.yaml", BEHIND_API % (project.namespace, project.namespace))
    project.write(
        ".github/release-actions.yml",
        "charts: [{path: charts/operator, api-versions: [monitoring.coreos.com/v1]}]\n",
    )

    assert "images/new:1 is not in its registry" in publish(dry_run="true").log


def test_what_is_no_api_is_refused(publish: Publish) -> None:
    assert publish(api_versions="cert-manager.io/v1/Certificate/x").error == "E_INPUT"


def test_a_value_that_a_schema_wants_comes_from_the_values_file(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/values.schema.json", SCHEMA)
    project.write("ci/one.yaml", "name: one\n")
    without = publish()
    project.write("ci/two.yaml", "name: 2\n")
    wrong = publish(values="ci/one.yaml\nci/two.yaml")

    assert (without.error, wrong.error) == ("E_CHART_LINT", "E_CHART_LINT")
    assert publish(values="ci/one.yaml").code == 0
    assert not is_absent(project.reference)


def test_a_chart_that_renders_nothing_says_so(project: Project, publish: Publish) -> None:
    project.push_image()
    pod = (project.chart / "templates/pod.yaml").read_text()
    project.write("charts/operator/templates/pod.yaml", f"{{{{- if .Values.enabled }}}}\n{pod}{{{{- end }}}}\n")
    project.write("on.yaml", "enabled: true\n")
    nothing = publish(dry_run="true")

    assert (nothing.code, [one.title for one in nothing.annotations]) == (0, ["Empty chart"])
    assert publish(dry_run="true", values="on.yaml").annotations == []
