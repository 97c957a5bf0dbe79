// Kept runs a multi-stakeholder compact in public: who endorsed it, what they
// promised, what the data says, and whether the promise was kept.
package main

import (
	"os"

	"kept/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
