/* SPDX-License-Identifier: MIT */
/* target.c: ports, limits, duplicates, what a peer and what a local address can be. */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/timeline.h"
#include "said.h"
#include "target/target.h"
#include "fake_loop.h"

#define ARGS_MAX 4

/* --- A name server: this file's getaddrinfo() comes before libc's -------------------------- */

/*
 * "two.example" has two addresses, "sink.example" 0.0.0.0, "half.example" that and another,
 * "any6.example" ::, "many-N.example" N of them, "gone.example" one until fake_gone,
 * "again.example" has no answer, and "silent-1.example" and the like never end.
 */
static bool fake_gone;

static struct addrinfo *fake_v4(uint32_t v4, struct addrinfo *next)
{
	struct addrinfo *ai = calloc(1, sizeof(*ai) + sizeof(struct sockaddr_in6));
	struct sockaddr_in *sin = (struct sockaddr_in *)(ai + 1);

	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = htonl(v4);
	ai->ai_addr = (struct sockaddr *)sin;
	ai->ai_next = next;
	return ai;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	struct sockaddr_in6 *v6;
	unsigned many;

	assert_null(service);
	assert_int_equal(hints->ai_protocol, IPPROTO_SCTP);
	*found = NULL;
	while (strncmp(host, "silent-", 7) == 0)
		pause();
	if (strcmp(host, "two.example") == 0) {
		*found = fake_v4(0x0a010102, fake_v4(0x0a010202, NULL));
	} else if (strcmp(host, "sink.example") == 0) {
		*found = fake_v4(0, NULL);
	} else if (strcmp(host, "half.example") == 0) {
		*found = fake_v4(0, fake_v4(0x0a010102, NULL));
	} else if (strcmp(host, "any6.example") == 0) {
		*found = fake_v4(0, NULL);
		v6 = (struct sockaddr_in6 *)(*found)->ai_addr;
		memset(v6, 0, sizeof(*v6));
		v6->sin6_family = AF_INET6;
	} else if (strcmp(host, "gone.example") == 0 && !fake_gone) {
		*found = fake_v4(0x0a010302, NULL);
	} else if (sscanf(host, "many-%u.example", &many) == 1) {
		while (many--)
			*found = fake_v4(0x0b000000 + many, *found);
	}
	if (strcmp(host, "again.example") == 0)
		return EAI_AGAIN;
	return *found ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->ai_next;

		free(list);
		list = next;
	}
}

/* --- Parsing --------------------------------------------------------------------------------- */

struct parse_case {
	const char *args[ARGS_MAX];
	const char *port; /* -p */
	int expected;     /* the port, or -1: refused with these words */
	const char *words[3];
};

static size_t count_args(const char *const args[])
{
	size_t count = 0;

	while (count < ARGS_MAX && args[count])
		count++;
	return count;
}

static void check_parse(const struct parse_case *c, bool listens, bool local)
{
	const char *args[ARGS_MAX];
	size_t count = count_args(c->args);
	struct message why = { "" };
	struct target target;
	int status;
	size_t i;

	memcpy(args, c->args, sizeof(args));
	if (local) {
		status = target_parse_local(&target, args, count, listens ? c->port : NULL, listens,
					    &why);
	} else {
		status = target_parse_peer(&target, args, count, c->port, &why);
	}
	if (status != (c->expected < 0 ? STATUS_USAGE : STATUS_OK))
		fail_msg("%s: status %d: %s", args[0], status, why.text);
	for (i = 0; i < ARRAY_SIZE(c->words) && c->words[i]; i++) {
		if (!strstr(why.text, c->words[i]))
			fail_msg("%s: no '%s' in: %s", args[0], c->words[i], why.text);
	}
	if (status == STATUS_OK) {
		if (target.port != c->expected)
			fail_msg("%s: port %u", args[0], target.port);
		assert_int_equal(target.given_count, count);
		assert_ptr_equal(target.name, count ? args[0] : NULL);
		assert_int_equal(target.address_count, 0);
		assert_int_equal(target.local, local);
	} else {
		assert_int_equal(target.given_count, 0);
	}
	target_free(&target);
	assert_int_equal(target.given_count, 0);
}

static void peer_has_one_port(void **state)
{
	static const struct parse_case cases[] = {
		{ { "10.1.1.2:5000" }, NULL, 5000, { NULL } },
		{ { "10.1.1.2" }, "5000", 5000, { NULL } },
		{ { "10.1.1.2" }, "m3ua", 2905, { NULL } },
		{ { "10.1.1.2:5000", "10.1.2.2" }, NULL, 5000, { NULL } },
		{ { "10.1.2.2", "10.1.1.2:5000" }, NULL, 5000, { NULL } },
		{ { "10.1.2.2", "10.1.1.2:5000", "fd01::1", "[fd01::2]:5000" },
		  "5000",
		  5000,
		  { NULL } },
		{ { "10.1.1.2:2905", "10.1.2.2:m3ua" }, NULL, 2905, { NULL } },
		{ { "10.1.1.2:5000" }, "5001", 5000, { NULL } },
		{ { "10.1.1.2:5000", "10.1.2.2:5000" }, "5001", 5000, { NULL } },
		{ { "10.1.1.2", "10.1.1.2" }, "5000", 5000, { NULL } },
		{ { "no.such.name" }, "5000", 5000, { NULL } },

		{ { NULL }, "5000", -1, { "give -a HOST" } },
		{ { "10.1.1.2" }, NULL, -1, { "-a 10.1.1.2: no port: give HOST:PORT or -p PORT" } },
		{ { "10.1.1.2", "b" }, NULL, -1, { "-a 10.1.1.2: no port" } },
		{ { "10.1.1.2:5000", "10.1.2.2:5001" },
		  NULL,
		  -1,
		  { "-a 10.1.1.2:5000 and -a 10.1.2.2:5001: ", "one port" } },
		{ { "a", "10.1.1.2:5000", "10.1.2.2:5000", "b:5001" },
		  NULL,
		  -1,
		  { "-a 10.1.1.2:5000 and -a b:5001" } },
		{ { "10.1.1.2:5000", "10.1.2.2" },
		  "5001",
		  -1,
		  { "-a 10.1.1.2:5000 and -p 5001", "one port" } },
		{ { "10.1.2.2", "10.1.1.2:5000" }, "5001", -1, { "-a 10.1.1.2:5000 and -p 5001" } },
		{ { "10.1.1.2" }, "0", -1, { "-p 0: port 0 is not between 1 and 65535" } },
		{ { "10.1.1.2:5000" }, "x", -1, { "-p x: unknown service 'x'" } },
		{ { "10.1.1.2:0" }, NULL, -1, { "-a 10.1.1.2:0: port 0" } },
		{ { "10.1.1.2:5000", "" }, NULL, -1, { "-a '': the host is missing" } },
		{ { "10.1.1.2:5000", "10.1" }, NULL, -1, { "-a 10.1: not an IPv4" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_parse(&cases[i], false, false);
}

static void peer_is_unicast(void **state)
{
	static const struct parse_case cases[] = {
		{ { "0.0.0.0:5000" }, NULL, -1, { "-a 0.0.0.0:5000: ", "a peer cannot have it" } },
		{ { "[::]:5000" }, NULL, -1, { "-a [::]:5000: :: stands for all" } },
		{ { "::ffff:0.0.0.0" }, "5000", -1, { "0.0.0.0 stands for all" } },
		{ { "224.0.0.1:5000" }, NULL, -1, { "-a 224.0.0.1:5000: ", "multicast" } },
		{ { "255.255.255.255:5000" }, NULL, -1, { "broadcast" } },
		{ { "10.1.1.2", "ff02::1" }, "5000", -1, { "-a ff02::1: ", "multicast" } },
		{ { "0.1.2.3" }, "5000", -1, { "reserved" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_parse(&cases[i], false, false);
}

static void local_port_may_be_missing(void **state)
{
	static const struct parse_case cases[] = {
		{ { NULL }, NULL, 0, { NULL } },
		{ { "10.1.1.1" }, NULL, 0, { NULL } },
		{ { "10.1.1.1" }, "5000", 0, { NULL } }, /* -p is the peer's */
		{ { NULL }, "5000", 0, { NULL } },
		{ { "10.1.1.1:6000" }, "5000", 6000, { NULL } },
		{ { "10.1.1.1:6000", "10.1.2.1" }, "5000", 6000, { NULL } },
		{ { "0.0.0.0" }, NULL, 0, { NULL } },
		{ { "[::]:6000" }, NULL, 6000, { NULL } },

		{ { "10.1.1.1:6000", "10.1.2.1:6001" },
		  NULL,
		  -1,
		  { "-b 10.1.1.1:6000 and -b 10.1.2.1:6001: ", "one port" } },
		{ { "10.1.1.1:0" }, NULL, -1, { "-b 10.1.1.1:0: port 0 is not" } },
		{ { "0.0.0.0", "10.1.1.1" }, NULL, -1, { "-b 0.0.0.0: ", "alone" } },
		{ { "10.1.1.1", "::" }, NULL, -1, { "-b ::: ", "alone" } },
		{ { "224.0.0.1" }, NULL, -1, { "-b 224.0.0.1: ", "multicast" } },
		{ { "0.0.0.1" }, NULL, -1, { "reserved" } },
		{ { "10.1.1.1:x" }, NULL, -1, { "-b 10.1.1.1:x: unknown service 'x'" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_parse(&cases[i], false, true);
}

static void listener_takes_the_port_of_p(void **state)
{
	static const struct parse_case cases[] = {
		{ { NULL }, "5000", 5000, { NULL } },
		{ { NULL }, "0", 0, { NULL } },
		{ { NULL }, NULL, 0, { NULL } },
		{ { "10.1.1.1" }, "5000", 5000, { NULL } },
		{ { "10.1.1.1" }, "m3ua", 2905, { NULL } },
		{ { "10.1.1.1:0" }, NULL, 0, { NULL } },
		{ { "10.1.1.1:0", "10.1.2.1" }, "0", 0, { NULL } },
		{ { "10.1.1.1:6000" }, "5000", 6000, { NULL } },

		{ { "10.1.1.1:0", "10.1.2.1" }, "5000", -1, { "-b 10.1.1.1:0 and -p 5000" } },
		{ { "10.1.1.1:6000", "10.1.2.1" },
		  "5000",
		  -1,
		  { "-b 10.1.1.1:6000 and -p 5000", "one port" } },
		{ { "10.1.1.1:0", "10.1.2.1:5000" },
		  NULL,
		  -1,
		  { "-b 10.1.1.1:0 and -b 10.1.2.1:5000" } },
		{ { "10.1.1.1" }, "65536", -1, { "-p 65536: port 65536 is not between 0" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_parse(&cases[i], true, true);
}

/* --- Resolving ------------------------------------------------------------------------------- */

struct resolve_case {
	const char *args[ARGS_MAX];
	int family;
	size_t duplicates;
	const char *texts[ARGS_MAX]; /* of the addresses, with port 5000 */
	const char *hosts[ARGS_MAX]; /* the names they come from */
};

static int resolve(struct target *target, const char **args, size_t count, bool local, int family,
		   struct timeline *timeline, struct message *why)
{
	int status;

	if (local) {
		status = target_parse_local(target, args, count, "5000", true, why);
	} else {
		status = target_parse_peer(target, args, count, "5000", why);
	}
	if (status != STATUS_OK)
		fail_msg("%s", why->text);
	return target_resolve(target, family, 60 * 1000000LL, timeline, why);
}

static void check_addresses(const struct target *target, const struct resolve_case *c)
{
	char text[ADDRESS_TEXT_MAX];
	size_t count = count_args(c->texts);
	size_t i;

	assert_int_equal(target->address_count, count);
	assert_int_equal(target->duplicate_count, c->duplicates);
	for (i = 0; i < count; i++) {
		const struct target_address *a = &target->addresses[i];

		assert_string_equal(address_text(&a->address, text), c->texts[i]);
		if (c->hosts[i])
			assert_string_equal(a->host, c->hosts[i]);
		else
			assert_null(a->host);
	}
}

static void resolve_keeps_order_and_drops_duplicates(void **state)
{
	static const struct resolve_case cases[] = {
		{ { "10.1.1.2" }, AF_UNSPEC, 0, { "10.1.1.2:5000" }, { NULL } },
		{ { "fd01::2", "10.1.1.2" },
		  AF_UNSPEC,
		  0,
		  { "[fd01::2]:5000", "10.1.1.2:5000" },
		  { NULL } },
		{ { "two.example" },
		  AF_UNSPEC,
		  0,
		  { "10.1.1.2:5000", "10.1.2.2:5000" },
		  { "two.example", "two.example" } },
		{ { "half.example" }, AF_UNSPEC, 0, { "10.1.1.2:5000" }, { "half.example" } },
		{ { "10.1.2.2", "two.example" },
		  AF_INET,
		  1,
		  { "10.1.2.2:5000", "10.1.1.2:5000" },
		  { NULL, "two.example" } },
		{ { "two.example", "10.1.2.2" },
		  AF_UNSPEC,
		  1,
		  { "10.1.1.2:5000", "10.1.2.2:5000" },
		  { "two.example", "two.example" } },
		{ { "10.1.1.2", "10.1.1.2", "::ffff:10.1.1.2", "10.1.1.2:5000" },
		  AF_UNSPEC,
		  3,
		  { "10.1.1.2:5000" },
		  { NULL } },
		{ { "fd01::2", "fd01:0::2" }, AF_INET6, 1, { "[fd01::2]:5000" }, { NULL } },
		{ { "fe80::1%lo", "fe80::1%1" }, AF_UNSPEC, 1, { "[fe80::1%lo]:5000" }, { NULL } },
	};
	struct timeline timeline = { .start_us = loop_now_us() };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *args[ARGS_MAX];
		struct message why = { "" };
		struct target target;

		memcpy(args, cases[i].args, sizeof(args));
		if (resolve(&target, args, count_args(args), false, cases[i].family, &timeline,
			    &why) != STATUS_OK)
			fail_msg("%s: %s", args[0], why.text);
		check_addresses(&target, &cases[i]);

		/* Once more gives the same, not twice as many. */
		assert_int_equal(
			target_resolve(&target, cases[i].family, 60 * 1000000LL, &timeline, &why),
			STATUS_OK);
		check_addresses(&target, &cases[i]);
		target_free(&target);
	}
}

static void resolve_refuses_and_says_why(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		bool local;
		int family;
		int status;
		const char *words;
	} cases[] = {
		{ { "no.such" }, false, AF_UNSPEC, STATUS_UNRESOLVED, "no.such: no such name" },
		{ { "10.1.1.2", "no.such" }, false, AF_UNSPEC, STATUS_UNRESOLVED, "no such name" },
		{ { "10.1.1.2" }, false, AF_INET6, STATUS_USAGE, "-6" },
		{ { "fd01::2" }, true, AF_INET, STATUS_USAGE, "-4" },
		{ { "fe80::1%nosuch0" }, false, AF_UNSPEC, STATUS_USAGE, "no interface" },
		{ { "sink.example" },
		  false,
		  AF_UNSPEC,
		  STATUS_UNRESOLVED,
		  "sink.example: the name has no address that can be used: 0.0.0.0 stands for all "
		  "addresses of a host" },
		{ { "any6.example" }, false, AF_UNSPEC, STATUS_UNRESOLVED, "used: :: stands" },
		{ { "10.1.1.2", "sink.example" }, false, AF_UNSPEC, STATUS_UNRESOLVED, "0.0.0.0" },
		{ { "10.1.1.1", "sink.example" },
		  true,
		  AF_UNSPEC,
		  STATUS_USAGE,
		  "-b 0.0.0.0: stands for all addresses of this host" },
		{ { "many-1001.example" }, false, AF_UNSPEC, STATUS_USAGE, "1000" },
		{ { "many-1000.example", "10.1.1.2" }, false, AF_UNSPEC, STATUS_USAGE, "1000" },
	};
	struct timeline timeline = { .start_us = loop_now_us() };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *args[ARGS_MAX];
		struct message why = { "" };
		struct target target;
		int status;

		memcpy(args, cases[i].args, sizeof(args));
		status = resolve(&target, args, count_args(args), cases[i].local, cases[i].family,
				 &timeline, &why);
		if (status == STATUS_UNRESOLVED)
			said_unresolved(target.unresolved, &why);
		if (status != cases[i].status || !strstr(why.text, cases[i].words))
			fail_msg("%s: status %d: %s", args[0], status, why.text);
		assert_int_equal(target.address_count, 0);
		assert_null(target.addresses);
		target_free(&target);
	}
}

static void resolve_local_wildcards_and_none(void **state)
{
	static const char *const wildcards[] = { "0.0.0.0", "::", "sink.example", "any6.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct message why = { "" };
	struct target target;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wildcards); i++) {
		const char *args[] = { wildcards[i] };

		if (resolve(&target, args, 1, true, AF_UNSPEC, &timeline, &why) != STATUS_OK)
			fail_msg("%s", why.text);
		assert_int_equal(target.address_count, 1);
		assert_true(address_is_wildcard(&target.addresses[0].address));
		target_free(&target);
	}
	assert_int_equal(resolve(&target, NULL, 0, true, AF_UNSPEC, &timeline, &why), STATUS_OK);
	assert_int_equal(target.address_count, 0);
	assert_int_equal(target.port, 5000);
	target_free(&target);
}

static void a_thousand_is_the_most(void **state)
{
	static const char *exactly[] = { "many-1000.example", "many-1000.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	const char **args = xcalloc(TARGET_ADDRESSES_MAX + 1, sizeof(*args));
	struct message why = { "" };
	struct target target;
	size_t i;

	(void)state;
	assert_int_equal(resolve(&target, exactly, 2, false, AF_UNSPEC, &timeline, &why),
			 STATUS_OK);
	assert_int_equal(target.address_count, TARGET_ADDRESSES_MAX);
	assert_int_equal(target.duplicate_count, 1000);
	target_free(&target);

	/* Given too often: refused before anything, also where they are all the same. */
	for (i = 0; i <= TARGET_ADDRESSES_MAX; i++)
		args[i] = "10.1.1.2";
	assert_int_equal(target_parse_peer(&target, args, TARGET_ADDRESSES_MAX, "5000", &why),
			 STATUS_OK);
	target_free(&target);
	assert_int_equal(target_parse_peer(&target, args, TARGET_ADDRESSES_MAX + 1, "5000", &why),
			 STATUS_USAGE);
	assert_non_null(strstr(why.text, "-a: given 1001 times, but at most 1000"));
	target_free(&target);
	free(args);
}

static void resolve_again_sees_what_changed(void **state)
{
	const char *args[] = { "10.1.1.2", "gone.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct message why = { "" };
	struct target target;

	(void)state;
	fake_gone = true;
	assert_int_equal(resolve(&target, args, 2, false, AF_UNSPEC, &timeline, &why),
			 STATUS_UNRESOLVED);
	assert_int_equal(target.address_count, 0);
	fake_gone = false;
	assert_int_equal(target_resolve(&target, AF_UNSPEC, 60 * 1000000LL, &timeline, &why),
			 STATUS_OK);
	assert_int_equal(target.address_count, 2);
	assert_string_equal(target.addresses[1].host, "gone.example");
	target_free(&target);
}

/* Names that are late are named; what the others gave is there, in the order of the arguments. */
static void late_names_leave_the_others(void **state)
{
	const char *args[] = { "silent-1.example", "two.example", "10.1.3.2", "silent-2.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct resolver *resolver = resolver_new();
	struct message why = { "" };
	char text[ADDRESS_TEXT_MAX];
	struct target target;
	size_t late;

	(void)state;
	assert_int_equal(target_parse_peer(&target, args, 4, "5000", &why), STATUS_OK);
	target_look_up(&target, resolver, AF_UNSPEC);
	while (!lookup_is_done(target.lookups[1])) {
		struct pollfd fd = { .fd = resolver_descriptor(resolver), .events = POLLIN };

		assert_int_equal(poll(&fd, 1, 20000), 1);
		resolver_read(resolver);
	}
	assert_false(target_is_looked_up(&target));
	assert_string_equal(target_awaits(&target), "silent-1.example");
	assert_int_equal(target_take(&target, 1000000, &late, &timeline, &why), STATUS_UNRESOLVED);
	assert_int_equal(late, 2);
	said_unresolved(target.unresolved, &why);
	assert_string_equal(why.text, "silent-1.example, silent-2.example: no answer from the name "
				      "server within 1000 ms");
	assert_int_equal(target.unresolved->fault, UNRESOLVED_LATE);
	assert_int_equal(target.unresolved->waited_us, 1000000);
	assert_string_equal(target.unresolved->names, "silent-1.example, silent-2.example");
	assert_int_equal(target.address_count, 3);
	assert_string_equal(address_text(&target.addresses[0].address, text), "10.1.1.2:5000");
	assert_string_equal(address_text(&target.addresses[2].address, text), "10.1.3.2:5000");
	assert_int_equal(resolver_descriptor(resolver), -1);
	target_free(&target);
	resolver_free(resolver);
}

/* A resolver that has stopped waiting says EAI_AGAIN. */
static void unanswered_names_leave_the_others(void **state)
{
	const char *args[] = { "again.example", "two.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct message why = { "" };
	struct target target;
	int status;

	(void)state;
	for (size_t count = 1; count <= 2; count++) {
		struct resolver *resolver = resolver_new();
		size_t late;

		assert_int_equal(target_parse_peer(&target, args, count, "5000", &why), STATUS_OK);
		target_look_up(&target, resolver, AF_UNSPEC);
		while (!target_is_looked_up(&target)) {
			struct pollfd fd = { .fd = resolver_descriptor(resolver),
					     .events = POLLIN };

			assert_int_equal(poll(&fd, 1, 20000), 1);
			resolver_read(resolver);
		}
		assert_int_equal(target_has_some(&target), count == 2);
		status = target_take(&target, 1000000, &late, &timeline, &why);
		assert_int_equal(status, STATUS_UNRESOLVED);
		assert_int_equal(late, count - 1);
		assert_int_equal(target.unresolved->fault,
				 count == 1 ? UNRESOLVED_SERVER_SILENT : UNRESOLVED_LATE);
		assert_string_equal(target.unresolved->names, "again.example");
		assert_int_equal(target.address_count, count == 1 ? 0 : 2);
		target_free(&target);
		resolver_free(resolver);
	}
}

static void late_and_wrong_is_wrong(void **state)
{
	const char *args[] = { "silent-1.example", "10.1.1.2" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct resolver *resolver = resolver_new();
	struct message why = { "" };
	struct target target;
	size_t late;

	(void)state;
	assert_int_equal(target_parse_peer(&target, args, 2, "5000", &why), STATUS_OK);
	target_look_up(&target, resolver, AF_INET6);
	assert_int_equal(target_take(&target, 1000000, &late, &timeline, &why), STATUS_USAGE);
	assert_int_equal(late, 0);
	assert_int_equal(target.address_count, 0);
	target_free(&target);
	resolver_free(resolver);
}

static void many_late_names(void **state)
{
	const char *args[] = { "silent-1.example", "silent-2.example", "silent-3.example",
			       "silent-4.example", "silent-5.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct resolver *resolver = resolver_new();
	struct message why = { "" };
	struct target target;
	size_t late;

	(void)state;
	assert_int_equal(target_parse_peer(&target, args, 5, "5000", &why), STATUS_OK);
	target_look_up(&target, resolver, AF_UNSPEC);
	assert_int_equal(target_take(&target, 250400, &late, &timeline, &why), STATUS_UNRESOLVED);
	assert_int_equal(late, 5);
	said_unresolved(target.unresolved, &why);
	assert_string_equal(why.text,
			    "silent-1.example, silent-2.example, silent-3.example and 2 more: no "
			    "answer from the name server within 250 ms");
	target_free(&target);
	resolver_free(resolver);
}

static void a_signal_ends_the_wait_for_a_name(void **state)
{
	const char *args[] = { "silent-1.example" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct message why = { "" };
	struct target target;

	(void)state;
	fake_loop_signal(0, SIGINT);
	assert_int_equal(resolve(&target, args, 1, false, AF_UNSPEC, &timeline, &why),
			 STATUS_SIGNAL);
	assert_int_equal(loop_take_signal(), SIGINT);
	assert_int_equal(target.address_count, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	target_free(&target);
}

/* No name server is asked again, and the zone is kept. */
static void pick_is_numeric(void **state)
{
	const char *args[] = { "10.1.1.2", "gone.example", "fe80::1%lo" };
	struct timeline timeline = { .start_us = loop_now_us() };
	struct message why = { "" };
	char text[ADDRESS_TEXT_MAX];
	struct target whole, picked;

	(void)state;
	fake_gone = false;
	assert_int_equal(resolve(&whole, args, 3, false, AF_UNSPEC, &timeline, &why), STATUS_OK);
	fake_gone = true;
	target_pick(&picked, &whole, 1, 2, 7000);
	target_free(&whole);
	assert_int_equal(target_resolve(&picked, AF_UNSPEC, 60 * 1000000LL, &timeline, &why),
			 STATUS_OK);
	assert_int_equal(picked.address_count, 2);
	assert_string_equal(address_text(&picked.addresses[0].address, text), "10.1.3.2:7000");
	assert_null(picked.addresses[0].host);
	assert_string_equal(address_text(&picked.addresses[1].address, text), "[fe80::1%lo]:7000");
	assert_false(picked.local);
	target_free(&picked);
}

static void timeline_tells_names_and_duplicates(void **state)
{
	const char *args[] = { "10.1.2.2", "two.example" };
	struct timeline timeline = { .start_us = loop_now_us(), .verbose = true };
	struct message why = { "" };
	struct target target;
	int saved = dup(STDERR_FILENO);
	FILE *file = tmpfile();
	char text[1024];

	(void)state;
	dup2(fileno(file), STDERR_FILENO);
	resolve(&target, args, 2, false, AF_UNSPEC, &timeline, &why);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);

	assert_non_null(strstr(text, "two.example has the address 10.1.1.2\n"));
	assert_non_null(strstr(text, "two.example has the address 10.1.2.2\n"));
	assert_non_null(strstr(text, "10.1.2.2 given twice: used once\n"));
	target_free(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_has_one_port),
		cmocka_unit_test(peer_is_unicast),
		cmocka_unit_test(local_port_may_be_missing),
		cmocka_unit_test(listener_takes_the_port_of_p),
		cmocka_unit_test(resolve_keeps_order_and_drops_duplicates),
		cmocka_unit_test(resolve_refuses_and_says_why),
		cmocka_unit_test(resolve_local_wildcards_and_none),
		cmocka_unit_test(a_thousand_is_the_most),
		cmocka_unit_test(resolve_again_sees_what_changed),
		cmocka_unit_test(late_names_leave_the_others),
		cmocka_unit_test(unanswered_names_leave_the_others),
		cmocka_unit_test(late_and_wrong_is_wrong),
		cmocka_unit_test(many_late_names),
		cmocka_unit_test(a_signal_ends_the_wait_for_a_name),
		cmocka_unit_test(pick_is_numeric),
		cmocka_unit_test(timeline_tells_names_and_duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
