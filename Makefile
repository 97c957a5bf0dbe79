# What a newcomer needs: make run, make test. The rest is for those who change the program.

GO ?= go
PKGS = ./...

.PHONY: run build test unit vet bench fuzz clean

# Serves the two demonstration sites; needs Go alone.
run:
	$(GO) run . demo

# One static program.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o kept .

# Everything that CI runs: scripts/test sets up what it needs and says in one line what is missing.
test:
	scripts/test

# Unit tests on both databases; needs PostgreSQL's server programs.
unit:
	scripts/postgres $(GO) test $(PKGS)

vet:
	$(GO) vet $(PKGS)

# Speed, both sides of each comparison in one run.
bench:
	scripts/bench

# Each parser for 60 seconds.
fuzz:
	scripts/fuzz

clean:
	rm -f kept
