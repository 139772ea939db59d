/* SPDX-License-Identifier: MIT */
/* The names of services: those of IANA, and some that people use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "target/hostport.h"
#include "target/service.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(services_are_those_of_iana),
		cmocka_unit_test(every_service_name_parses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
