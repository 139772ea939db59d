/* SPDX-License-Identifier: MIT */
/* address.c, hostport.c and service.c: the grammar, service names, scope, text, packing. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"
#include "target/hostport.h"
#include "target/service.h"

/* Labels of 63 and 64 characters. */
#define LABEL_63 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghij123"
#define LABEL_64 LABEL_63 "4"

/* --- The grammar ---------------------------------------------------------------------------- */

/* host NULL: an error, whose message contains each of the words that are there. */
struct grammar_case {
	const char *text;
	const char *host;
	int port; /* -1: none */
	const char *words[3];
};

static void check_grammar(const struct grammar_case *c, bool allow_port_zero)
{
	struct hostport hostport;
	struct message why = { "" };
	int status = hostport_parse("-a", c->text, allow_port_zero, &hostport, &why);
	size_t i;

	if (status != (c->host ? STATUS_OK : STATUS_USAGE))
		fail_msg("'%s': status %d, %s", c->text, status, why.text);
	if (c->host) {
		assert_string_equal(hostport.host, c->host);
		assert_int_equal(hostport.has_port, c->port >= 0);
		assert_int_equal(hostport.port, c->port >= 0 ? c->port : 0);
		free(hostport.host);
		return;
	}
	assert_null(hostport.host);
	assert_memory_equal(why.text, "-a ", 3);
	for (i = 0; i < ARRAY_SIZE(c->words) && c->words[i]; i++) {
		if (!strstr(why.text, c->words[i]))
			fail_msg("'%s': no '%s' in: %s", c->text, c->words[i], why.text);
	}
	for (i = 0; why.text[i]; i++)
		assert_in_range((unsigned char)why.text[i], ' ', '~');
}

static void hostport_takes_every_form(void **state)
{
	static const struct grammar_case cases[] = {
		{ "10.1.1.2", "10.1.1.2", -1, { NULL } },
		{ "10.1.1.2:5000", "10.1.1.2", 5000, { NULL } },
		{ "10.1.1.2:1", "10.1.1.2", 1, { NULL } },
		{ "10.1.1.2:65535", "10.1.1.2", 65535, { NULL } },
		{ "10.1.1.2:00080", "10.1.1.2", 80, { NULL } },
		{ "255.255.255.255", "255.255.255.255", -1, { NULL } },
		{ "server:m3ua", "server", 2905, { NULL } },
		{ "server:M3UA", "server", 2905, { NULL } },
		{ "SERVER.Example.", "SERVER.Example.", -1, { NULL } },
		{ "under_score", "under_score", -1, { NULL } },
		{ "4you.example:diameter", "4you.example", 3868, { NULL } },
		{ "a.0xyz", "a.0xyz", -1, { NULL } },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example", -1, { NULL } },
		{ LABEL_63, LABEL_63, -1, { NULL } },
		{ LABEL_63 "." LABEL_63 "." LABEL_63 ".abcdefghijabcdefghij"
			   "abcdefghijabcdefghijabcdefghijabcdefghij1",
		  LABEL_63 "." LABEL_63 "." LABEL_63 ".abcdefghijabcdefghij"
			   "abcdefghijabcdefghijabcdefghijabcdefghij1",
		  -1,
		  { NULL } },
		{ "fd01::1", "fd01::1", -1, { NULL } },
		{ "::1", "::1", -1, { NULL } },
		{ "::", "::", -1, { NULL } },
		{ "::ffff:10.1.1.2", "::ffff:10.1.1.2", -1, { NULL } },
		{ "fd01::1:5000", "fd01::1:5000", -1, { NULL } },
		{ "fd01:0:0:0:0:0:0:1", "fd01:0:0:0:0:0:0:1", -1, { NULL } },
		{ "[fd01::1]", "fd01::1", -1, { NULL } },
		{ "[fd01::1]:5000", "fd01::1", 5000, { NULL } },
		{ "[::ffff:10.1.1.2]:ngap", "::ffff:10.1.1.2", 38412, { NULL } },
		{ "fe80::1%eth0", "fe80::1%eth0", -1, { NULL } },
		{ "[fe80::1%eth0]", "fe80::1%eth0", -1, { NULL } },
		{ "[fe80::1%eth0]:5000", "fe80::1%eth0", 5000, { NULL } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_grammar(&cases[i], false);
}

static void hostport_refuses_and_says_why(void **state)
{
	static const struct grammar_case cases[] = {
		{ "", NULL, 0, { "-a '': the host is missing" } },
		{ ":", NULL, 0, { "-a :: the host is missing before the port" } },
		{ ":5000", NULL, 0, { "-a :5000: the host is missing before the port" } },
		{ "10.1.1.2:", NULL, 0, { "-a 10.1.1.2:: a port is missing after ':'" } },
		{ "10.1.1.2:70000", NULL, 0, { "-a 10.1.1.2:70000: port 70000 is not between 1" } },
		{ "10.1.1.2:65536", NULL, 0, { "port 65536 is not between 1 and 65535" } },
		{ "h:18446744073709551617", NULL, 0, { "is not between 1 and 65535" } },
		{ "10.1.1.2:0", NULL, 0, { "port 0 is not between 1 and 65535" } },
		{ "10.1.1.2:foo", NULL, 0, { "unknown service 'foo'", "diameter", "m3ua" } },
		{ "10.1.1.2: 80", NULL, 0, { "unknown service ' 80'" } },
		{ "10.1.1.2:80 ", NULL, 0, { "unknown service '80 '" } },
		{ "10.1.1.2:-1", NULL, 0, { "unknown service '-1'" } },
		{ "10.1.1.2:+80", NULL, 0, { "unknown service '+80'" } },
		{ "10.1.1.2:0x50", NULL, 0, { "unknown service '0x50'" } },
		{ "10.1.1.2:80x", NULL, 0, { "unknown service '80x'" } },
		{ "10.1.1.2:5000:6000", NULL, 0, { "not an IPv6", "[fd01::1]:5000" } },
		{ "10.1.1.2::", NULL, 0, { "not an IPv6 address" } },
		{ "a:b:c", NULL, 0, { "not an IPv6 address" } },
		{ ":::", NULL, 0, { "not an IPv6 address" } },
		{ "fd01::g", NULL, 0, { "not an IPv6 address" } },
		{ "1:2:3:4:5:6:7:8:5000", NULL, 0, { "[1:2:3:4:5:6:7:8]:5000" } },
		{ "1:2:3:4:5:6:7:8:m3ua", NULL, 0, { "[1:2:3:4:5:6:7:8]:PORT" } },
		{ "fd01::1:70000", NULL, 0, { "[fd01::1]:70000" } },
		{ "fe80::1%eth0:5000", NULL, 0, { "[fe80::1%eth0]:5000" } },
		{ "[fd01::1", NULL, 0, { "-a [fd01::1: missing ']'" } },
		{ "[", NULL, 0, { "missing ']'" } },
		{ "[]", NULL, 0, { "brackets" } },
		{ "[]:1", NULL, 0, { "brackets" } },
		{ "[10.0.0.1]:1", NULL, 0, { "brackets are for IPv6", NULL } },
		{ "[server]:1", NULL, 0, { "brackets" } },
		{ "[[fd01::1]]:1", NULL, 0, { "brackets" } },
		{ "[fd01::1]x", NULL, 0, { "can follow ']'" } },
		{ "[fd01::1]]", NULL, 0, { "can follow ']'" } },
		{ "[fd01::1] :5", NULL, 0, { "can follow ']'" } },
		{ "[fd01::1]5000", NULL, 0, { "can follow ']'" } },
		{ "[fd01::1]:", NULL, 0, { "a port is missing after" } },
		{ "[fd01::1]:0", NULL, 0, { "port 0 is not" } },
		{ "[fd01::1]:1:2", NULL, 0, { "unknown service '1:2'" } },
		{ "fd01::1]:5", NULL, 0, { "not an IPv6" } },
		{ "fd01::1%eth0", NULL, 0, { "only a link-local address", "zone" } },
		{ "[fd01::1%eth0]:5", NULL, 0, { "only a link-local address", "zone" } },
		{ "ff02::1%eth0", NULL, 0, { "only a link-local address" } },
		{ "10.1.1.2%eth0", NULL, 0, { "only a link-local address" } },
		{ "fe80::1", NULL, 0, { "needs its interface, as in fe80::1%eth0" } },
		{ "[febf::0001]:5", NULL, 0, { "needs its interface, as in febf::1%eth0" } },
		{ "fe80::1%", NULL, 0, { "an interface is missing after '%'" } },
		{ "a b", NULL, 0, { "a space or a control" } },
		{ " 10.1.1.2", NULL, 0, { "a space or a control" } },
		{ "10.1.1.2\n", NULL, 0, { "-a 10.1.1.2?: ", "control" } },
		{ "10.1.1.2\r:80", NULL, 0, { "control" } },
		{ "a\033[31m", NULL, 0, { "-a a?[31m", "control" } },
		{ "a\x7f", NULL, 0, { "control" } },
		{ "b\xc3\xbc", NULL, 0, { "-a b??", "xn--" } },
		{ "http://server", NULL, 0, { "unknown service '//server'" } },
		{ "10.1.1.0/24", NULL, 0, { "'/' cannot be in a host name" } },
		{ "a,b", NULL, 0, { "',' cannot be" } },
		{ "-p", NULL, 0, { "a host name cannot begin with '-'" } },
		{ "10.1", NULL, 0, { "not an IPv4 address", "four" } },
		{ "1", NULL, 0, { "not an IPv4 address" } },
		{ "1:5000", NULL, 0, { "not an IPv4 address" } },
		{ "0x7f.1", NULL, 0, { "not an IPv4 address" } },
		{ "127.0.0.0x1", NULL, 0, { "not an IPv4 address" } },
		{ "0x7f000001", NULL, 0, { "not an IPv4 address" } },
		{ "0X7F000001", NULL, 0, { "not an IPv4 address" } },
		{ "127.0.0.0x", NULL, 0, { "not an IPv4 address" } },
		{ "10.1.1.256", NULL, 0, { "not an IPv4 address", "255" } },
		{ "010.1.1.2", NULL, 0, { "not an IPv4 address", "leading zeros" } },
		{ "10.1.1.2.3", NULL, 0, { "not an IPv4 address" } },
		{ "10.1.1.2.", NULL, 0, { "not an IPv4 address" } },
		{ "server.1:5", NULL, 0, { "not an IPv4 address" } },
		{ ".", NULL, 0, { "a part of the host name is empty" } },
		{ "..", NULL, 0, { "a part of the host name is empty" } },
		{ ".a", NULL, 0, { "a part of the host name is empty" } },
		{ "a..b", NULL, 0, { "a part of the host name is empty" } },
		{ "a..", NULL, 0, { "a part of the host name is empty" } },
		{ LABEL_64, NULL, 0, { "...: ", "at most 63 characters" } },
		{ "a." LABEL_64 ".b", NULL, 0, { "at most 63 characters" } },
		{ LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL, 0, { "253", "255" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_grammar(&cases[i], false);
}

static void hostport_port_zero_only_where_allowed(void **state)
{
	static const struct grammar_case cases[] = {
		{ "10.1.1.2:0", "10.1.1.2", 0, { NULL } },
		{ "[fd01::1]:00", "fd01::1", 0, { NULL } },
		{ "10.1.1.2:65536", NULL, 0, { "not between 0 and 65535" } },
		{ "10.1.1.2:", NULL, 0, { "a port is missing after" } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_grammar(&cases[i], true);
}

/* Every byte that an argument can hold, at every place of it: no crash, a clean message. */
static void hostport_survives_any_byte(void **state)
{
	static const char *const seeds[] = { "10.1.1.2:5000", "[fd01::1]:5000", "fe80::1%e",
					     "a.b:1",         "fd01::1:5;x",    "::1%e:5m3ua" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(seeds); i++) {
		size_t at;
		int byte;

		for (at = 0; seeds[i][at]; at++) {
			for (byte = 0; byte < 256; byte++) {
				char *text = xstrdup(seeds[i]);
				struct hostport hostport;
				struct message why = { "" };
				size_t k;

				text[at] = (char)byte;
				if (hostport_parse("-a", text, true, &hostport, &why) == STATUS_OK)
					assert_non_null(hostport.host);
				else
					assert_memory_equal(why.text, "-a ", 3);
				for (k = 0; why.text[k]; k++)
					assert_in_range((unsigned char)why.text[k], ' ', '~');
				free(hostport.host);
				free(text);
			}
		}
	}
}

static void hostport_cuts_long_tokens(void **state)
{
	char text[5000];
	struct hostport hostport;
	struct message why;

	(void)state;
	memset(text, '[', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(hostport_parse("-a", text, false, &hostport, &why), STATUS_USAGE);
	assert_non_null(strstr(why.text, "[[...: missing"));
	assert_true(strlen(why.text) < 100);

	memset(text, '1', sizeof(text) - 1);
	text[1] = ':';
	assert_int_equal(hostport_parse("-a", text, false, &hostport, &why), STATUS_USAGE);
	text[2] = ':';
	assert_int_equal(hostport_parse("-a", text, false, &hostport, &why), STATUS_USAGE);
	assert_non_null(strstr(why.text, "not an IPv6"));
}

/* --- Services ------------------------------------------------------------------------------- */

static void services_are_those_of_iana(void **state)
{
	static const struct {
		const char *name;
		uint16_t port;
	} cases[] = {
		{ "diameter", 3868 },
		{ "DIAMETER", 3868 },
		{ "diameters", 5868 },
		{ "m3ua", 2905 },
		{ "m2ua", 2904 },
		{ "m2pa", 3565 },
		{ "sua", 14001 },
		{ "iua", 9900 },
		{ "v5ua", 5675 },
		{ "s1ap", 36412 },
		{ "s1-control", 36412 },
		{ "x2ap", 36422 },
		{ "X2-Control", 36422 },
		{ "ngap", 38412 },
		{ "ng-control", 38412 },
		{ "xnap", 38422 },
		{ "xn-control", 38422 },
		{ "f1ap", 38472 },
		{ "f1-control", 38472 },
		{ "e1ap", 38462 },
		{ "e1-interface", 38462 },
		{ "w1ap", 37472 },
		{ "3gpp-w1ap", 37472 },
		{ "xwap", 36462 },
		{ "m2ap", 36443 },
		{ "m3ap", 36444 },
		{ "lcs-ap", 9082 },
		{ "sbcap", 29168 },
		{ "iuhsctpassoc", 29169 },
		{ "hnbap", 29169 },
		{ "sgsap", 29118 },
		{ "rna", 25471 },
		{ "simco", 7626 },
		{ "ipfix", 4739 },
		{ "ipfixs", 4740 },
		{ "asap", 3863 },
		{ "asap-sctp-tls", 3864 },
		{ "enrp", 9901 },
		{ "enrp-sctp-tls", 9902 },
		{ "bgp", 179 },
		{ "http", 80 },
		{ "https", 443 },
		{ "ssh", 22 },
		{ "ftp", 21 },
		{ "discard", 9 },
		{ "1", 1 },
		{ "65535", 65535 },
	};
	struct message why;
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		port = 0;
		if (port_parse("-p", cases[i].name, 1, &port, &why) != STATUS_OK)
			fail_msg("%s", why.text);
		assert_int_equal(port, cases[i].port);
	}
}

static void every_service_name_parses(void **state)
{
	struct message why;
	uint16_t port;
	size_t i;
	size_t k;

	(void)state;
	for (i = 0; service_name(i); i++) {
		assert_int_equal(port_parse("-p", service_name(i), 1, &port, &why), STATUS_OK);
		assert_true(port > 0);
		for (k = 0; k < i; k++)
			assert_string_not_equal(service_name(k), service_name(i));
	}
	assert_true(i > 40);
	assert_null(service_name(i + 1));
	assert_null(service_name(SIZE_MAX));
}

static void port_messages_name_the_option(void **state)
{
	static const struct {
		const char *text;
		uint16_t min;
		const char *words;
	} cases[] = {
		{ "0", 1, "-p 0: port 0 is not between 1 and 65535" },
		{ "65536", 0, "-p 65536: port 65536 is not between 0 and 65535" },
		{ "", 1, "-p '': unknown service ''" },
		{ "tcpmux", 1, "-p tcpmux: unknown service 'tcpmux': give a number" },
		{ "m3uaa", 1, "unknown service" },
		{ "m3u", 1, "unknown service" },
	};
	struct message why;
	uint16_t port;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(port_parse("-p", cases[i].text, cases[i].min, &port, &why),
				 STATUS_USAGE);
		if (!strstr(why.text, cases[i].words))
			fail_msg("no '%s' in: %s", cases[i].words, why.text);
	}
	assert_int_equal(port_parse("-p", "0", 0, &port, &why), STATUS_OK);
	assert_int_equal(port, 0);
}

/* --- What an address is ---------------------------------------------------------------------- */

static union address parsed(const char *text)
{
	union address a;

	if (!address_from_text(&a, text))
		fail_msg("%s", text);
	return a;
}

static void kinds_of_addresses(void **state)
{
	static const struct {
		const char *text;
		enum address_scope scope;
		bool unicast;
		bool wildcard;
	} cases[] = {
		{ "127.0.0.1", SCOPE_LOOPBACK, true, false },
		{ "127.255.255.255", SCOPE_LOOPBACK, true, false },
		{ "126.255.255.255", SCOPE_GLOBAL, true, false },
		{ "128.0.0.0", SCOPE_GLOBAL, true, false },
		{ "169.254.0.1", SCOPE_LINK, true, false },
		{ "169.253.0.1", SCOPE_GLOBAL, true, false },
		{ "169.255.0.1", SCOPE_GLOBAL, true, false },
		{ "10.0.0.1", SCOPE_PRIVATE, true, false },
		{ "11.0.0.1", SCOPE_GLOBAL, true, false },
		{ "172.15.255.255", SCOPE_GLOBAL, true, false },
		{ "172.16.0.0", SCOPE_PRIVATE, true, false },
		{ "172.31.255.255", SCOPE_PRIVATE, true, false },
		{ "172.32.0.0", SCOPE_GLOBAL, true, false },
		{ "192.168.255.1", SCOPE_PRIVATE, true, false },
		{ "192.169.0.1", SCOPE_GLOBAL, true, false },
		{ "198.17.255.255", SCOPE_GLOBAL, true, false },
		{ "198.18.0.1", SCOPE_PRIVATE, true, false },
		{ "198.19.255.255", SCOPE_PRIVATE, true, false },
		{ "198.20.0.0", SCOPE_GLOBAL, true, false },
		{ "100.64.0.1", SCOPE_GLOBAL, true, false },
		{ "192.0.2.1", SCOPE_GLOBAL, true, false },
		{ "192.88.98.255", SCOPE_GLOBAL, true, false },
		{ "192.88.99.1", SCOPE_GLOBAL, false, false },
		{ "192.88.100.0", SCOPE_GLOBAL, true, false },
		{ "0.0.0.0", SCOPE_GLOBAL, false, true },
		{ "0.0.0.1", SCOPE_GLOBAL, false, false },
		{ "1.0.0.0", SCOPE_GLOBAL, true, false },
		{ "223.255.255.255", SCOPE_GLOBAL, true, false },
		{ "224.0.0.1", SCOPE_GLOBAL, false, false },
		{ "239.255.255.255", SCOPE_GLOBAL, false, false },
		{ "255.255.255.254", SCOPE_GLOBAL, true, false },
		{ "255.255.255.255", SCOPE_GLOBAL, false, false },
		{ "::", SCOPE_GLOBAL, false, true },
		{ "::1", SCOPE_LOOPBACK, true, false },
		{ "::2", SCOPE_GLOBAL, true, false },
		{ "fe80::1", SCOPE_LINK, true, false },
		{ "febf::1", SCOPE_LINK, true, false },
		{ "fec0::1", SCOPE_PRIVATE, true, false },
		{ "fc00::1", SCOPE_GLOBAL, true, false },
		{ "fd01::1", SCOPE_GLOBAL, true, false },
		{ "2001:db8::1", SCOPE_GLOBAL, true, false },
		{ "ff02::1", SCOPE_GLOBAL, false, false },
		{ "ff00::", SCOPE_GLOBAL, false, false },
		{ "::ffff:127.0.0.1", SCOPE_LOOPBACK, true, false },
		{ "::ffff:0.0.0.0", SCOPE_GLOBAL, false, true },
		{ "::ffff:224.0.0.1", SCOPE_GLOBAL, false, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].text);

		if (address_scope(&a) != cases[i].scope)
			fail_msg("scope of %s: %d", cases[i].text, address_scope(&a));
		if (address_is_unicast(&a) != cases[i].unicast)
			fail_msg("unicast: %s", cases[i].text);
		if (address_is_wildcard(&a) != cases[i].wildcard)
			fail_msg("wildcard: %s", cases[i].text);
	}
	assert_string_equal(address_scope_name(SCOPE_LOOPBACK), "loopback");
	assert_string_equal(address_scope_name(SCOPE_LINK), "link-local");
	assert_string_equal(address_scope_name(SCOPE_PRIVATE), "private");
	assert_string_equal(address_scope_name(SCOPE_GLOBAL), "global");
}

static void from_text_takes_numbers_only(void **state)
{
	static const char *const not_numeric[] = {
		"", "server", "10.1", "10.1.1.2 ", "[fd01::1]", "fd01::1:", "0x7f.1", "10.1.1.2:5"
	};
	union address a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(not_numeric); i++)
		assert_false(address_from_text(&a, not_numeric[i]));
	a = parsed("fe80::1%nosuch0");
	assert_int_equal(a.v6.sin6_scope_id, 0);
	assert_int_equal(address_port(&a), 0);
}

static void equal_ignores_ports_and_missing_zones(void **state)
{
	static const struct {
		const char *a;
		uint32_t zone_a;
		const char *b;
		uint32_t zone_b;
		bool equal;
	} cases[] = {
		{ "10.1.1.2", 0, "10.1.1.2", 0, true },
		{ "10.1.1.2", 0, "::ffff:10.1.1.2", 0, true },
		{ "10.1.1.2", 0, "10.1.1.3", 0, false },
		{ "fd01::2", 0, "fd01:0::2", 0, true },
		{ "fd01::2", 0, "fd01::3", 0, false },
		{ "10.1.1.2", 0, "::10.1.1.2", 0, false },
		{ "fe80::1", 1, "fe80::1", 1, true },
		{ "fe80::1", 1, "fe80::1", 2, false },
		{ "fe80::1", 1, "fe80::1", 0, true },
		{ "fe80::1", 0, "fe80::1", 2, true },
		{ "fe80::1", 1, "fe80::2", 1, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].a);
		union address b = parsed(cases[i].b);

		if (cases[i].zone_a)
			a.v6.sin6_scope_id = cases[i].zone_a;
		if (cases[i].zone_b)
			b.v6.sin6_scope_id = cases[i].zone_b;
		address_set_port(&a, 1);
		address_set_port(&b, 2);
		if (address_equal(&a, &b) != cases[i].equal ||
		    address_equal(&b, &a) != cases[i].equal)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
	}
}

static void text_of_addresses(void **state)
{
	static const struct {
		const char *host;
		const char *zone; /* NULL: none */
		uint16_t port;
		const char *host_text;
		const char *text;
	} cases[] = {
		{ "10.1.1.2", NULL, 5000, "10.1.1.2", "10.1.1.2:5000" },
		{ "0.10.100.205", NULL, 0, "0.10.100.205", "0.10.100.205:0" },
		{ "255.255.255.255", NULL, 65535, "255.255.255.255", "255.255.255.255:65535" },
		{ "fd01:0::2", NULL, 0, "fd01::2", "[fd01::2]:0" },
		{ "::ffff:1.2.3.4", NULL, 1, "1.2.3.4", "1.2.3.4:1" },
		{ "fe80::1", NULL, 1, "fe80::1", "[fe80::1]:1" },
		{ "fe80::1", "lo", 1, "fe80::1%lo", "[fe80::1%lo]:1" },
		{ "fe80:1111:2222:3333:4444:5555:6666:7777", "4294967295", 65535,
		  "fe80:1111:2222:3333:4444:5555:6666:7777%4294967295",
		  "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535" },
	};
	char text[ADDRESS_TEXT_MAX];
	union address none;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		union address a = parsed(cases[i].host);

		if (cases[i].zone)
			a.v6.sin6_scope_id = strcmp(cases[i].zone, "lo") == 0 ? if_nametoindex("lo")
									      : UINT32_MAX;
		address_set_port(&a, cases[i].port);
		assert_int_equal(address_port(&a), cases[i].port);
		assert_ptr_equal(address_host_text(&a, text), text);
		assert_string_equal(text, cases[i].host_text);
		assert_ptr_equal(address_text(&a, text), text);
		assert_string_equal(text, cases[i].text);
	}
	memset(&none, 0, sizeof(none));
	assert_string_equal(address_text(&none, text), "none");
	assert_int_equal(address_port(&none), 0);
	assert_int_equal(address_length(&none), 0);
}

static void from_sockaddr_unmaps(void **state)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(7) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(8),
				   .sin6_flowinfo = 5,
				   .sin6_scope_id = 3 };
	struct sockaddr other = { .sa_family = AF_UNIX };
	char text[ADDRESS_TEXT_MAX];
	union address a;

	(void)state;
	v4.sin_addr.s_addr = htonl(0x0a010102);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v4));
	assert_string_equal(address_text(&a, text), "10.1.1.2:7");

	inet_pton(AF_INET6, "fe80::1", &v6.sin6_addr);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v6));
	assert_int_equal(a.sa.sa_family, AF_INET6);
	assert_int_equal(a.v6.sin6_scope_id, 3);
	assert_int_equal(a.v6.sin6_flowinfo, 0);
	assert_int_equal(address_port(&a), 8);

	inet_pton(AF_INET6, "::ffff:10.1.1.2", &v6.sin6_addr);
	assert_true(address_from_sockaddr(&a, (struct sockaddr *)&v6));
	assert_int_equal(a.sa.sa_family, AF_INET);
	assert_string_equal(address_text(&a, text), "10.1.1.2:8");

	assert_false(address_from_sockaddr(&a, &other));
}

static void pack_leaves_no_gaps(void **state)
{
	union address list[3] = { parsed("10.1.1.2"), parsed("fd01::2"), parsed("10.1.1.3") };
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	char *packed;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(list); i++)
		address_set_port(&list[i], 5000);
	packed = address_pack(list, ARRAY_SIZE(list));

	memcpy(&v4, packed, sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0x0a010102);
	assert_int_equal(ntohs(v4.sin_port), 5000);
	memcpy(&v6, packed + sizeof(v4), sizeof(v6));
	assert_int_equal(v6.sin6_family, AF_INET6);
	assert_memory_equal(&v6.sin6_addr, &list[1].v6.sin6_addr, sizeof(v6.sin6_addr));
	memcpy(&v4, packed + sizeof(v4) + sizeof(v6), sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0x0a010103);
	free(packed);

	packed = address_pack(list, 0);
	assert_non_null(packed);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostport_takes_every_form),
		cmocka_unit_test(hostport_refuses_and_says_why),
		cmocka_unit_test(hostport_port_zero_only_where_allowed),
		cmocka_unit_test(hostport_survives_any_byte),
		cmocka_unit_test(hostport_cuts_long_tokens),
		cmocka_unit_test(services_are_those_of_iana),
		cmocka_unit_test(every_service_name_parses),
		cmocka_unit_test(port_messages_name_the_option),
		cmocka_unit_test(kinds_of_addresses),
		cmocka_unit_test(from_text_takes_numbers_only),
		cmocka_unit_test(equal_ignores_ports_and_missing_zones),
		cmocka_unit_test(text_of_addresses),
		cmocka_unit_test(from_sockaddr_unmaps),
		cmocka_unit_test(pack_leaves_no_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
