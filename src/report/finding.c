/* SPDX-License-Identifier: MIT */
#include "report/finding.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

const struct finding finding_none;

void finding_keep(struct finding **kept, const struct finding *finding)
{
	struct finding *copy = NULL;

	if (finding->code) {
		copy = xmalloc(sizeof(*copy));
		*copy = *finding;
	}
	free(*kept);
	*kept = copy;
}

bool finding_goes_first(const struct finding *a, const struct finding *b)
{
	return a->code != FINDING_NONE && (b->code == FINDING_NONE || a->code < b->code);
}

static bool same_address(const union address *a, const union address *b)
{
	return a->sa.sa_family ? address_equal(a, b) : !b->sa.sa_family;
}

bool finding_same(const struct finding *a, const struct finding *b)
{
	return a->code == b->code && a->error == b->error && a->signal == b->signal &&
	       a->family == b->family && same_address(&a->other, &b->other) &&
	       !strcmp(a->link, b->link) && !strcmp(a->other_link, b->other_link) &&
	       a->cause.code == b->cause.code && !strcmp(a->cause.text, b->cause.text) &&
	       a->icmp.known == b->icmp.known && a->icmp.type == b->icmp.type &&
	       a->icmp.code == b->icmp.code && a->chunk == b->chunk && a->port == b->port &&
	       a->bytes == b->bytes && a->passed == b->passed && a->time_us == b->time_us &&
	       a->packets == b->packets;
}

static const struct {
	const char *name;
	enum finding_flag flag;
} flags[] = {
	{ "several", FINDING_SEVERAL },
	{ "ended", FINDING_ENDED },
	{ "udp", FINDING_UDP },
	{ "up", FINDING_UP },
	{ "held", FINDING_HELD },
	{ "each", FINDING_EACH },
	{ "unseen", FINDING_UNSEEN },
	{ "cookie", FINDING_COOKIE },
	{ "asconf", FINDING_ASCONF },
	{ "retry", FINDING_RETRY },
	{ "unconfirmed", FINDING_UNCONFIRMED },
	{ "no_init", FINDING_NO_INIT },
	{ "resolving", FINDING_RESOLVING },
	{ "acknowledged", FINDING_ACKNOWLEDGED },
	{ "down", FINDING_DOWN },
	{ "unknown", FINDING_UNKNOWN },
	{ "heard", FINDING_HEARD },
	{ "this_host", FINDING_THIS_HOST },
	{ "tunnel", FINDING_TUNNEL },
	{ "inside", FINDING_INSIDE },
	{ "rule", FINDING_RULE },
};

unsigned finding_flag_named(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strlen(flags[i].name) == length && strncmp(flags[i].name, name, length) == 0)
			return flags[i].flag;
	return 0;
}
