package sortition

import "math"

// hull writes a point as an average of panels, or finds the panels nearest to it:
// Wolfe's method for the point of smallest norm. A point here is a panel's counts
// minus the goal, divided by the square root of the size of each type, so that
// distance is that of people's chances. The corral is a set of affinely independent
// points, whose smallest affine combination lies inside it; its factor is kept up to
// date as panels come and go.
type hull struct {
	scale  []float64
	goal   []float64 // counts that the average shall have
	norm   float64   // of the scaled goal, squared
	panels [][]int32
	points []sparse
	inner  []float64   // of each point with the goal, scaled
	share  []float64   // of each panel in the average
	factor [][]float64 // upper triangle R by columns: R'R = 1 + P'P
	rest   []float64   // average minus goal, scaled
}

// sparse is a scaled panel.
type sparse struct {
	at []int32
	v  []float64
}

// newHull measures distance by chances.
func newHull(size []int, goal []float64) *hull {
	h := &hull{goal: goal, scale: make([]float64, len(goal)), rest: make([]float64, len(goal))}
	for t := range goal {
		h.scale[t] = 1 / math.Sqrt(float64(size[t]))
	}
	h.begin()
	return h
}

// begin starts with no panel.
func (h *hull) begin() {
	h.norm = 0
	for t := range h.goal {
		g := float64(h.goal[t] * h.scale[t])
		h.norm += float64(g * g)
		h.rest[t] = -g
	}
}

func (h *hull) point(panel []int32) (s sparse, inner float64) {
	for t, c := range panel {
		if c != 0 {
			v := float64(float64(c) * h.scale[t])
			s.at, s.v = append(s.at, int32(t)), append(s.v, v)
			inner += float64(v * float64(h.goal[t]*h.scale[t]))
		}
	}
	return s, inner
}

func (a sparse) dot(b sparse) float64 {
	sum, j := 0.0, 0
	for i, t := range a.at {
		for j < len(b.at) && b.at[j] < t {
			j++
		}
		if j == len(b.at) {
			break
		}
		if b.at[j] == t {
			sum += float64(a.v[i] * b.v[j])
		}
	}
	return sum
}

// add takes a panel into the corral; false: it depends on those there.
func (h *hull) add(panel []int32) bool {
	p, inner := h.point(panel)
	n := len(h.points)
	col := make([]float64, n+1)
	for i, q := range h.points {
		col[i] = 1 + p.dot(q) - inner - h.inner[i] + h.norm
	}
	own := 1 + p.dot(p) - 2*inner + h.norm
	h.forward(col[:n])
	left := own
	for _, v := range col[:n] {
		left -= float64(v * v)
	}
	if left < 1e-11*own {
		return false
	}
	col[n] = math.Sqrt(left)
	h.factor = append(h.factor, col)
	h.panels = append(h.panels, panel)
	h.points = append(h.points, p)
	h.inner = append(h.inner, inner)
	h.share = append(h.share, 0)
	if n == 0 {
		h.share[0] = 1
	}
	return true
}

// forward solves R'y = v in place.
func (h *hull) forward(v []float64) {
	for j := range v {
		col := h.factor[j]
		sum := v[j]
		for i := range j {
			sum -= float64(col[i] * v[i])
		}
		v[j] = sum / col[j]
	}
}

// backward solves Ry = v in place.
func (h *hull) backward(v []float64) {
	for j := len(v) - 1; j >= 0; j-- {
		col := h.factor[j]
		v[j] /= col[j]
		f := v[j]
		for i := range j {
			v[i] -= float64(col[i] * f)
		}
	}
}

// drop takes point k out of the corral, and rotates R back into a triangle.
func (h *hull) drop(k int) {
	n := len(h.points)
	for j := k + 1; j < n; j++ {
		col := h.factor[j]
		h.factor[j-1] = col
	}
	h.factor = h.factor[:n-1]
	h.panels = append(h.panels[:k], h.panels[k+1:]...)
	h.points = append(h.points[:k], h.points[k+1:]...)
	h.inner = append(h.inner[:k], h.inner[k+1:]...)
	h.share = append(h.share[:k], h.share[k+1:]...)
	for j := k; j < n-1; j++ { // row j+1 of column j goes
		a, b := h.factor[j][j], h.factor[j][j+1]
		r := math.Sqrt(float64(a*a) + float64(b*b))
		c, s := a/r, b/r
		h.factor[j][j] = r
		h.factor[j] = h.factor[j][:j+1]
		for l := j + 1; l < n-1; l++ {
			col := h.factor[l]
			x, y := col[j], col[j+1]
			col[j] = float64(c*x) + float64(s*y)
			col[j+1] = float64(c*y) - float64(s*x)
		}
	}
}

// affine is the combination of the corral, shares summing to one but not bounded
// below, of smallest norm.
func (h *hull) affine() []float64 {
	n := len(h.points)
	u := make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	h.forward(u)
	h.backward(u)
	for range 2 {
		h.refine(u)
	}
	sum := 0.0
	for _, v := range u {
		sum += v
	}
	for i := range u {
		u[i] /= sum
	}
	return u
}

// refine takes the remaining error of (1 + P'P)u = 1 out of u.
func (h *hull) refine(u []float64) {
	sum := 0.0
	for _, v := range u {
		sum += v
	}
	rest := h.combine(u, sum)
	along := 0.0
	for t, r := range rest {
		along += float64(r * float64(h.goal[t]*h.scale[t]))
	}
	g := make([]float64, len(u))
	for i, p := range h.points {
		g[i] = 1 - sum - (p.with(rest) - along)
	}
	h.forward(g)
	h.backward(g)
	for i := range u {
		u[i] += g[i]
	}
}

// combine is the combination of the points with shares that sum to sum.
func (h *hull) combine(u []float64, sum float64) []float64 {
	rest := make([]float64, len(h.goal))
	for i, p := range h.points {
		for j, t := range p.at {
			rest[t] += float64(p.v[j] * u[i])
		}
	}
	for t := range rest {
		rest[t] -= float64(sum * float64(h.goal[t]*h.scale[t]))
	}
	return rest
}

func (s sparse) with(v []float64) float64 {
	sum := 0.0
	for j, t := range s.at {
		sum += float64(s.v[j] * v[t])
	}
	return sum
}

// settle moves to the best average of the corral, giving up the points whose share
// would fall below zero.
func (h *hull) settle() {
	for {
		u := h.affine()
		step, at := 1.0, -1
		for i := range u {
			if u[i] < 1e-14 {
				if f := h.share[i] / (h.share[i] - u[i]); f < step {
					step, at = max(0, f), i
				}
			}
		}
		for i := range u {
			h.share[i] += float64(step * (u[i] - h.share[i]))
		}
		if at < 0 {
			break
		}
		h.share[at] = 0
		for i := len(h.share) - 1; i >= 0; i-- {
			if h.share[i] <= 0 {
				h.drop(i)
			}
		}
	}
	h.rest = h.combine(h.share, 1)
}

// join adds a panel and moves to the best average; false: that is no nearer, so that
// the panel would be found again.
func (h *hull) join(panel []int32) bool {
	before, first := square(h.rest), len(h.points) == 0
	if !h.add(panel) {
		return false
	}
	h.settle()
	return first || square(h.rest) < before
}

func square(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return sum
}

// distance is the largest difference of a person's chance from the goal.
func (h *hull) distance() float64 {
	most := 0.0
	for t, r := range h.rest {
		most = max(most, math.Abs(float64(r*h.scale[t])))
	}
	return most
}

// directions are weights of the types that rise towards the goal.
func (h *hull) direction() []float64 {
	w := make([]float64, len(h.rest))
	for t, r := range h.rest {
		w[t] = -float64(r * h.scale[t])
	}
	return w
}
