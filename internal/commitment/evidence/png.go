package evidence

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image/png"
	"io"
	"slices"
)

const pngStart = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that draw the picture. Texts, times, EXIF, colour
// profiles with their makers, animations and unknown chunks go.
var pngKept = []string{"IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "IDAT", "IEND"}

func readPNG(b []byte) (File, error) {
	clean, data, err := cleanPNG(b)
	if err != nil {
		return File{}, err
	}
	config, err := png.DecodeConfig(bytes.NewReader(clean))
	if err != nil {
		return File{}, broken("PNG")
	}
	if err := checkPixels(config.Width, config.Height); err != nil {
		return File{}, err
	}
	if !wholly(data, 8*int64(config.Width)*int64(config.Height)+16*int64(config.Height)+1024) {
		return File{}, broken("PNG")
	}
	picture, err := png.Decode(bytes.NewReader(clean))
	if err != nil {
		return File{}, broken("PNG")
	}
	small, err := preview(picture, 1)
	return File{Type: "image/png", Published: clean, Picture: small}, err
}

// cleanPNG writes the chunks that draw the picture; data is its compressed pixels.
func cleanPNG(b []byte) (out, data []byte, err error) {
	out = []byte(pngStart)
	for i := len(pngStart); ; {
		if i+12 > len(b) {
			return nil, nil, broken("PNG")
		}
		n, kind := int64(binary.BigEndian.Uint32(b[i:])), string(b[i+4:i+8])
		end := int64(i) + 12 + n
		if end > int64(len(b)) || crc32.ChecksumIEEE(b[i+4:end-4]) != binary.BigEndian.Uint32(b[end-4:]) {
			return nil, nil, broken("PNG")
		}
		switch {
		case slices.Contains(pngKept, kind):
			out = append(out, b[i:end]...)
		case kind[0] < 'a': // a chunk that no decoder may leave out, and that we do not know
			return nil, nil, broken("PNG")
		}
		if kind == "IDAT" {
			data = append(data, b[i+8:end-4]...)
		}
		if kind == "IEND" {
			return out, data, nil // what stands behind is left behind
		}
		i = int(end)
	}
}

// wholly tells whether compressed data is one stream to its last byte, of at most
// so many bytes: nothing can hide behind the pixels.
func wholly(data []byte, most int64) bool {
	rest := bytes.NewReader(data)
	r, err := zlib.NewReader(rest)
	if err != nil {
		return false
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
	return err == nil && n <= most && rest.Len() == 0
}
