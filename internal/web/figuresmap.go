package web

// Figures of the implementation map and of the crosswalk.

func (v mapView) figures() (list []figure) {
	list = append(list, counted("endorsed", message("basis.endorsed"), v.Endorsed.N), counted("rows", message("map.rows"), v.Of))
	for _, l := range v.Lines {
		list = append(list, named(nameOf(l.ID)+".", l.figures())...)
	}
	for _, k := range v.Whole {
		list = append(list, named("kind."+nameOf(k.Kind)+".", k.figures(k.KindIs))...)
	}
	return list
}

func (l mapLine) figures() []figure {
	title := prefixed(l.ID, l.Title)
	list := mapKind{Commitments: l.Commitments, Intents: l.Intents, Elsewhere: l.Elsewhere, Supporters: l.Supporters}.figures(title)
	for _, one := range []struct {
		name, key string
		n         *leading
	}{{"bodies", "menu.bodies", l.Bodies}, {"documents", "menu.documents", l.Documents}, {"series", "home.series", l.Series}, {"requested", "map.requested", l.Requested}, {"offered", "map.offered", l.Offered}} {
		if one.n != nil {
			list = append(list, counted(one.name, phrase("cite.what.of", "of", title, "what", message(one.key)), one.n.N))
		}
	}
	for _, k := range l.BodyKinds {
		list = append(list, counted("bodies."+nameOf(k.Kind), phrase("cite.what.of", "of", title, "what", k.KindIs), k.Bodies.N))
	}
	for _, k := range l.Kinds {
		list = append(list, named(nameOf(k.Kind)+".", k.figures(phrase("cite.what.of", "of", title, "what", k.KindIs)))...)
	}
	return list
}

// figures are the four numbers that parties have, of what of says.
func (k mapKind) figures(of Text) []figure {
	what := func(key string) Text { return phrase("cite.what.of", "of", of, "what", message(key)) }
	return []figure{counted("commitments", what("menu.commitments"), k.Commitments.N), counted("intents", what("commitments.intents"), k.Intents.N),
		counted("elsewhere", what("commitments.elsewhere"), k.Elsewhere.N), counted("supporters", what("map.supporters"), k.Supporters.N)}
}

func (v crosswalkView) figures() (list []figure) {
	if v.Scheme != "" {
		list = append(list, counted("links", message("crosswalk.links"), v.Of))
	}
	for _, s := range v.Schemes {
		what := func(key string) Text { return phrase("cite.what.of", "of", s.Title, "what", message(key)) }
		list = append(list, counted(s.ID+".links", what("crosswalk.links"), s.Ties), counted(s.ID+".parts", what("crosswalk.parts"), s.Parts), counted(s.ID+".ends", what("crosswalk.ends"), s.Ends))
	}
	return list
}

func (v *otherFormView) figures() []figure {
	return []figure{counted("commitments", message("menu.commitments"), v.Total), counted("missing", message("forms.missing"), v.Missing)}
}
