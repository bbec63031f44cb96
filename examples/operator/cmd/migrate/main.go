// Command migrate runs before an upgrade and says which stored versions of the CRD it found.
package main

import (
	"fmt"
	"os"
)

// version is set by the linker: -X main.version=v1.5.0.
var version = "unknown"

func main() {
	fmt.Printf("migrate %s: %d stored versions\n", version, len(os.Args)-1)
}
