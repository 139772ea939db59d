/* SPDX-License-Identifier: MIT */
/* The grammar of HOST:PORT, and of a port alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "target/hostport.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostport_takes_every_form),
		cmocka_unit_test(hostport_refuses_and_says_why),
		cmocka_unit_test(hostport_port_zero_only_where_allowed),
		cmocka_unit_test(hostport_survives_any_byte),
		cmocka_unit_test(hostport_cuts_long_tokens),
		cmocka_unit_test(port_messages_name_the_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
