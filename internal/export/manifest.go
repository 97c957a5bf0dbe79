package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// manifestName is the file in which an export says what it is.
const manifestName = "export.json"

// format is the version of the manifest.
const format = "kept-export/1"

// Manifest says of which record, size and date an export is, and lists its files: by
// it anybody can check them, and the next export knows which files are its own. Of one
// record, date and build it is always the same.
type Manifest struct {
	Format     string `json:"format"`
	Unfinished bool   `json:"unfinished,omitempty"` // files are being exchanged; it lists those before and after
	Origin     string `json:"origin"`
	Size       int64  `json:"size"` // entries of the record
	LastAt     string `json:"last_at,omitempty"`
	Checkpoint string `json:"checkpoint,omitempty"` // the signed note
	Date       string `json:"date"`                 // that states were computed for
	Build      string `json:"build"`
	Live       string `json:"live,omitempty"`
	Pages      int    `json:"pages"` // HTML files
	Files      []File `json:"files"` // sorted by name; the manifest itself is not listed
}

// File is one file of an export.
type File struct {
	Name   string `json:"name"` // with slashes, below the export's folder
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// marshal writes the files one by one: whole, a long list would take several times its
// length of memory, more than all the rest of an export.
func (m *Manifest) marshal() ([]byte, error) {
	slices.SortFunc(m.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	head := *m
	head.Files = nil
	around, err := json.MarshalIndent(head, "", " ")
	if err != nil || len(m.Files) == 0 {
		return append(around, '\n'), err
	}
	before, after, _ := bytes.Cut(around, []byte(`"files": null`))
	out := append(append(make([]byte, 0, len(around)+200*len(m.Files)), before...), `"files": [`...)
	for i, f := range m.Files {
		one, err := json.MarshalIndent(f, "  ", " ")
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, "\n  "...), one...)
	}
	return append(append(append(out, "\n ]"...), after...), '\n'), nil
}

var errNotOurs = errors.New("it holds no export of ours: " + manifestName + " is missing or says otherwise")

// readManifest reads the manifest of an earlier export; a name in it that leads out
// of the folder makes it nobody's.
func readManifest(b []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil || m.Format != format {
		return nil, errNotOurs
	}
	for _, f := range m.Files {
		if !fs.ValidPath(f.Name) || !filepath.IsLocal(filepath.FromSlash(f.Name)) || f.Name == manifestName {
			return nil, fmt.Errorf("%w (it lists %q)", errNotOurs, f.Name)
		}
	}
	return &m, nil
}

// byName finds the files of a manifest.
func (m *Manifest) byName() map[string]File {
	if m == nil {
		return nil
	}
	all := make(map[string]File, len(m.Files))
	for _, f := range m.Files {
		all[f.Name] = f
	}
	return all
}
