/* SPDX-License-Identifier: MIT */
/* Results and listener events made by hand, and exactly what is printed for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_output.h"
#include "report/report.h"
#include "base/util.h"

#define PATHS_MAX 1000

/* A reporter, and what it printed. */
struct capture {
	struct reporter reporter;
	char *out; /* as read_back() found it */
	char *hints;
	size_t hints_length;
	int write_error;
};

struct fixture {
	struct capture capture;
	struct target target;
	struct result result;
	struct path_result paths[PATHS_MAX];
	union address local[PATHS_MAX];
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct capture *c = &f->capture;

	c->reporter.out = fake_output_open();
	c->reporter.hints = open_memstream(&c->hints, &c->hints_length);
	c->reporter.write_error = &c->write_error;
	f->target.name = "10.1.1.2:5000";
	f->result.target = &f->target;
	f->result.stack = "kernel";
	f->result.tries = 1;
	f->result.association.paths = f->paths;
	f->result.association.local = f->local;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fclose(f->capture.reporter.out);
	fclose(f->capture.reporter.hints);
	free(f->capture.out);
	free(f->capture.hints);
	free(f);
	return 0;
}

static union address make_address(const char *text, uint16_t port)
{
	union address a = { 0 };

	if (inet_pton(AF_INET, text, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons(port);
		return a;
	}
	assert_int_equal(inet_pton(AF_INET6, text, &a.v6.sin6_addr), 1);
	a.v6.sin6_family = AF_INET6;
	a.v6.sin6_port = htons(port);
	return a;
}

static struct path_result *add_path(struct fixture *f, const char *text, uint16_t port,
				    enum verdict verdict)
{
	struct path_result *p = &f->paths[f->result.association.path_count++];

	p->path.address = make_address(text, port);
	p->requested = true;
	p->verdict = verdict;
	return p;
}

/* One that is in the association. */
static struct path_result *add_live_path(struct fixture *f, const char *text, uint16_t port)
{
	struct path_result *p = add_path(f, text, port, VERDICT_UNVERIFIED);

	p->in_association = true;
	p->path.state = PATH_ACTIVE;
	p->path.rto_ms = 250;
	p->path.mtu = 1500;
	p->path.cwnd = 4380;
	return p;
}

static void set_note(struct path_result *p, const char *note)
{
	message_set(&p->note, 0, "%s", note);
}

static void add_local(struct fixture *f, const char *text, uint16_t port)
{
	f->local[f->result.association.local_count++] = make_address(text, port);
}

static void make_up(struct fixture *f)
{
	struct stack_status *status = &f->result.association.status;

	f->result.word = RESULT_CONNECTED;
	f->result.connect_us = 22680;
	f->result.resolve_us = 41;
	f->result.association.known = true;
	status->id = 3;
	status->state = ASSOC_ESTABLISHED;
	status->out_streams = 10;
	status->in_streams = 10;
	status->peer_rwnd = 106496;
}

static void make_failure(struct fixture *f, enum result_word word, int error, int64_t us)
{
	f->result.word = word;
	f->result.error = error;
	f->result.status = STATUS_NOT_CONNECTED;
	f->result.connect_us = us;
}

static void set_reason(struct fixture *f, const char *reason, const char *hint)
{
	message_set(&f->result.reason, 0, "%s", reason);
	message_set(&f->result.hint, 0, "%s", hint);
}

/* All that was printed so far. */
static const char *read_back(struct capture *c)
{
	free(c->out);
	c->out = fake_output_text(c->reporter.out);
	return c->out;
}

static void assert_printed(struct fixture *f, const char *out, const char *hints)
{
	struct capture *c = &f->capture;

	fflush(c->reporter.hints);
	assert_string_equal(read_back(c), out);
	assert_string_equal(c->hints ? c->hints : "", hints);
	assert_int_equal(c->write_error, 0);
}

static void assert_result(struct fixture *f, const char *out, const char *hints)
{
	report_result(&f->capture.reporter, &f->result);
	assert_printed(f, out, hints);
}

/* --- Results as text ------------------------------------------------------------------------ */

static void make_three_paths(struct fixture *f)
{
	make_up(f);
	add_live_path(f, "10.1.1.2", 5000)->path.primary = true;
	add_live_path(f, "10.1.2.2", 5000);
	add_live_path(f, "10.1.3.2", 5000)->path.rto_ms = 1000;
	set_note(add_path(f, "10.9.9.9", 5000, VERDICT_REJECTED), "not an address of this peer");
	add_local(f, "10.1.1.1", 40312);
	add_local(f, "10.1.2.1", 40312);
	f->result.association.status.extensions = EXTENSION_PR_SCTP | EXTENSION_RE_CONFIG;
}

static void text_connected(void **state)
{
	struct fixture *f = *state;

	make_three_paths(f);
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  unverified  rto 250 ms   mtu 1500  primary\n"
		      "  10.1.2.2:5000  unverified  rto 250 ms   mtu 1500\n"
		      "  10.1.3.2:5000  unverified  rto 1000 ms  mtu 1500\n"
		      "  10.9.9.9:5000  rejected    not an address of this peer\n"
		      "  from 10.1.1.1, 10.1.2.1 port 40312; peer rwnd 106496;"
		      " extensions PR-SCTP, RE-CONFIG\n",
		      "");
}

static void text_degraded(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	f->result.word = RESULT_DEGRADED;
	set_reason(f, "1 of 2 paths is verified", "check routing and filters");
	p = add_live_path(f, "10.1.1.2", 5000);
	p->verdict = VERDICT_VERIFIED;
	p->path.srtt_us = 28000;
	p->rtt_us = 28412;
	p = add_live_path(f, "10.1.2.2", 5000);
	p->verdict = VERDICT_DEAD;
	p->path.primary = true;
	p->path.state = PATH_POTENTIALLY_FAILED;
	set_note(p, "no heartbeat answer in 1000 ms");
	assert_result(f,
		      "degraded   association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  verified  rtt 28.4 ms  rto 250 ms  mtu 1500\n"
		      "  10.1.2.2:5000  dead      no heartbeat answer in 1000 ms  primary"
		      "  potentially failed\n",
		      "sctp-connect: 1 of 2 paths is verified\n"
		      "sctp-connect: check routing and filters\n");
}

static void make_each(struct fixture *f)
{
	static struct single_result each[4];

	for (size_t i = 0; i < ARRAY_SIZE(each); i++)
		each[i] = (struct single_result){ .word = RESULT_CONNECTED, .connect_us = 1120 };
	each[0].address = make_address("10.1.1.2", 5000);
	each[0].word = RESULT_REFUSED;
	each[0].error = ECONNREFUSED;
	each[0].connect_us = 400;
	message_set(&each[0].reason, 0, "the host answered ABORT");
	each[1].address = make_address("10.1.2.2", 5000);
	each[1].host = "mme.example";
	each[2].address = make_address("fd01::2", 5000);
	each[2].word = RESULT_FAILED;
	each[2].error = EMFILE;
	each[2].connect_us = 0;
	message_set(&each[2].reason, 0, "too many open files");
	each[3].address = make_address("10.1.4.2", 5000);
	each[3].word = RESULT_UNREACHABLE;
	each[3].connect_us = 20100;
	message_set(&each[3].reason, 0, "no route");
	f->result.each = each;
	f->result.each_count = ARRAY_SIZE(each);
}

/* What the table says of an address is not said once more. */
static void text_each(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	set_reason(f, "the host answered ABORT", "10.1.2.2 alone accepts");
	set_note(add_path(f, "10.1.1.2", 5000, VERDICT_REFUSED), "answered ABORT");
	set_note(add_path(f, "10.1.2.2", 5000, VERDICT_UNTRIED), "not tried");
	assert_result(f,
		      "refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  refused  answered ABORT\n"
		      "  10.1.2.2:5000  untried  not tried\n"
		      "each alone:\n"
		      "  10.1.1.2:5000                refused      ECONNREFUSED after 0.4 ms"
		      "  the host answered ABORT\n"
		      "  10.1.2.2:5000 (mme.example)  connected    in 1.1 ms\n"
		      "  [fd01::2]:5000               failed       EMFILE                   "
		      "  too many open files\n"
		      "  10.1.4.2:5000                unreachable  after 20.1 ms            "
		      "  no route\n",
		      "sctp-connect: 10.1.2.2 alone accepts\n");
}

/* With one address, or none, there is nothing to add. */
static void text_each_of_one(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 1;
	set_reason(f, "the host answered ABORT", "");
	add_path(f, "10.1.1.2", 5000, VERDICT_REFUSED);
	assert_result(f,
		      "refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  refused  the host answered ABORT\n",
		      "");
}

static void text_each_color(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 2;
	f->capture.reporter.color = true;
	assert_result(f,
		      "\033[31mrefused\033[0m    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		      "each alone:\n"
		      "  10.1.1.2:5000                \033[31mrefused\033[0m    ECONNREFUSED after "
		      "0.4 ms  the host answered ABORT\n"
		      "  10.1.2.2:5000 (mme.example)  \033[32mconnected\033[0m  in 1.1 ms\n",
		      "");
}

static void text_learned(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	p = add_live_path(f, "10.1.1.2", 5000);
	p->path.primary = true;
	p->path.srtt_us = 28400;
	p = add_live_path(f, "10.1.2.2", 5000);
	p->path.state = PATH_UNCONFIRMED;
	p->requested = false;
	p = add_live_path(f, "10.1.3.2", 5000);
	p->path.state = PATH_INACTIVE;
	p->path.srtt_us = 31000;
	set_note(p, "no route");
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  unverified  srtt 28.4 ms  rto 250 ms  mtu 1500  primary\n"
		      "  10.1.2.2:5000  unverified                rto 250 ms  mtu 1500  unconfirmed"
		      "  learned\n"
		      "  10.1.3.2:5000  unverified  srtt 31 ms    rto 250 ms  mtu 1500  inactive"
		      "  no route\n",
		      "");
}

static void text_already_closing(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.association.status.state = ASSOC_SHUTDOWN_RECEIVED;
	assert_result(f,
		      "connected  association 3 (shutdown-received), streams 10 out 10 in,"
		      " 22.7 ms (kernel, nonblocking)\n",
		      "");
}

static void text_already_gone(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.association.known = false;
	assert_result(f, "connected  in 22.7 ms (kernel, nonblocking)\n", "");
}

static void text_one_to_many_blocking(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.style = STACK_ONE_TO_MANY;
	f->result.blocking = true;
	f->result.tries = 7;
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, blocking, one-to-many, try 7)\n",
		      "");
}

static void text_ipv6_and_names(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	f->result.stack = "usrsctp";
	add_live_path(f, "fd01:1::2", 5000)->host = "mme.example";
	add_live_path(f, "10.1.1.2", 5000)->host = "m\xc3\xbc\nller";
	add_local(f, "fd01:1::1", 40312);
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (usrsctp, nonblocking)\n"
		      "  [fd01:1::2]:5000 (mme.example)  unverified  rto 250 ms  mtu 1500\n"
		      "  10.1.1.2:5000 (m???ller)        unverified  rto 250 ms  mtu 1500\n"
		      "  from fd01:1::1 port 40312; peer rwnd 106496\n",
		      "");
}

static void text_many_local_addresses(void **state)
{
	struct fixture *f = *state;

	make_up(f);
	for (int i = 1; i <= 20; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.1.%d", i);
		add_local(f, text, 40312);
	}
	assert_result(f,
		      "connected  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  from 10.1.1.1, 10.1.1.2, 10.1.1.3, 10.1.1.4, 10.1.1.5, 10.1.1.6,"
		      " 10.1.1.7, 10.1.1.8 and 12 more, port 40312; peer rwnd 106496\n",
		      "");
}

static void text_refused(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 360);
	set_reason(f, "the host answered ABORT: no endpoint listens on port 9", "");
	add_path(f, "127.0.0.1", 9, VERDICT_REFUSED);
	assert_result(f,
		      "refused    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n"
		      "  127.0.0.1:9  refused  the host answered ABORT: no endpoint listens on"
		      " port 9\n",
		      "");
}

/* A sentence that stands beside an address is not said again. */
static void text_never_twice(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNREACHABLE, ENETUNREACH, 5000300);
	set_reason(f, "no route to 10.9.9.9", "no route to 10.9.9.9");
	set_note(add_path(f, "10.9.9.9", 9, VERDICT_UNREACHABLE), "no route to 10.9.9.9");
	add_path(f, "10.9.9.8", 9, VERDICT_SILENT);
	assert_result(f,
		      "unreachable  ENETUNREACH after 5000.3 ms (kernel, nonblocking)\n"
		      "  10.9.9.9:9  unreachable  no route to 10.9.9.9\n"
		      "  10.9.9.8:9  silent\n",
		      "");
}

static void text_timeout(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_TIMEOUT, ETIMEDOUT, 12345678);
	set_reason(f, "no answer from any address", "check the filters on the way");
	set_note(add_path(f, "10.1.1.2", 5000, VERDICT_SILENT), "INIT sent, no answer");
	add_path(f, "10.1.12.2", 5000, VERDICT_UNTRIED);
	set_note(add_path(f, "fd01::2", 5000, VERDICT_EXCLUDED), "the socket is IPv4 only");
	assert_result(f,
		      "timeout    ETIMEDOUT after 12.3 s (kernel, nonblocking)\n"
		      "  10.1.1.2:5000   silent    INIT sent, no answer\n"
		      "  10.1.12.2:5000  untried\n"
		      "  [fd01::2]:5000  excluded  the socket is IPv4 only\n",
		      "sctp-connect: no answer from any address\n"
		      "sctp-connect: check the filters on the way\n");
}

static void text_unresolved(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNRESOLVED, 0, 0);
	f->target.name = "mme.example:5000";
	f->result.resolve_us = 12340;
	set_reason(f, "cannot resolve mme.example", "");
	assert_result(f, "unresolved  mme.example:5000 after 12.3 ms\n",
		      "sctp-connect: cannot resolve mme.example\n");
}

static void text_unsupported(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNSUPPORTED, EPROTONOSUPPORT, 0);
	f->result.stack = NULL;
	set_reason(f, "this host has no SCTP", "modprobe sctp");
	assert_result(f, "unsupported  EPROTONOSUPPORT\n",
		      "sctp-connect: this host has no SCTP\nsctp-connect: modprobe sctp\n");
}

static void text_signal(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_FAILED, EINTR, 700200);
	f->result.signal = SIGINT;
	assert_result(f, "failed     SIGINT after 700.2 ms (kernel, nonblocking)\n", "");
}

static void text_color(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;

	make_up(f);
	p = add_live_path(f, "10.1.1.2", 5000);
	p->verdict = VERDICT_VERIFIED;
	add_live_path(f, "10.1.2.2", 5000);
	p = add_live_path(f, "10.1.3.2", 5000);
	p->verdict = VERDICT_DEAD;
	set_note(p, "no answer");
	f->capture.reporter.color = true;
	assert_result(f,
		      "\033[32mconnected\033[0m  association 3, streams 10 out 10 in, 22.7 ms"
		      " (kernel, nonblocking)\n"
		      "  10.1.1.2:5000  \033[32mverified\033[0m    rto 250 ms  mtu 1500\n"
		      "  10.1.2.2:5000  \033[33munverified\033[0m  rto 250 ms  mtu 1500\n"
		      "  10.1.3.2:5000  \033[31mdead\033[0m        no answer\n",
		      "");
}

static void text_color_failure(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	f->capture.reporter.color = true;
	assert_result(f,
		      "\033[31mrefused\033[0m    ECONNREFUSED after 0.4 ms (kernel, nonblocking)\n",
		      "");
}

static void text_thousand_paths(void **state)
{
	struct fixture *f = *state;
	const char *line;
	size_t lines = 0;

	make_up(f);
	for (int i = 0; i < PATHS_MAX; i++) {
		char text[32];

		snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250 + 1);
		add_live_path(f, text, 5000);
	}
	report_result(&f->capture.reporter, &f->result);
	for (line = read_back(&f->capture); *line; line = strchr(line, '\n') + 1)
		lines++;
	assert_int_equal(lines, 1 + PATHS_MAX);
	assert_non_null(
		strstr(f->capture.out, "\n  10.1.0.1:5000    unverified  rto 250 ms  mtu 1500\n"));
	assert_non_null(
		strstr(f->capture.out, "\n  10.1.3.250:5000  unverified  rto 250 ms  mtu 1500\n"));
}

/* Where there is no room for a long record, nothing is printed instead of a part of it. */
static void text_without_memory(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

#ifdef __SANITIZE_ADDRESS__
	skip(); /* it ends the program itself */
#endif
	make_up(f);
	for (int i = 0; i < PATHS_MAX; i++)
		memset(add_live_path(f, "10.1.1.2", 5000)->note.text, 'n', 1000);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		setrlimit(RLIMIT_AS, &(struct rlimit){ 1, 1 });
		report_result(&f->capture.reporter, &f->result);
		_exit(f->capture.write_error);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), ENOMEM);
	assert_string_equal(read_back(&f->capture), "");
}

static void quiet_prints_nothing(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = { .type = LISTEN_END, .stack = "kernel" };

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 400);
	set_reason(f, "reason", "hint");
	f->capture.reporter.quiet = true;
	report_listen_event(&f->capture.reporter, &event);
	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, &event);
	report_result(&f->capture.reporter, &f->result);
	assert_printed(f, "", "");
}

/* --- Results as JSON ------------------------------------------------------------------------ */

/* Exactly this one line; no hint is printed beside it. */
static void assert_line(struct fixture *f, const char *line)
{
	size_t length = strlen(line);
	const char *out = read_back(&f->capture);

	assert_int_equal(strncmp(out, line, length), 0);
	assert_string_equal(out + length, "\n");
	fflush(f->capture.reporter.hints);
	assert_int_equal(f->capture.hints_length, 0);
	assert_int_equal(f->capture.write_error, 0);
}

static json_t *load(struct fixture *f)
{
	const char *out = read_back(&f->capture);
	const char *end = strchr(out, '\n');
	json_t *json = json_loads(out, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	assert_non_null(end);
	assert_string_equal(end, "\n");
	return json;
}

static void assert_key(json_t *json, const char *key, const char *expected)
{
	json_t *value = json_object_get(json, key);
	char *text;

	if (!value)
		fail_msg("no key %s", key);
	text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
	if (strcmp(text, expected) != 0)
		fail_msg("%s is %s, not %s", key, text, expected);
	free(text);
}

struct key {
	const char *key;
	const char *expected;
};

static void assert_keys(json_t *json, const struct key keys[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_key(json, keys[i].key, keys[i].expected);
	assert_int_equal(json_object_size(json), count);
}

static json_t *json_of_result(struct fixture *f)
{
	f->capture.reporter.format = FORMAT_JSON;
	report_result(&f->capture.reporter, &f->result);
	return load(f);
}

static void json_connected(void **state)
{
	struct fixture *f = *state;
	const struct key keys[] = {
		{ "schema", "1" },
		{ "target", "\"10.1.1.2:5000\"" },
		{ "result", "\"connected\"" },
		{ "exit_status", "0" },
		{ "signal", "null" },
		{ "errno", "null" },
		{ "errno_number", "null" },
		{ "reason", "null" },
		{ "hint", "null" },
		{ "stack", "\"kernel\"" },
		{ "mode", "\"nonblocking\"" },
		{ "style", "\"one-to-one\"" },
		{ "tries", "1" },
		{ "association", "{\"id\":3,\"state\":\"established\",\"streams_out\":10,"
				 "\"streams_in\":10,\"peer_rwnd\":106496,"
				 "\"extensions\":[\"PR-SCTP\",\"RE-CONFIG\"]}" },
		{ "time_ms", "{\"resolve\":0.041,\"connect\":22.68,\"probe\":31.002}" },
		{ "order", "{\"reordered\":true,\"primary_set\":true}" },
		{ "evidence", "{\"soft_errors\":[\"EHOSTUNREACH\"],\"pending_state\":null,"
			      "\"checksum_errors\":0,\"witness\":true,\"witness_lost\":7}" },
		{ "local", "[{\"address\":\"10.1.1.1\",\"port\":40312},"
			   "{\"address\":\"10.1.2.1\",\"port\":40312}]" },
		{ "each", "null" },
	};
	const struct key live[] = {
		{ "address", "\"10.1.1.2\"" },
		{ "port", "5000" },
		{ "host", "\"mme.example\"" },
		{ "requested", "true" },
		{ "verdict", "\"verified\"" },
		{ "state", "\"active\"" },
		{ "primary", "true" },
		{ "rtt_ms", "28.412" },
		{ "srtt_ms", "28.004" },
		{ "rto_ms", "250" },
		{ "cwnd", "4380" },
		{ "mtu", "1500" },
		{ "mtu_verified", "null" },
		{ "heartbeats_sent", "2" },
		{ "heartbeats_answered", "1" },
		{ "route_error", "null" },
		{ "note", "null" },
		{ "wire", "{\"inits_sent\":1,\"init_acks\":2,\"cookie_echoes_sent\":3,"
			  "\"cookie_acks\":4,\"aborts\":5,\"heartbeats_sent\":6,"
			  "\"heartbeat_acks\":7,\"icmp_errors\":8,\"bad_checksums\":9}" },
	};
	const struct key outside[] = {
		{ "address", "\"10.9.9.9\"" },
		{ "port", "5000" },
		{ "host", "null" },
		{ "requested", "true" },
		{ "verdict", "\"rejected\"" },
		{ "state", "null" },
		{ "primary", "false" },
		{ "rtt_ms", "null" },
		{ "srtt_ms", "null" },
		{ "rto_ms", "null" },
		{ "cwnd", "null" },
		{ "mtu", "null" },
		{ "mtu_verified", "null" },
		{ "heartbeats_sent", "0" },
		{ "heartbeats_answered", "0" },
		{ "route_error", "\"ENETUNREACH\"" },
		{ "note", "\"not an address of this peer\"" },
		{ "wire", "{\"inits_sent\":0,\"init_acks\":0,\"cookie_echoes_sent\":0,"
			  "\"cookie_acks\":0,\"aborts\":0,\"heartbeats_sent\":0,"
			  "\"heartbeat_acks\":0,\"icmp_errors\":0,\"bad_checksums\":0}" },
	};
	json_t *json, *paths;

	make_three_paths(f);
	f->result.evidence = (struct result_evidence){ .witness = true,
						       .witness_lost = 7,
						       .soft_errors = { EHOSTUNREACH },
						       .soft_error_count = 1 };
	f->paths[0].seen = (struct path_seen){ .inits = 1,
					       .init_acks = 2,
					       .cookie_echoes = 3,
					       .cookie_acks = 4,
					       .aborts = 5,
					       .heartbeats = 6,
					       .heartbeat_acks = 7,
					       .icmp_errors = 8,
					       .bad_checksums = 9 };
	f->result.reordered = true;
	f->result.primary_set = true;
	f->paths[0].host = "mme.example";
	f->paths[0].path.srtt_us = 28004;
	f->paths[0].verdict = VERDICT_VERIFIED;
	f->paths[0].rtt_us = 28412;
	f->paths[0].heartbeats = 2;
	f->paths[0].answered = 1;
	f->result.probe_us = 31002;
	/* What is left over in a path outside of the association is not shown. */
	f->paths[3].path.state = PATH_ACTIVE;
	f->paths[3].path.rto_ms = 1;
	f->paths[3].route_error = ENETUNREACH;
	json = json_of_result(f);
	paths = json_object_get(json, "paths");
	assert_int_equal(json_array_size(paths), 4);
	assert_keys(json_array_get(paths, 0), live, ARRAY_SIZE(live));
	assert_keys(json_array_get(paths, 3), outside, ARRAY_SIZE(outside));
	json_object_del(json, "paths");
	assert_keys(json, keys, ARRAY_SIZE(keys));
	json_decref(json);
}

static void json_unresolved(void **state)
{
	struct fixture *f = *state;

	make_failure(f, RESULT_UNRESOLVED, 0, 0);
	f->target.name = "mme.example";
	f->result.stack = NULL;
	f->result.status = STATUS_UNRESOLVED;
	f->result.blocking = true;
	f->result.style = STACK_ONE_TO_MANY;
	set_reason(f, "cannot resolve mme.example", "try dig");
	f->capture.reporter.format = FORMAT_JSON;
	report_result(&f->capture.reporter, &f->result);
	assert_line(f, "{\"schema\":1,\"target\":\"mme.example\",\"result\":\"unresolved\","
		       "\"exit_status\":3,\"signal\":null,\"errno\":null,\"errno_number\":null,"
		       "\"reason\":\"cannot resolve mme.example\",\"hint\":\"try dig\","
		       "\"stack\":null,\"mode\":\"blocking\",\"style\":\"one-to-many\",\"tries\":1,"
		       "\"association\":null,"
		       "\"time_ms\":{\"resolve\":null,\"connect\":null,\"probe\":null},"
		       "\"order\":{\"reordered\":false,\"primary_set\":false},"
		       "\"evidence\":{\"soft_errors\":[],\"pending_state\":null,"
		       "\"checksum_errors\":0,\"witness\":false,\"witness_lost\":0},"
		       "\"local\":[],\"paths\":[],\"each\":null}");
}

static void json_each(void **state)
{
	struct fixture *f = *state;
	const struct key refused[] = {
		{ "address", "\"10.1.1.2\"" },
		{ "port", "5000" },
		{ "host", "null" },
		{ "result", "\"refused\"" },
		{ "errno", "\"ECONNREFUSED\"" },
		{ "errno_number", "111" },
		{ "reason", "\"the host answered ABORT\"" },
		{ "time_ms", "0.4" },
	};
	const struct key connected[] = {
		{ "address", "\"10.1.2.2\"" }, { "port", "5000" },    { "host", "\"mme.example\"" },
		{ "result", "\"connected\"" }, { "errno", "null" },   { "errno_number", "null" },
		{ "reason", "null" },          { "time_ms", "1.12" },
	};
	json_t *json, *each;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	json = json_of_result(f);
	each = json_object_get(json, "each");
	assert_int_equal(json_array_size(each), 4);
	assert_keys(json_array_get(each, 0), refused, ARRAY_SIZE(refused));
	assert_keys(json_array_get(each, 1), connected, ARRAY_SIZE(connected));
	assert_key(json_array_get(each, 2), "time_ms", "null");
	json_decref(json);
}

/* Asked for, but none could be tried. */
static void json_each_of_none(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_REFUSED, ECONNREFUSED, 410);
	make_each(f);
	f->result.each_count = 0;
	json = json_of_result(f);
	assert_key(json, "each", "[]");
	json_decref(json);
}

static void json_signal(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_FAILED, EINTR, 700200);
	f->result.signal = SIGTERM;
	f->result.status = STATUS_SIGNAL + SIGTERM;
	json = json_of_result(f);
	assert_key(json, "signal", "\"SIGTERM\"");
	assert_key(json, "exit_status", "143");
	assert_key(json, "errno", "\"EINTR\"");
	assert_key(json, "errno_number", "4");
	json_decref(json);
}

static void json_ipv6(void **state)
{
	struct fixture *f = *state;
	struct path_result *p;
	json_t *json, *path;

	make_up(f);
	p = add_live_path(f, "fe80::1", 5000);
	p->path.address.v6.sin6_scope_id = 1;
	p->path.state = PATH_UNKNOWN;
	p->path.mtu = 0;
	json = json_of_result(f);
	path = json_array_get(json_object_get(json, "paths"), 0);
	assert_key(path, "address", "\"fe80::1%lo\"");
	assert_key(path, "state", "null");
	assert_key(path, "mtu", "null");
	json_decref(json);
}

/* Bytes that are no UTF-8 (stray, overlong, surrogate, cut short) and controls break nothing. */
static void json_any_bytes(void **state)
{
	struct fixture *f = *state;
	json_t *json;

	make_failure(f, RESULT_FAILED, 0, 0);
	f->target.name = "a\xff\"\n\xc3\xbc\xc0\x80\xed\xa0\x80\xf0\x9f\x99\x82\xe2\x82";
	json = json_of_result(f);
	assert_string_equal(json_string_value(json_object_get(json, "target")),
			    "a?\"\n\xc3\xbc?????\xf0\x9f\x99\x82??");
	json_decref(json);
}

/* No hole in the tables. */
static void names(void **state)
{
	(void)state;
	for (enum result_word word = 0; word < RESULT_COUNT; word++)
		assert_non_null(result_name(word));
	for (enum verdict verdict = 0; verdict < VERDICT_COUNT; verdict++)
		assert_non_null(verdict_name(verdict));
}

/* --- Without memory ------------------------------------------------------------------------- */

static long allocations; /* of jansson, until the one that fails; below 0: it has */
static long allocated;

static void *scarce_malloc(size_t size)
{
	void *memory = allocations-- == 0 ? NULL : malloc(size);

	allocated += memory != NULL;
	return memory;
}

static void scarce_free(void *memory)
{
	allocated -= memory != NULL;
	free(memory);
}

/* Whichever allocation fails: a whole line, or none and the reporter knows. Nothing leaks. */
static void json_without_memory(void **state)
{
	struct fixture *f = *state;
	long count = 0, lost = 0;

	make_three_paths(f);
	make_each(f);
	f->paths[0].host = "mme.example";
	f->paths[1].host = "not\xff"
			   "utf8";
	f->capture.reporter.format = FORMAT_JSON;
	json_set_alloc_funcs(scarce_malloc, scarce_free);
	do {
		const char *out;

		allocations = count++;
		allocated = 0;
		f->capture.write_error = 0;
		assert_int_equal(ftruncate(fileno(f->capture.reporter.out), 0), 0);
		rewind(f->capture.reporter.out);
		report_result(&f->capture.reporter, &f->result);
		out = read_back(&f->capture);
		lost += !*out;
		/* The text of a whole line is freed past jansson. */
		assert_int_equal(allocated, *out ? 1 : 0);
		assert_int_equal(f->capture.write_error, *out ? 0 : ENOMEM);
		if (*out) {
			assert_non_null(strstr(out, "\"10.1.1.2:5000\""));
			assert_non_null(strstr(out, "\"not?utf8\""));
			assert_non_null(strstr(out, "}\n"));
		}
	} while (allocations < 0);
	json_set_alloc_funcs(malloc, free);
	assert_in_range(lost, 100, count - 1);
}

/* --- Listener events ------------------------------------------------------------------------- */

static void assert_event(struct fixture *f, const struct listen_event *event, const char *out)
{
	report_listen_event(&f->capture.reporter, event);
	assert_printed(f, out, "");
}

static void assert_json_event(struct fixture *f, const struct listen_event *event, const char *line)
{
	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, event);
	assert_line(f, line);
}

static struct listen_event make_event(enum listen_event_type type)
{
	return (struct listen_event){
		.type = type, .stack = "kernel", .time_us = 1500, .assoc = 4
	};
}

static struct listen_event make_ready(struct fixture *f)
{
	struct listen_event event = make_event(LISTEN_READY);

	add_local(f, "10.1.1.2", 5000);
	add_local(f, "fd01:2::2", 5000);
	event.local = f->local;
	event.local_count = 2;
	return event;
}

static void text_listening(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_ready(f);

	assert_event(f, &event, "listening on 10.1.1.2:5000 [fd01:2::2]:5000 (kernel)\n");
}

static void json_listening(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_ready(f);

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"listening\",\"time_ms\":1.5,"
			  "\"stack\":\"kernel\",\"local\":[{\"address\":\"10.1.1.2\","
			  "\"port\":5000},{\"address\":\"fd01:2::2\",\"port\":5000}]}");
}

static struct listen_event make_came(struct fixture *f)
{
	struct listen_event event = make_event(LISTEN_UP);
	struct path_result *p;

	make_up(f);
	f->result.association.status.id = 4;
	p = add_live_path(f, "10.1.2.1", 40312);
	p->path.state = PATH_UNCONFIRMED;
	p->requested = false;
	p = add_live_path(f, "10.1.1.1", 40312);
	p->path.primary = true;
	p->requested = false;
	event.association = &f->result.association;
	event.from = make_address("10.1.1.1", 40312);
	return event;
}

/* Accepted, but closed again by the peer before anything could be asked. */
static struct listen_event make_gone(struct fixture *f)
{
	struct listen_event event = make_event(LISTEN_UP);

	event.association = &f->result.association;
	event.from = make_address("10.1.1.1", 40312);
	return event;
}

static void text_up(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_came(f);

	assert_event(f, &event,
		     "up         association 4 from 10.1.1.1:40312, streams 10 out 10 in\n"
		     "  10.1.2.1:40312  unverified  rto 250 ms  mtu 1500  unconfirmed\n"
		     "  10.1.1.1:40312  unverified  rto 250 ms  mtu 1500  primary\n");
}

static void text_up_and_gone(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_gone(f);

	assert_event(f, &event, "up         association 4 from 10.1.1.1:40312\n");
}

static void json_up(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_came(f);
	json_t *json;

	f->capture.reporter.format = FORMAT_JSON;
	report_listen_event(&f->capture.reporter, &event);
	json = load(f);
	assert_key(json, "event", "\"up\"");
	assert_key(json, "association_id", "4");
	assert_key(json_object_get(json, "association"), "state", "\"established\"");
	assert_int_equal(json_array_size(json_object_get(json, "paths")), 2);
	assert_int_equal(json_array_size(json_object_get(json, "local")), 0);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(json, "from"), "address")),
		"10.1.1.1");
	assert_int_equal(json_object_size(json), 9);
	json_decref(json);
}

static void json_up_and_gone(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_gone(f);

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"up\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,"
			  "\"from\":{\"address\":\"10.1.1.1\",\"port\":40312},"
			  "\"association\":null,\"local\":[],\"paths\":[]}");
}

static struct listen_event make_path_event(void)
{
	struct listen_event event = make_event(LISTEN_PATH);

	event.path = make_address("10.1.2.1", 40312);
	event.path_state = PATH_INACTIVE;
	return event;
}

static void text_path(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_path_event();

	assert_event(f, &event, "path       association 4, 10.1.2.1:40312 inactive\n");
}

static void json_path(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_path_event();

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"path\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"address\":\"10.1.2.1\",\"port\":40312,"
			  "\"state\":\"inactive\"}");
}

static struct listen_event make_closed(void)
{
	struct listen_event event = make_event(LISTEN_DOWN);

	event.graceful = true;
	event.reason = "closed by the peer";
	event.messages = 12;
	event.bytes = 480;
	return event;
}

static struct listen_event make_lost(void)
{
	struct listen_event event = make_event(LISTEN_DOWN);

	event.error = ECONNRESET;
	event.reason = "the peer sent ABORT";
	event.messages = 1;
	event.bytes = 1;
	return event;
}

static void text_closed(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_closed();

	assert_event(f, &event,
		     "down       association 4 closed by the peer, 12 messages 480 bytes echoed\n");
}

static void text_lost(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_lost();

	f->capture.reporter.color = true;
	assert_event(
		f, &event,
		"\033[31mdown\033[0m       association 4 lost: ECONNRESET: the peer sent ABORT,"
		" 1 message 1 byte echoed\n");
}

static void json_closed(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_closed();

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"down\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"graceful\":true,\"errno\":null,"
			  "\"errno_number\":null,\"reason\":\"closed by the peer\","
			  "\"messages\":12,\"bytes\":480}");
}

static void json_lost(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_lost();

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"down\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"association_id\":4,\"graceful\":false,\"errno\":\"ECONNRESET\","
			  "\"errno_number\":104,\"reason\":\"the peer sent ABORT\","
			  "\"messages\":1,\"bytes\":1}");
}

static struct listen_event make_end(void)
{
	struct listen_event event = make_event(LISTEN_END);

	event.reason = "ended by SIGINT";
	event.associations = 3;
	event.messages = 5000000000;
	event.bytes = 120;
	return event;
}

static void text_end(void **state)
{
	struct fixture *f = *state;
	struct listen_event event = make_end();

	assert_event(f, &event,
		     "end        3 associations, 5000000000 messages 120 bytes echoed:"
		     " ended by SIGINT\n");
}

static void json_end(void **state)
{
	struct fixture *f = *state;
	const struct listen_event event = make_end();

	assert_json_event(f, &event,
			  "{\"schema\":1,\"event\":\"end\",\"time_ms\":1.5,\"stack\":\"kernel\","
			  "\"associations\":3,\"reason\":\"ended by SIGINT\","
			  "\"messages\":5000000000,\"bytes\":120}");
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(names),
		test(text_connected),
		test(text_degraded),
		test(text_each),
		test(text_each_of_one),
		test(text_each_color),
		test(text_learned),
		test(text_already_closing),
		test(text_already_gone),
		test(text_one_to_many_blocking),
		test(text_ipv6_and_names),
		test(text_many_local_addresses),
		test(text_refused),
		test(text_never_twice),
		test(text_timeout),
		test(text_unresolved),
		test(text_unsupported),
		test(text_signal),
		test(text_color),
		test(text_color_failure),
		test(text_thousand_paths),
		test(text_without_memory),
		test(quiet_prints_nothing),
		test(json_connected),
		test(json_unresolved),
		test(json_each),
		test(json_each_of_none),
		test(json_signal),
		test(json_ipv6),
		test(json_any_bytes),
		test(json_without_memory),
		test(text_listening),
		test(json_listening),
		test(text_up),
		test(text_up_and_gone),
		test(json_up),
		test(json_up_and_gone),
		test(text_path),
		test(json_path),
		test(text_closed),
		test(text_lost),
		test(json_closed),
		test(json_lost),
		test(text_end),
		test(json_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
