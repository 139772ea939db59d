/* SPDX-License-Identifier: MIT */
/* Which of many associations a packet belongs to, if they share ports, peers, or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_stack.h"
#include "witness/match.h"

#define VIEWS 2000

static const union address here = FAKE_V4(0x0a010101, 40000);

static struct {
	struct view_index *index;
	struct view views[VIEWS];
	struct packet packet;
	struct matches matches;
} wire;

static union address at(uint32_t host, uint16_t port)
{
	return (union address)FAKE_V4(host, port);
}

/* With one peer, 10.2.0.0 and up. */
static union address peer(size_t i)
{
	return at(0x0a020000 + (uint32_t)i, 5000);
}

static struct view *attach(size_t i, const union address *to, uint16_t local)
{
	const struct view_config config = { .peers = to,
					    .peer_count = 1,
					    .ports = { .local = local, .peer = address_port(to) } };

	view_init(&wire.views[i], &config);
	view_index_add(wire.index, &wire.views[i]);
	return &wire.views[i];
}

static void detach(size_t i)
{
	view_index_remove(wire.index, &wire.views[i]);
	view_free(&wire.views[i]);
}

/* The first few, from one port. */
static int setup(void **state)
{
	(void)state;
	wire.index = view_index_new();
	for (size_t i = 0; i < 3; i++) {
		union address to = peer(i);

		attach(i, &to, 40000);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		detach(i);
	view_index_free(wire.index);
	return 0;
}

/* The only one that gets it, or NULL; it then learns from it. */
static struct view *find(bool outgoing)
{
	const struct match *m = wire.matches.list;

	wire.matches.count = 0;
	match_find(wire.index, &wire.packet, outgoing, &wire.matches);
	if (wire.matches.count != 1)
		return NULL;
	if (m->claim != CLAIM_NONE) {
		view_learn(m->view, &wire.packet, outgoing, m->claim);
		view_index_add(wire.index, m->view);
	}
	return m->view;
}

static struct view *pass(union address from, union address to, uint32_t tag, bool outgoing)
{
	wire.packet = (struct packet){
		.kind = PACKET_OF_SCTP, .source = from, .destination = to, .tag = tag
	};
	return find(outgoing);
}

static void build_init(union address from, union address to, uint32_t tag, uint32_t own,
		       bool outgoing)
{
	wire.packet = (struct packet){
		.kind = PACKET_OF_SCTP, .source = from, .destination = to, .tag = tag
	};
	wire.packet.chunks.has_init = true;
	wire.packet.chunks.count = 1;
	wire.packet.chunks.list[0].type = outgoing ? CHUNK_INIT : CHUNK_INIT_ACK;
	wire.packet.chunks.init.tag = own;
}

static struct view *init(union address from, union address to, uint32_t tag, uint32_t own,
			 bool outgoing)
{
	build_init(from, to, tag, own, outgoing);
	return find(outgoing);
}

static void one_port_for_all(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		assert_ptr_equal(init(here, peer(i), 0, 100 + i, true), &wire.views[i]);
		assert_ptr_equal(init(peer(i), here, 100 + i, 200 + i, false), &wire.views[i]);
	}
	assert_ptr_equal(pass(here, peer(1), 201, true), &wire.views[1]);
	assert_ptr_equal(pass(peer(1), here, 101, false), &wire.views[1]);
	/* A wrong tag is the affair of whom it seems to come from. */
	assert_ptr_equal(pass(peer(1), here, 999, false), &wire.views[1]);
	/* The copy on loopback that does not count. */
	assert_null(pass(peer(1), here, 101, true));
	assert_null(pass(here, peer(1), 201, false));
	assert_null(pass(at(0x0a010101, 40001), peer(1), 1, true));
	assert_null(pass(here, at(0x0a020001, 5001), 1, true));
}

/* NAT of this host has changed the port of a heartbeat: the tag shows whose it is. */
static void a_heartbeat_from_another_port(void **state)
{
	(void)state;
	init(here, peer(1), 0, 101, true);
	init(peer(1), here, 101, 201, false);
	wire.packet = (struct packet){ .kind = PACKET_OF_SCTP,
				       .source = at(0x0a010101, 40001),
				       .destination = peer(1),
				       .tag = 201 };
	wire.packet.chunks.count = 1;
	wire.packet.chunks.list[0].type = CHUNK_HEARTBEAT;
	assert_ptr_equal(find(true), &wire.views[1]);
	assert_int_equal(wire.matches.list[0].odd, ODD_LOCAL_PORT);
	assert_null(find(false));
	wire.packet.tag = 301;
	assert_null(find(true));
}

/* The last packets of an association that is no longer watched. */
static void of_one_that_has_ended(void **state)
{
	(void)state;
	assert_null(pass(here, peer(1), 301, true));
	assert_null(pass(peer(1), here, 401, false));
	init(here, peer(1), 0, 101, true);
	init(peer(1), here, 101, 201, false);
	assert_null(pass(here, peer(1), 301, true));
	assert_ptr_equal(pass(here, peer(1), 201, true), &wire.views[1]);
	assert_ptr_equal(pass(peer(1), here, 999, false), &wire.views[1]);
}

/* One host has two of the peers, and answers from the wrong address. */
static void a_tag_says_more_than_an_address(void **state)
{
	(void)state;
	init(here, peer(0), 0, 100, true);
	init(here, peer(1), 0, 101, true);
	assert_ptr_equal(init(peer(0), here, 101, 201, false), &wire.views[1]);
	assert_ptr_equal(pass(peer(0), here, 101, false), &wire.views[1]);
	assert_ptr_equal(pass(here, peer(0), 201, true), &wire.views[1]);
	assert_ptr_equal(init(peer(0), here, 100, 200, false), &wire.views[0]);
}

static void one_peer_and_several_ports(void **state)
{
	union address to = peer(0);
	struct view *other = attach(10, &to, 40001);

	(void)state;
	assert_ptr_equal(init(here, to, 0, 100, true), &wire.views[0]);
	assert_ptr_equal(init(at(0x0a010101, 40001), to, 0, 110, true), other);
	assert_ptr_equal(pass(to, at(0x0a010101, 40001), 1, false), other);
	assert_ptr_equal(pass(to, here, 1, false), &wire.views[0]);
	/* From another program's port: each of the two may have become that one. */
	assert_null(init(at(0x0a010101, 40002), to, 0, 120, true));
	assert_int_equal(wire.matches.count, 2);
	assert_int_equal(wire.matches.list[0].odd, ODD_LOCAL_PORT);
	detach(10);
}

/* NAT of this host changes where an INIT goes: whose was it? */
static void changed_by_nat(void **state)
{
	(void)state;
	init(here, peer(0), 0, 100, true);
	assert_null(init(here, at(0x0a030303, 5000), 0, 101, true));
	assert_null(init(here, at(0x0a030303, 5001), 0, 101, true));
	assert_int_equal(wire.views[0].unsure, 0);
	assert_int_equal(wire.views[1].unsure, 2);
	assert_int_equal(wire.views[2].unsure, 2);
	init(here, peer(1), 0, 101, true);
	/* It can only be that of the one whose INIT was not seen. */
	assert_ptr_equal(init(here, at(0x0a030303, 5000), 0, 102, true), &wire.views[2]);
	assert_ptr_equal(init(at(0x0a030303, 5000), here, 102, 202, false), &wire.views[2]);
	assert_int_equal(wire.views[2].unsure, 2);
}

static void from_another_port_of_the_peer(void **state)
{
	(void)state;
	init(here, peer(0), 0, 100, true);
	init(here, peer(1), 0, 101, true);
	assert_ptr_equal(init(at(0x0a020001, 5555), here, 101, 201, false), &wire.views[1]);
	assert_int_equal(wire.matches.list[0].odd, ODD_PEER_PORT);
	assert_null(init(at(0x0a020001, 5555), here, 999, 201, false));
}

static void icmp(void **state)
{
	struct packet_icmp *about = &wire.packet.icmp;

	(void)state;
	wire.packet = (struct packet){ .kind = PACKET_OF_ICMP };
	about->source = here;
	about->destination = peer(2);
	about->ports = true;
	assert_ptr_equal(find(false), &wire.views[2]);
	assert_null(find(true));
	address_set_port(&about->source, 40001);
	assert_null(find(false));
	/* Of a packet in UDP, only the ports of UDP. */
	about->ports = false;
	assert_ptr_equal(find(false), &wire.views[2]);
	about->destination = at(0x0a030303, 0);
	assert_null(find(false));
}

/* Two of one host, at two ports; then at one. */
static void icmp_without_ports(void **state)
{
	struct packet_icmp *about = &wire.packet.icmp;
	union address other = at(0x0a020002, 5001), same = peer(2);
	struct view *last = attach(3, &other, 40001);

	(void)state;
	wire.packet = (struct packet){ .kind = PACKET_OF_ICMP };
	about->source = at(0x0a010101, 0);
	about->destination = at(0x0a020002, 0);
	assert_null(find(false));
	assert_int_equal(wire.matches.count, 0);
	assert_int_equal(last->unsure, 1);
	assert_int_equal(wire.views[2].unsure, 1);
	assert_int_equal(wire.views[1].unsure, 0);
	detach(3);
	last = attach(3, &same, 40001);
	assert_null(find(false));
	assert_int_equal(wire.matches.count, 2);
	assert_int_equal(last->unsure, 0);
	detach(3);
}

static void as_many_as_there_are(void **state)
{
	(void)state;
	for (size_t i = 3; i < VIEWS; i++) {
		union address to = peer(i);

		attach(i, &to, 40000);
	}
	for (uint32_t i = 0; i < VIEWS; i++)
		assert_ptr_equal(init(here, peer(i), 0, 1000 + i, true), &wire.views[i]);
	for (uint32_t i = 3; i < VIEWS; i += 2)
		detach(i);
	for (uint32_t i = 3; i < VIEWS; i++)
		assert_ptr_equal(pass(peer(i), here, 1000 + i, false),
				 i % 2 ? NULL : &wire.views[i]);
	for (uint32_t i = 4; i < VIEWS; i += 2)
		detach(i);
}

/* A peer that restarts again and again: the newest tags count, and memory stays bounded. */
static void many_tags(void **state)
{
	(void)state;
	init(here, peer(0), 0, 100, true);
	for (uint32_t i = 0; i < 100; i++)
		assert_ptr_equal(init(peer(0), here, 100, 1000 + i, false), &wire.views[0]);
	assert_ptr_equal(pass(here, at(0x0a030303, 5000), 1099, true), &wire.views[0]);
	assert_null(pass(here, at(0x0a030303, 5000), 1000, true));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_port_for_all),
		TEST(a_heartbeat_from_another_port),
		TEST(of_one_that_has_ended),
		TEST(a_tag_says_more_than_an_address),
		TEST(one_peer_and_several_ports),
		TEST(changed_by_nat),
		TEST(from_another_port_of_the_peer),
		TEST(icmp),
		TEST(icmp_without_ports),
		TEST(as_many_as_there_are),
		TEST(many_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
