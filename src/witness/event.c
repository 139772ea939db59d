/* SPDX-License-Identifier: MIT */
#include "witness/event.h"

#include <stdio.h>

const char *witness_text(const struct witness_event *event, bool unicode, bool tags, char *buf,
			 size_t size)
{
	const struct packet *p = &event->packet;
	static const char *const arrows[2][2] = { { "->", "<-" }, { "\u2192", "\u2190" } };
	char host[ADDRESS_TEXT_MAX], text[PACKET_TEXT_MAX];

	snprintf(buf, size, "%s %s %s  on %s",
		 address_host_text(event->outgoing ? &p->destination : &p->source, host),
		 arrows[unicode][event->outgoing], packet_text(p, tags, text, sizeof(text)),
		 event->interface);
	return buf;
}
