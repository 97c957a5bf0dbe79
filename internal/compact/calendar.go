package compact

// Due tells by when an item asks for what it asks: the last day of its deadline,
// else of the session or event that it names; "" when it names neither, or when
// nobody knows the event's date.
func (p *Pack) Due(i *Item) string {
	if i.Deadline != "" {
		return LastDay(i.Deadline)
	}
	if c, ok := p.EventDate(i.DeadlineEvent); ok {
		return c.LastDay()
	}
	return ""
}

// LastDay is the last day of the entry.
func (c *CalendarEntry) LastDay() string {
	if c.Until != "" {
		return LastDay(c.Until)
	}
	return LastDay(c.On)
}
