// Package features has the feature gates of the operator.
package features

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kubeflow/example-operator/internal/featuregate"
)

const (
	// alpha: v1.4.0
	PoliteGreeting featuregate.Feature = "PoliteGreeting"
	// deprecated: v1.4.0
	IndentedResources featuregate.Feature = "IndentedResources"
)

var gates = map[featuregate.Feature]featuregate.FeatureSpec{
	PoliteGreeting:    {Default: false, PreRelease: featuregate.Alpha},
	IndentedResources: {Default: true, PreRelease: featuregate.Deprecated}, // remove in 1.7
}

var chosen = map[featuregate.Feature]bool{}

// Enabled says whether a gate is on.
func Enabled(name featuregate.Feature) bool {
	if on, known := chosen[name]; known {
		return on
	}
	return gates[name].Default
}

// Set reads gates such as "PoliteGreeting=true,IndentedResources=false".
func Set(text string) error {
	for _, one := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' }) {
		name, value, _ := strings.Cut(one, "=")
		on, err := strconv.ParseBool(value)
		spec, known := gates[featuregate.Feature(name)]
		if !known || err != nil || (spec.LockToDefault && on != spec.Default) {
			return fmt.Errorf("the feature gate %q can't be set", one)
		}
		chosen[featuregate.Feature(name)] = on
	}
	return nil
}
