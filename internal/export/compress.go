package export

import (
	"bytes"
	"path"

	"github.com/andybalholm/brotli"
	kgzip "github.com/klauspost/compress/gzip"
)

// packable are the files that are shorter when packed.
var packable = map[string]bool{".html": true, ".json": true, ".csv": true, ".atom": true, ".ics": true, ".md": true, ".svg": true}

// compressed are the packed forms of files, for servers that send what lies beside.
func compressed(files []*content) (out []*content) {
	for _, c := range files {
		if !packable[path.Ext(c.Name)] || c.rest != nil || c.Size < 256 {
			continue
		}
		var br, gz bytes.Buffer
		b := brotli.NewWriterLevel(&br, 9)
		_, _ = b.Write(c.head.Bytes())
		_ = b.Close()
		g, _ := kgzip.NewWriterLevel(&gz, kgzip.BestCompression)
		_, _ = g.Write(c.head.Bytes())
		_ = g.Close()
		out = append(out, bytesOf(c.Name+".br", br.Bytes()), bytesOf(c.Name+".gz", gz.Bytes()))
	}
	return out
}
