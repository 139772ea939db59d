/* SPDX-License-Identifier: MIT */
/* The table of findings, and the sentences made from it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/icmp6.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "report/parameters.h"
#include "report/words.h"

static union address ip(const char *text)
{
	union address a;

	assert_true(address_from_text(&a, text));
	return a;
}

static void assert_kebab_case(const char *name)
{
	assert_true(isalpha((unsigned char)name[0]));
	for (const char *c = name; *c; c++)
		assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) ||
			    (*c == '-' && isalnum((unsigned char)c[1])));
}

static void every_row_stands_at_its_code(void **state)
{
	(void)state;
	for (int code = FINDING_NONE; code < FINDING_COUNT; code++) {
		const struct words *row = words_of((enum finding_code)code);

		assert_int_equal(row->code, code);
		assert_string_equal(finding_name((enum finding_code)code), row->name);
		assert_kebab_case(row->name);
		if (code == FINDING_NONE)
			assert_null(words_named(row->name));
		else
			assert_ptr_equal(words_named(row->name), row); /* no name twice */
	}
	for (int basis = BASIS_NONE; basis < BASIS_COUNT; basis++)
		assert_kebab_case(finding_basis_name((enum finding_basis)basis));
	assert_null(words_named("no-such-finding"));
	assert_non_null(words_named("OWN-Output-Filter"));
}

/* In the order of the codes: what scripts are told is what the program says. */
static void the_schema_lists_every_code(void **state)
{
	json_t *schema = json_load_file("tests/schema/output.schema.json", 0, NULL), *cause, *codes;
	json_t *defs = json_object_get(schema, "$defs");
	json_t *bases;

	(void)state;
	assert_non_null(schema);
	codes = json_object_get(json_object_get(defs, "code"), "enum");
	assert_int_equal(json_array_size(codes), FINDING_COUNT - 1);
	for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++)
		assert_string_equal(json_string_value(json_array_get(codes, (size_t)code - 1)),
				    finding_name((enum finding_code)code));
	cause = json_object_get(json_object_get(defs, "cause"), "properties");
	bases = json_object_get(json_object_get(cause, "evidence"), "enum");
	assert_int_equal(json_array_size(bases), BASIS_COUNT - 1);
	for (int basis = BASIS_NONE + 1; basis < BASIS_COUNT; basis++)
		assert_string_equal(json_string_value(json_array_get(bases, (size_t)basis - 1)),
				    finding_basis_name((enum finding_basis)basis));
	json_decref(schema);
}

static bool is_parameter(const char *name, size_t length)
{
	const struct phrase_context c = { .last = "" };
	char value[PARAMETER_MAX];

	return parameter_value(&c, name, length, value);
}

/* The bracket that closes one which is open before at, or NULL. */
static const char *closing(const char *at)
{
	for (int depth = 1; *at; at++) {
		depth += (*at == '[') - (*at == ']');
		if (!depth)
			return at;
	}
	return NULL;
}

/* Is every name known, and every bracket closed, in all branches? end: of the phrase. */
static bool is_sound(const char *at, const char *end)
{
	while ((at += strcspn(at, "{[")) < end) {
		const char *name = at + 1 + (at[1] == '!'), *last;

		last = name + strcspn(name, *at == '{' ? "}" : ":");
		if (!*last || last >= end || !is_parameter(name, (size_t)(last - name)))
			return false;
		if (*at == '[') {
			const char *close = closing(at + 1);

			if (!close || close >= end || !is_sound(last + 1, close))
				return false;
			last = close;
		}
		at = last + 1;
	}
	return true;
}

static bool phrase_is_sound(const char *phrase)
{
	return is_sound(phrase, phrase + strlen(phrase));
}

static void assert_sound(const char *name, const char *phrase)
{
	if (phrase && !phrase_is_sound(phrase))
		fail_msg("%s: '%s'", name, phrase);
}

static void assert_sentence(const char *name, const char *text)
{
	size_t length = strlen(text);

	if (length && (text[length - 1] == '.' || text[length - 1] == ' '))
		fail_msg("%s: '%s'", name, text);
}

static void every_row_is_well_formed(void **state)
{
	(void)state;
	for (int code = FINDING_NONE + 1; code < FINDING_COUNT; code++) {
		const struct words *row = words_of((enum finding_code)code);

		assert_sound(row->name, row->note);
		assert_sound(row->name, row->reason);
		assert_sound(row->name, row->hint);
		assert_sentence(row->name, row->meaning);
		assert_in_range(row->status + 1, 0, STATUS_HOST + 1);
		assert_int_not_equal(row->status, STATUS_USAGE);
		/* There is something to say about each of them. */
		assert_true(row->note[0] || (row->hint && row->hint[0]));
	}
}

/* Whatever is in a finding, all of its sentences can be made. */
static void nothing_breaks_a_sentence(void **state)
{
	struct result result = { .each_count = 0 };
	struct message m;

	(void)state;
	for (int code = FINDING_NONE; code < FINDING_COUNT; code++) {
		for (unsigned flags = 0; flags <= FINDING_RESOLVING; flags += 31) {
			struct finding f = { .code = (enum finding_code)code, .flags = flags };

			words_note(&f, &m);
			assert_null(strpbrk(m.text, "{}[]"));
			words_reason(&f, &m);
			assert_null(strpbrk(m.text, "{}[]"));
			result.cause = f;
			result.advice = &f;
			words_result_reason(&result, &m);
			words_result_hint(&result, &m);
			assert_null(strpbrk(m.text, "{}[]"));
		}
	}
}

static void unsound_phrases_are_seen(void **state)
{
	static const char *const unsound[] = {
		"{nothing}",     "{link",        "[link:x",          "[link",
		"[nothing:x]",   "[!nothing:x]", "[link:{nothing}]", "[!link:{nothing}]",
		"[link:[udp:x]",
	};

	(void)state;
	assert_true(phrase_is_sound("a {link} [udp:b [!link:{time}]]"));
	for (size_t i = 0; i < ARRAY_SIZE(unsound); i++)
		if (phrase_is_sound(unsound[i]))
			fail_msg("%s", unsound[i]);
}

struct sentence {
	struct finding finding;
	const char *note;
	const char *reason;
	const char *hint; /* a part of it */
};

static void sentences(void **state)
{
	const struct sentence cases[] = {
		{ { .code = FINDING_LINK_DOWN, .link = "eth0" },
		  "this host's link to it, eth0, has no carrier",
		  "this host's link to it, eth0, has no carrier",
		  "ip link show eth0; " },
		{ { .code = FINDING_NEIGHBOUR_SILENT,
		    .address = ip("10.1.1.2"),
		    .other = ip("10.1.1.2") },
		  "no answer from the host to ARP on its link",
		  "no answer from the host to ARP on its link",
		  "ip neigh" },
		{ { .code = FINDING_NEIGHBOUR_SILENT,
		    .address = ip("fd01::2"),
		    .other = ip("fe80::9") },
		  "no answer from the router fe80::9 to neighbour discovery on its link",
		  "no answer from the router fe80::9 to neighbour discovery on its link",
		  "ip neigh" },
		{ { .code = FINDING_OWN_INPUT_FILTER,
		    .chunk = CHUNK_INIT_ACK,
		    .link = "a1",
		    .other_link = "b1",
		    .flags = FINDING_PARTIAL,
		    .address = ip("10.1.1.2"),
		    .time_us = 500000 },
		  "the INIT-ACK arrived on b1, not on a1, but was dropped before this host's SCTP "
		  "saw it",
		  "no association within 500 ms; 10.1.1.2: the INIT-ACK arrived on b1, not on a1, "
		  "but was dropped before this host's SCTP saw it",
		  "ip xfrm policy" },
		{ { .code = FINDING_OWN_OUTPUT_FILTER,
		    .chunk = CHUNK_HEARTBEAT,
		    .flags = FINDING_EVERY_PATH },
		  "no heartbeat left this host",
		  "no path answers a heartbeat: no heartbeat left this host",
		  "nft list ruleset" },
		{ { .code = FINDING_ICMP_UNREACHABLE,
		    .address = ip("fd01::2"),
		    .other = ip("fd01::fe"),
		    .icmp = { .known = true,
			      .v6 = true,
			      .type = ICMP6_DST_UNREACH,
			      .code = ICMP6_DST_UNREACH_ADDR } },
		  "fd01::fe answered ICMPv6 address unreachable",
		  "fd01::fe answered ICMPv6 address unreachable",
		  "no onward route" },
		{ { .code = FINDING_ICMP_UNREACHABLE,
		    .address = ip("fd01::2"),
		    .other = ip("fd01::fe"),
		    .icmp = { .known = true,
			      .v6 = true,
			      .type = ICMP6_DST_UNREACH,
			      .code = ICMP6_DST_UNREACH_BEYONDSCOPE } },
		  "fd01::fe answered ICMPv6 beyond scope of the source address",
		  "fd01::fe answered ICMPv6 beyond scope of the source address",
		  "it needs a global IPv6 address" },
		{ { .code = FINDING_ICMP_OR_NEIGHBOUR,
		    .error = EHOSTUNREACH,
		    .flags = FINDING_PARTIAL,
		    .time_us = 5000000 },
		  "the host does not answer on its link (ARP or ND), or ICMP says host "
		  "unreachable, prohibited, or too many hops",
		  "no association within 5000 ms; EHOSTUNREACH for at least one address: the host "
		  "does not answer on its link (ARP or ND), or ICMP says host unreachable, "
		  "prohibited, or too many hops",
		  "tcpdump" },
		{ { .code = FINDING_REFUSED_WITH_CAUSE,
		    .cause = { .code = 4 },
		    .flags = FINDING_COOKIE },
		  "answered ABORT: out of resource",
		  "the host answered the INIT, and the COOKIE-ECHO with ABORT: out of resource",
		  "the peer is out of resources" },
		{ { .code = FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
		    .port = 5000,
		    .flags = FINDING_SEVERAL,
		    .address = ip("10.1.1.2") },
		  "answered ABORT",
		  "the host answered ABORT: no endpoint listens on port 5000, or its queue is full",
		  "retry without 10.1.1.2" },
		{ { .code = FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
		    .port = 5000,
		    .flags = FINDING_SEVERAL },
		  "answered ABORT",
		  "the host answered ABORT: no endpoint listens on port 5000, or its queue is full",
		  "retry with each alone" },
		{ { .code = FINDING_ABORTED_BY_PEER,
		    .cause = { .code = 13, .text = "\"no\"" },
		    .time_us = 300000 },
		  "aborted by the peer: protocol violation \"no\"",
		  "the peer aborted the association 300.0 ms after it was up: protocol violation "
		  "\"no\" (cause 13)",
		  "comes from the peer" },
		{ { .code = FINDING_CALL_FAILED, .call = "socket", .error = EMFILE },
		  "socket: EMFILE: this process may not open more file descriptors",
		  "socket: EMFILE: this process may not open more file descriptors",
		  "--explain EMFILE" },
		{ { .code = FINDING_CALL_FAILED, .call = "timerfd_create", .error = EAGAIN },
		  "timerfd_create: EAGAIN: Resource temporarily unavailable",
		  "timerfd_create: EAGAIN: Resource temporarily unavailable",
		  "--explain EAGAIN" },
		{ { .code = FINDING_USRSCTP_THREADS,
		    .started = 1,
		    .expected = 4,
		    .call = "pthread_create",
		    .error = EAGAIN },
		  "usrsctp started 1 of its 4 threads: pthread_create: EAGAIN: Resource temporarily "
		  "unavailable",
		  "usrsctp started 1 of its 4 threads: pthread_create: EAGAIN: Resource temporarily "
		  "unavailable",
		  "ulimit" },
		{ { .code = FINDING_USRSCTP_THREADS, .started = 1, .expected = 4, .error = EAGAIN },
		  "usrsctp started 1 of its 4 threads and does not say why: it could not create a "
		  "socket or a thread",
		  "usrsctp started 1 of its 4 threads and does not say why: it could not create a "
		  "socket or a thread",
		  "ulimit" },
		{ { .code = FINDING_LOOKUP_FAILED, .name = "x", .call = "fork", .error = EAGAIN },
		  "x: cannot look up the name: fork: EAGAIN: Resource temporarily unavailable",
		  "x: cannot look up the name: fork: EAGAIN: Resource temporarily unavailable",
		  "--explain EAGAIN" },
		{ { .code = FINDING_LOOKUP_FAILED, .name = "x", .detail = "no such module" },
		  "x: cannot look up the name: no such module",
		  "x: cannot look up the name: no such module",
		  "" },
		{ { .code = FINDING_INTERRUPTED, .signal = SIGINT, .time_us = 1500 },
		  "ended by SIGINT",
		  "ended by SIGINT after 1.5 ms, with no answer until then",
		  "" },
		{ { .code = FINDING_INTERRUPTED, .signal = SIGTERM, .flags = FINDING_UP },
		  "ended by SIGTERM",
		  "ended by SIGTERM before every path had answered a heartbeat",
		  "" },
		{ { .code = FINDING_UNTRIED_ENDED, .paths = 3, .time_us = 250000 },
		  "not tried: the attempt ended before its turn",
		  "not tried: the attempt ended before its turn",
		  "after 250 ms: 3 of them need at least -w 844ms" },
		{ { .code = FINDING_UNTRIED_ENDED, .paths = 3, .flags = FINDING_ENDED },
		  "not tried: the attempt ended before its turn",
		  "not tried: the attempt ended before its turn",
		  "3 of them need at least --init-attempts 2" },
		{ { .code = FINDING_BAD_CHECKSUM, .packets = 1 },
		  "the packets that came back have a bad SCTP checksum",
		  "no usable answer to INIT: 1 packet with a bad SCTP checksum arrived meanwhile",
		  "ethtool" },
		{ { .code = FINDING_TOO_FEW_VERIFIED,
		    .verified = 1,
		    .paths = 2,
		    .required = REQUIRE_ALL },
		  "1 of 2 addresses verified, all are required",
		  "1 of 2 addresses verified, all are required",
		  "" },
		{ { .code = FINDING_NAME_NOT_FOUND, .name = "x", .family = AF_INET6 },
		  "x: no such name, or it has no IPv6 address (-6)",
		  "x: no such name, or it has no IPv6 address (-6)",
		  "" },
	};
	struct message m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sentence *k = &cases[i];
		struct finding advice = k->finding;

		assert_string_equal(words_note(&k->finding, &m), k->note);
		assert_string_equal(words_reason(&k->finding, &m), k->reason);
		words_result_hint(&(struct result){ .advice = &advice }, &m);
		if (!strstr(m.text, k->hint) || !k->hint[0] != !m.text[0])
			fail_msg("'%s' is not in '%s'", k->hint, m.text);
	}
}

static void what_each_adds(void **state)
{
	struct single_result each[] = {
		{ .address = ip("10.1.1.2"), .word = RESULT_CONNECTED },
		{ .address = ip("10.1.2.2"), .word = RESULT_REFUSED },
		{ .address = ip("10.1.3.2"), .word = RESULT_CONNECTED },
	};
	struct finding advice = { .code = FINDING_SOME_ACCEPT_ALONE };
	struct result result = { .each = each, .each_count = ARRAY_SIZE(each), .advice = &advice };
	struct message m;

	(void)state;
	assert_string_equal(
		words_result_hint(&result, &m),
		"10.1.1.2 and 10.1.3.2 alone accept: leave out 10.1.2.2, which refuses");
	each[1].word = RESULT_TIMEOUT;
	assert_string_equal(words_result_hint(&result, &m),
			    "10.1.1.2 and 10.1.3.2 alone accept: leave out the other");
	each[0].word = RESULT_TIMEOUT;
	assert_string_equal(words_result_hint(&result, &m),
			    "10.1.3.2 alone accepts: leave out the others");
}

static void a_name_of_this_host(void **state)
{
	static const struct {
		const char *host, *address;
		bool own;
	} cases[] = {
		{ "mme1", "127.0.1.1", true },       { "mme1", "::1", true },
		{ "localhost", "127.0.0.1", false }, { NULL, "127.0.1.1", false },
		{ "mme1", "10.1.1.2", false },
	};
	static const enum finding_code codes[] = { FINDING_NO_ENDPOINT_OR_QUEUE_FULL,
						   FINDING_NO_SCTP, FINDING_ICMP_PORT_UNREACHABLE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases) * ARRAY_SIZE(codes); i++) {
		size_t k = i / ARRAY_SIZE(codes);
		struct path_result path = { .path.address = ip(cases[k].address),
					    .host = cases[k].host };
		struct finding advice = { .code = codes[i % ARRAY_SIZE(codes)],
					  .address = path.path.address };
		struct result result = { .association = { .paths = &path, .path_count = 1 },
					 .advice = &advice };
		struct message m;

		assert_int_equal(strncmp(words_result_hint(&result, &m),
					 "mme1 stands for this host itself", 32) == 0,
				 cases[k].own);
	}
}

static void interrupted_between_two_tries(void **state)
{
	struct finding last = { .code = FINDING_SILENT, .time_us = 1000000 };
	struct result result = {
		.cause = { .code = FINDING_INTERRUPTED, .signal = SIGINT, .flags = FINDING_RETRY },
		.last = &last,
	};
	struct message m;

	(void)state;
	assert_string_equal(words_result_reason(&result, &m),
			    "ended by SIGINT before the next try; the last one: no answer to INIT "
			    "within 1000 ms");
}

static void what_goes_first(void **state)
{
	const struct finding none = { .code = FINDING_NONE };
	const struct finding route = { .code = FINDING_NO_ROUTE };
	const struct finding silent = { .code = FINDING_SILENT };

	(void)state;
	assert_true(finding_goes_first(&route, &silent));
	assert_false(finding_goes_first(&silent, &route));
	assert_true(finding_goes_first(&silent, &none));
	assert_false(finding_goes_first(&none, &silent));
	assert_false(finding_goes_first(&silent, &silent));
}

static void what_stands_beside_an_address(void **state)
{
	struct finding a = { .code = FINDING_OWN_OUTPUT_FILTER, .chunk = CHUNK_INIT }, b = a;
	const struct finding none = { .code = FINDING_NONE };

	(void)state;
	b.address = ip("10.1.1.2");
	assert_true(words_beside(&a, &b));
	b.chunk = CHUNK_HEARTBEAT;
	assert_false(words_beside(&a, &b));
	assert_false(words_beside(&none, &none));
	a.code = b.code = FINDING_SILENT; /* the reason says more than the note */
	b.chunk = a.chunk;
	assert_false(words_beside(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_stands_at_its_code),
		cmocka_unit_test(the_schema_lists_every_code),
		cmocka_unit_test(every_row_is_well_formed),
		cmocka_unit_test(nothing_breaks_a_sentence),
		cmocka_unit_test(unsound_phrases_are_seen),
		cmocka_unit_test(sentences),
		cmocka_unit_test(what_each_adds),
		cmocka_unit_test(a_name_of_this_host),
		cmocka_unit_test(interrupted_between_two_tries),
		cmocka_unit_test(what_goes_first),
		cmocka_unit_test(what_stands_beside_an_address),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
