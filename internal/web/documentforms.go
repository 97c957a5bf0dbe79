package web

import (
	"io"
	"mime/multipart"
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/commitment/evidence"
	"kept/internal/db"
	"kept/internal/locale"
)

// mostDocuments is the largest body of a form with documents: as many as a report
// can have, and its texts.
const mostDocuments = 10*evidence.Max + maxForm

// keepDocuments takes the documents that a form brings into the archive and writes
// their digests into its fields. When the form comes back with an error the
// digests come back with it, so nothing need be attached again.
func (s *Site) keepDocuments(q *request) error {
	if q.MultipartForm == nil {
		return nil
	}
	var es locale.Errors
	for n := range commitment.MostEvidence {
		at := "evidence." + strconv.Itoa(n) + "."
		b, err := attached(q, at+"file")
		if err != nil {
			return err
		}
		if b == nil {
			continue
		}
		var digest string
		err = s.c.Keeper.DB().Write(q.Context(), func(tx *db.Tx) (err error) {
			digest, err = commitment.KeepDocument(tx, q.Now, b)
			return err
		})
		if err != nil {
			if _, forReaders := locale.All(err); !forReaders {
				return err
			}
			es.AddField(at+"file", err)
			continue
		}
		q.PostForm.Set(at+"sha256", digest)
	}
	return es.Err()
}

// attached is a file of the form, nil where none was chosen; of a larger one than
// is taken just so much is read that its size is known.
func attached(q *request, name string) ([]byte, error) {
	i := slices.IndexFunc(q.MultipartForm.File[name], func(h *multipart.FileHeader) bool { return h.Size > 0 || h.Filename != "" })
	if i < 0 {
		return nil, nil
	}
	file, err := q.MultipartForm.File[name][i].Open()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, evidence.Max+1))
	if b == nil {
		b = []byte{}
	}
	return b, err
}
