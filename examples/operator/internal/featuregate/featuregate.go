// Package featuregate has the types in which Kubernetes' programs declare feature gates (k8s.io/component-base/featuregate),
// so that this example needs no other module.
package featuregate

// Feature is the name of a gate.
type Feature string

type prerelease string

// The stages of a gate.
const (
	Alpha      = prerelease("ALPHA")
	Beta       = prerelease("BETA")
	GA         = prerelease("")
	Deprecated = prerelease("DEPRECATED")
)

// FeatureSpec says whether a gate is on by default, its stage, and whether it can still be set.
type FeatureSpec struct {
	Default       bool
	LockToDefault bool
	PreRelease    prerelease
}
