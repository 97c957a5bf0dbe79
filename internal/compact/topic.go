package compact

import "slices"

// Topic is a subject that a text or a proposal names as one where something is
// lacking, with the parts of the texts that speak of it: a ready-made view of gaps.
type Topic struct {
	ID      string   `pack:"id,required,id=topic"`
	Items   []string `pack:"items,required,ref=item"`     // an objective or theme stands for all that is under it
	NamedBy []string `pack:"named_by,ref=item|mechanism"` // that names the lack
	Sources []string `pack:"sources,ref=source"`
	Certain bool     `pack:"certain,default=true"`
}

// Topic finds a topic.
func (p *Pack) Topic(id string) (*Topic, bool) {
	at := slices.IndexFunc(p.Topics, func(t *Topic) bool { return t.ID == id })
	if at < 0 {
		return nil, false
	}
	return p.Topics[at], true
}

// ItemsOfTopic are the parts of all texts that a topic is about, with what is under them.
func (p *Pack) ItemsOfTopic(t *Topic) []string {
	var ids []string
	for _, text := range p.Texts {
		for _, i := range text.Items {
			if slices.Contains(t.Items, i.ID) || slices.Contains(t.Items, i.Under) || slices.Contains(t.Items, i.Block) {
				ids = append(ids, i.ID)
			}
		}
	}
	return ids
}
