/* SPDX-License-Identifier: MIT */
#include "witness/ledger_query.h"

bool ledger_padded_answered(const struct ledger_path *path, uint64_t id)
{
	for (size_t i = 0; i < LEDGER_PADDED_MAX; i++)
		if (path->padding[i].id == id)
			return path->padding[i].answered;
	return false;
}

/* Does a heartbeat to any address have no answer, which such an ABORT may then be? */
static bool waits_for_answer(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (path->heartbeats.count != path->heartbeat_acks.count)
			return true;
		for (size_t n = 0; n < LEDGER_PADDED_MAX; n++)
			if (path->padding[n].id && !path->padding[n].answered)
				return true;
	}
	return false;
}

/* Are there more answers to what went to the peer after the INITs than there were packets? */
static bool exceeds_one_stack(const struct ledger *ledger)
{
	unsigned asked = 0, answers = 0;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		asked += path->sent.count - path->inits.count - path->aborts_sent;
		answers += path->cookie_acks.count + path->reflected.count +
			   path->heartbeat_acks.count;
	}
	return answers > asked;
}

bool ledger_answered_twice(const struct ledger *ledger, const struct ledger_path *path)
{
	if (!path->aborts.count || !path->init_acks.count)
		return false;
	if (path->abort_early)
		return path->init_acks.count + path->aborts.count > path->inits.count;
	/*
	 * After an ABORT of its own, the peer does not know the association any more either, and
	 * reflects packets that were still on the path.
	 */
	return path->cookie_acks.count && path->reflected.count && exceeds_one_stack(ledger) &&
	       !waits_for_answer(ledger);
}

const struct ledger_path *ledger_asked(const struct ledger *ledger, const struct ledger_path *from)
{
	bool seen = from->address.sa.sa_family != AF_UNSPEC;

	for (size_t i = 0; seen && !from->inits.count && i < ledger->path_count; i++)
		if (address_equal(&ledger->paths[i].init_ack_from, &from->address))
			return &ledger->paths[i];
	return from;
}

/* other: NULL, or one that has been seen. */
static bool is_earlier(const struct ledger_count *one, const struct ledger_count *other)
{
	return one->count && (!other || one->first_us < other->first_us);
}

const struct ledger_path *ledger_accepted(const struct ledger *ledger)
{
	const struct ledger_path *echoed = NULL, *answered = NULL;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		if (is_earlier(&path->cookies, echoed ? &echoed->cookies : NULL))
			echoed = path;
		if (is_earlier(&path->init_acks, answered ? &answered->init_acks : NULL))
			answered = path;
	}
	return echoed ? echoed : answered;
}

bool ledger_returns_elsewhere(const struct ledger_path *path)
{
	return path->inits.count && path->init_acks.count &&
	       (path->init_way.ifindex != path->init_ack_way.ifindex ||
		!address_equal(&path->init_way.local, &path->init_ack_way.local));
}

const struct ledger_heartbeat *ledger_newest_answered(const struct ledger_path *path)
{
	for (unsigned n = path ? path->heartbeats.count : 0; n > 0; n--) {
		const struct ledger_heartbeat *heartbeat = ledger_nth_heartbeat(path, n - 1);

		if (heartbeat && heartbeat->answered)
			return heartbeat;
	}
	return NULL;
}

unsigned ledger_heartbeats_lost(const struct ledger *ledger, const union address *peer)
{
	const struct ledger_path *path = ledger_find(ledger, peer);
	unsigned lost = 0, unanswered = 0;

	for (unsigned n = 0; path && n < path->heartbeats.count; n++) {
		const struct ledger_heartbeat *heartbeat = ledger_nth_heartbeat(path, n);

		if (!heartbeat)
			continue;
		if (heartbeat->answered)
			lost = unanswered;
		else
			unanswered++;
	}
	return lost;
}

int ledger_icmp_error(const struct ledger *ledger, int64_t since_us)
{
	int error = 0;

	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];

		for (size_t n = 0; n < path->icmp_count; n++) {
			const struct ledger_icmp *icmp = &path->icmps[n];

			if (!icmp->error || icmp->seen.last_us < since_us)
				continue;
			since_us = icmp->seen.last_us;
			error = icmp->error;
		}
	}
	return error;
}

void ledger_counts(const struct ledger *ledger, const union address *peer, struct path_seen *seen)
{
	const struct ledger_path *path = ledger_find(ledger, peer);

	*seen = (struct path_seen){ 0 };
	if (!path)
		return;
	seen->inits = path->inits.count;
	seen->init_acks = path->init_acks.count;
	seen->cookie_echoes = path->cookies.count;
	seen->cookie_acks = path->cookie_acks.count;
	seen->aborts = path->aborts.count;
	seen->heartbeats = path->heartbeats.count;
	seen->heartbeat_acks = path->heartbeat_acks.count;
	seen->bad_checksums = path->bad_checksums.count;
	for (size_t i = 0; i < path->icmp_count; i++)
		seen->icmp_errors += path->icmps[i].seen.count;
}

static void forget_before(struct ledger_count *count, int64_t since_us)
{
	if (count->last_us < since_us)
		*count = (struct ledger_count){ 0 };
}

void ledger_since(const struct ledger *ledger, const union address *peer, int64_t since_us,
		  struct ledger *view, struct ledger_path *path)
{
	const struct ledger_path *all = ledger_find(ledger, peer);
	size_t kept = 0;

	*view = *ledger;
	view->paths = path;
	view->requested = NULL;
	view->index = view->requested_index = (struct address_index){ 0 };
	view->path_count = all ? 1 : 0;
	if (!all)
		return;
	*path = *all;
	path->address = *peer;
	forget_before(&path->heartbeats, since_us);
	forget_before(&path->bad_checksums, since_us);
	forget_before(&path->odd_heartbeat_acks, since_us);
	for (size_t i = 0; i < LEDGER_HEARTBEATS_MAX; i++)
		if (path->heartbeat[i].sent_us < since_us)
			path->heartbeat[i].answered = false;
	for (size_t i = 0; i < all->icmp_count; i++)
		if (all->icmps[i].seen.last_us >= since_us)
			path->icmps[kept++] = all->icmps[i];
	path->icmp_count = kept;
}

const struct ledger_heartbeat *ledger_nth_heartbeat(const struct ledger_path *path, unsigned n)
{
	unsigned sent = path->heartbeats.count;

	if (n >= sent || sent - n > LEDGER_HEARTBEATS_MAX)
		return NULL;
	return &path->heartbeat[n % LEDGER_HEARTBEATS_MAX];
}
