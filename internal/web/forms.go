package web

// formsOpen tells whether this address takes forms: until accounts come, a
// secret link opens them, and on a loopback address only.
func (s *Site) formsOpen() bool { return s.loopback && s.c.Secret != "" }
