/* SPDX-License-Identifier: MIT */
#include "target/unresolved.h"

#include <sys/socket.h>

static const char *kind_text(int family)
{
	return family == AF_INET ? "IPv4 address (-4)" : "IPv6 address (-6)";
}

int unresolved_text(const struct unresolved *u, struct message *why)
{
	const int status = STATUS_UNRESOLVED;

	switch (u->fault) {
	case UNRESOLVED_NOT:
		break;
	case UNRESOLVED_NO_NAME:
		if (u->family == AF_UNSPEC)
			return message_set(why, status, "%s: no such name", u->names);
		return message_set(why, status, "%s: no such name, or it has no %s", u->names,
				   kind_text(u->family));
	case UNRESOLVED_NO_ADDRESS:
		return message_set(why, status, "%s: the name has no %s", u->names,
				   u->family == AF_UNSPEC ? "address" : kind_text(u->family));
	case UNRESOLVED_SERVER_SILENT:
		return message_set(why, status,
				   "%s: the name server did not answer, or failed temporarily",
				   u->names);
	case UNRESOLVED_SERVER_FAILED:
		return message_set(why, status, "%s: the name server reported a failure", u->names);
	case UNRESOLVED_LATE:
		return message_set(why, status, "%s: no answer from the name server within %.0f ms",
				   u->names, MS(u->waited_us));
	case UNRESOLVED_CALL:
		return message_set(why, status, "%s: cannot look up the name: %s", u->names,
				   u->detail);
	}
	return status;
}
