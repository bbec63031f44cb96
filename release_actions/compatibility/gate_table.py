"""The rules for the life of a feature gate, as one table.

The stages and what each promises are Kubernetes' own ("Feature Gates", section "Feature stages"; "Kubernetes
Deprecation Policy", "Deprecating a feature or behavior").
"""

from typing import Final

from release_actions.compatibility.rule import Level, Rule

RULES: Final = (
    Rule(
        id="gate-declared-twice",
        level=Level.ERROR,
        why=(
            "Within one program the second declaration of a gate with other values is refused when it starts; in two "
            "programs one name means two things to users."
        ),
        instead="Keep one declaration, or give both the same values.",
        example=(
            "A: {Default: false, PreRelease: featuregate.Alpha}, and in another map A: {Default: true, "
            "PreRelease: featuregate.Beta}"
        ),
    ),
    Rule(
        id="gate-versions-descend",
        level=Level.ERROR,
        why=(
            "The specs of a gate are read from the oldest to the newest; a version that is not higher than the "
            "one before is never used."
        ),
        instead="Sort the specs by version, one for each version.",
        example='{Version: version.MustParse("1.6"), …Beta}, {Version: version.MustParse("1.5"), …Alpha}',
    ),
    Rule(
        id="gate-stage-goes-back",
        level=Level.ERROR,
        why="Users rely on what a stage promises; a gate that was beta or GA does not become alpha again.",
        instead="Deprecate the gate, and start again with a gate of another name.",
        example="beta in 1.5, alpha in 1.6",
    ),
    Rule(
        id="gate-removed-too-early",
        level=Level.ERROR,
        why="A program that does not know a gate which its arguments name does not start.",
        instead=(
            "Keep the gate, GA and locked or deprecated, for the minor versions that the limits name; then remove it."
        ),
        example="beta in 1.5, gone in 1.6",
    ),
    Rule(
        id="gate-unknown",
        level=Level.ERROR,
        why="A program that does not know a gate which its arguments name does not start.",
        instead="Remove the name from the manifest, or correct it.",
        example="--feature-gates=Partial=true in a Deployment, while the code has PartialRestart",
    ),
    Rule(
        id="gate-page-stale",
        level=Level.ERROR,
        why="Users and programs read the list and the table, and act on what the code no longer does.",
        instead="Run check-feature-gates with `check: false`, and commit what it writes.",
        example="a new gate in the code, and none in the list file",
    ),
    Rule(
        id="gate-ga-off",
        level=Level.ERROR,
        why="GA means that the feature is there for all users.",
        instead="Set Default to true, or call the stage beta.",
        example="{Default: false, PreRelease: featuregate.GA}",
    ),
    Rule(
        id="gate-alpha-on",
        level=Level.WARNING,
        why="An alpha feature can have defects and can vanish, so users have to choose it.",
        instead="Set Default to false, or promote the gate to beta.",
        example="{Default: true, PreRelease: featuregate.Alpha}",
    ),
    Rule(
        id="gate-comment-differs",
        level=Level.WARNING,
        why="Readers take the comment for the state of the gate.",
        instead="Write the stage of the map, with its version, into the comment.",
        example="// alpha: v1.5.0 above a gate whose map says featuregate.Beta",
    ),
    Rule(
        id="gate-above-version",
        level=Level.WARNING,
        why=(
            "A spec of a later version than the one under development has no effect yet; on a release branch it "
            "never has."
        ),
        instead="Correct the version, or make the change on the default branch.",
        example="a spec of 1.9 on release-1.7",
    ),
    Rule(
        id="gate-overdue",
        level=Level.WARNING,
        why=("Users can rely neither on a gate that stays in a stage for years nor on its end."),
        instead="Promote, lock, deprecate or remove it, or raise the limit in the configuration.",
        example="alpha since 1.5, under development is 1.10, the limit is 4",
    ),
    Rule(
        id="gate-removal-due",
        level=Level.WARNING,
        why="The source itself names the version in which the gate goes.",
        instead="Remove the gate, or write a later version.",
        example="// remove in 1.9, and 1.9 is under development",
    ),
    Rule(
        id="gate-ga-unlocked",
        level=Level.WARNING,
        why="A GA gate that can still be switched off keeps two programs alive: with the feature and without.",
        instead="Set LockToDefault to true, then remove the gate.",
        example="GA since 1.5 without LockToDefault, under development is 1.9",
    ),
    Rule(
        id="gate-deprecated-without-end",
        level=Level.WARNING,
        why="Users have to know when a gate goes, so that they can take its name out of their values in time.",
        instead="Write `// remove in X.Y` behind the spec, or the version since which it is deprecated.",
        example="{Default: false, PreRelease: featuregate.Deprecated}",
    ),
    Rule(
        id="gate-unused",
        level=Level.WARNING,
        why="A gate that no code asks for offers a choice that does not exist.",
        instead="Ask for it where the feature begins, or remove it.",
        example="a constant that stands in the map alone",
    ),
    Rule(
        id="gate-default-differs",
        level=Level.NOTE,
        why="A manifest that sets another value than the code's default hides the default from users.",
        instead="Leave the gate out of the manifest, or change the default.",
        example="PartialRestart=true in values.yaml, Default: false in the code",
    ),
    Rule(
        id="gate-unread",
        level=Level.NOTE,
        why="Code is not run, so what only running it would show is not checked, nor what is no text.",
        instead="Declare gates in a map with plain values; keep each file UTF-8 and below 4 MiB.",
        example="func gates() map[featuregate.Feature]featuregate.FeatureSpec",
    ),
)
