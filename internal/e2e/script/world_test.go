package script

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"encoding/base64"

	"github.com/jackc/pgx/v5"
)

// world is one record, the program that serves it, and the browsers of those who use it.
type world struct {
	t        *testing.T
	dir, db  string
	base     string
	pack     string
	kept     map[string]string
	browsers map[string]*http.Client
	who      string
	page     *document
	form     *form
	printed  string
	letter   string
	read     map[string]bool // mails that a script has looked at
	writing  string          // the file that is being written
	steps    int
	keys     int
	cells    int
}

func newWorld(t *testing.T, engine string) *world {
	w := &world{t: t, dir: t.TempDir(), kept: map[string]string{}, browsers: map[string]*http.Client{}, read: map[string]bool{}}
	if engine == "postgres" {
		w.db = database(t)
	}
	return w
}

// database makes an empty database on the server for tests.
func database(t *testing.T) string {
	server := os.Getenv("KEPT_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KEPT_TEST_POSTGRES is not set")
		}
		t.Skip("left out: KEPT_TEST_POSTGRES is not set (make test starts a server)")
	}
	name := fmt.Sprintf("kept_script_%d_%d", os.Getpid(), time.Now().UnixNano())
	do := func(sql string) {
		c, err := pgx.Connect(context.Background(), server)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		if _, err := c.Exec(context.Background(), sql); err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE DATABASE " + name)
	t.Cleanup(func() { do("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// flags say where this record is.
func (w *world) flags() []string {
	f := []string{"--data", filepath.Join(w.dir, "data"), "--lock", filepath.Join(w.dir, "lock", "checkpoint")}
	if w.db != "" {
		f = append(f, "--db", w.db)
	}
	if w.pack == "harbour" {
		f = append(f, "--sample-clock", filepath.Join(w.dir, "clock"))
	}
	return f
}

// begin makes a record and serves it until the script ends.
func (w *world) begin(pack string) error {
	if pack != "harbour" && pack != "gdc" {
		return fmt.Errorf("a record of harbour or of gdc")
	}
	w.pack = pack
	if err := w.day("2026-11-21"); err != nil {
		return err
	}
	if err := w.command("init --origin "+pack+".example --pack "+pack, true); err != nil {
		return err
	}
	return w.serve()
}

func (w *world) serve() error {
	port, err := freePort()
	if err != nil {
		return err
	}
	w.base = "http://127.0.0.1:" + port
	args := append([]string{"serve", "--addr", "127.0.0.1:" + port}, w.flags()...)
	c := exec.Command(program, args...)
	var log bytes.Buffer
	c.Stdout, c.Stderr = &log, &log
	if err := c.Start(); err != nil {
		return err
	}
	w.t.Cleanup(func() {
		_ = c.Process.Signal(syscall.SIGTERM)
		_ = c.Wait()
		if w.t.Failed() {
			w.t.Logf("the program said:\n%s", log.String())
		}
	})
	for range 200 {
		if r, err := http.Get(w.base + "/en/"); err == nil {
			r.Body.Close()
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the program does not answer")
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}

// day sets the clock of a sample compact: noon in the west of the Pacific, when the
// day has begun everywhere.
func (w *world) day(on string) error {
	stamp, err := time.Parse("2006-01-02 15:04", on)
	if err != nil {
		if stamp, err = time.Parse("2006-01-02", on); err != nil {
			return err
		}
		stamp = stamp.Add(14 * time.Hour)
	}
	path := filepath.Join(w.dir, "clock")
	if err := os.WriteFile(path+".new", []byte(stamp.Format(time.RFC3339)), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path) // the program never reads half a time
}

// as goes on in the browser of a person, who signs in by mailed link at first.
func (w *world) as(who string) error {
	who, byMail := strings.CutSuffix(who, " by the mail")
	w.who, w.page, w.form = who, nil, nil
	if w.browsers[who] != nil {
		return w.goOn(who)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	w.browsers[who] = &http.Client{Jar: jar, Timeout: time.Minute}
	switch {
	case byMail:
		if err := w.openMail(); err != nil {
			return err
		}
		return w.press("", true)
	case who == "nobody":
		return nil
	}
	return w.signIn(who)
}

// goOn signs in again where the sign-in has ended meanwhile.
func (w *world) goOn(who string) error {
	if who == "nobody" {
		return nil
	}
	if err := w.get("/desk"); err != nil {
		return err
	}
	if strings.HasSuffix(w.page.address.Path, "/sign-in") {
		return w.signIn(who)
	}
	return nil
}

func (w *world) signIn(who string) error {
	if err := w.get("/sign-in"); err != nil {
		return err
	}
	if err := w.fill("mail", who); err != nil {
		return err
	}
	if err := w.press("", true); err != nil {
		return err
	}
	if err := w.waitForMail(who + ": /link/"); err != nil {
		return err
	}
	if err := w.openMail(); err != nil {
		return err
	}
	return w.press("", true)
}

// get opens an address; without a language it is the English page.
func (w *world) get(address string) error {
	u := address
	if strings.HasPrefix(address, "/") {
		u = w.base + address
		if !inLanguage.MatchString(address) && !forPrograms.MatchString(address) {
			u = w.base + "/en" + address
		}
	}
	r, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept-Language", "en")
	return w.send(r)
}

// open opens a page that must be there for whoever asks.
func (w *world) open(address string) error {
	w.steps++
	if err := w.get(address); err != nil {
		return err
	}
	if w.page.status >= 400 {
		return fmt.Errorf("refused with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

// refused opens a page that is not for whoever asks.
func (w *world) refused(address string) error {
	if err := w.get(address); err != nil {
		return err
	}
	if w.page.status < 400 {
		return fmt.Errorf("answered with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

var (
	inLanguage  = regexp.MustCompile(`^/(en|fr|es|ru|zh|ar)(/|$)`)
	forPrograms = regexp.MustCompile(`^/(record/(checkpoint|receipts|words|blobs|tile)|evidence/|api)|\.(json|csv|xlsx|atom)(\?|$)`)
)

func (w *world) send(r *http.Request) error {
	client := w.browsers[w.who]
	if client == nil {
		if err := w.as("nobody"); err != nil {
			return err
		}
		client = w.browsers[w.who]
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if w.page, err = read(answer.Request.URL, answer.StatusCode, body); err != nil {
		return err
	}
	w.form = nil
	if answer.StatusCode >= 500 {
		return fmt.Errorf("%s answered %d: %s", r.URL, answer.StatusCode, w.page.text)
	}
	return nil
}

// fill puts a value into a field of the first form that has it.
func (w *world) fill(name, value string) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	forms := w.page.forms
	if w.form != nil {
		forms = []*form{w.form}
	}
	var names []string
	for _, f := range forms {
		if c := f.find(name, value); c != nil {
			w.form = f
			w.keys += effort(c, value)
			return c.set(value)
		}
		for _, c := range f.fields {
			if c.kind != "hidden" {
				names = append(names, c.name+" ("+c.label+")")
			}
		}
	}
	return fmt.Errorf("%s has no field %q; it has: %s", w.page.address, name, strings.Join(names, ", "))
}

// effort is how many keys a value takes: a text its characters and a Tab, a choice two.
func effort(c *field, value string) int {
	switch c.kind {
	case "checkbox", "radio", "select", "many", "file":
		return 2
	}
	return len([]rune(value)) + 1
}

// press sends the form with this button; the first form with a button where none is named.
func (w *world) press(button string, accepted bool) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	f := w.form
	for _, other := range w.page.forms {
		if f == nil && (button == "" && other.method == "post" || slices.Contains(other.buttons, button)) {
			f = other
		}
	}
	if f == nil || button != "" && !slices.Contains(f.buttons, button) {
		return fmt.Errorf("%s has no button %q: %s", w.page.address, button, w.page.text)
	}
	w.steps++
	w.keys++
	r, err := w.submission(f, button)
	if err != nil {
		return err
	}
	if err := w.send(r); err != nil {
		return err
	}
	switch {
	case accepted && w.page.status >= 400:
		return fmt.Errorf("refused with %d: %s", w.page.status, w.page.text)
	case !accepted && w.page.status < 400:
		return fmt.Errorf("accepted with %d: %s", w.page.status, w.page.text)
	}
	return nil
}

func (w *world) submission(f *form, button string) (*http.Request, error) {
	to, err := w.page.address.Parse(f.action)
	if err != nil {
		return nil, err
	}
	values := url.Values{}
	var files []*field
	for _, c := range f.fields {
		switch {
		case c.kind == "button":
			if v, ok := c.options[button]; ok {
				values.Set(c.name, v)
			}
		case c.kind == "file":
			files = append(files, c)
		default:
			values[c.name] = append(values[c.name], c.values...)
		}
	}
	if f.method != "post" {
		to.RawQuery = values.Encode()
		return http.NewRequest(http.MethodGet, to.String(), nil)
	}
	if !f.upload {
		r, err := http.NewRequest(http.MethodPost, to.String(), strings.NewReader(values.Encode()))
		if err == nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		return r, err
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, list := range values {
		for _, v := range list {
			_ = m.WriteField(name, v)
		}
	}
	for _, c := range files {
		if len(c.values) == 0 {
			continue
		}
		b, err := os.ReadFile(w.file(c.values[0]))
		if err != nil {
			return nil, err
		}
		part, _ := m.CreateFormFile(c.name, filepath.Base(c.values[0]))
		_, _ = part.Write(b)
	}
	_ = m.Close()
	r, err := http.NewRequest(http.MethodPost, to.String(), &body)
	if err == nil {
		r.Header.Set("Content-Type", m.FormDataContentType())
	}
	return r, err
}

// save keeps what an address answers. A receipt waits for its checkpoint.
func (w *world) save(rest string) error {
	address, name, ok := strings.Cut(rest, " as ")
	if !ok {
		return errors.New("save is written /ADDRESS as FILE")
	}
	for range 50 {
		if err := w.get(address); err != nil {
			return err
		}
		if w.page.status == http.StatusOK {
			return os.WriteFile(filepath.Join(w.dir, name), w.page.raw, 0o600)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("answered %d: %s", w.page.status, w.page.text)
}

// file is a file of the script's own folder, or one that comes with the scripts.
func (w *world) file(name string) string {
	if _, err := os.Stat(filepath.Join(w.dir, name)); err == nil {
		return filepath.Join(w.dir, name)
	}
	return filepath.Join("testdata", name)
}

// follow takes the first link with these words.
func (w *world) follow(text string) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	var href string
	var all []string
	look := func(within string) {
		if w.page.root == nil || href != "" {
			return
		}
		start := first(w.page.root, within)
		if start == nil {
			return
		}
		walkLinks(start, func(words, to string) {
			all = append(all, words)
			if href == "" && words == text {
				href = to
			}
		})
	}
	look("main")
	look("body")
	if href == "" {
		return fmt.Errorf("%s has no link %q; it has %q", w.page.address, text, all)
	}
	to, err := w.page.address.Parse(href)
	if err != nil {
		return err
	}
	w.steps++
	w.keys++
	return w.get(to.String())
}

// shows looks for a text on the page.
func (w *world) shows(text string, wanted bool) error {
	if w.page == nil {
		return errors.New("no page is open")
	}
	if strings.Contains(w.page.text, text) != wanted {
		return fmt.Errorf("%s (%d) shows: %s", w.page.address, w.page.status, w.page.text)
	}
	return nil
}

// soonGone reads the page again until a text is gone from it.
func (w *world) soonGone(text string) (err error) {
	for range 50 {
		if err = w.shows(text, false); err == nil || w.page == nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		if err := w.get(w.page.address.String()); err != nil {
			return err
		}
	}
	return err
}

// at compares the address, whatever its language.
func (w *world) at(address string) error {
	got := inLanguage.ReplaceAllString(w.page.address.RequestURI(), "/")
	if got != address {
		return fmt.Errorf("we are at %s", got)
	}
	return nil
}

var number = regexp.MustCompile(`\d+`)

// keep remembers the last number in the path of the page.
func (w *world) keep(name string) error {
	found := number.FindAllString(w.page.address.Path, -1)
	if len(found) == 0 {
		return fmt.Errorf("no number in %s", w.page.address)
	}
	w.kept[name] = found[len(found)-1]
	return nil
}

var comparison = regexp.MustCompile(`^(\S+) (\S+) (==|!=|has) (.*)$`)

// data compares a value of a page's JSON twin: a path of keys and numbers parted by points.
func (w *world) data(rest string) error {
	m := comparison.FindStringSubmatch(rest)
	if m == nil {
		return errors.New("data is written /ADDRESS PATH == VALUE")
	}
	r, err := http.Get(w.base + m[1])
	if err != nil {
		return err
	}
	defer r.Body.Close()
	var v any
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		return fmt.Errorf("%s: %d %w", m[1], r.StatusCode, err)
	}
	got := at(v, strings.Split(m[2], "."))
	switch ok := got == m[4]; {
	case m[3] == "==" && !ok, m[3] == "!=" && ok, m[3] == "has" && !strings.Contains(got, m[4]):
		return fmt.Errorf("it is %s", got)
	}
	return nil
}

func at(v any, path []string) string {
	for _, key := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(in) {
				return "nothing at " + key
			}
			v = in[n]
		default:
			return "nothing at " + key
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// command runs the program.
func (w *world) command(args string, succeeds bool) error {
	list := split(args)
	for i, a := range list {
		list[i] = strings.ReplaceAll(a, "DIR/", w.dir+"/")
	}
	if list[0] != "verify" {
		list = append(list, w.flags()...)
	} else if w.base != "" {
		list = slices.Insert(list, 1, w.base)
	}
	c := exec.Command(program, list...)
	out, err := c.CombinedOutput()
	w.printed = string(out)
	if (err == nil) != succeeds {
		return fmt.Errorf("kept %s: %v\n%s", strings.Join(list, " "), err, out)
	}
	return nil
}

// split parts a command at blanks; "several words" stay together.
func split(line string) []string {
	var list []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

func (w *world) says(text string) error {
	if !strings.Contains(w.printed, text) {
		return fmt.Errorf("it said: %s", w.printed)
	}
	return nil
}

// nowhere looks for a text in every byte of the script's folder: data directory,
// outbox, saved copies.
func (w *world) nowhere(text string) error {
	return filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && bytes.Contains(b, []byte(text)) {
			err = fmt.Errorf("%s holds it", path)
		}
		return err
	})
}

// waitForMail waits for a mail that no line has looked at.
func (w *world) waitForMail(rest string) error {
	to, text, ok := strings.Cut(rest, ": ")
	if !ok {
		return errors.New("mail is written: mail to NAME@HOST: TEXT")
	}
	for range 300 {
		found, err := w.mailWith(to, text)
		if err != nil || found {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("no such mail after 30 seconds; the outbox holds:\n%s", w.outbox())
}

// noMail looks whether there is a mail that no line has looked at.
func (w *world) noMail(rest string) error {
	to, text, _ := strings.Cut(rest, ": ")
	time.Sleep(2 * time.Second) // the program looks for work every second
	found, err := w.mailWith(to, text)
	if found {
		return fmt.Errorf("there is: %s", w.letter)
	}
	return err
}

func (w *world) mailWith(to, text string) (bool, error) {
	files, _ := filepath.Glob(filepath.Join(w.dir, "data", "outbox", "*.eml"))
	for _, f := range files {
		if w.read[f] {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			return false, err
		}
		address, letter, err := decode(b)
		if err != nil {
			return false, fmt.Errorf("%s: %w", f, err)
		}
		if address == to && strings.Contains(letter, text) {
			w.read[f] = true
			w.letter = letter
			return true, nil
		}
	}
	return false, nil
}

func (w *world) outbox() string {
	var b strings.Builder
	files, _ := filepath.Glob(filepath.Join(w.dir, "data", "outbox", "*.eml"))
	for _, f := range files {
		text, _ := os.ReadFile(f)
		to, letter, _ := decode(text)
		fmt.Fprintf(&b, "-- %s (looked at: %v) to %s\n%s\n", filepath.Base(f), w.read[f], to, letter)
	}
	return b.String()
}

// decode is the address and the text of a mail, its subject first.
func decode(b []byte) (to, letter string, err error) {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return "", "", err
	}
	list, err := m.Header.AddressList("To")
	if err != nil {
		return "", "", err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return "", "", err
	}
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		body = quotedprintable.NewReader(m.Body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, m.Body)
	}
	text, err := io.ReadAll(body)
	return list[0].Address, subject + "\n" + string(text), err
}

var addressInMail = regexp.MustCompile(`https?://\S+`)

// openMail opens the first address in the mail, on this server.
func (w *world) openMail() error {
	found := addressInMail.FindString(w.letter)
	if found == "" {
		return fmt.Errorf("no address in the mail: %s", w.letter)
	}
	w.steps++
	w.keys++
	u, err := url.Parse(found)
	if err != nil {
		return err
	}
	return w.get(w.base + u.RequestURI())
}
