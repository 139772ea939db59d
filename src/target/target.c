/* SPDX-License-Identifier: MIT */
#include "target/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "target/numeric.h"

#define WILDCARD_HELP "stands for all addresses of this host: use it alone"

/* An option with its argument. */
struct token {
	const char *option;
	const char *text;
};

static bool may_have(const struct target *target, const union address *a)
{
	return address_is_unicast(a) || (target->local && address_is_wildcard(a));
}

/* What is wrong with one that it may not have. */
#define WRONG_MAX (ADDRESS_TEXT_MAX + 80)
static const char *wrong_with(const union address *a, char wrong[WRONG_MAX])
{
	char text[ADDRESS_TEXT_MAX];

	snprintf(wrong, WRONG_MAX, "%s %s", address_host_text(a, text),
		 address_is_wildcard(a)
			 ? "stands for all addresses of a host: a peer cannot have it"
			 : "is multicast, broadcast or reserved: no SCTP endpoint can have it");
	return wrong;
}

static int parse_given(struct target *target, const char *option, const char **tokens, size_t count,
		       bool allow_port_zero, struct message *why)
{
	size_t i;

	if (count > TARGET_ADDRESSES_MAX)
		return message_set(why, STATUS_USAGE,
				   "%s: given %zu times, but at most %d are allowed", option, count,
				   TARGET_ADDRESSES_MAX);
	target->given = xcalloc(count, sizeof(*target->given));
	for (i = 0; i < count; i++) {
		char shown[PRINTABLE_MAX];
		char who[PRINTABLE_MAX + 8], wrong[WRONG_MAX];
		const union address *a = &target->given[i].number;
		int status;

		status = hostport_parse(option, tokens[i], allow_port_zero, &target->given[i], why);
		if (status != STATUS_OK)
			return status;
		target->given_count++;
		if (!a->sa.sa_family ||
		    (may_have(target, a) && (count == 1 || !address_is_wildcard(a))))
			continue;
		snprintf(who, sizeof(who), "%s %s", option,
			 printable(tokens[i], shown, sizeof(shown)));
		if (!may_have(target, a))
			return message_set(why, STATUS_USAGE, "%s: %s", who, wrong_with(a, wrong));
		return message_set(why, STATUS_USAGE, "%s: " WILDCARD_HELP, who);
	}
	return STATUS_OK;
}

static int two_ports(const struct target *target, const struct token *a, const struct token *b,
		     struct message *why)
{
	char shown_a[PRINTABLE_MAX];
	char shown_b[PRINTABLE_MAX];

	return message_set(why, STATUS_USAGE,
			   "%s %s and %s %s: %s has one port for all its addresses", a->option,
			   printable(a->text, shown_a, sizeof(shown_a)), b->option,
			   printable(b->text, shown_b, sizeof(shown_b)),
			   target->local ? "an endpoint" : "the peer of an association");
}

/*
 * The port: that of the arguments that have one, else the default of -p (text NULL: none). *known
 * says whether there is one. Arguments without a port take that of -p, so then the two must agree.
 */
static int choose_port(struct target *target, const char *option, const char **tokens,
		       const char *default_text, uint16_t default_port, bool *known,
		       struct message *why)
{
	struct token chosen = { "-p", default_text };
	bool any_without = false;
	bool explicit = false;
	size_t i;

	target->port = default_port;
	for (i = 0; i < target->given_count; i++) {
		if (!target->given[i].has_port) {
			any_without = true;
			continue;
		}
		if (!explicit) {
			explicit = true;
			chosen = (struct token){ option, tokens[i] };
			target->port = target->given[i].port;
			continue;
		}
		if (target->given[i].port != target->port)
			return two_ports(target, &chosen, &(struct token){ option, tokens[i] },
					 why);
	}
	if (explicit && any_without && default_text && default_port != target->port)
		return two_ports(target, &chosen, &(struct token){ "-p", default_text }, why);
	*known = explicit || default_text;
	return STATUS_OK;
}

static void start(struct target *target, const char **tokens, size_t count)
{
	memset(target, 0, sizeof(*target));
	target->name = count > 0 ? tokens[0] : NULL;
}

/* option: "-a" or "-b". least: the lowest port that -p may give. *known: is there a port? */
static int parse(struct target *target, const char *option, const char **tokens, size_t count,
		 const char *port_text, uint16_t least, bool listens, bool *known,
		 struct message *why)
{
	uint16_t port = 0;
	int status = STATUS_OK;

	if (port_text)
		status = port_parse("-p", port_text, least, &port, why);
	if (status == STATUS_OK)
		status = parse_given(target, option, tokens, count, listens, why);
	if (status == STATUS_OK)
		status = choose_port(target, option, tokens, port_text, port, known, why);
	return status;
}

int target_parse_peer(struct target *target, const char **tokens, size_t count,
		      const char *port_text, struct message *why)
{
	char shown[PRINTABLE_MAX];
	bool known = false;
	int status;

	start(target, tokens, count);
	if (count == 0)
		return message_set(why, STATUS_USAGE, "no address: give -a HOST[:PORT]");
	status = parse(target, "-a", tokens, count, port_text, 1, false, &known, why);
	if (status == STATUS_OK && !known)
		status = message_set(why, STATUS_USAGE, "-a %s: no port: give HOST:PORT or -p PORT",
				     printable(target->name, shown, sizeof(shown)));
	if (status != STATUS_OK)
		target_free(target);
	return status;
}

int target_parse_local(struct target *target, const char **tokens, size_t count,
		       const char *port_text, bool listens, struct message *why)
{
	bool known;
	int status;

	start(target, tokens, count);
	target->local = true;
	status = parse(target, "-b", tokens, count, port_text, 0, listens, &known, why);
	if (status != STATUS_OK)
		target_free(target);
	return status;
}

static void forget_addresses(struct target *target)
{
	free(target->addresses);
	target->addresses = NULL;
	target->address_count = 0;
	target->duplicate_count = 0;
}

/* For messages: the name, or else the address. */
#define WHO_MAX (PRINTABLE_MAX > ADDRESS_TEXT_MAX ? PRINTABLE_MAX : ADDRESS_TEXT_MAX)
static const char *name_of(const char *host, const union address *a, char who[WHO_MAX])
{
	return host ? printable(host, who, PRINTABLE_MAX) : address_host_text(a, who);
}

/* Adds one resolved address. host is NULL if it was numeric; index is of those that are there. */
static int add(struct target *target, const union address *a, const char *host,
	       struct address_index *index, struct timeline *timeline, struct message *why)
{
	char text[ADDRESS_TEXT_MAX];
	char who[WHO_MAX];
	struct address_list list = { target->addresses, sizeof(*target->addresses),
				     target->address_count };

	if (address_index_find(index, &list, a) < list.count) {
		timeline_note(timeline, "%s given twice: used once", address_host_text(a, text));
		target->duplicate_count++;
		return STATUS_OK;
	}
	if (target->address_count == TARGET_ADDRESSES_MAX)
		return message_set(why, STATUS_USAGE,
				   "%s: more than %d addresses, which is the maximum",
				   name_of(host, a, who), TARGET_ADDRESSES_MAX);
	target->addresses = xreallocarray(target->addresses, target->address_count + 1,
					  sizeof(*target->addresses));
	target->addresses[target->address_count++] =
		(struct target_address){ .address = *a, .host = host };
	list = (struct address_list){ target->addresses, list.size, target->address_count };
	address_index_add(index, &list);
	return STATUS_OK;
}

/* --- Names ------------------------------------------------------------------------------------ */

bool target_has_names(const struct target *target)
{
	for (size_t i = 0; i < target->given_count; i++)
		if (!target->given[i].number.sa.sa_family)
			return true;
	return false;
}

static void end_lookups(struct target *target)
{
	/* The last one first, so that waiting look-ups are not started before they are ended. */
	for (size_t i = target->given_count; target->lookups && i > 0; i--)
		lookup_end(target->lookups[i - 1]);
	free(target->lookups);
	target->lookups = NULL;
}

void target_look_up(struct target *target, struct resolver *resolver, int family)
{
	end_lookups(target);
	forget_addresses(target);
	free(target->unresolved);
	target->unresolved = NULL;
	target->family = family;
	target->lookups = xcalloc(target->given_count + 1, sizeof(struct lookup *));
	for (size_t i = 0; i < target->given_count; i++)
		if (!target->given[i].number.sa.sa_family)
			target->lookups[i] =
				resolver_look_up(resolver, target->given[i].host, family);
}

const char *target_awaits(const struct target *target)
{
	for (size_t i = 0; target->lookups && i < target->given_count; i++)
		if (target->lookups[i] && !lookup_is_done(target->lookups[i]))
			return target->given[i].host;
	return NULL;
}

bool target_is_looked_up(const struct target *target)
{
	return !target_awaits(target);
}

bool target_has_some(const struct target *target)
{
	for (size_t i = 0; target->lookups && i < target->given_count; i++)
		if (!target->lookups[i] || lookup_has_addresses(target->lookups[i]))
			return true;
	return false;
}

static void tell_unresolved(struct target *target, const struct unresolved *why)
{
	if (!target->unresolved)
		target->unresolved = xmalloc(sizeof(*why));
	*target->unresolved = *why;
}

/* The addresses of a name. Those that no endpoint can have are of no use. */
static int add_all(struct target *target, const char *name, const union address *list, size_t count,
		   struct address_index *index, struct timeline *timeline, struct message *why)
{
	struct unresolved none = { .fault = UNRESOLVED_NO_ADDRESS, .family = target->family };
	char shown[PRINTABLE_MAX], text[ADDRESS_TEXT_MAX], wrong[WRONG_MAX];
	size_t used = 0;
	int status = STATUS_OK;

	printable(name, shown, sizeof(shown));
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (may_have(target, &list[i])) {
			timeline_note(timeline, "%s has the address %s", shown,
				      address_host_text(&list[i], text));
			status = add(target, &list[i], name, index, timeline, why);
			used++;
			continue;
		}
		snprintf(none.detail, sizeof(none.detail), "%s", wrong_with(&list[i], wrong));
		timeline_note(timeline, "%s: left out: %s", shown, none.detail);
	}
	if (used)
		return status;
	snprintf(none.names, sizeof(none.names), "%s", shown);
	tell_unresolved(target, &none);
	return STATUS_UNRESOLVED;
}

static int take_one(struct target *target, size_t nth, struct address_index *index,
		    struct timeline *timeline, struct message *why)
{
	const struct hostport *given = &target->given[nth];
	union address *list = NULL;
	struct unresolved unresolved;
	union address numeric;
	size_t count = 0;
	int status;

	if (numeric_address(given, target->port, target->family, &numeric, &status, why))
		return status == STATUS_OK ? add(target, &numeric, NULL, index, timeline, why)
					   : status;
	status = lookup_take(target->lookups[nth], target->port, &list, &count, &unresolved);
	if (status == STATUS_UNRESOLVED)
		tell_unresolved(target, &unresolved);
	else
		status = add_all(target, given->host, list, count, index, timeline, why);
	free(list);
	return status;
}

/* A name may resolve to a wildcard, which is not known when the arguments are parsed. */
static int check_wildcard(const struct target *target, struct message *why)
{
	char text[ADDRESS_TEXT_MAX];
	size_t i;

	for (i = 0; i < target->address_count && target->address_count > 1; i++) {
		if (address_is_wildcard(&target->addresses[i].address))
			return message_set(why, STATUS_USAGE, "-b %s: " WILDCARD_HELP,
					   address_host_text(&target->addresses[i].address, text));
	}
	return STATUS_OK;
}

/* No answer has arrived, or the resolver does not wait for it any more. */
static bool is_late(const struct lookup *lookup)
{
	return lookup && (!lookup_is_done(lookup) || lookup_is_unanswered(lookup));
}

/* Reports the names without an answer; count of them. */
static int name_late(struct target *target, size_t count, int64_t waited_us)
{
	struct unresolved u = {
		.fault = UNRESOLVED_LATE,
		.family = target->family,
		.waited_us = waited_us,
	};
	char shown[PRINTABLE_MAX];
	size_t named = 0, used = 0;

	for (size_t i = 0; i < target->given_count && named < UNRESOLVED_NAMES_MAX; i++) {
		if (!is_late(target->lookups[i]))
			continue;
		used += (size_t)snprintf(u.names + used, sizeof(u.names) - used, "%s%s",
					 named++ ? ", " : "",
					 printable(target->given[i].host, shown, sizeof(shown)));
	}
	if (count > named)
		snprintf(u.names + used, sizeof(u.names) - used, " and %zu more", count - named);
	tell_unresolved(target, &u);
	return STATUS_UNRESOLVED;
}

int target_take(struct target *target, int64_t waited_us, size_t *late, struct timeline *timeline,
		struct message *why)
{
	struct address_index index = { 0 };
	int status = STATUS_OK;

	*late = 0;
	for (size_t i = 0; i < target->given_count && status == STATUS_OK; i++) {
		if (target->lookups[i] && !lookup_is_done(target->lookups[i]))
			++*late;
		else
			status = take_one(target, i, &index, timeline, why);
		if (status == STATUS_UNRESOLVED && lookup_is_unanswered(target->lookups[i]) &&
		    target_has_some(target)) {
			++*late;
			status = STATUS_OK;
		}
	}
	address_index_free(&index);
	if (status == STATUS_OK)
		status = check_wildcard(target, why);
	if (status != STATUS_OK) {
		*late = 0;
		forget_addresses(target);
	} else if (*late) {
		status = name_late(target, *late, waited_us);
	}
	end_lookups(target);
	return status;
}

static int cannot_wait(struct target *target, const char *call, int error)
{
	struct unresolved u = {
		.fault = UNRESOLVED_CALL,
		.family = target->family,
		.call = call,
		.error = error,
	};

	printable(target_awaits(target), u.names, PRINTABLE_MAX);
	tell_unresolved(target, &u);
	return STATUS_UNRESOLVED;
}

/* STATUS_OK, even if the time is over; STATUS_SIGNAL; or another status if it cannot wait. */
static int wait_for_names(struct target *target, struct resolver *resolver, int64_t until_us,
			  struct timeline *timeline)
{
	char shown[PRINTABLE_MAX];
	const char *name;

	while ((name = target_awaits(target))) {
		struct pollfd fd = { .fd = resolver_descriptor(resolver), .events = POLLIN };
		const char *call = "ppoll";
		int ready;

		timeline_progress(timeline, "looking up %s ...",
				  printable(name, shown, sizeof(shown)));
		ready = loop_wait(&fd, 1, until_us);
		timeline_clear(timeline);
		if (ready == -EINTR)
			return STATUS_SIGNAL;
		if (ready == 0)
			break;
		if (ready > 0) {
			call = "epoll_wait";
			ready = resolver_read(resolver);
		}
		if (ready < 0)
			return cannot_wait(target, call, -ready);
	}
	return STATUS_OK;
}

int target_resolve(struct target *target, int family, int64_t timeout_us, struct timeline *timeline,
		   struct message *why)
{
	int64_t until_us = loop_now_us() + timeout_us;
	struct resolver *resolver = resolver_new();
	size_t late;
	int status;

	target_look_up(target, resolver, family);
	status = wait_for_names(target, resolver, until_us, timeline);
	if (status == STATUS_OK)
		status = target_take(target, timeout_us, &late, timeline, why);
	if (status != STATUS_OK)
		forget_addresses(target);
	end_lookups(target);
	resolver_free(resolver);
	return status;
}

void target_pick(struct target *target, const struct target *resolved, size_t first, size_t count,
		 uint16_t port)
{
	char text[ADDRESS_TEXT_MAX];

	*target = (struct target){
		.name = resolved->name,
		.given = xcalloc(count + 1, sizeof(*target->given)),
		.given_count = count,
		.port = port,
		.local = resolved->local,
	};
	for (size_t i = 0; i < count; i++) {
		const union address *a = &resolved->addresses[first + i].address;

		target->given[i] = (struct hostport){ .host = xstrdup(address_host_text(a, text)),
						      .number = *a };
	}
}

void target_free(struct target *target)
{
	size_t i;

	end_lookups(target);
	forget_addresses(target);
	for (i = 0; i < target->given_count; i++)
		free(target->given[i].host);
	free(target->given);
	free(target->unresolved);
	memset(target, 0, sizeof(*target));
}
