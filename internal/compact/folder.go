package compact

import (
	"io"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
)

// folder is a pack as files: parsed YAML and raw tables, by path.
type folder struct {
	files  map[string]*node
	tables map[string][]byte
	broken bool // a file could not be read at all
}

// partFiles are the structure files beside pack.yaml and the texts: those that fields of Pack name.
var partFiles = func() (files []string) {
	pack := reflect.TypeFor[Pack]()
	for i := range pack.NumField() {
		if file := pack.Field(i).Tag.Get("file"); file != "" && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	return files
}()

// readFolder reads every file of a pack, and reports those that a pack does not have.
func readFolder(fsys fs.FS, found *faults) *folder {
	f := &folder{files: map[string]*node{}, tables: map[string][]byte{}}
	count := 0
	err := fs.WalkDir(fsys, ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			found.add(p, nil, "unreadable", "detail", err.Error())
			return nil
		}
		if entry.IsDir() {
			return nil
		}
		if count++; count > maxFiles {
			found.add(p, nil, "too_many_files", "max", maxFiles)
			return fs.SkipAll
		}
		f.read(fsys, p, found)
		return nil
	})
	if err != nil {
		found.add(".", nil, "unreadable", "detail", err.Error())
	}
	return f
}

func (f *folder) read(fsys fs.FS, p string, found *faults) {
	switch place(p) {
	case "ignored":
		return
	case "":
		found.add(p, nil, "unknown_file", "known", "pack.yaml, texts/*.yaml, lang/*.yaml, data/*.csv, "+strings.Join(partFiles, ", "))
		return
	case "table":
		b, ok := readFile(fsys, p, found)
		if ok && cleanTable(p, b, found) {
			f.tables[p] = b
			return
		}
	case "yaml":
		if b, ok := readFile(fsys, p, found); ok {
			if n := parseYAML(p, b, found); n != nil {
				f.files[p] = n
				return
			}
		}
	}
	f.broken = true
}

// place says what a path is in a pack: "yaml", "table", "ignored" or nothing.
func place(p string) string {
	dir, name := path.Split(p)
	switch {
	case name == "README.md", dir == "official/" && path.Ext(name) == ".txt":
		return "ignored" // a pack may bring the documents of a fictional compact, to be loaded like others
	case dir == "" && (name == "pack.yaml" || slices.Contains(partFiles, name)):
		return "yaml"
	case (dir == "texts/" || dir == "lang/") && path.Ext(name) == ".yaml":
		return "yaml"
	case dir == "data/" && path.Ext(name) == ".csv":
		return "table"
	}
	return ""
}

func readFile(fsys fs.FS, p string, found *faults) ([]byte, bool) {
	file, err := fsys.Open(p)
	if err != nil {
		found.add(p, nil, "unreadable", "detail", err.Error())
		return nil, false
	}
	defer file.Close()
	b, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		found.add(p, nil, "unreadable", "detail", err.Error())
	case len(b) > maxFile:
		found.add(p, nil, "file_too_big", "max", maxFile>>20)
	default:
		return b, true
	}
	return nil, false
}

// cleanTable looks at what a table must not hold: other encodings, hidden characters.
func cleanTable(p string, b []byte, found *faults) bool {
	before := len(found.list) + found.more
	cleanBytes(p, []byte(strings.ReplaceAll(string(b), "\t", " ")), found)
	return len(found.list)+found.more == before
}

// paths lists the parsed files, sorted.
func (f *folder) paths() []string {
	paths := make([]string, 0, len(f.files))
	for p := range f.files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	return paths
}
