package record

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
)

// C2SP tlog-tiles: a tile holds up to 256 hashes of one level, a bundle the
// entries below a level-0 tile. Paths are relative to where the log is served.
const (
	TileWidth    = 256
	tileHeight   = 8
	EntriesLevel = -1 // for TilePath: the entry bundle, not a hash tile
	bundleMax    = 1<<16 - 1
)

// TilePath returns the path of a tile (C2SP tlog-tiles, "Merkle Tree"):
// "tile/0/x001/234" when width is 256, else "tile/0/x001/234.p/5". Level
// [EntriesLevel] is the entry bundle: "tile/entries/x001/234".
func TilePath(level int, index int64, width int) string {
	name := "entries"
	if level != EntriesLevel {
		name = strconv.Itoa(level)
	}
	number := fmt.Sprintf("%03d", index%1000)
	for rest := index / 1000; rest > 0; rest /= 1000 {
		number = fmt.Sprintf("x%03d/%s", rest%1000, number)
	}
	path := "tile/" + name + "/" + number
	if width < TileWidth {
		path += ".p/" + strconv.Itoa(width)
	}
	return path
}

// ParseTilePath reads what [TilePath] writes, and no other spelling.
func ParseTilePath(path string) (level int, index int64, width int, err error) {
	bad := fmt.Errorf("%q is not the path of a tile", path)
	number, partial, isPartial := strings.Cut(path, ".p/")
	width = TileWidth
	if isPartial {
		if width, err = strconv.Atoi(partial); err != nil || width < 1 || width >= TileWidth {
			return 0, 0, 0, bad
		}
	}
	f := strings.Split(number, "/")
	if len(f) < 3 || len(f) > 8 {
		return 0, 0, 0, bad
	}
	if level = EntriesLevel; f[1] != "entries" {
		if level, err = strconv.Atoi(f[1]); err != nil || level < 0 || level > 63 {
			return 0, 0, 0, bad
		}
	}
	for _, group := range f[2:] {
		n, err := strconv.ParseUint(strings.TrimPrefix(group, "x"), 10, 10)
		if err != nil || n > 999 {
			return 0, 0, 0, bad
		}
		index = index*1000 + int64(n)
	}
	if TilePath(level, index, width) != path {
		return 0, 0, 0, bad
	}
	return level, index, width, nil
}

// EntryBundle returns the entries of one level-0 tile as they are served, each
// behind its length in two bytes, most significant first (C2SP tlog-tiles,
// "Log Entries"). The entries come from [Entry.Bytes], so they fit.
func EntryBundle(entries [][]byte) []byte {
	size := 0
	for _, e := range entries {
		size += 2 + len(e)
	}
	b := make([]byte, 0, size)
	for _, e := range entries {
		if len(e) > bundleMax {
			panic(fmt.Sprintf("record: an entry of %d bytes does not fit into a bundle", len(e)))
		}
		b = binary.BigEndian.AppendUint16(b, uint16(len(e)))
		b = append(b, e...)
	}
	return b
}

// ParseBundle splits a bundle into its entries, which share b's memory. It
// does not look into them.
func ParseBundle(b []byte) ([][]byte, error) { return appendBundle(nil, b) }

// appendBundle is ParseBundle into memory that is used again.
func appendBundle(entries [][]byte, b []byte) ([][]byte, error) {
	for i := 0; i < len(b); {
		if len(b)-i < 2 {
			return nil, &SyntaxError{i, "a length has two bytes"}
		}
		n := int(binary.BigEndian.Uint16(b[i:]))
		if n > len(b)-i-2 {
			return nil, &SyntaxError{i, fmt.Sprintf("an entry of %d bytes in %d", n, len(b)-i-2)}
		}
		if len(entries) == TileWidth {
			return nil, &SyntaxError{i, "more than 256 entries"}
		}
		entries = append(entries, b[i+2:i+2+n])
		i += 2 + n
	}
	return entries, nil
}
