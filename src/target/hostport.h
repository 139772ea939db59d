/* SPDX-License-Identifier: MIT */
/* Parses HOST[:PORT], without look-ups. */
#ifndef TARGET_HOSTPORT_H
#define TARGET_HOSTPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/util.h"

/* HOST[:PORT] in parts, not resolved yet. host is owned. */
struct hostport {
	char *host;
	union address number; /* that host is, without port and zone; sa_family 0: it is a name */
	uint16_t port;
	bool has_port;
};

/*
 * Parses "HOST", "HOST:PORT", "V6", "[V6]", "[V6]:PORT", each V6 with an optional "%ZONE". PORT is
 * a number or a service name. Returns STATUS_OK, or STATUS_USAGE with the reason in why. what names
 * the option for the message ("-a"). Port 0 is accepted only if allow_port_zero.
 */
int hostport_parse(const char *what, const char *text, bool allow_port_zero, struct hostport *out,
		   struct message *why);

/* A port number from min to 65535, or an SCTP service name from IANA's registry. */
int port_parse(const char *what, const char *text, uint16_t min, uint16_t *port,
	       struct message *why);

#endif
