/* SPDX-License-Identifier: MIT */
#include "witness/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "packet/packet.h"
#include "witness/pcapng.h"

/* How many packets wait, at most, how many bytes of them, and how long. */
#define WAITING_MAX       8192
#define WAITING_BYTES_MAX (4 << 20)
#define WAITING_NS_MAX    (120 * NSEC_PER_SEC)

struct waiting {
	int64_t wall_ns;
	unsigned reader;
	uint32_t interface;
	uint8_t chunks[CHUNKS_MAX];
	size_t chunk_count;
	bool outgoing, icmp, bad;
	union address peer;
	uint32_t length;
	size_t kept;
	char *comment;
	uint8_t bytes[];
};

struct link {
	int ifindex;
	char name[IF_NAMESIZE];
	uint64_t packets;
};

struct capture {
	int fd;
	uint32_t snaplen;
	unsigned readers;
	struct link *links;
	size_t link_count;
	struct waiting *waiting[WAITING_MAX]; /* a ring, the oldest one first */
	size_t first, count, bytes;
	int64_t newest_ns;
	uint64_t lost;
	struct pcapng_block block;
	struct capture_trouble trouble;
};

static void write_block(struct capture *c)
{
	const uint8_t *at = c->block.bytes;
	size_t left = c->block.length;

	while (left && !c->trouble.write_error) {
		ssize_t written = write(c->fd, at, left);

		if (written >= 0) {
			at += written;
			left -= (size_t)written;
		} else if (errno != EINTR) {
			c->trouble.write_error = errno;
		}
	}
}

struct capture *capture_new(int fd, uint32_t snaplen)
{
	struct capture *c = xcalloc(1, sizeof(*c));

	c->fd = fd;
	c->snaplen = snaplen;
	pcapng_section(&c->block);
	write_block(c);
	return c;
}

/* The n-th oldest one. */
static struct waiting **place(struct capture *c, size_t n)
{
	return &c->waiting[(c->first + n) % WAITING_MAX];
}

uint32_t capture_snaplen(const struct capture *c)
{
	return c->snaplen ? c->snaplen : UINT16_MAX;
}

unsigned capture_reader(struct capture *c)
{
	return ++c->readers;
}

/* --- Packets ---------------------------------------------------------------------------------- */

static void write_oldest(struct capture *c)
{
	struct waiting *p = *place(c, 0);

	pcapng_packet(&c->block, &(struct pcapng_packet){ .interface = p->interface,
							  .wall_ns = p->wall_ns,
							  .outgoing = p->outgoing,
							  .bytes = { p->bytes, p->kept },
							  .length = p->length,
							  .comment = p->comment });
	write_block(c);
	c->links[p->interface].packets++;
	c->bytes -= p->kept;
	free(p->comment);
	free(p);
	c->first = (c->first + 1) % WAITING_MAX;
	c->count--;
}

static bool waits_too_long(struct capture *c)
{
	return c->count && c->newest_ns - (*place(c, 0))->wall_ns > WAITING_NS_MAX;
}

static uint32_t link_number(struct capture *c, const struct witness_event *event)
{
	struct link *link;

	for (size_t i = 0; i < c->link_count; i++)
		if (c->links[i].ifindex == event->ifindex &&
		    !strcmp(c->links[i].name, event->interface))
			return (uint32_t)i;
	c->links = xreallocarray(c->links, c->link_count + 1, sizeof(*c->links));
	link = &c->links[c->link_count];
	*link = (struct link){ .ifindex = event->ifindex };
	memcpy(link->name, event->interface, sizeof(link->name));
	pcapng_interface(&c->block, link->name, c->snaplen);
	write_block(c);
	return (uint32_t)c->link_count++;
}

static struct waiting *new_waiting(const struct capture *c, const struct witness_event *event)
{
	const struct packet *packet = &event->packet;
	size_t kept = MIN(event->bytes.left, capture_snaplen(c));
	struct waiting *p = xcalloc(1, sizeof(*p) + kept);

	p->wall_ns = event->wall_ns;
	p->outgoing = event->outgoing;
	p->length = MAX(event->length, (uint32_t)event->bytes.left);
	p->kept = kept;
	memcpy(p->bytes, event->bytes.at, kept);
	p->icmp = packet->kind == PACKET_OF_ICMP;
	p->bad = packet->checksum == CHECKSUM_BAD;
	if (p->icmp) {
		p->peer = packet->icmp.destination;
		return p;
	}
	p->peer = event->outgoing ? packet->destination : packet->source;
	for (; p->chunk_count < packet->chunks.count; p->chunk_count++)
		p->chunks[p->chunk_count] = packet->chunks.list[p->chunk_count].type;
	return p;
}

/* Packets are not always read in their order. */
static void insert(struct capture *c, struct waiting *p)
{
	size_t at = c->count++;

	for (; at > 0 && (*place(c, at - 1))->wall_ns > p->wall_ns; at--)
		*place(c, at) = *place(c, at - 1);
	*place(c, at) = p;
	c->bytes += p->kept;
	c->newest_ns = MAX(c->newest_ns, p->wall_ns);
}

void capture_add(struct capture *c, unsigned reader, const struct witness_event *event)
{
	struct waiting *p;

	if (event->taken)
		return;
	p = new_waiting(c, event);
	p->reader = reader;
	p->interface = link_number(c, event);
	while (c->count == WAITING_MAX || (c->count && c->bytes + p->kept > WAITING_BYTES_MAX))
		write_oldest(c);
	insert(c, p);
	while (waits_too_long(c))
		write_oldest(c);
}

/* --- Comments --------------------------------------------------------------------------------- */

static bool has_chunk(const struct waiting *p, int chunk)
{
	for (size_t i = 0; i < p->chunk_count; i++)
		if (p->chunks[i] == chunk)
			return true;
	return chunk < 0;
}

static bool is_wanted(const struct waiting *p, const struct capture_wanted *wanted)
{
	bool any_peer = !wanted->peer || !wanted->peer->sa.sa_family;

	return p->reader == wanted->reader && p->icmp == wanted->icmp &&
	       p->outgoing == wanted->outgoing && (p->bad || !wanted->bad) &&
	       has_chunk(p, wanted->chunk) && (any_peer || address_equal(&p->peer, wanted->peer));
}

bool capture_comment(struct capture *c, const struct capture_wanted *wanted, const char *comment)
{
	for (size_t i = c->count; i-- > 0;) {
		struct waiting *p = *place(c, i);

		if (!is_wanted(p, wanted))
			continue;
		if (!p->comment)
			p->comment = xstrdup(comment);
		return true;
	}
	return false;
}

/* --- The end ---------------------------------------------------------------------------------- */

void capture_lost(struct capture *c, uint64_t packets)
{
	c->lost = packets;
}

void capture_missed(struct capture *c, const char *call, int error)
{
	c->trouble.read_call = call;
	c->trouble.read_error = error;
}

/* The kernel counts lost packets for each socket, which has all links. */
static void write_statistics(struct capture *c)
{
	for (size_t i = 0; i < c->link_count; i++) {
		pcapng_statistics(&c->block, (uint32_t)i, c->newest_ns, c->links[i].packets,
				  i ? 0 : c->lost,
				  i == 0 && c->lost ? "the lost packets of all links" : NULL);
		write_block(c);
	}
}

struct capture_trouble capture_finish(struct capture *c)
{
	struct capture_trouble trouble = { 0 };

	if (!c)
		return trouble;
	while (c->count)
		write_oldest(c);
	write_statistics(c);
	if (close(c->fd) < 0 && !c->trouble.write_error)
		c->trouble.write_error = errno;
	trouble = c->trouble;
	pcapng_free(&c->block);
	free(c->links);
	free(c);
	return trouble;
}
