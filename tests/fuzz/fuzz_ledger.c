/* SPDX-License-Identifier: MIT */
/*
 * Fuzzing of the ledger, and of what says whose a packet is: a row of packets. Each begins with two
 * bytes, its length and whether it leaves.
 */
#include <stdint.h>
#include <sys/param.h>

#include "fake_packet.h"
#include "fake_stack.h"
#include "witness/judge.h"
#include "witness/ledger_add.h"
#include "witness/ledger_query.h"
#include "witness/ours.h"

int FUZZ(const uint8_t *data, size_t size);

static void ledger_take(struct ledger *ledger, struct ours *ours, struct bytes bytes, uint8_t how,
			int64_t now_us)
{
	struct packet_context context = { .udp_ports = { FAKE_UDP_PORT },
					  .checksum_optional = how & 2 };
	struct witness_event event = { .time_us = now_us, .outgoing = how & 1 };
	enum claim claim;

	event.odd = how & 8 ? how & 4 ? ODD_PEER_PORT : ODD_LOCAL_PORT : ODD_NONE;
	if (!packet_parse(bytes, &context, &event.packet))
		return;
	claim = ours_claim(ours, &event.packet, event.outgoing);
	if (claim == CLAIM_NONE)
		return;
	ours_take(ours, &event.packet, event.outgoing, claim);
	ledger_add(ledger, &event);
}

static void ledger_ask(const struct ledger *ledger, int64_t now_us)
{
	for (size_t i = 0; i < ledger->path_count; i++) {
		const struct ledger_path *path = &ledger->paths[i];
		struct ledger_path room[1];
		struct ledger view;
		struct path_seen seen;

		judge(ledger, path, now_us);
		ledger_counts(ledger, &path->address, &seen);
		ledger_heartbeats_lost(ledger, &path->address);
		ledger_since(ledger, &path->address, now_us / 2, &view, room);
		ledger_returns_elsewhere(path);
		ledger_newest_answered(path);
	}
}

int FUZZ(const uint8_t *data, size_t size)
{
	static const union address peers[] = { FAKE_V4(0x0a010102, 5000),
					       FAKE_V4(0x0a010202, 5000) };
	struct bytes left = { data, size };
	struct ours ours;
	struct ledger ledger;
	int64_t now_us = 1000;

	ledger_init(&ledger, peers, 2, now_us);
	ours_init(&ours, peers, 2, NULL, 0, false);
	while (left.left >= 2) {
		uint8_t length = left.at[0], how = left.at[1];
		struct bytes one;

		bytes_skip(&left, 2);
		one = (struct bytes){ left.at, MIN((size_t)length, left.left) };
		bytes_skip(&left, one.left);
		now_us += 1000;
		ours.strict = how & 16;
		ledger_take(&ledger, &ours, one, how, now_us);
	}
	ledger_ask(&ledger, now_us);
	ledger_free(&ledger);
	ours_free(&ours);
	return 0;
}
