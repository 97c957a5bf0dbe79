package record

import (
	"context"
	"errors"
)

// Verify checks a whole record.
func Verify(ctx context.Context, src Source, o Options) (*Report, error) {
	return nil, errors.ErrUnsupported
}

// Download copies a record into a directory while it verifies it.
func Download(ctx context.Context, src Source, dir string, o Options) (*Report, error) {
	return nil, errors.ErrUnsupported
}
