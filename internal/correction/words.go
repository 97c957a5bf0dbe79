package correction

import "kept/internal/wording"

// MaxText is how many characters the words of a correction, a dispute or an
// answer may have: they stand side by side on the page of what they are about.
const MaxText = 2000

var (
	askedWords   = wording.Fields{"text": {Max: MaxText}, "proposed": {Max: 600}, "url": {Max: 1000, Line: true, Link: true}}
	answerWords  = wording.Fields{"text": {Max: MaxText}}
	disputeWords = wording.Fields{"text": {Max: MaxText}}
	closedWords  = wording.Fields{"note": {Max: 600}}
)

var wordsOf = map[string]wording.Fields{KindAsked: askedWords, KindAnswered: answerWords, KindRaised: disputeWords, KindReplied: disputeWords, KindClosed: closedWords}

// Clean readies the words of a form for an act of a kind: control and bidi control
// characters go, empty texts are left out.
func Clean(kind string, words map[string]string) map[string]string {
	return wordsOf[kind].Clean(words)
}
