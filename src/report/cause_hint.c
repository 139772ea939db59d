/* SPDX-License-Identifier: MIT */
#include "report/cause_hint.h"

#include <stddef.h>

#include "base/util.h"
#include "packet/sctp.h"

/* Said of three causes of an ABORT. */
#define TWO_STACKS                                                                    \
	"the two stacks do not agree: --verbose shows what was sent; -O, -I and the " \
	"net.sctp sysctls change that"

static const struct {
	uint16_t code;
	const char *hint;
} causes[] = {
	{ CAUSE_OUT_OF_RESOURCE,
	  "the peer is out of resources: its accept queue or its memory may be full; see its log" },
	{ CAUSE_UNRESOLVABLE_ADDRESS,
	  "the peer cannot use an address of this host: -b chooses which addresses the INIT lists" },
	{ CAUSE_INVALID_PARAMETER, TWO_STACKS },
	{ CAUSE_MISSING_PARAMETER, TWO_STACKS },
	{ CAUSE_UNKNOWN_PARAMETERS, TWO_STACKS },
	{ CAUSE_SHUTTING_DOWN,
	  "the peer is still closing an older association on the same ports: try again, or from another "
	  "port (-b)" },
	{ CAUSE_NEW_ADDRESSES,
	  "the peer still has an association on the same ports with other addresses: let it end, "
	  "or use another port (-b)" },
	{ CAUSE_UNSUPPORTED_HMAC,
	  "the peer requires an AUTH algorithm that this stack does not offer: sysctl "
	  "net.sctp.auth_enable, on both ends" },
	{ CAUSE_PROTOCOL_VIOLATION,
	  "text in quotes, if any, comes from the peer; its log may say more" },
	{ CAUSE_USER_ABORT,
	  "the peer's log says why; its application may not know this host's addresses" },
};

const char *cause_hint(const struct cause *cause)
{
	if (cause_is_silence(cause))
		return "the peer got no answers to its packets on any path, and gave up: what this host sends, "
		       "or what it should receive, gets lost; tcpdump on both ends shows which";
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].code == cause->code)
			return causes[i].hint;
	return NULL;
}
