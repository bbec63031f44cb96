// Command operator keeps one folder of Greeting resources reconciled: each spec gets the status it asks for.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubeflow/example-operator/internal/features"
)

type greeting struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Name string `json:"name"`
	} `json:"spec"`
	Status struct {
		Message string `json:"message,omitempty"`
	} `json:"status"`
}

// version is set by the linker: -X main.version=v1.5.0.
var version = "unknown"

func main() {
	folder := flag.String("resources", ".", "folder with Greeting resources as JSON files")
	gates := flag.String("feature-gates", "", "feature gates, as PoliteGreeting=true")
	show := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *show {
		fmt.Println(version)
		return
	}
	err := features.Set(*gates)
	if err == nil {
		err = reconcile(*folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func reconcile(folder string) error {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := greet(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func greet(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var resource greeting
	if err := json.Unmarshal(text, &resource); err != nil {
		return err
	}
	resource.Status.Message = "Hello, " + resource.Spec.Name + "!"
	if features.Enabled(features.PoliteGreeting) {
		resource.Status.Message += " How are you?"
	}
	indent := ""
	if features.Enabled(features.IndentedResources) {
		indent = "  "
	}
	text, err = json.MarshalIndent(resource, "", indent)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
