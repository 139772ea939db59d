/* SPDX-License-Identifier: MIT */
#include "target/hostport.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "target/service.h"

/* RFC 1035 section 2.3.4: of a name without its final dot, and of the labels between the dots. */
#define NAME_LENGTH_MAX 253

#define LABEL_LENGTH_MAX 63

/* Room for the part of an argument that may be a port. */
#define PORT_SHOWN_MAX 16

/* Room for "-a" and the argument, at the beginning of a message. */
#define WHO_MAX (PRINTABLE_MAX + 32)

#define NO_ZONE "%s: only a link-local address (fe80::/10) can have a zone"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* who: the beginning of the message: the option and its argument. */
static int parse_port(const char *who, const char *text, uint16_t min, uint16_t *port,
		      struct message *why)
{
	char shown[PRINTABLE_MAX];
	uint64_t number;

	if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0') {
		if (!parse_number(text, min, UINT16_MAX, &number))
			return message_set(why, STATUS_USAGE,
					   "%s: port %s is not between %u and 65535", who,
					   printable(text, shown, sizeof(shown)), min);
		*port = (uint16_t)number;
		return STATUS_OK;
	}
	*port = service_port(text);
	if (*port)
		return STATUS_OK;
	return message_set(
		why, STATUS_USAGE,
		"%s: unknown service '%s': give a number from %u to 65535, or one of IANA's "
		"names for SCTP: diameter, m3ua, sua, s1ap, ngap, ...",
		who, printable(text, shown, sizeof(shown)), min);
}

/* "-a 10.1.1.2:5000", or "-a ''" for an empty argument. */
static const char *format_who(const char *what, const char *text, char *who)
{
	char shown[PRINTABLE_MAX];

	snprintf(who, WHO_MAX, "%s %s", what, *text ? printable(text, shown, sizeof(shown)) : "''");
	return who;
}

int port_parse(const char *what, const char *text, uint16_t min, uint16_t *port,
	       struct message *why)
{
	char who[WHO_MAX];

	return parse_port(format_who(what, text, who), text, min, port, why);
}

/* A link-local address needs a zone, and no other address may have one. IPv4 has none. */
static int check_v6(const char *who, const char *host, size_t length, struct message *why)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr v6;
	const char *zone;

	if (!address_parse_v6(host, length, &v6, &zone))
		return STATUS_OK;
	if (zone && !IN6_IS_ADDR_LINKLOCAL(&v6))
		return message_set(why, STATUS_USAGE, NO_ZONE, who);
	if (zone && *zone == '\0')
		return message_set(why, STATUS_USAGE, "%s: an interface is missing after '%%'",
				   who);
	if (!zone && IN6_IS_ADDR_LINKLOCAL(&v6))
		return message_set(why, STATUS_USAGE,
				   "%s: a link-local address needs its interface, as in %s%%eth0",
				   who, inet_ntop(AF_INET6, &v6, text, sizeof(text)));
	return STATUS_OK;
}

/*
 * Would inet_aton(), and so getaddrinfo(), read it as a number: "10.1", "0x7f.1", "1"? No top-level
 * domain is numeric (RFC 3696 section 2).
 */
static bool ends_in_number(const char *host, size_t length)
{
	const char *end = host + length;
	const char *label = end;

	while (label > host && label[-1] != '.')
		label--;
	if (label == end)
		return false;
	if (end - label > 1 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X'))
		return strspn(label + 2, "0123456789abcdefABCDEF") >= (size_t)(end - label - 2);
	return strspn(label, "0123456789") >= (size_t)(end - label);
}

/* length: without a final dot. */
static int check_name(const char *who, const char *host, size_t length, struct message *why)
{
	size_t label = 0;
	size_t i;

	if (host[0] == '-')
		return message_set(why, STATUS_USAGE, "%s: a host name cannot begin with '-'", who);
	if (length > NAME_LENGTH_MAX)
		return message_set(why, STATUS_USAGE,
				   "%s: a host name has at most %d characters, not %zu", who,
				   NAME_LENGTH_MAX, length);
	for (i = 0; i < length; i++) {
		char c = host[i];

		if ((unsigned char)c >= 0x80)
			return message_set(
				why, STATUS_USAGE,
				"%s: a host name that is not ASCII must be given in its xn-- form",
				who);
		if (c != '.' && c != '-' && c != '_' && !is_letter(c) && !is_digit(c))
			return message_set(why, STATUS_USAGE, "%s: '%c' cannot be in a host name",
					   who, c);
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_LENGTH_MAX)
			return message_set(
				why, STATUS_USAGE,
				"%s: between two dots, a host name has at most %d characters", who,
				LABEL_LENGTH_MAX);
		if (c == '.' && (i == 0 || host[i - 1] == '.'))
			break;
	}
	if (label == 0)
		return message_set(why, STATUS_USAGE, "%s: a part of the host name is empty", who);
	return STATUS_OK;
}

/* Everything that can be checked about a host without a look-up. *number: what it is, if it is one.
 */
static int check_host(const char *who, const char *host, union address *number, struct message *why)
{
	size_t length = strlen(host);
	size_t i;

	if (length == 0)
		return message_set(why, STATUS_USAGE, "%s: the host is missing", who);
	for (i = 0; i < length; i++) {
		if ((unsigned char)host[i] <= ' ' || host[i] == 0x7f)
			return message_set(why, STATUS_USAGE,
					   "%s: the host contains a space or a control character",
					   who);
	}
	if (address_from_text(number, host))
		return check_v6(who, host, length, why);
	if (strchr(host, ':'))
		return message_set(why, STATUS_USAGE, "%s: not an IPv6 address", who);
	if (strchr(host, '%'))
		return message_set(why, STATUS_USAGE, NO_ZONE, who);
	if (host[length - 1] == '.')
		length--;
	if (ends_in_number(host, length))
		return message_set(why, STATUS_USAGE,
				   "%s: not an IPv4 address, which has four decimal numbers from 0 "
				   "to 255 without leading zeros, like 10.1.1.2",
				   who);
	return check_name(who, host, length, why);
}

/* "[V6]" or "[V6]:PORT". */
static int split_brackets(const char *who, const char *text, size_t *length, const char **port,
			  struct message *why)
{
	const char *end = strchr(text, ']');
	struct in6_addr v6;
	const char *zone;

	if (!end)
		return message_set(why, STATUS_USAGE, "%s: missing ']'", who);
	*length = (size_t)(end - text - 1);
	if (!address_parse_v6(text + 1, *length, &v6, &zone))
		return message_set(why, STATUS_USAGE,
				   "%s: brackets are for IPv6 addresses, as in [fd01::1]:5000",
				   who);
	if (end[1] != '\0' && end[1] != ':')
		return message_set(why, STATUS_USAGE, "%s: only ':' and a port can follow ']'",
				   who);
	*port = end[1] == ':' ? end + 2 : NULL;
	return STATUS_OK;
}

/* Two colons or more, without brackets: IPv6 without a port, even "fd01::1:5000". */
static int check_bare_v6(const char *who, const char *text, struct message *why)
{
	const char *colon = strrchr(text, ':');
	size_t before = (size_t)(colon - text);
	char shown[PRINTABLE_MAX];
	char port[PORT_SHOWN_MAX];
	struct in6_addr v6;
	const char *zone;
	char *address;

	if (address_parse_v6(text, strlen(text), &v6, &zone) && !(zone && strchr(zone, ':')))
		return STATUS_OK;
	if (!address_parse_v6(text, before, &v6, &zone))
		return message_set(why, STATUS_USAGE,
				   "%s: not an IPv6 address; with a port, write [fd01::1]:5000",
				   who);

	address = xstrndup(text, before);
	printable(address, shown, sizeof(shown));
	free(address);
	return message_set(why, STATUS_USAGE, "%s: not an IPv6 address; with a port, write [%s]:%s",
			   who, shown,
			   is_digit(colon[1]) ? printable(colon + 1, port, sizeof(port)) : "PORT");
}

static int parse(const char *who, const char *text, bool allow_port_zero, struct hostport *out,
		 struct message *why)
{
	const char *colon = strchr(text, ':');
	const char *host = text;
	const char *port = NULL;
	size_t length = strlen(text);
	int status = STATUS_OK;

	memset(out, 0, sizeof(*out));
	if (length == 0)
		return message_set(why, STATUS_USAGE, "%s: the host is missing", who);

	if (text[0] == '[') {
		host = text + 1;
		status = split_brackets(who, text, &length, &port, why);
	} else if (colon && strchr(colon + 1, ':')) {
		status = check_bare_v6(who, text, why);
	} else if (colon) {
		length = (size_t)(colon - text);
		port = colon + 1;
		if (length == 0)
			status = message_set(why, STATUS_USAGE,
					     "%s: the host is missing before the port", who);
	}
	if (status != STATUS_OK)
		return status;

	out->host = xstrndup(host, length);
	status = check_host(who, out->host, &out->number, why);
	if (status == STATUS_OK && port && *port == '\0')
		status = message_set(why, STATUS_USAGE, "%s: a port is missing after ':'", who);
	else if (status == STATUS_OK && port)
		status = parse_port(who, port, allow_port_zero ? 0 : 1, &out->port, why);
	if (status != STATUS_OK) {
		free(out->host);
		memset(out, 0, sizeof(*out));
		return status;
	}
	out->has_port = port != NULL;
	return STATUS_OK;
}

int hostport_parse(const char *what, const char *text, bool allow_port_zero, struct hostport *out,
		   struct message *why)
{
	char who[WHO_MAX];

	/* To say whose error it is costs as much as all the rest. */
	if (parse("", text, allow_port_zero, out, why) == STATUS_OK)
		return STATUS_OK;
	return parse(format_who(what, text, who), text, allow_port_zero, out, why);
}
