/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing of the readers of netlink's answers: which one the first byte says, the rest is answers.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "answers.h"
#include "fake_stack.h"
#include "host/interface.h"
#include "host/ipsec.h"
#include "host/neighbour.h"
#include "host/route.h"
#include "host/rules.h"

int FUZZ(const uint8_t *data, size_t size);

static void assert_plain_name(const char *text)
{
	for (const char *c = text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
}

int FUZZ(const uint8_t *data, size_t size)
{
	static const union address peer = FAKE_V4(0x0a010102, 5000);
	static const struct ipsec_flow flow = { .source = FAKE_V4(0x0a010101, 0),
						.destination = FAKE_V4(0x0a010102, 0),
						.protocol = 132 };
	struct routes routes = { .fd = ANSWERS_FD };
	struct route route = { .link = 1 };
	struct interface interface;
	union address address;
	bool unused;

	if (size < 1)
		return 0;
	answers_begin(data + 1, size - 1);
	switch (data[0] % 5) {
	case 0:
		route_look_up(&routes, &peer, NULL, 0, &route);
		break;
	case 1:
		interface_ask(ANSWERS_FD, 1, &interface);
		assert_plain_name(interface.name);
		assert_plain_name(interface.base_name);
		assert_plain_name(interface.vrf);
		break;
	case 2:
		neighbour_state(&routes, &peer, &route, &address);
		break;
	case 3:
		rules_ask(ANSWERS_FD, AF_INET);
		rules_close(ANSWERS_FD, IPPROTO_SCTP, &peer);
		break;
	case 4:
		ipsec_of(&flow, &address, &unused);
		break;
	}
	answers_begin(NULL, 0);
	free(routes.own);
	free(routes.asked);
	return 0;
}
