package evidence

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"kept/internal/locale"
)

// maxPixels is the largest picture that is decoded: 30 million points, which is
// what good cameras make; a progressive JPEG of that size takes about 300 MB.
const maxPixels = 30_000_000

// shownSide is the longer side of the picture that a page shows.
const shownSide = 800

// checkPixels refuses a picture by the size in its head, before anything is decoded.
func checkPixels(width, height int) error {
	if width <= 0 || height <= 0 || int64(width)*int64(height) > maxPixels {
		return locale.E("err.evidence.pixels", "width", width, "height", height, "max", maxPixels/1_000_000)
	}
	return nil
}

// preview draws a picture anew, small and the right way up, on white: what a page
// shows holds not one byte that the sender wrote.
func preview(p image.Image, turn int) ([]byte, error) {
	from := p.Bounds()
	width, height := from.Dx(), from.Dy()
	if side := max(width, height); side > shownSide {
		width, height = max(1, width*shownSide/side), max(1, height*shownSide/side)
	}
	upright := image.Rect(0, 0, width, height)
	if turn >= 5 { // a quarter turn
		upright = image.Rect(0, 0, height, width)
	}
	out := image.NewRGBA(upright)
	for y := range height {
		for x := range width {
			at := turned(x, y, width, height, turn)
			out.SetRGBA(at.X, at.Y, sample(p, from, x, y, width, height))
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, out, &jpeg.Options{Quality: 80})
	return b.Bytes(), err
}

// sample is the mean of nine points of the patch that becomes one point.
func sample(p image.Image, from image.Rectangle, x, y, width, height int) color.RGBA {
	var r, g, b, n uint32
	for dy := range 3 {
		for dx := range 3 {
			sx := from.Min.X + (6*x+2*dx+1)*from.Dx()/(6*width)
			sy := from.Min.Y + (6*y+2*dy+1)*from.Dy()/(6*height)
			red, green, blue, alpha := p.At(sx, sy).RGBA()
			white := 0xffff - alpha
			r, g, b, n = r+red+white, g+green+white, b+blue+white, n+1
		}
	}
	return color.RGBA{uint8(r / n >> 8), uint8(g / n >> 8), uint8(b / n >> 8), 0xff}
}

// turned is where a point comes to lie when a picture is put upright (EXIF 2.3, Orientation).
func turned(x, y, width, height, turn int) image.Point {
	right, low := width-1-x, height-1-y
	switch turn {
	case 2:
		return image.Pt(right, y)
	case 3:
		return image.Pt(right, low)
	case 4:
		return image.Pt(x, low)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(low, x)
	case 7:
		return image.Pt(low, right)
	case 8:
		return image.Pt(y, right)
	}
	return image.Pt(x, y)
}
