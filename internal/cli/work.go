package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/job"
	"kept/internal/mail"
	"kept/internal/person"
	"kept/internal/reminder"
	"kept/internal/web"
)

// passwordVariable holds the mail server's password where no file does.
const passwordVariable = "KEPT_SMTP_PASSWORD"

// letters is what serve is told of how mail leaves.
type letters struct {
	server   string
	password string // a file
	from     string
}

func (l *letters) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&l.server, "smtp", "", "mail server, smtp://USER@HOST:PORT (STARTTLS) or smtps://USER@HOST:PORT; without one, letters go to the folder outbox in the data directory")
	f.StringVar(&l.password, "smtp-password", "", "file with the mail server's password; "+passwordVariable+" in the environment when not given")
	f.StringVar(&l.from, "mail-from", "", "who letters are from, such as \"Registry <registry@example.org>\"; kept@HOST of the site when not given")
}

// carrier takes the letters of a site: to the mail server, or into the outbox of
// its data directory.
func (l letters) carrier(dir, base string, console io.Writer) (mail.Carrier, error) {
	u, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	from := mail.Sender{From: l.from, Host: u.Hostname()}
	if net.ParseIP(from.Host) != nil {
		from.Host = "localhost"
	}
	if from.From == "" {
		from.From = "kept@" + from.Host
	}
	if err := from.Check(); err != nil {
		return nil, fmt.Errorf("%w: --mail-from: %w", errUsage, err)
	}
	if l.server == "" {
		return mail.Outbox{Sender: from, Dir: filepath.Join(dir, "outbox"), Console: console}, nil
	}
	password := os.Getenv(passwordVariable)
	if l.password != "" {
		b, err := os.ReadFile(l.password)
		if err != nil {
			return nil, fmt.Errorf("--smtp-password: %w", err)
		}
		password = strings.TrimRight(string(b), "\r\n")
	}
	server, err := mail.NewSMTP(l.server, password, from)
	if err != nil {
		return nil, fmt.Errorf("%w: --smtp: %w", errUsage, err)
	}
	return server, nil
}

// employ gives an instance a runner for the work that outlives requests.
func (i *instance) employ(ctx context.Context, base string, l letters, console io.Writer) error {
	c, err := l.carrier(i.dir, base, console)
	if err != nil {
		return err
	}
	o := job.Options{DB: i.db, Clock: i.keeper.Now}
	if i.scripted { // a script moves faster than the days
		o.Poll = 20 * time.Millisecond
	}
	if i.jobs, err = job.New(ctx, o); err != nil {
		return err
	}
	mail.Handle(i.jobs, c)
	if err := i.publishPersons(ctx); err != nil {
		return err
	}
	return reminder.Sender{Keeper: i.keeper, Base: strings.TrimSuffix(base, "/")}.Handle(ctx, i.jobs)
}

// post queues the letters of the site in the transaction of what they tell of.
func (i *instance) post(tx *db.Tx, letters ...web.Letter) error {
	for _, l := range letters {
		if err := mail.Queue(tx, mail.Message{Key: l.Key, To: l.To, Lang: l.Lang, Subject: l.Subject, Body: l.Body, At: i.keeper.Now()}); err != nil {
			return err
		}
	}
	return nil
}

// later queues work that is done after an answer.
func later(tx *db.Tx, kind, key string, payload []byte) error {
	return job.Enqueue(tx, job.Job{Kind: kind, Key: key, Payload: payload})
}

// publishing is the job that brings what persons sent into the record; its key is
// the day of the batch.
const publishing = "person.publish"

// publishPersons makes the batches of a day, at half past midnight UTC.
func (i *instance) publishPersons(ctx context.Context) error {
	p := person.Publisher{Keeper: i.keeper, Kinds: map[string]person.FactsOf{correction.KindAsked: person.Facts[correction.Asked](nil)}}
	i.jobs.Handle(publishing, func(ctx context.Context, j job.Job) error { return p.Publish(ctx, j.Key) })
	i.jobs.Every(publishing, person.BatchDay)
	return person.Prepare(ctx, i.db)
}
