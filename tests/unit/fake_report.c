/* SPDX-License-Identifier: MIT */
#include "fake_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "fake_output.h"

int report_setup(void **state)
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

int report_teardown(void **state)
{
	struct fixture *f = *state;

	fclose(f->capture.reporter.out);
	fclose(f->capture.reporter.hints);
	finding_keep(&f->result.advice, &finding_none);
	free(f->capture.out);
	free(f->capture.hints);
	free(f);
	return 0;
}

union address make_address(const char *text, uint16_t port)
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

struct path_result *add_path(struct fixture *f, const char *text, uint16_t port,
			     enum verdict verdict)
{
	struct path_result *p = &f->paths[f->result.association.path_count++];

	p->path.address = make_address(text, port);
	p->requested = true;
	p->verdict = verdict;
	return p;
}

struct path_result *add_live_path(struct fixture *f, const char *text, uint16_t port)
{
	struct path_result *p = add_path(f, text, port, VERDICT_UNVERIFIED);

	p->in_association = true;
	p->path.state = PATH_ACTIVE;
	p->path.rto_ms = 250;
	p->path.mtu = 1500;
	p->path.cwnd = 4380;
	return p;
}

void set_note(struct path_result *p, struct finding cause)
{
	p->cause = cause;
}

void add_local(struct fixture *f, const char *text, uint16_t port)
{
	f->local[f->result.association.local_count++] = make_address(text, port);
}

void make_up(struct fixture *f)
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

void make_failure(struct fixture *f, enum result_word word, int error, int64_t us)
{
	f->result.word = word;
	f->result.error = error;
	f->result.status = STATUS_NOT_CONNECTED;
	f->result.connect_us = us;
}

void set_reason(struct fixture *f, struct finding cause, struct finding advice)
{
	f->result.cause = cause;
	finding_keep(&f->result.advice, &advice);
}

void make_three_paths(struct fixture *f)
{
	make_up(f);
	add_live_path(f, "10.1.1.2", 5000)->path.primary = true;
	add_live_path(f, "10.1.2.2", 5000);
	add_live_path(f, "10.1.3.2", 5000)->path.rto_ms = 1000;
	set_note(add_path(f, "10.9.9.9", 5000, VERDICT_REJECTED),
		 FOUND(.code = FINDING_NOT_LISTED));
	add_local(f, "10.1.1.1", 40312);
	add_local(f, "10.1.2.1", 40312);
	f->result.association.status.extensions = EXTENSION_PR_SCTP | EXTENSION_RE_CONFIG;
}

void make_each(struct fixture *f)
{
	static struct single_result each[4];

	for (size_t i = 0; i < ARRAY_SIZE(each); i++)
		each[i] = (struct single_result){ .word = RESULT_CONNECTED, .connect_us = 1120 };
	each[0].address = make_address("10.1.1.2", 5000);
	each[0].word = RESULT_REFUSED;
	each[0].error = ECONNREFUSED;
	each[0].connect_us = 400;
	each[0].cause = REFUSAL;
	each[1].address = make_address("10.1.2.2", 5000);
	each[1].host = "mme.example";
	each[2].address = make_address("fd01::2", 5000);
	each[2].word = RESULT_FAILED;
	each[2].error = EMFILE;
	each[2].connect_us = 0;
	each[2].cause = FOUND(.code = FINDING_CALL_FAILED, .call = "socket", .error = EMFILE);
	each[3].address = make_address("10.1.4.2", 5000);
	each[3].word = RESULT_UNREACHABLE;
	each[3].connect_us = 20100;
	each[3].cause = FOUND(.code = FINDING_NO_ROUTE);
	f->result.each = each;
	f->result.each_count = ARRAY_SIZE(each);
}

const char *read_back(struct capture *c)
{
	free(c->out);
	c->out = fake_output_text(c->reporter.out);
	return c->out;
}

void assert_printed(struct fixture *f, const char *out, const char *hints)
{
	struct capture *c = &f->capture;

	fflush(c->reporter.hints);
	assert_string_equal(read_back(c), out);
	assert_string_equal(c->hints ? c->hints : "", hints);
	assert_int_equal(c->write_error, 0);
}

struct listen_event make_event(enum listen_event_type type)
{
	return (struct listen_event){
		.type = type, .stack = "kernel", .time_us = 1500, .assoc = 4
	};
}

struct listen_event make_ready(struct fixture *f)
{
	struct listen_event event = make_event(LISTEN_READY);

	add_local(f, "10.1.1.2", 5000);
	add_local(f, "fd01:2::2", 5000);
	event.local = f->local;
	event.local_count = 2;
	return event;
}

struct listen_event make_came(struct fixture *f)
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

struct listen_event make_gone(struct fixture *f)
{
	struct listen_event event = make_event(LISTEN_UP);

	event.association = &f->result.association;
	event.from = make_address("10.1.1.1", 40312);
	return event;
}

struct listen_event make_path_event(void)
{
	struct listen_event event = make_event(LISTEN_PATH);

	event.path = make_address("10.1.2.1", 40312);
	event.path_state = PATH_INACTIVE;
	return event;
}

struct listen_event make_closed(void)
{
	struct listen_event event = make_event(LISTEN_DOWN);

	event.graceful = true;
	event.cause.code = FINDING_CLOSED_BY_PEER;
	event.served = "echoed";
	event.echoed.messages = 12;
	event.echoed.bytes = 480;
	return event;
}

struct listen_event make_lost(void)
{
	struct listen_event event = make_event(LISTEN_DOWN);

	event.error = ECONNRESET;
	event.cause.code = FINDING_ABORTED_BY_PEER;
	event.served = "echoed";
	event.echoed.messages = 1;
	event.echoed.bytes = 1;
	return event;
}

struct listen_event make_end(void)
{
	struct listen_event event = make_event(LISTEN_END);

	event.cause = (struct finding){ .code = FINDING_INTERRUPTED, .signal = SIGINT };
	event.associations = 3;
	event.served = "echoed";
	event.echoed.messages = 5000000000;
	event.echoed.bytes = 120;
	return event;
}
