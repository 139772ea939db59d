/* SPDX-License-Identifier: MIT */
/* Which of the packets with the same two ports belong to one association. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_stack.h"
#include "witness/ours.h"

#define OUR_TAG   0x11111111
#define PEER_TAG  0x22222222
#define OTHER_TAG 0x33333333

static const union address here = FAKE_V4(0x0a010101, 2905);
static const union address other_here = FAKE_V4(0x0a010201, 2905);
static const union address peer = FAKE_V4(0x0a010102, 2905);
static const union address second = FAKE_V4(0x0a010202, 2905);
static const union address stranger = FAKE_V4(0x0a010109, 2905);

static struct ours ours;

static int setup(void **state)
{
	(void)state;
	ours_init(&ours, &peer, 1, &here, 1, true);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	ours_free(&ours);
	return 0;
}

static bool take(const struct packet *p, bool outgoing)
{
	enum claim claim = ours_claim(&ours, p, outgoing);

	if (claim != CLAIM_NONE)
		ours_take(&ours, p, outgoing, claim);
	return claim != CLAIM_NONE;
}

static bool init(const union address *from, const union address *to, uint32_t tag, uint32_t own_tag,
		 bool outgoing)
{
	struct packet p = {
		.kind = PACKET_OF_SCTP, .source = *from, .destination = *to, .tag = tag
	};

	p.chunks.has_init = true;
	p.chunks.init.tag = own_tag;
	p.chunks.init.addresses[0] = second;
	p.chunks.init.address_count = !outgoing;
	return take(&p, outgoing);
}

static bool data(const union address *from, const union address *to, uint32_t tag, bool outgoing)
{
	const struct packet p = {
		.kind = PACKET_OF_SCTP, .source = *from, .destination = *to, .tag = tag
	};

	return take(&p, outgoing);
}

/* Root's association has the same ports, and another address here; the peer is even the same. */
static void another_address_here(void **state)
{
	(void)state;
	assert_false(init(&other_here, &peer, 0, OTHER_TAG, true));
	assert_false(init(&peer, &other_here, OTHER_TAG, OTHER_TAG, false));
	assert_true(init(&here, &peer, 0, OUR_TAG, true));
	assert_false(data(&peer, &other_here, OTHER_TAG, false));
}

static void another_peer(void **state)
{
	(void)state;
	assert_false(init(&here, &stranger, 0, OTHER_TAG, true));
	assert_false(init(&stranger, &here, OTHER_TAG, OTHER_TAG, false));
}

/* What only the peer names, and what only a tag shows. */
static void learned(void **state)
{
	(void)state;
	assert_false(data(&second, &here, OUR_TAG, false));
	assert_true(init(&here, &peer, 0, OUR_TAG, true));
	/* An INIT-ACK may come from elsewhere, with our tag. */
	assert_true(init(&stranger, &here, OUR_TAG, PEER_TAG, false));
	assert_true(data(&second, &here, OUR_TAG, false));
	assert_true(data(&here, &second, PEER_TAG, true));
	assert_true(data(&other_here, &peer, PEER_TAG, true));
	assert_false(data(&other_here, &(union address)FAKE_V4(0x0a010163, 2905), OTHER_TAG, true));
}

/*
 * Who has the privilege sees what NAT of this host has changed, until it is known to be another's.
 */
static void changed_by_nat(void **state)
{
	(void)state;
	ours.strict = false;
	/* Before an INIT has left, these are of an association that had the port before. */
	assert_false(data(&here, &stranger, OTHER_TAG, true));
	assert_false(data(&stranger, &here, OTHER_TAG, false));
	assert_true(init(&here, &stranger, 0, OTHER_TAG, true));
	assert_true(init(&stranger, &here, OTHER_TAG, PEER_TAG, false));
	assert_true(init(&here, &peer, 0, OUR_TAG, true));
	assert_false(init(&other_here, &(union address)FAKE_V4(0x0a010163, 2905), 0, 5, true));
}

static void icmp(void **state)
{
	struct packet p = { .kind = PACKET_OF_ICMP, .source = stranger, .destination = here };

	(void)state;
	p.icmp.source = here;
	p.icmp.destination = peer;
	assert_true(take(&p, false));
	p.icmp.source = other_here;
	assert_false(take(&p, false));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_address_here), TEST(another_peer), TEST(learned),
		TEST(changed_by_nat),       TEST(icmp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
