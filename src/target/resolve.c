/* SPDX-License-Identifier: MIT */
#include "target/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/names.h"

struct resolver {
	struct names *names;
	bool shared;
	int64_t good_us, bad_us;
	struct asker asker; /* what each look-up begins as */
};

struct lookup {
	const char *host;
	struct question *question;
	struct asker asker;
};

static void append(union address **list, size_t *count, const union address *a)
{
	*list = xreallocarray(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = *a;
}

struct resolver *resolver_new(void)
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	r->names = names_new(false);
	return r;
}

struct resolver *resolver_join(struct names *shared, int64_t good_us, int64_t bad_us,
			       void (*tell)(void *context, short none), void *context)
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	*r = (struct resolver){ .names = shared,
				.shared = true,
				.good_us = good_us,
				.bad_us = bad_us,
				.asker = { .tell = tell, .context = context } };
	return r;
}

void resolver_free(struct resolver *r)
{
	if (r && !r->shared)
		names_free(r->names);
	free(r);
}

int resolver_descriptor(const struct resolver *r)
{
	return r->shared ? -1 : names_descriptor(r->names);
}

int resolver_read(struct resolver *r)
{
	return r->shared ? 0 : names_read(r->names);
}

struct lookup *resolver_look_up(struct resolver *r, const char *host, int family)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	*l = (struct lookup){ .host = host, .asker = r->asker };
	l->question = names_ask(r->names, host, family, r->good_us, r->bad_us, &l->asker);
	return l;
}

bool lookup_is_done(const struct lookup *l)
{
	return l->question->state == QUESTION_DONE;
}

bool lookup_has_addresses(const struct lookup *l)
{
	return lookup_is_done(l) && question_is_good(l->question);
}

bool lookup_is_unanswered(const struct lookup *l)
{
	return lookup_is_done(l) && !l->question->failed_call &&
	       l->question->answer.error == EAI_AGAIN;
}

void lookup_end(struct lookup *l)
{
	if (!l)
		return;
	question_leave(l->question, &l->asker);
	free(l);
}

/* --- What was found --------------------------------------------------------------------------- */

static enum unresolved_fault fault_of(int error)
{
	switch (error) {
	case EAI_NONAME:
		return UNRESOLVED_NO_NAME;
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return UNRESOLVED_NO_ADDRESS;
	case EAI_AGAIN:
		return UNRESOLVED_SERVER_SILENT;
	case EAI_FAIL:
		return UNRESOLVED_SERVER_FAILED;
	default:
		return UNRESOLVED_CALL;
	}
}

static void name_call(const struct question *q, int error, struct unresolved *u)
{
	static const char *const reads[] = {
		[NAME_FILE_NONE] = "getaddrinfo",
		[NAME_FILE_NSSWITCH] = "open(/etc/nsswitch.conf)",
		[NAME_FILE_HOSTS] = "open(/etc/hosts)",
		[NAME_FILE_RESOLV] = "open(/etc/resolv.conf)",
	};

	u->call = q->failed_call ? q->failed_call : reads[q->answer.unread % NAME_FILE_COUNT];
	u->error = q->answer.saved_errno;
	if (!q->failed_call && error == EAI_MEMORY)
		u->error = ENOMEM;
	if (u->error && (q->failed_call || error == EAI_SYSTEM || error == EAI_MEMORY))
		return;
	u->call = NULL;
	u->error = 0;
	snprintf(u->detail, sizeof(u->detail), "%s",
		 q->failed_call ? "the look-up process died" : gai_strerror(error));
}

/* error: of getaddrinfo(). If no child could be started, failed_call counts. */
static int unresolved(const struct question *q, const char *shown, int error, struct unresolved *u)
{
	*u = (struct unresolved){
		.fault = q->failed_call ? UNRESOLVED_CALL : fault_of(error),
		.family = q->family,
	};
	snprintf(u->names, sizeof(u->names), "%s", shown);
	if (u->fault == UNRESOLVED_CALL)
		name_call(q, error, u);
	return STATUS_UNRESOLVED;
}

/* A link-local address without its interface is of no use: detail says so. */
static void take_all(const struct question *q, uint16_t port, union address **list, size_t *count,
		     char *detail, size_t size)
{
	char text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < q->answer.count; i++) {
		union address a = q->addresses[i];

		/* With -6, a v4-mapped record is not wanted. */
		if (q->family != AF_UNSPEC && a.sa.sa_family != q->family)
			continue;
		if (a.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.v6.sin6_addr) &&
		    a.v6.sin6_scope_id == 0) {
			address_host_text(&a, text);
			snprintf(detail, size,
				 "a link-local one needs its interface: give it as %s%%eth0", text);
			continue;
		}
		address_set_port(&a, port);
		append(list, count, &a);
	}
}

int lookup_take(const struct lookup *l, uint16_t port, union address **list, size_t *count,
		struct unresolved *u)
{
	const struct question *q = l->question;
	char shown[PRINTABLE_MAX], detail[sizeof(u->detail)] = "";
	size_t before = *count;

	printable(l->host, shown, sizeof(shown));
	if (q->failed_call || q->answer.error)
		return unresolved(q, shown, q->answer.error, u);
	take_all(q, port, list, count, detail, sizeof(detail));
	if (*count > before)
		return STATUS_OK;
	(void)unresolved(q, shown, EAI_NODATA, u);
	memcpy(u->detail, detail, sizeof(detail));
	return STATUS_UNRESOLVED;
}
