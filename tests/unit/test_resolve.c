/* SPDX-License-Identifier: MIT */
/* resolve.c: names and numbers, children that are slow, silent or die, and no leaks. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <net/if.h>
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
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/address.h"
#include "said.h"
#include "target/numeric.h"
#include "target/names.h"
#include "target/resolve.h"

/* A label of 63 characters. */
#define LABEL_63 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij123"

/* Nothing here takes as long; but a machine may be busy. */
#define REAL_MS 20000

/* --- A name server: this file's getaddrinfo() comes before libc's -------------------------- */

#define FAKE_ANSWERS 3

/* More than a pipe holds. */
#define MANY 4000

struct fake_name {
	const char *name;
	int error; /* EAI_*, 0: the addresses */
	const char *addresses[FAKE_ANSWERS];
};

static const struct fake_name fake_names[] = {
	{ "two.example", 0, { "10.1.1.2", "fd01::2" } },
	{ "two.example.", 0, { "10.1.1.2", "fd01::2" } },
	{ "under_score.example", 0, { "10.1.1.3" } },
	{ "mapped.example", 0, { "::ffff:10.1.1.2" } },
	{ "link.example", 0, { "fe80::2" } },
	{ "stale.example", 0, { "10.1.1.2", "fe80::2" } },
	{ "1a.example", 0, { "10.1.1.4" } },
	{ LABEL_63 ".example", 0, { "10.1.1.5" } },
	{ "nodata.example", EAI_NODATA, { NULL } },
	{ "again.example", EAI_AGAIN, { NULL } },
	{ "fail.example", EAI_FAIL, { NULL } },
	{ "system.example", EAI_SYSTEM, { NULL } },
	{ "memory.example", EAI_MEMORY, { NULL } },
	{ "slow-1.example", 0, { "10.1.1.1" } },
	{ "slow-2.example", 0, { "10.1.1.2" } },
};

/* In memory that the children share. */
static struct fake {
	int calls;
	int refuse_sctp; /* what a libc without SCTP answers */
	struct addrinfo hints;
	int begun;         /* look-ups of "silent.example", which never ends */
	pid_t child;       /* the last of these */
	int allowed;       /* "slow-N.example" is answered once this is N or more */
	unsigned open_fds; /* that the child of "count.example" has */
} * fake;

static int make_fake(void **state)
{
	(void)state;
	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return fake == MAP_FAILED ? -1 : 0;
}

static unsigned count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(dir))
		count++;
	closedir(dir);
	return count - 3; /* ".", ".." and the directory's own */
}

/* What keeps a child busy; other names are answered at once. */
static void dawdle(const char *host)
{
	int turn;

	if (!strcmp(host, "silent.example")) {
		fake->child = getpid();
		__atomic_add_fetch(&fake->begun, 1, __ATOMIC_SEQ_CST);
		for (;;)
			pause();
	}
	if (!strcmp(host, "dies.example"))
		raise(SIGKILL);
	if (!strcmp(host, "count.example"))
		fake->open_fds = count_fds();
	while (sscanf(host, "slow-%d.", &turn) == 1 &&
	       __atomic_load_n(&fake->allowed, __ATOMIC_SEQ_CST) < turn)
		usleep(100);
}

static void fake_add(struct addrinfo **list, const char *text)
{
	struct addrinfo *ai = calloc(1, sizeof(*ai) + sizeof(struct sockaddr_in6));
	struct sockaddr_in *v4 = (struct sockaddr_in *)(ai + 1);
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(ai + 1);

	ai->ai_addr = (struct sockaddr *)(ai + 1);
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &v6->sin6_addr), 1);
		v6->sin6_family = AF_INET6;
	}
	ai->ai_family = ai->ai_addr->sa_family;
	while (*list)
		list = &(*list)->ai_next;
	*list = ai;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	size_t i;
	size_t k;

	assert_null(service);
	fake->calls++;
	fake->hints = *hints;
	dawdle(host);
	if (!strcmp(host, "many.example")) {
		*found = NULL;
		for (i = 0; i < MANY; i++)
			fake_add(found, "10.1.1.2");
		return 0;
	}
	if (fake->refuse_sctp && hints->ai_protocol == IPPROTO_SCTP)
		return fake->refuse_sctp;
	for (i = 0; i < ARRAY_SIZE(fake_names); i++) {
		const struct fake_name *n = &fake_names[i];

		if (strcmp(host, n->name) != 0)
			continue;
		errno = ECONNREFUSED;
		*found = NULL;
		for (k = 0; k < FAKE_ANSWERS && n->addresses[k]; k++) {
			bool is_v6 = strchr(n->addresses[k], ':');

			if (hints->ai_family != (is_v6 ? AF_INET : AF_INET6))
				fake_add(found, n->addresses[k]);
		}
		return n->error ? n->error : *found ? 0 : EAI_ADDRFAMILY;
	}
	return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list)
{
	while (list) {
		struct addrinfo *next = list->ai_next;

		free(list);
		list = next;
	}
}

/* --- Waiting ---------------------------------------------------------------------------------- */

static void wait_until_done(struct resolver *resolver, const struct lookup *lookup)
{
	while (!lookup_is_done(lookup)) {
		struct pollfd fd = { .fd = resolver_descriptor(resolver), .events = POLLIN };

		assert_int_equal(poll(&fd, 1, REAL_MS), 1);
		resolver_read(resolver);
	}
}

static struct hostport given_as(const char *host)
{
	struct hostport given = { .host = (char *)(uintptr_t)host };

	(void)address_from_text(&given.number, host);
	return given;
}

/* A number or a name, from the beginning to the end. */
static int resolve(const char *host, int family, union address **list, size_t *count,
		   struct message *why)
{
	const struct hostport given = given_as(host);
	struct resolver *resolver;
	struct lookup *lookup;
	struct unresolved u;
	union address a;
	int status;

	if (numeric_address(&given, 7, family, &a, &status, why)) {
		if (status != STATUS_OK)
			return status;
		*list = xreallocarray(*list, *count + 1, sizeof(a));
		(*list)[(*count)++] = a;
		return STATUS_OK;
	}
	resolver = resolver_new();
	lookup = resolver_look_up(resolver, host, family);
	wait_until_done(resolver, lookup);
	status = lookup_take(lookup, 7, list, count, &u);
	if (status == STATUS_UNRESOLVED)
		said_unresolved(&u, why);
	lookup_end(lookup);
	resolver_free(resolver);
	return status;
}

static void nothing_is_left(unsigned fds)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(count_fds(), fds);
}

/* --- What is found -------------------------------------------------------------------------- */

static void resolve_gives_addresses(void **state)
{
	static const struct {
		const char *host;
		int family;
		int calls; /* of getaddrinfo() */
		const char *texts[FAKE_ANSWERS];
	} cases[] = {
		{ "10.1.1.2", AF_UNSPEC, 0, { "10.1.1.2:7" } },
		{ "10.1.1.2", AF_INET, 0, { "10.1.1.2:7" } },
		{ "fd01:0::0002", AF_UNSPEC, 0, { "[fd01::2]:7" } },
		{ "fd01::2", AF_INET6, 0, { "[fd01::2]:7" } },
		{ "::ffff:10.1.1.2", AF_UNSPEC, 0, { "10.1.1.2:7" } },
		{ "::ffff:10.1.1.2", AF_INET, 0, { "10.1.1.2:7" } },
		{ "fe80::1%lo", AF_UNSPEC, 0, { "[fe80::1%lo]:7" } },
		{ "0.0.0.0", AF_UNSPEC, 0, { "0.0.0.0:7" } },
		{ "two.example", AF_UNSPEC, 1, { "10.1.1.2:7", "[fd01::2]:7" } },
		{ "two.example.", AF_UNSPEC, 1, { "10.1.1.2:7", "[fd01::2]:7" } },
		{ "two.example", AF_INET, 1, { "10.1.1.2:7" } },
		{ "two.example", AF_INET6, 1, { "[fd01::2]:7" } },
		{ "under_score.example", AF_UNSPEC, 1, { "10.1.1.3:7" } },
		{ "mapped.example", AF_UNSPEC, 1, { "10.1.1.2:7" } },
		{ "1a.example", AF_UNSPEC, 1, { "10.1.1.4:7" } },
		{ "stale.example", AF_UNSPEC, 1, { "10.1.1.2:7" } },
		{ LABEL_63 ".example", AF_UNSPEC, 1, { "10.1.1.5:7" } },
	};
	char text[ADDRESS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		/* One is there already: others are appended. */
		union address *list = xcalloc(1, sizeof(*list));
		struct message why = { "" };
		size_t count = 1;
		size_t k;

		fake->calls = 0;
		if (resolve(cases[i].host, cases[i].family, &list, &count, &why) != STATUS_OK)
			fail_msg("%s: %s", cases[i].host, why.text);
		assert_int_equal(fake->calls, cases[i].calls);
		for (k = 0; k < FAKE_ANSWERS && cases[i].texts[k]; k++) {
			assert_true(k + 1 < count);
			assert_string_equal(address_text(&list[k + 1], text), cases[i].texts[k]);
		}
		assert_int_equal(count, k + 1);
		assert_int_equal(list[0].sa.sa_family, AF_UNSPEC);
		free(list);
	}
}

static void resolve_refuses_and_says_why(void **state)
{
	static const struct {
		const char *host;
		int family;
		int status;
		const char *words;
	} cases[] = {
		{ "10.1.1.2", AF_INET6, STATUS_USAGE, "10.1.1.2 is an IPv4 address, but -6" },
		{ "fd01::2", AF_INET, STATUS_USAGE, "fd01::2 is an IPv6 address, but -4" },
		{ "::ffff:10.1.1.2", AF_INET6, STATUS_USAGE, "is an IPv4 address, but -6" },
		{ "fe80::1%nosuch0", AF_UNSPEC, STATUS_USAGE, "no interface 'nosuch0'" },
		{ "fe80::1%0", AF_UNSPEC, STATUS_USAGE, "no interface '0'" },
		{ "fe80::1%4294967297", AF_UNSPEC, STATUS_USAGE, "no interface" },
		{ "fe80::1%2147483647", AF_UNSPEC, STATUS_USAGE, "no interface" },
		{ "fe80::1%+1", AF_UNSPEC, STATUS_USAGE, "no interface '+1'" },
		{ "fe80::1%1x", AF_UNSPEC, STATUS_USAGE, "no interface '1x'" },
		{ "fe80::1%lo%lo", AF_UNSPEC, STATUS_USAGE, "no interface 'lo%lo'" },
		{ "link.example", AF_UNSPEC, STATUS_UNRESOLVED, "give it as fe80::2%eth0" },
		{ "nosuch.example", AF_UNSPEC, STATUS_UNRESOLVED, "nosuch.example: no such name" },
		{ "nosuch.example", AF_INET, STATUS_UNRESOLVED, "no IPv4 address (-4)" },
		{ "under_score.example", AF_INET6, STATUS_UNRESOLVED, "no IPv6 address (-6)" },
		{ "mapped.example", AF_INET6, STATUS_UNRESOLVED, "no IPv6 address (-6)" },
		{ "nodata.example", AF_UNSPEC, STATUS_UNRESOLVED, "the name has no address" },
		{ "again.example", AF_UNSPEC, STATUS_UNRESOLVED, "name server did not answer" },
		{ "fail.example", AF_UNSPEC, STATUS_UNRESOLVED, "reported a failure" },
		{ "system.example", AF_UNSPEC, STATUS_UNRESOLVED, "getaddrinfo: ECONNREFUSED: " },
		{ "memory.example", AF_UNSPEC, STATUS_UNRESOLVED,
		  "cannot look up the name: getaddrinfo: ENOMEM: " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address *list = xcalloc(1, sizeof(*list));
		struct message why = { "" };
		size_t count = 1;
		int status = resolve(cases[i].host, cases[i].family, &list, &count, &why);

		if (status != cases[i].status || !strstr(why.text, cases[i].words))
			fail_msg("'%s': status %d: %s", cases[i].host, status, why.text);
		assert_int_equal(count, 1);
		free(list);
	}
}

static void resolve_takes_an_interface_number(void **state)
{
	union address *list = NULL;
	struct message why;
	char host[64];
	size_t count = 0;

	(void)state;
	snprintf(host, sizeof(host), "fe80::1%%%u", if_nametoindex("lo"));
	assert_int_equal(resolve(host, AF_UNSPEC, &list, &count, &why), STATUS_OK);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].v6.sin6_scope_id, if_nametoindex("lo"));
	free(list);
}

/* Without a type and a protocol, every address would come three times. */
static void resolve_asks_for_sctp_streams(void **state)
{
	static const int refusals[] = { 0, EAI_SOCKTYPE, EAI_SERVICE };
	struct message why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		union address *list = NULL;
		size_t count = 0;

		fake->calls = 0;
		fake->refuse_sctp = refusals[i];
		assert_int_equal(resolve("two.example", AF_INET, &list, &count, &why), STATUS_OK);
		fake->refuse_sctp = 0;
		assert_int_equal(count, 1);
		assert_int_equal(fake->calls, refusals[i] ? 2 : 1);
		assert_int_equal(fake->hints.ai_family, AF_INET);
		assert_int_equal(fake->hints.ai_socktype, SOCK_STREAM);
		assert_int_equal(fake->hints.ai_protocol, refusals[i] ? IPPROTO_TCP : IPPROTO_SCTP);
		assert_int_equal(fake->hints.ai_flags, 0);
		free(list);
	}
}

static void many_addresses_of_one_name(void **state)
{
	union address *list = NULL;
	struct message why;
	size_t count = 0;

	(void)state;
	assert_int_equal(resolve("many.example", AF_UNSPEC, &list, &count, &why), STATUS_OK);
	assert_int_equal(count, MANY);
	free(list);
}

/* --- Children --------------------------------------------------------------------------------- */

static void numbers_start_nothing(void **state)
{
	struct resolver *resolver = resolver_new();
	const struct hostport given = given_as("10.1.1.2");
	unsigned fds = count_fds();
	struct message why;
	union address a;
	int status;

	(void)state;
	fake->calls = 0;
	assert_true(numeric_address(&given, 7, AF_UNSPEC, &a, &status, &why));
	assert_int_equal(resolver_descriptor(resolver), -1);
	resolver_read(resolver);
	nothing_is_left(fds);
	assert_int_equal(fake->calls, 0);
	resolver_free(resolver);
}

static void names_are_looked_up_side_by_side(void **state)
{
	struct resolver *resolver = resolver_new();
	struct lookup *first = resolver_look_up(resolver, "slow-2.example", AF_UNSPEC);
	struct lookup *second = resolver_look_up(resolver, "slow-1.example", AF_UNSPEC);
	char text[ADDRESS_TEXT_MAX];
	union address *list = NULL;
	struct unresolved u;
	size_t count = 0;

	(void)state;
	__atomic_store_n(&fake->allowed, 1, __ATOMIC_SEQ_CST);
	wait_until_done(resolver, second);
	assert_false(lookup_is_done(first));
	__atomic_store_n(&fake->allowed, 2, __ATOMIC_SEQ_CST);
	wait_until_done(resolver, first);
	assert_int_equal(resolver_descriptor(resolver), -1);
	assert_int_equal(lookup_take(first, 7, &list, &count, &u), STATUS_OK);
	assert_int_equal(lookup_take(second, 7, &list, &count, &u), STATUS_OK);
	assert_int_equal(count, 2);
	assert_string_equal(address_text(&list[0], text), "10.1.1.2:7");
	assert_string_equal(address_text(&list[1], text), "10.1.1.1:7");
	free(list);
	lookup_end(first);
	lookup_end(second);
	resolver_free(resolver);
}

static void a_silent_name_is_ended(void **state)
{
	unsigned fds = count_fds();
	struct resolver *resolver = resolver_new();
	struct lookup *silent, *other;

	(void)state;
	fake->begun = 0;
	silent = resolver_look_up(resolver, "silent.example", AF_UNSPEC);
	other = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	wait_until_done(resolver, other);
	while (!__atomic_load_n(&fake->begun, __ATOMIC_SEQ_CST))
		usleep(100);
	resolver_read(resolver);
	assert_false(lookup_is_done(silent));
	assert_true(resolver_descriptor(resolver) >= 0);
	lookup_end(silent);
	assert_int_equal(resolver_descriptor(resolver), -1);
	assert_int_equal(kill(fake->child, 0), -1);
	assert_int_equal(errno, ESRCH);
	lookup_end(other);
	resolver_free(resolver);
	nothing_is_left(fds);
}

static void so_many_at_a_time(void **state)
{
	struct lookup *silent[NAMES_CHILDREN_MAX];
	unsigned fds = count_fds();
	struct resolver *resolver = resolver_new();
	struct lookup *waits, *given_up, *last;

	(void)state;
	fake->begun = 0;
	for (size_t i = 0; i < NAMES_CHILDREN_MAX; i++)
		silent[i] = resolver_look_up(resolver, "silent.example", AF_UNSPEC);
	fake->calls = 0;
	waits = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	given_up = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	while (__atomic_load_n(&fake->begun, __ATOMIC_SEQ_CST) < NAMES_CHILDREN_MAX)
		usleep(100);
	resolver_read(resolver);
	assert_false(lookup_is_done(waits));
	lookup_end(given_up);
	last = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	lookup_end(silent[0]);
	wait_until_done(resolver, waits);
	wait_until_done(resolver, last);
	for (size_t i = 1; i < NAMES_CHILDREN_MAX; i++)
		lookup_end(silent[i]);
	lookup_end(waits);
	lookup_end(last);
	resolver_free(resolver);
	nothing_is_left(fds);
}

static void a_child_that_dies(void **state)
{
	unsigned fds = count_fds();
	union address *list = NULL;
	struct message why;
	size_t count = 0;

	(void)state;
	assert_int_equal(resolve("dies.example", AF_UNSPEC, &list, &count, &why),
			 STATUS_UNRESOLVED);
	assert_string_equal(why.text, "dies.example: cannot look up the name: the look-up "
				      "process died");
	nothing_is_left(fds);
}

/* stdin, stdout, stderr, and the pipe. */
static void a_child_has_no_descriptors_of_ours(void **state)
{
	union address *list = NULL;
	struct message why;
	size_t count = 0;
	int fd = dup(STDERR_FILENO);

	(void)state;
	assert_int_equal(resolve("count.example", AF_UNSPEC, &list, &count, &why),
			 STATUS_UNRESOLVED);
	assert_int_equal(fake->open_fds, 4);
	close(fd);
}

static void no_descriptor_is_left(void **state)
{
	unsigned fds = count_fds();
	union address *list = NULL;
	struct rlimit old, limit;
	struct message why;
	size_t count = 0;
	int next = dup(STDERR_FILENO);

	(void)state;
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(resolve("two.example", AF_UNSPEC, &list, &count, &why), STATUS_UNRESOLVED);
	assert_non_null(
		strstr(why.text, "two.example: cannot look up the name: epoll_create1: EMFILE: "));
	limit.rlim_cur++;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(resolve("two.example", AF_UNSPEC, &list, &count, &why), STATUS_UNRESOLVED);
	assert_non_null(strstr(why.text, "two.example: cannot look up the name: pipe2: EMFILE: "));
	setrlimit(RLIMIT_NOFILE, &old);
	nothing_is_left(fds);
}

/* --- Shared ----------------------------------------------------------------------------------- */

static void count_tell(void *context, short none)
{
	int *told = context;

	(void)none;
	(*told)++;
}

static void read_until_done(struct names *names, const struct lookup *lookup)
{
	while (!lookup_is_done(lookup)) {
		struct pollfd fd = { .fd = names_descriptor(names), .events = POLLIN };

		assert_int_equal(poll(&fd, 1, REAL_MS), 1);
		assert_int_equal(names_read(names), 0);
	}
}

static void a_name_is_asked_once_for_all(void **state)
{
	unsigned fds = count_fds();
	struct names *names = names_new(true);
	int told[4] = { 0 };
	struct resolver *resolvers[4];
	struct lookup *lookups[4];
	union address *list = NULL;
	struct unresolved u;
	size_t count = 0;

	(void)state;
	fake->calls = 0;
	fake->allowed = 0;
	for (size_t i = 0; i < 4; i++) {
		resolvers[i] = resolver_join(names, INT64_MAX, INT64_MAX, count_tell, &told[i]);
		assert_int_equal(resolver_descriptor(resolvers[i]), -1);
	}
	for (size_t i = 0; i < 3; i++)
		lookups[i] = resolver_look_up(resolvers[i], "slow-1.example", AF_UNSPEC);
	/* The one who asked first does not wait any longer. */
	lookup_end(lookups[0]);
	__atomic_store_n(&fake->allowed, 1, __ATOMIC_SEQ_CST);
	read_until_done(names, lookups[1]);
	lookups[3] = resolver_look_up(resolvers[3], "slow-1.example", AF_UNSPEC);
	assert_true(lookup_is_done(lookups[3]));
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(lookup_take(lookups[i], 7, &list, &count, &u), STATUS_OK);
		assert_int_equal(told[i], i < 3);
		lookup_end(lookups[i]);
	}
	assert_int_equal(told[0], 0);
	assert_int_equal(count, 3);
	assert_int_equal(fake->calls, 1);
	/* Another family is another question. */
	lookups[0] = resolver_look_up(resolvers[0], "slow-1.example", AF_INET);
	read_until_done(names, lookups[0]);
	assert_int_equal(fake->calls, 2);
	lookup_end(lookups[0]);
	for (size_t i = 0; i < 4; i++)
		resolver_free(resolvers[i]);
	names_free(names);
	free(list);
	nothing_is_left(fds);
}

static void an_old_answer_is_asked_for_again(void **state)
{
	struct names *names = names_new(true);
	struct resolver *patient = resolver_join(names, INT64_MAX, INT64_MAX, NULL, NULL);
	struct resolver *hasty = resolver_join(names, INT64_MAX, -1, NULL, NULL);
	struct lookup *first, *again, *old;

	(void)state;
	fake->calls = 0;
	first = resolver_look_up(patient, "nosuch.example", AF_UNSPEC);
	read_until_done(names, first);
	old = resolver_look_up(patient, "nosuch.example", AF_UNSPEC);
	assert_true(lookup_is_done(old));
	again = resolver_look_up(hasty, "nosuch.example", AF_UNSPEC);
	assert_false(lookup_is_done(again));
	read_until_done(names, again);
	assert_int_equal(fake->calls, 2);
	lookup_end(first);
	lookup_end(again);
	/* An answer with addresses is as good as ever. */
	first = resolver_look_up(patient, "two.example", AF_UNSPEC);
	read_until_done(names, first);
	again = resolver_look_up(hasty, "two.example", AF_UNSPEC);
	assert_true(lookup_is_done(again));
	lookup_end(first);
	lookup_end(again);
	lookup_end(old);
	resolver_free(patient);
	resolver_free(hasty);
	names_free(names);
}

/* Of a shared name: when the last one leaves. */
static void a_silent_name_is_ended_once(void **state)
{
	unsigned fds = count_fds();
	struct names *names = names_new(true);
	struct resolver *resolver = resolver_join(names, INT64_MAX, INT64_MAX, NULL, NULL);
	struct lookup *one = resolver_look_up(resolver, "silent.example", AF_UNSPEC);
	struct lookup *other = resolver_look_up(resolver, "silent.example", AF_UNSPEC);

	(void)state;
	lookup_end(one);
	assert_true(names_descriptor(names) >= 0);
	lookup_end(other);
	assert_int_equal(names_descriptor(names), -1);
	one = resolver_look_up(resolver, "silent.example", AF_UNSPEC);
	assert_true(names_descriptor(names) >= 0);
	lookup_end(one);
	resolver_free(resolver);
	names_free(names);
	nothing_is_left(fds);
}

/* What one could not ask, the next one asks. */
static void a_shared_name_without_a_descriptor(void **state)
{
	unsigned fds = count_fds();
	struct names *names = names_new(true);
	struct resolver *resolver = resolver_join(names, INT64_MAX, INT64_MAX, NULL, NULL);
	struct rlimit old, limit;
	struct lookup *silent, *one;
	int next;

	(void)state;
	silent = resolver_look_up(resolver, "silent.example", AF_UNSPEC);
	next = dup(STDERR_FILENO);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = (rlim_t)next, .rlim_max = old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	one = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_true(lookup_is_done(one));
	assert_false(lookup_has_addresses(one));
	lookup_end(one);
	one = resolver_look_up(resolver, "two.example", AF_UNSPEC);
	read_until_done(names, one);
	assert_true(lookup_has_addresses(one));
	lookup_end(one);
	lookup_end(silent);
	resolver_free(resolver);
	names_free(names);
	nothing_is_left(fds);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resolve_gives_addresses),
		cmocka_unit_test(resolve_refuses_and_says_why),
		cmocka_unit_test(resolve_takes_an_interface_number),
		cmocka_unit_test(resolve_asks_for_sctp_streams),
		cmocka_unit_test(many_addresses_of_one_name),
		cmocka_unit_test(numbers_start_nothing),
		cmocka_unit_test(names_are_looked_up_side_by_side),
		cmocka_unit_test(a_silent_name_is_ended),
		cmocka_unit_test(so_many_at_a_time),
		cmocka_unit_test(a_child_that_dies),
		cmocka_unit_test(a_child_has_no_descriptors_of_ours),
		cmocka_unit_test(no_descriptor_is_left),
		cmocka_unit_test(a_name_is_asked_once_for_all),
		cmocka_unit_test(an_old_answer_is_asked_for_again),
		cmocka_unit_test(a_silent_name_is_ended_once),
		cmocka_unit_test(a_shared_name_without_a_descriptor),
	};

	return cmocka_run_group_tests(tests, make_fake, NULL);
}
