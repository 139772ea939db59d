/* SPDX-License-Identifier: MIT */
#include "engine/big_packets.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/clock.h"
#include "base/names.h"
#include "engine/heartbeat.h"
#include "packet/checksum.h"
#include "packet/sctp.h"
#include "witness/ledger_query.h"

/* Every IPv4 host accepts MTU_MIN (RFC 791). Only loopback has links above MTU_MAX. */
#define MTU_MIN 576
#define MTU_MAX 9216

#define NUMBER_SIZE    4
#define MAY_NOT_CHANGE IP_PMTUDISC_PROBE

/* --- The packet ------------------------------------------------------------------------------- */

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

/* length: with the header. Returns where the value begins. */
static uint8_t *put_chunk(uint8_t *at, uint8_t type, size_t length)
{
	at[0] = type;
	at[1] = 0;
	put16(at + 2, length);
	return at + CHUNK_HEADER;
}

/* The heartbeat's information is one parameter (RFC 9260 section 3.3.5), and ours is longer. */
static size_t put_heartbeat(uint8_t *at, const struct ledger_sample *sample, uint32_t number,
			    uint64_t *id)
{
	size_t info = sample->info_length + NUMBER_SIZE;
	uint8_t *value = put_chunk(at, CHUNK_HEARTBEAT, CHUNK_HEADER + info);

	memcpy(value, sample->info, sample->info_length);
	put16(value + 2, info);
	put32(value + sample->info_length, number);
	*id = heartbeat_id((struct bytes){ value, info });
	return CHUNK_HEADER + info;
}

static void put_udp(uint8_t *at, const struct ledger_sample *sample, size_t length)
{
	uint32_t sum = checksum_pseudo(&sample->source, &sample->destination, IPPROTO_UDP, length);
	uint16_t checksum;

	put16(at, sample->udp_source);
	put16(at + 2, sample->udp_destination);
	put16(at + 4, length);
	put16(at + 6, 0);
	checksum = checksum_finish(checksum_add(sum, at, length));
	put16(at + 6, checksum ? checksum : 0xffff);
}

size_t big_packets_packet(const struct ledger_sample *sample, uint32_t mtu, uint32_t number,
			  uint8_t *buf, uint64_t *id)
{
	size_t ip = sample->destination.sa.sa_family == AF_INET6 ? 40 : 20;
	size_t udp = sample->encapsulated ? UDP_HEADER : 0;
	size_t room = (mtu - ip - udp) & ~(size_t)3, used;
	uint8_t *sctp = buf + udp, *pad;
	uint32_t crc;

	/* Its length is a multiple of four, so it needs no padding. */
	if (sample->info_length % 4 || !sample->info_length ||
	    room < SCTP_HEADER + 3 * CHUNK_HEADER + sample->info_length)
		return 0;
	memset(buf, 0, udp + room);
	put16(sctp, address_port(&sample->source));
	put16(sctp + 2, address_port(&sample->destination));
	put32(sctp + 4, sample->tag);
	used = SCTP_HEADER;
	used += put_heartbeat(sctp + used, sample, number, id);
	pad = sctp + used;
	put_chunk(pad, CHUNK_PAD, room - used);
	crc = ~crc32c_add(CRC32C_START, sctp, room);
	for (int i = 0; i < 4; i++)
		sctp[SCTP_CHECKSUM + i] = (uint8_t)(crc >> 8 * i);
	if (udp)
		put_udp(buf, sample, udp + room);
	return udp + room;
}

/* It must be sent from the address that the stack uses, because no other is in the association. */
static int send_from(const struct ledger_sample *sample, const uint8_t *packet, size_t length)
{
	union address source = sample->source, destination = sample->destination;
	int v6 = source.sa.sa_family == AF_INET6, how = MAY_NOT_CHANGE, rc = 0;
	int fd = broker_socket(source.sa.sa_family, SOCK_RAW | SOCK_NONBLOCK,
			       sample->encapsulated ? IPPROTO_UDP : IPPROTO_SCTP);

	if (fd < 0)
		return fd;
	address_set_port(&source, 0);
	address_set_port(&destination, 0);
	if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER,
		       &how, sizeof(how)) < 0 ||
	    bind(fd, &source.sa, address_length(&source)) < 0 ||
	    sendto(fd, packet, length, 0, &destination.sa, address_length(&destination)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* False: it cannot be sent. */
static bool send_one(struct big_packets_ask *a, const struct ledger_sample *sample, uint32_t size,
		     struct timeline *timeline)
{
	uint8_t *packet = xmalloc(MTU_MAX);
	char text[ADDRESS_TEXT_MAX];
	uint64_t id;
	size_t length =
		big_packets_packet(sample, size, (uint32_t)a->search->count + 1, packet, &id);
	int rc = length ? send_from(sample, packet, length) : -EMSGSIZE;

	free(packet);
	timeline_note(timeline, "HEARTBEAT of %u bytes to %s%s%s", size,
		      address_host_text(&sample->destination, text), rc < 0 ? ": " : "",
		      rc < 0 ? errno_name(-rc) : "");
	if (rc < 0)
		return false;
	size_search_sent(a->search, size, id, loop_now_us());
	return true;
}

/* The smallest MTU that ICMP has reported; 0: none. */
static uint32_t told_mtu(const struct ledger_path *path)
{
	uint32_t least = 0;

	for (size_t i = 0; i < path->icmp_count; i++)
		if (path->icmps[i].mtu && (!least || path->icmps[i].mtu < least))
			least = path->icmps[i].mtu;
	return least;
}

/*
 * Has the address answered a packet of this end? A large one may go to no other: the peer's list of
 * addresses may name hosts that know nothing of it.
 */
static bool is_there(const struct probe_path *asked, const struct ledger_path *path)
{
	return asked->answered || (path->inits.count && path->init_acks.count);
}

/* False: there is nothing to ask, or no more. */
static bool set_size(struct big_packets_ask *a, const struct probe_path *asked,
		     const struct ledger_path *path)
{
	if (!a->mtu)
		a->mtu = asked->then.mtu;
	/*
	 * The stack gets that ICMP error, too, and adapts. The probe finds out whether it is true.
	 */
	if (told_mtu(path) && told_mtu(path) < a->mtu)
		a->mtu = told_mtu(path);
	if (a->mtu < MTU_MIN || a->mtu > MTU_MAX)
		return false;
	if (!a->search) {
		a->search = xcalloc(1, sizeof(*a->search));
		a->base = path->padded.count;
	}
	a->search->round_trip_us = asked->rtt_us;
	size_search_set_full(a->search, a->mtu);
	return true;
}

static void look_for_answers(struct big_packets_ask *a, const struct ledger *ledger,
			     const struct ledger_path *path)
{
	for (size_t i = 0; i < a->search->count; i++)
		if (ledger_padded_answered(path, a->search->packets[i].id))
			size_search_answered(a->search, i, loop_now_us());
	a->result = size_search_result(a->search, loop_now_us());
	/* Lost is only what was seen to leave, if the witness missed no packet. */
	if (a->result.big == BIG_PACKETS_LOST &&
	    (path->padded.count != a->base + a->search->count || ledger->lost))
		a->result = (struct packet_sizes){ .passed = a->result.passed };
}

static void tick_one(struct big_packets_ask *a, const struct probe_path *asked,
		     const struct ledger *ledger, struct timeline *timeline, int64_t *wake_us)
{
	const struct ledger_path *path = ledger_find(ledger, &asked->address);
	uint32_t sizes[SIZE_SEARCH_BURST];
	int64_t next_us;
	size_t count;

	if (!path || !path->sample.info_length || !is_there(asked, path))
		return;
	if (!set_size(a, asked, path)) {
		a->over = true;
		return;
	}
	look_for_answers(a, ledger, path);
	/* A path that does not answer the small one is not known to lose large ones. */
	if (a->search->count && !asked->answered && a->result.big != BIG_PACKETS_PASS)
		return;
	count = size_search_next(a->search, loop_now_us(), sizes, &next_us);
	for (size_t i = 0; i < count && !a->over; i++)
		a->over = !send_one(a, &path->sample, sizes[i], timeline);
	if (count && !a->over)
		size_search_next(a->search, loop_now_us(), sizes, &next_us);
	a->over |= a->search->over;
	if (asked->answered)
		*wake_us = MIN(*wake_us, next_us);
}

bool big_packets_tick(struct big_packets_ask *ask, const struct probe_path *path,
		      const struct ledger *ledger, struct timeline *timeline, int64_t *wake_us)
{
	if (!ask->over)
		tick_one(ask, path, ledger, timeline, wake_us);
	/* Without a heartbeat of the stack to copy, there is nothing to wait for. */
	return !ask->over && ask->search && path->answered;
}

void big_packets_free(struct big_packets_ask *ask)
{
	free(ask->search);
	*ask = (struct big_packets_ask){ 0 };
}
