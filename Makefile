# make test is the one test command; it installs what is missing (Debian packages, npm packages).
.PHONY: test tools format lint docs built rust beside deny advisories fuzz-built fuzz api browser cases pictures

# The stories leave half of two cores idle, and so do the API and the browser: each has something beside it.
test: tools format lint docs
	$(MAKE) built
	$(MAKE) -j2 --output-sync=target rust beside
	$(MAKE) fuzz
	$(MAKE) -j2 --output-sync=target api browser
	$(MAKE) cases

tools:
	scripts/install-test-tools

format:
	cargo fmt --check

lint:
	cargo clippy --all-targets --locked -- -D warnings

# Licenses, bans and sources of every dependency (deny.toml). The tool is built once, beside what we build, without
# optimisation: it runs for seconds.
deny: target/tools/bin/cargo-deny
	cargo fetch --locked --quiet # those of other systems too
	$< --offline check licenses bans sources

target/tools/bin/cargo-deny:
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --root target/tools --locked --version 0.20.2 --no-default-features cargo-deny

# Known vulnerabilities in dependencies. Needs the network, so it is no part of make test; the default features are those
# that fetch the advisories over TLS.
advisories: target/tools/online/bin/cargo-deny
	$< check advisories

target/tools/online/bin/cargo-deny:
	CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug --root target/tools/online --locked --version 0.20.2 cargo-deny

# Examples too: with them our dependencies have the features that the linter has checked them with, and need not be
# checked again.
docs:
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked --quiet --lib --examples

built:
	cargo test --locked --no-run --quiet --lib --bins --tests

beside:
	nice $(MAKE) deny fuzz-built

# Unit tests, snapshots of letters, and every story on SQLite and on a throw-away PostgreSQL. Examples (the load, the
# fuzzer) are linted and need not be built for them.
rust:
	INSTA_UPDATE=no scripts/with-postgres cargo test --locked --lib --bins --tests

# What anybody can send, changed by libFuzzer: a minute for each of four groups of readers.
fuzz:
	scripts/fuzz

fuzz-built:
	scripts/fuzz build

# Every address of the API against its OpenAPI document, on both databases. The program is the one that the stories have
# built: `cargo build` would compile half of it again, with the features that its tests do not need.
api:
	cargo test --locked --no-run --quiet --test it
	scripts/check-api
	scripts/with-postgres scripts/check-api

# Journeys and every page in Debian's Chromium, with an accessibility check.
browser:
	cargo test --locked --no-run --quiet --test it
	cd tests/browser && npm ci --no-fund --no-audit --silent && npm test

# Inputs that once failed, put to the running program, where SAFEHARBOR_CASES names their folder.
cases:
	cargo test --locked --no-run --quiet --test it
	python3 tests/cases/run.py

# The pictures of the README, made from the demo.
pictures:
	cargo build --locked
	cd tests/browser && npm ci --no-fund --no-audit --silent && node pictures.mjs
