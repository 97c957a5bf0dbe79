package print

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"kept/internal/locale"
)

// proper are fonts that write a language well, as fontconfig and Debian name them.
var proper = map[locale.Lang]struct{ font, pack string }{
	locale.Arabic:  {"Noto Naskh Arabic", "fonts-noto-core"},
	locale.Chinese: {"Noto Serif CJK SC", "fonts-noto-cjk"},
	locale.Russian: {"Noto Serif", "fonts-noto-core"},
}

// MissingFont names a font that would write a language, and the Debian package that
// has it, where this machine has none for it. Where nothing can be asked it is silent.
func MissingFont(ctx context.Context, lang locale.Lang) (font, pack string) {
	p, needs := proper[lang]
	if !needs {
		return "", ""
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "fc-list", ":lang="+fontLang(lang), "family").Output()
	if err != nil || strings.TrimSpace(string(out)) != "" {
		return "", ""
	}
	return p.font, p.pack
}

// fontLang is a language as fontconfig has it: the signs of the mainland's Chinese.
func fontLang(l locale.Lang) string {
	if l == locale.Chinese {
		return "zh-cn"
	}
	return string(l)
}
