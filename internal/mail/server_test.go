package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// certificate is the test server's; TestMain makes the system trust it, as an
// operator would, before anything asks which roots there are.
var certificate tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "kept-mail-")
	if err == nil {
		err = makeCertificate(filepath.Join(dir, "root.pem"))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func makeCertificate(file string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	t := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, &key.PublicKey, key)
	if err != nil {
		return err
	}
	certificate = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return err
	}
	return os.Setenv("SSL_CERT_FILE", file)
}

// smtpServer is a mail server that keeps what it was told.
type smtpServer struct {
	t        *testing.T
	socket   net.Listener
	port     int
	startTLS bool              // offered, and wanted before AUTH
	password string            // "" : no AUTH
	refuse   map[string]string // recipient → answer to RCPT
	dropQuit bool              // the connection breaks after DATA was taken
	mu       sync.Mutex
	got      []received
	open     []net.Conn
}

// received is a letter as it came over the wire.
type received struct {
	from, to, data string
	encrypted      bool
	user           string
}

func (s *smtpServer) letters() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.got...)
}

// listen starts it; with implicit, TLS begins with the connection.
func (s *smtpServer) listen(t *testing.T, implicit bool) *smtpServer {
	t.Helper()
	var err error
	s.t = t
	if s.socket, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.port = s.socket.Addr().(*net.TCPAddr).Port
	if implicit {
		s.socket = tls.NewListener(s.socket, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := s.socket.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open = append(s.open, c)
			s.mu.Unlock()
			all.Go(func() { s.serve(c, implicit) })
		}
	})
	t.Cleanup(func() {
		s.socket.Close()
		s.mu.Lock()
		for _, c := range s.open { // a client that gave up may have left its end open
			c.Close()
		}
		s.mu.Unlock()
		all.Wait()
	})
	return s
}

func (s *smtpServer) serve(c net.Conn, encrypted bool) {
	defer func() { c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(c)
	say := func(line string) { fmt.Fprint(c, line+"\r\n") }
	say("220 localhost ESMTP")
	letter := received{encrypted: encrypted}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-localhost greets " + rest)
			if s.startTLS && !letter.encrypted {
				say("250-STARTTLS")
			} else if s.password != "" {
				say("250-AUTH PLAIN LOGIN")
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go on")
			secure := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}})
			c, in, letter.encrypted = secure, bufio.NewReader(secure), true
		case "AUTH":
			b, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
			parts := strings.Split(string(b), "\x00")
			if len(parts) != 3 || parts[2] != s.password {
				say("535 5.7.8 no: " + string(b))
				continue
			}
			letter.user = parts[1]
			say("235 welcome")
		case "MAIL":
			if s.password != "" && letter.user == "" {
				say("530 5.7.0 who are you?")
				continue
			}
			letter.from = rest
			say("250 yes")
		case "RCPT":
			letter.to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			if answer := s.refuse[letter.to]; answer != "" {
				say(answer)
				continue
			}
			say("250 yes")
		case "DATA":
			say("354 go on")
			lines, err := textproto.NewReader(in).ReadDotLines()
			if err != nil {
				return
			}
			letter.data = strings.Join(lines, "\r\n") + "\r\n"
			s.mu.Lock()
			s.got = append(s.got, letter)
			s.mu.Unlock()
			say("250 kept")
			if s.dropQuit {
				return
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}
