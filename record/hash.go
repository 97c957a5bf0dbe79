package record

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// subtree returns the hash of a perfect subtree over 2^n hashes of one level
// (RFC 6962 §2.1).
func subtree(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(subtree(hashes[:half]), subtree(hashes[half:]))
}

// foldEdges returns the root of a tree from its right edge: the hashes of the
// partial tile of each level, lowest level first. Each edge falls into perfect
// subtrees by the binary digits of its width; the root joins them from the
// smallest, at the right, to the largest.
func foldEdges(edges [][]tlog.Hash) tlog.Hash {
	root := tlog.Hash(sha256.Sum256(nil)) // of the empty tree
	begun := false
	for _, edge := range edges {
		for end, width := len(edge), 1; end > 0; width *= 2 {
			if end&width == 0 {
				continue
			}
			h := subtree(edge[end-width : end])
			if end -= width; begun {
				h = tlog.NodeHash(h, root)
			}
			root, begun = h, true
		}
	}
	return root
}

// leafHasher computes leaf hashes in memory that is used again.
type leafHasher struct{ buf []byte }

func (l *leafHasher) hash(entry []byte) tlog.Hash {
	l.buf = append(append(l.buf[:0], 0), entry...) // 0x00 marks a leaf, RFC 6962 §2.1
	return sha256.Sum256(l.buf)
}

// splitHashes reads the hashes of a tile.
func splitHashes(tile []byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(tile)/tlog.HashSize)
	for i := range hashes {
		hashes[i] = tlog.Hash(tile[i*tlog.HashSize:])
	}
	return hashes
}
