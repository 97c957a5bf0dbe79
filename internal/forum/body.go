package forum

import "kept/internal/keeper"

// bodyKinds are the acts about bodies and their relations.
func bodyKinds() []keeper.Kind { return nil }
