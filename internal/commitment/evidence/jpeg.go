package evidence

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
)

// A JPEG is a row of segments, each 0xFF, a marker, and most of them a length of
// two bytes. Only what a decoder needs is written again.

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markStart   = 0xd8
	markEnd     = 0xd9
	markScan    = 0xda
	markTables  = 0xdb // quantization
	markHuffman = 0xc4
	markRestart = 0xdd // interval
	markEXIF    = 0xe1
	markAdobe   = 0xee // says how three or four colours are to be read
)

// maxScans bounds the work of a progressive picture: usual ones have ten.
const maxScans = 40

func readJPEG(b []byte) (File, error) {
	clean, turn, err := cleanJPEG(b)
	if err != nil {
		return File{}, err
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(clean))
	if err != nil {
		return File{}, broken("JPEG")
	}
	if err := checkPixels(config.Width, config.Height); err != nil {
		return File{}, err
	}
	picture, err := jpeg.Decode(bytes.NewReader(clean))
	if err != nil {
		return File{}, broken("JPEG")
	}
	small, err := preview(picture, turn)
	return File{Type: "image/jpeg", Published: clean, Picture: small}, err
}

// cleanJPEG writes the picture without anything but the picture; turn is which
// side is up (EXIF orientation, 1 to 8).
func cleanJPEG(b []byte) (out []byte, turn int, err error) {
	out, turn = []byte{0xff, markStart}, 1
	scans := 0
	for i := 2; ; {
		for i+1 < len(b) && b[i] == 0xff && b[i+1] == 0xff { // fill bytes
			i++
		}
		if i+4 > len(b) || b[i] != 0xff {
			if i+2 <= len(b) && b[i] == 0xff && b[i+1] == markEnd {
				break
			}
			return nil, 0, broken("JPEG")
		}
		mark := b[i+1]
		if mark == markEnd {
			break
		}
		end := i + 2 + int(binary.BigEndian.Uint16(b[i+2:]))
		if end > len(b) || end < i+4 {
			return nil, 0, broken("JPEG")
		}
		segment := b[i:end]
		switch {
		case mark == markEXIF:
			if t := orientation(segment[4:]); t != 0 {
				turn = t
			}
		case mark == markAdobe && bytes.HasPrefix(segment[4:], []byte("Adobe")) && len(segment) >= 16:
			out = append(out, 0xff, markAdobe, 0, 14)
			out = append(out, segment[4:16]...) // its 12 bytes, and nothing behind them
		case mark >= 0xc0 && mark <= 0xc2, mark == markTables, mark == markHuffman, mark == markRestart:
			out = append(out, segment...)
		case mark == markScan:
			if scans++; scans > maxScans {
				return nil, 0, broken("JPEG")
			}
			end = scanEnd(b, end)
			out = append(out, b[i:end]...)
		case mark >= 0xe0 && mark <= 0xef, mark == 0xfe: // APPn and comments go
		default:
			return nil, 0, broken("JPEG")
		}
		i = end
	}
	if scans == 0 {
		return nil, 0, broken("JPEG")
	}
	return append(withTurn(out, turn), 0xff, markEnd), turn, nil
}

// scanEnd is where the entropy-coded data of a scan ends: at the next marker that
// is neither a stuffed zero nor a restart.
func scanEnd(b []byte, i int) int {
	for ; i+1 < len(b); i++ {
		if b[i] == 0xff && b[i+1] != 0 && (b[i+1] < 0xd0 || b[i+1] > 0xd7) {
			return i
		}
	}
	return len(b)
}

// withTurn puts an EXIF segment that holds the orientation and nothing else behind
// the start of the picture.
func withTurn(out []byte, turn int) []byte {
	if turn == 1 {
		return out
	}
	tiff := append([]byte("Exif\x00\x00MM\x00*"), 0, 0, 0, 8, // big-endian; the directory stands at 8
		0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(turn), 0, 0, // one entry: orientation, SHORT, one
		0, 0, 0, 0) // no further directory
	segment := append([]byte{0xff, markEXIF, 0, byte(len(tiff) + 2)}, tiff...)
	return append(append([]byte{0xff, markStart}, segment...), out[2:]...)
}

// orientation reads tag 0x0112 from the first directory of an EXIF segment; 0 where there is none.
func orientation(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	n := int64(order.Uint16(tiff[at:]))
	for k := range n {
		entry := at + 2 + 12*k
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if turn := int(order.Uint16(tiff[entry+8:])); turn >= 1 && turn <= 8 {
				return turn
			}
			return 0
		}
	}
	return 0
}
