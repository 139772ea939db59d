# SPDX-License-Identifier: MIT
# sctp-connect: `make demo` shows it, `make check` tests it, `make help` lists the rest.

VERSION := 0.1.0

# --- What packagers and users may set -------------------------------------------------------
CC         ?= cc
PKG_CONFIG ?= pkg-config
OBJCOPY    ?= objcopy
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
BASHCOMPDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHCOMPDIR  ?= $(PREFIX)/share/zsh/site-functions
FISHCOMPDIR ?= $(PREFIX)/share/fish/vendor_completions.d
CFLAGS     ?= -O2 -g
HARDENING  ?= -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
HARDENING_LDFLAGS ?= -pie -Wl,-z,relro
# WERROR=1: warnings end the build (make check sets it); SANITIZE=address,undefined: see check-asan
WERROR     ?=
SANITIZE   ?=
# USRSCTP=0 leaves the stack in user space out; so does a host without libusrsctp-dev
USRSCTP    ?= $(if $(USRSCTP_VERSION),1,0)
# In the program where there is an archive, so that nothing has to be loaded and bound: each shared
# library costs 5 % of a connect. A packager may say USRSCTP_LIBS=-lusrsctp, and so on.
USRSCTP_LIBS ?= -l:libusrsctp.a
SCTP_LIBS    ?= $(call archive_or_shared,sctp)
JANSSON_LIBS ?= $(call archive_or_shared,jansson)
# Compilers at once, in make check
JOBS       ?= $(shell nproc)
# V=1 shows every command
V          ?=

B := build$(if $(SANITIZE),/sanitize)

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
            -Wpointer-arith -Wwrite-strings -Wundef -Wno-missing-field-initializers \
            $(if $(WERROR),-Werror)
# What is longer belongs on the heap: a user may have little stack. A sanitizer puts room between all variables.
FRAMES := $(if $(SANITIZE),,-Wframe-larger-than=8000)
ALL_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -DLIBSCTP_VERSION='"$(LIBSCTP_VERSION)"' \
               -DHAVE_USRSCTP=$(USRSCTP) $(if $(USRSCTP_CONFINED),-DUSRSCTP_CONFINED) -DUSRSCTP_VERSION='"$(USRSCTP_VERSION)"' -Isrc $(CPPFLAGS)
ALL_CFLAGS   = -std=gnu11 $(WARNINGS) $(if $(SANITIZE),-fsanitize=$(SANITIZE) \
               -fno-sanitize-recover=all -fno-omit-frame-pointer,$(HARDENING)) -MMD -MP $(CFLAGS)
ALL_LDFLAGS  = $(if $(SANITIZE),-fsanitize=$(SANITIZE),$(HARDENING_LDFLAGS)) -Wl,--as-needed $(LDFLAGS)
LIBSCTP_VERSION := $(shell $(PKG_CONFIG) --modversion libsctp 2>/dev/null)
USRSCTP_VERSION := $(shell $(PKG_CONFIG) --modversion usrsctp 2>/dev/null)
# The compiler says the whole path of what it finds, and else the name.
archive_or_shared = $(if $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a 2>/dev/null)),-l:lib$(1).a,-l$(1))
# src/stack/usrsctp_*.c take the place of the sendmsg(), recvmsg(), nanosleep(), getifaddrs() and pthread_create() that usrsctp calls. In an archive these
# get names of their own, so that the rest of the program calls the C library's; a shared library finds them by their real names.
# Without memory, usrsctp crashes, or loses packets and whole features in silence: its malloc() ends the program instead.
ifeq ($(USRSCTP)$(USRSCTP_LIBS),1-l:libusrsctp.a)
USRSCTP_ARCHIVE := $(firstword $(wildcard $(patsubst -L%,%/libusrsctp.a,$(filter -L%,$(LDFLAGS)))) \
                   $(filter /%,$(shell $(CC) -print-file-name=libusrsctp.a 2>/dev/null)))
USRSCTP_CONFINED := $(if $(USRSCTP_ARCHIVE),$(B)/libusrsctp.a)
endif
LIBS        := $(shell $(PKG_CONFIG) --libs-only-L libsctp jansson 2>/dev/null) $(SCTP_LIBS) $(JANSSON_LIBS) $(if $(filter 1,$(USRSCTP)),$(or $(USRSCTP_CONFINED),$(USRSCTP_LIBS) -ldl))

ONLY_USRSCTP := $(wildcard src/stack/usrsctp*.c)
SOURCES := $(sort $(wildcard src/*.c src/*/*.c))
UNIT_SOURCES := $(sort $(wildcard tests/unit/test_*.c))
ifneq ($(USRSCTP),1)
SOURCES := $(filter-out $(ONLY_USRSCTP),$(SOURCES))
UNIT_SOURCES := $(filter-out tests/unit/test_usrsctp%,$(UNIT_SOURCES))
endif
OBJECTS := $(SOURCES:src/%.c=$(B)/obj/%.o)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all
all: $(B)/sctp-connect ## build the program: build/sctp-connect

# Rebuilt when flags or sources change, not only when a file does.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS) $(SOURCES))' \
		| cmp -s - $@ || printf '%s\n' '$(subst ','\'',$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LIBS) $(SOURCES))' > $@
.PHONY: FORCE
FORCE:

$(OBJECTS): | $(USRSCTP_CONFINED)
$(B)/libusrsctp.a: $(USRSCTP_ARCHIVE) Makefile
	$(call say,OBJCOPY,$@)
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) $(foreach f,sendmsg recvmsg nanosleep getifaddrs pthread_create,--redefine-sym $f=library_$f) \
		$(foreach f,malloc calloc,--redefine-sym $f=x$f) $< $@

$(B)/obj/%.o: src/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(FRAMES) $(ALL_CFLAGS) -c -o $@ $<

$(B)/sctp-connect: $(OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# --- One file that needs no library -------------------------------------------------------------
# CC is a compiler for a C library that is made for this, such as musl-gcc. STATIC_SOURCES: a folder with the source
# packages of the libraries; without it, apt fetches Debian's.
STATIC_SOURCES ?=
static_cc = $(if $(filter cc,$(CC)),musl-gcc,$(CC))
.PHONY: static
static: ## build/static/sctp-connect, which needs no library: make static CC=musl-gcc
	@tests/static/libraries '$(static_cc)' build/static $(STATIC_SOURCES)
	@$(MAKE) --no-print-directory B=build/static CC='$(static_cc)' \
		CPPFLAGS='-Ibuild/static/include -isystem build/static/kernel $(CPPFLAGS)' \
		CFLAGS='-ffunction-sections -fdata-sections $(CFLAGS)' LDFLAGS='-static -Wl,--gc-sections -Lbuild/static/lib $(LDFLAGS)' \
		HARDENING='-fstack-protector-strong' HARDENING_LDFLAGS='-Wl,-z,relro' \
		$$(cat build/static/lib/versions) build/static/sctp-connect

# --- Unit tests: cmocka, every object but main, with time that passes only when waited for ----
UNIT_TESTS := $(UNIT_SOURCES:tests/unit/%.c=$(B)/unit/%)
UNIT_OBJECTS := $(filter-out %/main.o %/clock.o %/signals.o,$(OBJECTS)) $(patsubst tests/unit/%.c,$(B)/unit/%.o,$(sort $(wildcard tests/unit/fake_*.c)))

$(B)/unit/%.o: tests/unit/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

# But for these, which are about the time and the signals that are real.
$(B)/unit/test_signals $(B)/unit/test_packet_socket: %: %.o $(filter-out %/main.o,$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS) -lcmocka

$(B)/unit/test_%: $(B)/unit/test_%.o $(UNIT_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(FAKES) -o $@ $^ $(LIBS) -lcmocka

# These ask fake_host.c instead of the host.
FAKE_LOCAL := -Wl,--wrap=local_look_up,--wrap=local_port_closing,--wrap=local_unprivileged_port,--wrap=local_may_have_port,--wrap=local_has_ipv6,--wrap=local_runs_in
FAKE_HOST := -Wl,--wrap=routes_now,--wrap=route_look_up,--wrap=route_closed,--wrap=route_source_error,--wrap=neighbour_state,--wrap=local_has,--wrap=departure_look_up,--wrap=witness_open
# These make one connection on a bench.
BENCHED := $(patsubst %,$(B)/unit/test_%,connection attempt exchange relay verify snapshot plan gather trial)
$(BENCHED): $(B)/unit/bench.o
$(addprefix $(B)/unit/,test_fuzz.o test_usrsctp_fuzz.o corpus.o library.o): ALL_CPPFLAGS += -Itests/unit -Itests/fuzz
# The kernel's answers are the fuzzer's there.
comma := ,
FUZZED_CALLS := $(addprefix -Wl$(comma)--wrap=,socket sendto recv recvmsg connect getsockname getsockopt dup3 close)
$(B)/unit/test_fuzz: FAKES = $(FUZZED_CALLS)
$(B)/unit/test_fuzz: $(B)/unit/answers.o $(B)/unit/corpus.o
# And usrsctp's.
FUZZED_LIBRARY := $(addprefix -Wl$(comma)--wrap=,usrsctp_recvv usrsctp_getsockopt usrsctp_setsockopt usrsctp_getpaddrs \
                  usrsctp_getladdrs usrsctp_freepaddrs usrsctp_freeladdrs bell_silence bell_ring)
$(B)/unit/test_usrsctp_fuzz: FAKES = $(FUZZED_LIBRARY)
$(B)/unit/test_usrsctp_port: FAKES = -Wl,--wrap=connect
$(B)/unit/test_usrsctp_fuzz: $(B)/unit/library.o $(B)/unit/corpus.o
$(addprefix $(B)/unit/,answers.o corpus.o library.o): $(B)/unit/%.o: tests/fuzz/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<
$(BENCHED) $(B)/unit/test_each $(B)/unit/test_fleet $(B)/unit/test_monitor: FAKES = $(FAKE_HOST) $(FAKE_LOCAL)
$(filter $(B)/unit/test_diagnose%,$(UNIT_TESTS)): FAKES = $(FAKE_LOCAL)

.PRECIOUS: $(B)/unit/%.o $(B)/stack/%.o

# --- The driver of the platform tests: the kernel alone, none of our objects --------------------
build/platform/probe: tests/platform/probe.c build/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lsctp

# To be preloaded, by the tests of failing allocations
build/calls/fail_malloc.so: tests/calls/fail_malloc.c build/flags
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -O2 -g -shared -fPIC -fno-optimize-sibling-calls -o $@ $<
# To be preloaded into strace, whose looks at stacks get quicker
build/calls/peek_pages.so: tests/calls/peek_pages.c build/flags
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -O2 -g -shared -fPIC -o $@ $<
# Starts the program in a network namespace
build/calls/within: tests/calls/within.c build/flags
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 $(WARNINGS) -O2 -static -o $@ $<

# A peer for the tests of the stack in user space
build/usrsctp/peer: tests/usrsctp/peer.c build/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< $(USRSCTP_LIBS)

# The witness alone, beside the program that connects
$(B)/witness/watch.o: tests/witness/watch.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<
$(B)/witness/watch: $(B)/witness/watch.o $(filter-out %/main.o,$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# Through stack.h alone: several associations on one endpoint, and very many after each other
$(B)/stack/%.o: tests/stack/%.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<
$(B)/stack/%: $(B)/stack/%.o $(filter-out %/main.o,$(OBJECTS))
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

build/bench/%: tests/bench/%.c build/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $< -lsctp

# --- Tests ----------------------------------------------------------------------------------
# What a fresh Debian 12 needs, for building, for the demo and for testing.
BUILD_PACKAGES := gcc libc6-dev make pkg-config libsctp-dev libjansson-dev libusrsctp-dev
DEMO_PACKAGES  := iproute2 mount util-linux
TEST_PACKAGES  := bats bats-assert bats-support bsdutils busybox-static cpio curl dpkg-dev git gojq iproute2 jq \
                  kmod libcmocka-dev lksctp-tools musl-tools ncat nftables openssl procps python3 python3-jsonschema \
                  qemu-system-x86 socat strace tshark util-linux xxd xz-utils
CROSS_PACKAGES := $(foreach a,i686 s390x,binutils-$a-linux-gnu) clang libc6-dev-i386-cross libc6-dev-s390x-cross \
                  libgcc-12-dev-i386-cross libgcc-12-dev-s390x-cross qemu-user
LINT_PACKAGES  := clang-format cppcheck fish mandoc shellcheck zsh

.PHONY: build-deps test-deps demo-deps
build-deps: ## install what building needs (Debian)
	@tests/lab/install $(BUILD_PACKAGES)
demo-deps: ## install what building and the demo need (Debian)
	@tests/lab/install $(BUILD_PACKAGES) $(DEMO_PACKAGES)
test-deps: ## install what the tests need (Debian)
	@tests/lab/install $(BUILD_PACKAGES) $(TEST_PACKAGES) $(LINT_PACKAGES) $(filter-out %i686-linux-gnu %i386-cross,$(CROSS_PACKAGES))
	@tests/servers/fetch || :

# What tests/run builds while e2e runs. Named here, because "make -n" runs a line of a recipe that has $(MAKE) in it.
BUILD_THE_REST = $(MAKE) --no-print-directory -j$(JOBS) WERROR=1 unit && \
	$(MAKE) --no-print-directory -j$(JOBS) WERROR=1 SANITIZE=address,undefined CFLAGS="-O1 -g" all unit

.PHONY: check check-unit check-e2e check-sanitize lint bench demo faults
check: test-deps ## install what is missing (apt, sudo), build, and run every test
	@$(MAKE) --no-print-directory -j$(JOBS) WERROR=1 all platform usrsctp witness many calls
	@BUILD='$(BUILD_THE_REST)' tests/run sanitize e2e cli usrsctp platform cross witness servers calls docs nosctp static compilers unit lint

.PHONY: unit
unit: $(UNIT_TESTS)
.PHONY: platform usrsctp witness many calls
platform: build/platform/probe
witness: $(B)/witness/watch
calls: build/calls/fail_malloc.so build/calls/peek_pages.so build/calls/within
many: $(B)/stack/many $(B)/stack/churn build/bench/loop
usrsctp: $(if $(filter 1,$(USRSCTP)),build/usrsctp/peer)

check-unit: all unit ## only the unit tests
	@tests/run unit

check-e2e: all many ## only the end-to-end tests on the kernel's stack
	@tests/run e2e cli

check-platform: platform ## only the tests of what the kernel itself does
	@tests/run platform
KERNEL ?= linux-image-6.12-amd64
check-kernel: all platform many ## the tests of the kernel and the end-to-end tests on another kernel of Debian's: KERNEL=linux-image-6.12-amd64
	@VM_KERNEL='$(KERNEL)' tests/run platform e2e cli
check-usrsctp: all usrsctp many ## only the tests on the stack in user space
	@tests/run usrsctp
check-cross: all usrsctp ## only the tests of one stack against the other
	@tests/run cross
check-witness: all usrsctp witness ## only the tests of what is seen on the wire
	@tests/run witness
check-servers: all ## real servers as peers: freeDiameter, osmo-stp, Kamailio, each RUNS (1000) times in a row
	@tests/servers/fetch
	@RUNS=$(or $(RUNS),1000) tests/run servers
HOSTILE_RUNS ?= 1000
check-hostile: ## HOSTILE_RUNS (1000) runs against a hostile peer under ASan and UBSan, with usrsctp; as root
	@$(MAKE) --no-print-directory SANITIZE=address,undefined CFLAGS='-O1 -g' all
	@SCTP_CONNECT=$(CURDIR)/build/sanitize/sctp-connect tests/hostile/run usrsctp 1 $(HOSTILE_RUNS)
check-compilers: ## gcc and clang, -O0 to -O3, 32 bits, and big-endian in an emulator: no warning, and all unit tests (CASES: some)
	@tests/lab/install $(BUILD_PACKAGES) libcmocka-dev $(CROSS_PACKAGES)
	@CASES='$(or $(CASES),all)' tests/run compilers
check-calls: all calls ## every system call and every allocation fails, in every mode, on both stacks (hours)
	@CALLS=--all tests/run calls
# For a release: an hour of each stack, at once. Both must need no more memory and descriptors at the end.
SOAK_SECONDS ?= 3600
SOAK_STACKS  ?= kernel usrsctp
soak: all many ## a listener and a monitor for SOAK_SECONDS (3600), on SOAK_STACKS: memory and descriptors must be flat
	@tests/soak/run $(SOAK_SECONDS) $(SOAK_STACKS)
.PHONY: soak check-platform check-kernel check-compilers check-usrsctp check-cross check-witness check-calls check-hostile check-servers

check-sanitize: ## unit and end-to-end tests under ASan and UBSan
	@$(MAKE) --no-print-directory SANITIZE=address,undefined CFLAGS='-O1 -g' all unit
	@tests/run sanitize

# Needs clang, whose libFuzzer it is. What it finds stays in build/fuzz; what it learned, too.
FUZZ_SECONDS ?= 60
FUZZ_NAMES   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SOURCES := $(filter-out src/main.c,$(SOURCES)) tests/unit/fake_packet.c tests/fuzz/answers.c
ifeq ($(USRSCTP),1)
FUZZ_SOURCES += tests/fuzz/library.c
FUZZ_WRAPS := $(FUZZED_LIBRARY)
else
FUZZ_NAMES := $(filter-out usrsctp,$(FUZZ_NAMES))
endif
# FUZZ_FAST=1: three times as many inputs in the same time, for a corpus that the full build has made. Without ASan,
# and without a record of what is compared.
ifdef FUZZ_FAST
FUZZ_FOLDER   := build/fuzz-fast
FUZZ_SANITIZE := -fsanitize-coverage=inline-8bit-counters,pc-table -fsanitize=undefined -fsanitize-trap=undefined
else
FUZZ_FOLDER   := build/fuzz
FUZZ_SANITIZE := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
endif
FUZZ_CFLAGS  := -std=gnu11 -O2 -g $(FUZZ_SANITIZE) -Itests/unit -Itests/fuzz
FUZZ_OBJECTS := $(FUZZ_SOURCES:%.c=$(FUZZ_FOLDER)/obj/%.o)
$(FUZZ_FOLDER)/obj/%.o: %.c build/flags | $(USRSCTP_CONFINED)
	$(call say,CLANG,$<)
	@mkdir -p $(@D)
	$(Q)clang $(ALL_CPPFLAGS) $(FUZZ_CFLAGS) -c -o $@ $<
.PRECIOUS: $(FUZZ_FOLDER)/obj/%.o
# Only what a harness uses is in it: libFuzzer reads all counters after each input.
$(FUZZ_FOLDER)/program.a: $(FUZZ_OBJECTS)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(FUZZ_FOLDER)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_FOLDER)/program.a
	$(call say,CLANG,$<)
	$(Q)clang $(ALL_CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer -DFUZZ=LLVMFuzzerTestOneInput \
		-Wno-missing-prototypes $(FUZZED_CALLS) $(FUZZ_WRAPS) -o $@ $^ $(LIBS)
.PHONY: fuzz fuzz-clang
fuzz-clang:
	@mkdir -p build/fuzz
	@echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' | \
		clang -fsanitize=fuzzer -x c - -o build/fuzz/probe 2>/dev/null || \
		{ echo "make fuzz: clang with libFuzzer is missing (apt-get install clang)" >&2; exit 1; }
fuzz: fuzz-clang $(FUZZ_NAMES:%=$(FUZZ_FOLDER)/fuzz_%) ## each reader of foreign bytes against FUZZ_SECONDS (60) of random ones, with clang's libFuzzer
	@for name in $(FUZZ_NAMES); do mkdir -p build/fuzz/corpus/$$name && \
		$(FUZZ_FOLDER)/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -timeout=5 -max_len=2048 \
			-artifact_prefix=build/fuzz/$$name- -print_final_stats=1 \
			build/fuzz/corpus/$$name tests/fuzz/corpus/$$name || exit; done

lint: ## shellcheck, mandoc, clang-format, cppcheck
	@tests/run lint

faults: test-deps ## rewrite man/sctp-connect-faults.7 from what the tests see of each fault
	@$(MAKE) --no-print-directory -j$(JOBS) WERROR=1 all usrsctp
	@tests/run faults

demo: demo-deps ## a listener with three addresses, a path cut, and the report
	@$(MAKE) --no-print-directory all
	@tests/lab/demo

bench: test-deps ## what one connect costs, in instructions, beside other tools
	@$(MAKE) --no-print-directory all
	@tests/bench/run

# --- The rest -------------------------------------------------------------------------------
MAN_PAGES := $(notdir $(wildcard man/*))

# What is installed
PROGRAM    ?= build/sctp-connect
# Whose name a package has, as Debian's own tools ask for it
MAINTAINER ?= $(or $(DEBFULLNAME),the sctp-connect authors) <$(or $(DEBEMAIL),sctp-connect@example.net)>

.PHONY: install uninstall clean format help dist deb
install: ## install under DESTDIR and PREFIX; builds nothing
	@test -x $(PROGRAM) || { echo "make install: run make first" >&2; exit 1; }
	install -D -m 755 $(PROGRAM) $(DESTDIR)$(BINDIR)/sctp-connect
	$(foreach page,$(MAN_PAGES),install -D -m 644 man/$(page) $(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(page) &&) :
	install -D -m 644 completion/sctp-connect.bash $(DESTDIR)$(BASHCOMPDIR)/sctp-connect
	install -D -m 644 completion/_sctp-connect $(DESTDIR)$(ZSHCOMPDIR)/_sctp-connect
	install -D -m 644 completion/sctp-connect.fish $(DESTDIR)$(FISHCOMPDIR)/sctp-connect.fish

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/sctp-connect \
	      $(foreach page,$(MAN_PAGES),$(DESTDIR)$(MANDIR)/man$(subst .,,$(suffix $(page)))/$(page)) \
	      $(DESTDIR)$(BASHCOMPDIR)/sctp-connect $(DESTDIR)$(ZSHCOMPDIR)/_sctp-connect \
	      $(DESTDIR)$(FISHCOMPDIR)/sctp-connect.fish

# The same bytes from the same commit, whoever makes it, and where.
DIST := sctp-connect-$(VERSION)
dist: ## build/sctp-connect-VERSION.tar.xz, of what is committed
	@mkdir -p build
	@git -c tar.umask=0022 archive --format=tar --prefix=$(DIST)/ -o build/$(DIST).tar HEAD
	@xz -6 --threads=1 --force build/$(DIST).tar
	@echo build/$(DIST).tar.xz

# With Debian's shared libraries.
deb: ## a Debian package in build/: needs dpkg-dev
	@$(MAKE) --no-print-directory B=build/deb USRSCTP_LIBS=-lusrsctp SCTP_LIBS=-lsctp JANSSON_LIBS=-ljansson \
		LDFLAGS='-Wl,-z,now $(LDFLAGS)' build/deb/sctp-connect
	@packaging/deb '$(VERSION)' '$(MAINTAINER)' build/deb/sctp-connect

format: ## clang-format on every C file
	clang-format -i $(wildcard src/*.[ch] src/*/*.[ch] tests/*/*.[ch])

clean: ## remove build/
	rm -rf build

help: ## this list
	@echo 'Targets:'
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | sort | \
		awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'
	@echo 'Variables: CC CFLAGS CPPFLAGS LDFLAGS HARDENING PKG_CONFIG PREFIX DESTDIR BINDIR MANDIR'
	@echo '           BASHCOMPDIR ZSHCOMPDIR FISHCOMPDIR SCTP_LIBS JANSSON_LIBS USRSCTP_LIBS USRSCTP=0 V=1'
	@echo '           WERROR=1 SANITIZE=address,undefined PROGRAM MAINTAINER'

-include $(wildcard $(B)/obj/*.d $(B)/obj/*/*.d $(B)/unit/*.d $(B)/witness/*.d $(B)/stack/*.d)
