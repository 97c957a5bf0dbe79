package record

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
)

// WordsPath returns the path of the words of an entry.
func WordsPath(index int64) string { return "words/" + strconv.FormatInt(index, 10) + ".json" }

// BlobPath returns the path of the bytes with a digest.
func BlobPath(d Digest) string { return "blobs/" + d.String() }

// PackBlob is the fact that names a content pack.
const PackBlob = "pack_blob"

// checkBlobs checks that the bytes that entries publish are there, and are
// those that were named.
func (in *inspection) checkBlobs(ctx context.Context) error {
	type result struct {
		fault *Fault
		err   error
	}
	check := func(_ int, i int64) result {
		fault, err := readBlob(ctx, in.src, in.blobs[i])
		return result{fault, err}
	}
	return inOrder(in.options.workers(), int64(len(in.blobs)), check, func(i int64, r result) error {
		if r.fault != nil {
			r.fault.Detail += "; named by " + entryPlace(in.blobs[i].entry)
			in.add(*r.fault)
		} else if r.err == nil {
			in.report.Blobs++
		}
		return r.err
	})
}

func readBlob(ctx context.Context, src Source, name blobName) (*Fault, error) {
	path := BlobPath(name.digest)
	b, err := src.Get(ctx, path)
	if err != nil {
		return faultOf(path, err), unlessFault(err)
	}
	if DigestOf(b) != name.digest {
		return &Fault{path, RuleDigest, "the bytes are not those that the digest names"}, nil
	}
	if name.pack {
		if err := CheckPack(b); err != nil {
			return &Fault{path, RuleForm, "not the canonical form of a pack: " + err.Error()}, nil
		}
	}
	return nil, nil
}

// checkStrays looks at files that nothing leads to, where the source can list
// them: words of an entry that has none, blobs under a wrong name, partial
// tiles that are not the beginning of what the tree has. Files of entries
// beyond the checkpoint are left alone: a log writes them before it signs.
func (in *inspection) checkStrays(ctx context.Context) error {
	lister, ok := in.src.(Lister)
	if !ok || in.options.TreeOnly {
		return nil
	}
	return lister.List(ctx, func(path string) error {
		var fault *Fault
		var err error
		switch {
		case strings.HasPrefix(path, "words/"):
			fault = in.strayWords(path)
		case strings.HasPrefix(path, "blobs/"):
			fault, err = in.strayBlob(ctx, path)
		case strings.HasPrefix(path, "tile/"):
			fault, err = in.strayTile(ctx, path)
		}
		if fault != nil {
			in.add(*fault)
		}
		return err
	})
}

func (in *inspection) strayWords(path string) *Fault {
	name := strings.TrimSuffix(strings.TrimPrefix(path, "words/"), ".json")
	n, err := strconv.ParseInt(name, 10, 64)
	if err != nil || n < 0 || WordsPath(n) != path {
		return &Fault{path, RuleSurplus, "not the name of words"}
	}
	if n < in.report.Size && !in.worded.has(n) {
		return &Fault{path, RuleSurplus, entryPlace(n) + " has no words"}
	}
	return nil
}

func (in *inspection) strayBlob(ctx context.Context, path string) (*Fault, error) {
	d, err := ParseDigest(strings.TrimPrefix(path, "blobs/"))
	if err != nil {
		return &Fault{path, RuleSurplus, "not the name of a blob"}, nil
	}
	if _, named := in.named[d]; named {
		return nil, nil // checkBlobs has read it
	}
	b, err := in.src.Get(ctx, path)
	if err != nil {
		return faultOf(path, err), unlessFault(err)
	}
	if DigestOf(b) != d {
		return &Fault{path, RuleDigest, "the bytes are not those that the digest names"}, nil
	}
	return nil, nil
}

// strayTile checks a tile of another width than the tree has now.
func (in *inspection) strayTile(ctx context.Context, path string) (*Fault, error) {
	level, n, width, err := ParseTilePath(path)
	if err != nil {
		return &Fault{path, RuleSurplus, "not the path of a tile"}, nil
	}
	count := in.report.Size >> (tileHeight * max(level, 0)) // hashes at this level
	if level > 7 || n >= (count+TileWidth-1)/TileWidth {
		return nil, nil // beyond the tree
	}
	now := int(min(TileWidth, count-n*TileWidth))
	if width == now {
		return nil, nil // read with the tree
	}
	stray, err := in.src.Get(ctx, path)
	if err != nil {
		return faultOf(path, err), unlessFault(err)
	}
	current, _, err := getTile(ctx, in.src, level, n, now)
	if err != nil {
		return faultOf(path, err), unlessFault(err)
	}
	short, long := stray, current
	if width > now {
		short, long = current, stray
	}
	if !bytes.HasPrefix(long, short) || !holds(level, stray, width) {
		return &Fault{path, RuleHash, fmt.Sprintf("differs from %s", TilePath(level, n, now))}, nil
	}
	return nil, nil
}

// holds says whether these bytes are so many hashes or entries.
func holds(level int, b []byte, width int) bool {
	if level != EntriesLevel {
		return len(b) == width*len(Digest{})
	}
	entries, err := ParseBundle(b)
	return err == nil && len(entries) == width
}
