package web

import (
	"errors"
	"net/http"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// errMethod is answered 405.
var errMethod = errors.New("method not allowed")

// routes is the table of all addresses.
func (s *Site) routes() {
	s.page("/", s.home)
	s.page("/texts", s.texts)
	s.page("/texts/{id}", s.orElsewhere(s.text))
	s.page("/items", s.items)
	s.page("/items/{id}", s.orElsewhere(s.item))

	s.page("/stakeholders", s.parties)
	s.feed(partyFeed())
	s.page("/stakeholders/{id}", s.orOtherEntry(s.party))
	s.form("/stakeholders/new", s.registerForm())
	s.form("/stakeholders/{id}/endorse", s.endorseForm())
	s.form("/stakeholders/{id}/claim", s.claimForm())
	s.form("/stakeholders/{id}/members", s.membersForm())
	s.form("/stakeholders/{id}/withdraw", s.withdrawForm())
	s.page("/commitments", s.commitments)
	s.feed(commitmentFeed())
	s.page("/commitments/{id}", s.orOtherEntry(s.commitment))
	s.form("/commitments/new", s.startForm())
	s.form("/commitments/{id}/report", s.reportForm())
	s.page("/commitments/{id}/changes", s.commitmentChanges)
	s.form("/commitments/{id}/amend", s.amendForm())
	s.form("/commitments/{id}/withdraw", s.withdrawCommitmentForm())
	s.form("/commitments/{id}/conclude", s.concludeForm())
	s.form("/commitments/{id}/excuse", s.excuseForm())
	s.form("/commitments/{id}/answer", s.answerForm())
	s.page("/support", s.support)
	s.page("/support/{id}", s.oneSupport)
	s.form("/support/new", s.supportForm())
	s.form("/support/{id}/close", s.closeSupportForm())
	s.form("/commitments/{id}/unchanged", s.unchangedForm())
	s.form("/answer/{token}", s.mailedAnswerForm())
	s.form("/reminders/stop/{token}", s.stopForm())
	s.mux.HandleFunc("POST /reminders/stop/{token}", s.stopAtOnce)
	s.form("/desk/reminders", s.remindersForm())
	s.form("/desk/jobs", s.jobsForm())
	s.form("/desk", s.deskForm())
	s.sheetForms()
	s.form("/desk/drafts/{id}/{step}", s.stepForm())
	s.form("/desk/drafts/{id}/check", s.checkForm())
	s.page("/commitments/{id}/reviews", s.commitmentReviews)
	s.page("/reviews", s.reviews)
	s.page("/reviews/{id}", s.orOtherEntry(s.review))
	s.page("/evidence/{digest}/about", s.document)
	s.evidenceFiles()
	s.reviewForms()
	s.page("/indicators", s.indicators)
	s.page("/indicators/{id}", s.orElsewhere(s.indicator))
	s.page("/indicators/{id}/vintages", s.vintages)
	s.page("/indicators/{id}/trace/{area}/{period}", s.trace)
	s.page("/indicators/{id}/compare/{other}", s.compare)
	s.page("/areas", s.areas)
	s.page("/areas/{id}", s.area)

	s.form("/sign-in", s.signInForm())
	s.strongRoutes()
	s.form("/sign-in/sent", s.sentForm())
	s.form("/link/{token}", s.linkForm())
	s.form("/link/thanks", s.thanksForm())
	s.form("/desk/drafts/{id}/ask", s.askForm())
	s.form("/desk/sign-out", s.signOutForm())
	s.form("/desk/account", s.accountForm())
	s.form("/desk/account/end", s.endSessionForm())
	s.form("/desk/account/erase", s.eraseForm())
	s.mux.HandleFunc("GET /desk/account/export", s.exportAccount)
	s.form("/desk/people", s.peopleForm())
	s.form("/desk/people/ungrant", s.ungrantForm())
	s.form("/desk/parties/{id}", s.partyPeopleForm())
	s.form("/desk/parties/{id}/relieve", s.relieveForm())
	s.form("/desk/parties/{id}/hand-over", s.handOverForm())
	s.form("/desk/pending/{id}", s.pendingForm())
	s.form("/desk/log", s.logForm())
	s.mux.HandleFunc("GET /desk/log/csv", s.logFile)
	s.form("/desk/tokens", s.tokensForm())
	s.form("/desk/tokens/revoke", s.revokeTokenForm())
	s.page("/api", s.api)
	s.mux.HandleFunc("GET /api/openapi.json", s.openAPI)
	s.needs(s.pendingTasks)
	s.needs(s.dueTasks)
	s.needs(s.failedTasks)

	s.mux.HandleFunc("GET /enter", s.enter)
	s.mux.HandleFunc("POST /enter", s.enter)

	s.page("/for", s.addressees)
	s.page("/for/{id}", s.orElsewhere(s.addressee))
	s.page("/calendar", s.calendar)
	s.mux.HandleFunc("GET /calendar.ics", s.calendarFile)
	s.page("/changes", s.changes)
	s.page("/targets", s.targets)
	s.page("/targets/{id}", s.orElsewhere(s.target))
	s.page("/bodies", s.bodies)
	s.page("/bodies/{id}", s.orElsewhere(s.body))
	s.page("/documents", s.documents)
	s.page("/mechanisms", s.mechanisms)
	s.page("/mechanisms/{id}", s.orElsewhere(s.mechanism))
	s.page("/figures", s.figures)
	s.page("/timeline", s.timeline)
	s.page("/initiatives", s.initiatives)
	s.page("/aims", s.aims)
	s.page("/about/{page}", s.about)
	s.page("/search", s.search)
	s.form("/receipts", s.receiptsForm())
	s.form("/receipts/{code}", s.receiptForm())
	s.page("/record", s.record)
	s.page("/record/entries", s.entries)
	s.feed(entryFeed())
	s.page("/record/entries/{id}", s.entry)
	s.recordFiles()

	s.mux.HandleFunc("/", s.nowhere)
}

// nowhere answers addresses that no page has, and methods that a page does not take.
func (s *Site) nowhere(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		reading := r.Clone(r.Context())
		reading.Method = http.MethodGet
		if _, pattern := s.mux.Handler(reading); pattern != "/" {
			w.Header().Set("Allow", "GET, HEAD")
			s.fail(w, r, languageOf(r), keeper.Refuse(errMethod, locale.E("err.web.method", "method", r.Method)))
			return
		}
	}
	s.fail(w, r, languageOf(r), errNotFound(r.URL.Path))
}
