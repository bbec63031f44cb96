"""publish-chart asks for every image that the chart names, and publishes nothing while one is missing."""

from rehearsal.oci.crane import is_absent
from tests.actions.publish_chart.project import Project, Publish


def test_missing_images_stop_the_release(project: Project, publish: Publish) -> None:
    missing = f"{project.namespace}/images/other:1"
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {missing}")
    result = publish()

    assert (result.code, result.error) == (1, "E_IMAGE_MISSING")
    assert result.annotations[-1].file == "charts/operator/templates/pod.yaml"
    for image in (f"{project.namespace}/images/operator:v1.5.0", missing):
        assert f"charts/operator/templates/pod.yaml: {image} is not in its registry" in result.log
        assert image in result.summary
    assert is_absent(project.reference)


def test_a_missing_platform_stops_the_release(project: Project, publish: Publish) -> None:
    project.push_image(platforms=("amd64",))
    result = publish()

    assert result.error == "E_IMAGE_MISSING"
    assert "lacks linux/arm64" in result.annotations[-1].message
    assert publish(platforms="linux/amd64").code == 0


def test_images_of_values_files_are_asked_for_too(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("ci/with, comma.yaml", f"sidecar: {project.namespace}/images/other:1\n")
    result = publish(values="ci/with, comma.yaml")

    assert result.error == "E_IMAGE_MISSING"
    assert f"{project.namespace}/images/other:1" in result.annotations[-1].message


def test_excluded_images_are_shown(project: Project, publish: Publish) -> None:
    result = publish(exclude_images=f"quay.io/*\n{project.namespace}/images/*")

    assert result.code == 0
    assert f"{project.namespace}/images/operator:v1.5.0" in result.summary
    assert "excluded by" in result.summary


def test_pending_images_pass_the_check_but_not_the_push(project: Project, publish: Publish) -> None:
    pending = f"{project.namespace}/images/operator:v1.5.0"
    checked = publish(pending_images=pending, dry_run="true")
    pushed = publish(pending_images=pending)

    assert checked.code == 0
    assert "this release publishes it" in checked.summary
    assert (pushed.code, pushed.error) == (1, "E_IMAGE_MISSING")
    assert is_absent(project.reference)


def test_images_at_paths(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write(
        "charts/operator/templates/config.yaml",
        f"kind: ConfigMap\nmetadata: {{name: config}}\ndata: {{image: '{project.namespace}/images/worker:1'}}\n",
    )
    result = publish(image_paths="ConfigMap/config:data.image")
    stale = publish(image_paths="ConfigMap/config:data.images")

    assert result.error == "E_IMAGE_MISSING"
    assert result.annotations[-1].file == "charts/operator/templates/config.yaml"
    assert stale.error == "E_INPUT"


def test_texts_that_read_as_images_are_listed_with_their_paths(project: Project, publish: Publish) -> None:
    project.push_image()
    worker = project.push_image("worker:1")
    text = f"kind: ConfigMap\nmetadata: {{name: config}}\ndata: {{images: 'a={worker}'}}\n"
    project.write("charts/operator/templates/config.yaml", text)
    listed = publish(dry_run="true")
    covered = publish(dry_run="true", image_paths="ConfigMap/config:data.images[a=]")

    assert listed.code == 0
    assert (
        f"| `{worker}` | `charts/operator/templates/config.yaml` | `ConfigMap/config:data.images[a=]` |"
        in listed.summary
    )
    assert covered.code == 0, covered.log
    assert "not checked" not in covered.summary


def test_a_floating_tag_is_warned_of(project: Project, publish: Publish) -> None:
    project.push_image()
    latest = project.push_image("sidecar:latest")
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {latest}")
    result = publish()

    assert result.code == 0
    assert [(one.level, one.file) for one in result.annotations] == [("warning", "charts/operator/templates/pod.yaml")]


def test_a_chart_that_insists_on_a_value_is_rendered_with_one(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/templates/check.yaml", '{{ required "name it" .Values.name | trunc 0 }}')
    project.write("ci.yaml", "name: x\n")
    result = publish(values="ci.yaml")

    assert result.code == 0, result.log
    assert [one.level for one in result.annotations] == ["warning"]
    assert f"{project.namespace}/images/operator:v1.5.0" in result.summary
