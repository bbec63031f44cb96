package features

import "k8s.io/component-base/featuregate"

const (
	// owner: @a
	// alpha: v1.4
	Fast featuregate.Feature = "Fast"
	Slow = featuregate.Feature(`Slow`)
)

var defaults = map[featuregate.Feature]featuregate.FeatureSpec{
	Fast: {Default: true, PreRelease: featuregate.Beta, LockToDefault: false},
	Slow: {Default: false, PreRelease: featuregate.Alpha},
}

var versioned = map[featuregate.Feature]featuregate.VersionedSpecs{
	Fast: {
		{Version: version.MustParse("1.4"), Default: false, PreRelease: featuregate.Alpha},
		{Version: version.MustParse("1.5"), Default: true, PreRelease: featuregate.Beta},
	},
}
