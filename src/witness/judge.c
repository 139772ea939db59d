/* SPDX-License-Identifier: MIT */
#include "witness/ledger.h"

/*
 * How long our stack may take to act on a packet that is here, on a host that is busy, before its
 * doing nothing says something.
 */
#define REACTION_US (100 * USEC_PER_MSEC)

/* COOKIE-ECHO, COOKIE-ACK and INITs belong to the association, whichever address they went by. */
static bool later_than(const struct wire_count *c, int64_t time_us)
{
	return c->count && c->last_us > time_us;
}

static bool any_cookie_after(const struct wire *wire, int64_t time_us)
{
	for (size_t i = 0; i < wire->path_count; i++)
		if (later_than(&wire->paths[i].cookies, time_us))
			return true;
	return false;
}

/*
 * INITs go to one address after the other, and to none a second time before all had their turn. An
 * address that was never tried is behind only once another has been tried twice; but the one that
 * has answered may be asked again, and the others are not tried any more.
 */
static bool had_its_turn(const struct wire *wire, const struct wire_path *path, int64_t now_us)
{
	size_t requested = 0;

	if (any_cookie_after(wire, 0))
		return false;
	for (size_t i = 0; i < wire->path_count; i++) {
		requested += wire->paths[i].requested;
		if (wire->paths[i].inits.count > 1)
			return path->requested;
	}
	return path->requested && requested == 1 && now_us - wire->start_us > REACTION_US;
}

static bool any_init_after(const struct wire *wire, int64_t time_us)
{
	for (size_t i = 0; i < wire->path_count; i++)
		if (later_than(&wire->paths[i].inits, time_us))
			return true;
	return false;
}

/* When the first COOKIE-ACK came; INT64_MAX: none did. */
static int64_t cookie_ack_us(const struct wire *wire)
{
	int64_t first_us = INT64_MAX;

	for (size_t i = 0; i < wire->path_count; i++) {
		const struct wire_count *c = &wire->paths[i].cookie_acks;

		if (c->count && c->first_us < first_us)
			first_us = c->first_us;
	}
	return first_us;
}

static enum wire_finding after_init_ack(const struct wire *wire, const struct wire_path *path,
					int64_t now_us)
{
	int64_t ack_us = path->init_acks.first_us;
	int64_t up_us = cookie_ack_us(wire);

	if (up_us < INT64_MAX)
		return !wire->lost && any_cookie_after(wire, up_us + REACTION_US)
			       ? WIRE_COOKIE_NOT_TAKEN
			       : WIRE_UP;
	if (path->aborts.count)
		return WIRE_ABORTED;
	if (wire->lost)
		return WIRE_ANSWERED;
	if (path->cookies.count)
		return path->errors.count ? WIRE_COOKIE_ERROR : WIRE_COOKIE_SILENT;
	/* The answer of another address came first, and was taken. */
	if (any_cookie_after(wire, 0))
		return WIRE_ANSWERED;
	return any_init_after(wire, ack_us + REACTION_US) || now_us - ack_us > REACTION_US
		       ? WIRE_NOT_TAKEN
		       : WIRE_ANSWERED;
}

/* Only what is an obstacle to an INIT. */
static bool has_icmp_error(const struct wire_path *path)
{
	for (size_t i = 0; i < path->icmp_count; i++)
		if (path->icmps[i].error)
			return true;
	return false;
}

enum wire_finding wire_finding(const struct wire *wire, const struct wire_path *path,
			       int64_t now_us)
{
	if (path->init_acks.count || path->cookie_acks.count)
		return after_init_ack(wire, path, now_us);
	if (path->aborts.count)
		return WIRE_ABORTED;
	if (path->init_ack_from.sa.sa_family)
		return WIRE_ELSEWHERE;
	if (path->bad_checksums.count)
		return WIRE_BAD_CHECKSUM;
	if (has_icmp_error(path))
		return WIRE_ICMP;
	if (path->inits.count && path->strays.count)
		return WIRE_WRONG_TAG;
	if (wire->lost)
		return WIRE_UNKNOWN;
	if (path->inits.count)
		return path->received.count ? WIRE_UNKNOWN : WIRE_SILENT;
	return had_its_turn(wire, path, now_us) ? WIRE_NEVER_LEFT : WIRE_NOT_TRIED;
}

bool wire_returns_elsewhere(const struct wire_path *path)
{
	return path->inits.count && path->init_acks.count &&
	       (path->init_way.ifindex != path->init_ack_way.ifindex ||
		!address_equal(&path->init_way.local, &path->init_ack_way.local));
}
