/* SPDX-License-Identifier: MIT */
/* The grammar of HOST[:PORT]; nothing is looked up. */
#ifndef TARGET_HOSTPORT_H
#define TARGET_HOSTPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

/* HOST[:PORT] taken apart, nothing resolved yet. host is owned. */
struct hostport {
	char *host;
	uint16_t port;
	bool has_port;
};

/*
 * Takes "HOST", "HOST:PORT", "V6", "[V6]", "[V6]:PORT", each V6 with an optional "%ZONE"; PORT is a
 * number or a service name. Returns STATUS_OK, or STATUS_USAGE with the reason in why. what names
 * the option for the message ("-a"); port 0 is taken only where allow_port_zero.
 */
int hostport_parse(const char *what, const char *text, bool allow_port_zero, struct hostport *out,
		   struct message *why);

/* A port number from min to 65535, or an SCTP service name from IANA's registry. */
int port_parse(const char *what, const char *text, uint16_t min, uint16_t *port,
	       struct message *why);

#endif
