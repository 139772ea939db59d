/* SPDX-License-Identifier: MIT */
#include "fake_wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "witness/ledger_add.h"

struct fake_wire wire;

union address wire_address(const char *text)
{
	union address a;

	assert_true(address_from_text(&a, text));
	return a;
}

void wire_after(int ms)
{
	wire.now_us += ms * MSEC;
}

/* The packet that was built, on c1 or c2 as the third number of the local address says. */
void wire_pass_as(int path, bool outgoing)
{
	const struct packet_context context = { .udp_ports = { 0 } };

	assert_true(packet_parse((struct bytes){ wire.packet.bytes, wire.packet.length }, &context,
				 &wire.event.packet));
	wire.event.time_us = wire.now_us;
	wire.event.outgoing = outgoing;
	wire.event.this_host = false;
	wire.event.ifindex = path;
	snprintf(wire.event.interface, sizeof(wire.event.interface), "c%d", path);
	ledger_add(&wire.ledger, &wire.event);
}

void wire_pass(int path)
{
	/* Its destination port says where it goes. */
	wire_pass_as(path, be16(wire.packet.bytes + wire.packet.sctp + 2) == 5000);
}

struct fake_ends wire_ends_out(const char *to)
{
	return (struct fake_ends){ "10.1.1.1", to, 40000, 5000, 0, 0 };
}

struct fake_ends wire_ends_in(const char *from)
{
	return (struct fake_ends){ from, "10.1.1.1", 5000, 40000, 0, 0 };
}

void wire_send_init(const char *to, int path)
{
	struct fake_ends ends = wire_ends_out(to);

	fake_packet(&wire.packet, &ends, 0);
	fake_init(&wire.packet, CHUNK_INIT, OUR_TAG, 10, 10);
	fake_finish(&wire.packet);
	wire_pass(path);
}

void wire_build_init_ack(const char *from, uint32_t tag)
{
	struct fake_ends ends = wire_ends_in(from);

	fake_packet(&wire.packet, &ends, tag);
	fake_init(&wire.packet, CHUNK_INIT_ACK, PEER_TAG, 10, 10);
	fake_address(&wire.packet, "10.1.1.2");
	fake_address(&wire.packet, "10.1.3.2");
	fake_finish(&wire.packet);
}

void wire_take_init_ack(const char *from, int path)
{
	wire_build_init_ack(from, OUR_TAG);
	wire_pass(path);
}

void wire_send_chunk(const char *to, uint8_t type, const char *value)
{
	struct fake_ends ends = wire_ends_out(to);

	fake_packet(&wire.packet, &ends, PEER_TAG);
	fake_chunk(&wire.packet, type, 0, value, strlen(value));
	fake_finish(&wire.packet);
	wire_pass(1);
}

void wire_take_chunk(const char *from, uint8_t type, uint8_t flags, uint32_t tag, const char *value)
{
	struct fake_ends ends = wire_ends_in(from);

	fake_packet(&wire.packet, &ends, tag);
	fake_chunk(&wire.packet, type, flags, value, strlen(value));
	fake_finish(&wire.packet);
	wire_pass(1);
}

const struct ledger_path *wire_path(const char *text)
{
	union address a = wire_address(text);
	const struct ledger_path *found = ledger_find(&wire.ledger, &a);

	assert_non_null(found);
	return found;
}
