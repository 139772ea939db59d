/* SPDX-License-Identifier: MIT */
/*
 * What this host does to packets, where the witness sees only that something does: in which form
 * they leave, and what drops them after they arrived.
 */
#include "diagnose/parts.h"

#include <stdio.h>
#include <string.h>

static enum finding_code code_of(const struct departure *d)
{
	switch (d->ipsec) {
	case IPSEC_BLOCKS:
		return FINDING_IPSEC_BLOCKS;
	case IPSEC_NO_KEY:
		return FINDING_IPSEC_NO_KEY;
	case IPSEC_CARRIES:
		return FINDING_IN_IPSEC;
	default:
		return d->encapsulation ? FINDING_IN_TUNNEL : FINDING_NONE;
	}
}

/* Is it a finding of a packet that the witness has not seen, or that nothing is known about? */
static bool is_open(const struct finding *finding)
{
	switch (finding->code) {
	case FINDING_NONE:
	case FINDING_NO_ANSWER:
	case FINDING_OWN_FILTER:
		return true;
	case FINDING_OWN_OUTPUT_FILTER:
		return finding->basis == BASIS_WITNESS;
	default:
		return false;
	}
}

static void take_reverse_path(const struct path_result *path, struct finding *finding)
{
	if (path->reverse_path == REVERSE_PATH_FREE)
		return;
	finding->code = FINDING_RP_FILTER;
	finding->basis = BASIS_ROUTES;
	memcpy(finding->other_link, path->arrived, sizeof(finding->other_link));
	memcpy(finding->link, path->expected, sizeof(finding->link));
	if (path->reverse_path == REVERSE_PATH_MISSING)
		finding->link[0] = '\0';
}

void diagnose_host(const struct path_result *path, uint8_t chunk, struct finding *finding)
{
	const struct departure *d = &path->departure;
	enum finding_code code = code_of(d);

	if (finding->code == FINDING_OWN_INPUT_FILTER) {
		take_reverse_path(path, finding);
		return;
	}
	if (!chunk)
		return;
	/* A policy that blocks makes the call fail, as a filter does. */
	if (!is_open(finding) &&
	    (finding->code != FINDING_OWN_OUTPUT_FILTER || code != FINDING_IPSEC_BLOCKS))
		return;
	if (finding->chunk)
		chunk = finding->chunk;
	if (code) {
		finding->call = NULL;
		finding->error = 0;
	}
	if (!code && finding->code == FINDING_OWN_OUTPUT_FILTER && d->ipsec == IPSEC_UNKNOWN) {
		finding->code = FINDING_NOT_SEEN;
		finding->error = d->netlink_error;
		finding->call = d->netlink_error ? "socket(AF_NETLINK)" : NULL;
	} else if (code && chunk == CHUNK_COOKIE_ECHO && code >= FINDING_IN_IPSEC) {
		/* The INIT went the same way, and was answered. */
		finding->code = FINDING_NO_COOKIE_ACK;
		finding->basis = BASIS_STACK;
	} else if (code) {
		finding->code = code;
		finding->basis = code == FINDING_IN_TUNNEL ? BASIS_ROUTES : BASIS_SYSTEM;
		finding->chunk = chunk;
		finding->address = path->path.address;
		finding->other = d->end;
		finding->detail[0] = '\0';
		if (code == FINDING_IN_TUNNEL)
			snprintf(finding->detail, sizeof(finding->detail), "%s", d->encapsulation);
	}
}
