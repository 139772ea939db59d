/* SPDX-License-Identifier: MIT */
#include "witness/filter.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <linux/icmp.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/param.h>

#include "base/util.h"
#include "packet/sctp.h"

/* Passes whole packets, but only the beginning of packets that start with user data. */
#define SNAP_ALL  65535
#define SNAP_DATA 128

/* --- The ports -------------------------------------------------------------------------------- */

struct filter_ports filter_ports_of(const struct witness_ports *ports)
{
	return (struct filter_ports){ .local = ports->local,
				      .udp_local = ports->udp_local,
				      .udp_remote = ports->udp_remote,
				      .peer_count = 1,
				      .peers = { ports->peer } };
}

static bool passes_peer(const struct filter_ports *filter, uint16_t peer)
{
	for (size_t i = 0; i < filter->peer_count; i++)
		if (filter->peers[i] == peer)
			return true;
	return !filter->peer_count;
}

void filter_ports_add(struct filter_ports *filter, const struct witness_ports *ports)
{
	if (filter->local != ports->local)
		filter->local = 0;
	if (passes_peer(filter, ports->peer))
		return;
	filter->local = 0;
	if (filter->peer_count < FILTER_PEERS_MAX)
		filter->peers[filter->peer_count++] = ports->peer;
	else
		filter->peer_count = 0;
}

bool filter_ports_equal(const struct filter_ports *a, const struct filter_ports *b)
{
	return a->local == b->local && a->udp_local == b->udp_local &&
	       a->udp_remote == b->udp_remote && a->peer_count == b->peer_count &&
	       memcmp(a->peers, b->peers, a->peer_count * sizeof(a->peers[0])) == 0;
}

/* --- The program ------------------------------------------------------------------------------ */

enum label {
	NEXT, /* the instruction that follows */
	V4,
	V6,
	SCTP,
	UDP,
	UDP_PAYLOAD,
	ICMP4,
	ICMP4_QUOTE,
	ICMP6,
	PORTS,
	PORTS_SWAPPED,
	SHORT,
	LEAVES,
	RIGHT_COPY,
	ACCEPT,
	DROP,
	LABELS,
};

/* Scratch memory: SCTP's ports, and how many bytes are wanted. */
enum scratch {
	SOURCE,
	DESTINATION,
	LENGTH,
};

struct program {
	struct sock_filter *code;
	enum label yes[WITNESS_FILTER_MAX], no[WITNESS_FILTER_MAX];
	size_t at[LABELS];
	size_t count;
};

static void op(struct program *p, uint16_t code, uint32_t k)
{
	p->yes[p->count] = p->no[p->count] = NEXT;
	p->code[p->count++] = (struct sock_filter){ .code = code, .k = k };
}

static void place(struct program *p, enum label label)
{
	p->at[label] = p->count;
}

static void jump(struct program *p, uint16_t test, uint32_t k, enum label yes, enum label no)
{
	op(p, BPF_JMP | test | BPF_K, k);
	p->yes[p->count - 1] = yes;
	p->no[p->count - 1] = no;
}

static void jump_always(struct program *p, enum label label)
{
	jump(p, BPF_JEQ, 0, label, label);
}

static void load8(struct program *p, uint32_t at)
{
	op(p, BPF_LD | BPF_B | BPF_ABS, at);
}

static void load8_x(struct program *p, uint32_t at)
{
	op(p, BPF_LD | BPF_B | BPF_IND, at);
}

static void load16_x(struct program *p, uint32_t at)
{
	op(p, BPF_LD | BPF_H | BPF_IND, at);
}

static void load_number(struct program *p, uint32_t number)
{
	op(p, BPF_LD | BPF_IMM, number);
}

static void load_scratch(struct program *p, enum scratch place_in)
{
	op(p, BPF_LD | BPF_MEM, place_in);
}

static void store(struct program *p, enum scratch place_in)
{
	op(p, BPF_ST, place_in);
}

static void set_x(struct program *p, uint32_t number)
{
	op(p, BPF_LDX | BPF_IMM, number);
}

static void link_layer(struct program *p)
{
	load8(p, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
	jump(p, BPF_JEQ, PACKET_OTHERHOST, DROP, NEXT);
	op(p, BPF_LD | BPF_H | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
	jump(p, BPF_JEQ, ETH_P_IP, V4, NEXT);
	jump(p, BPF_JEQ, ETH_P_IPV6, V6, DROP);
}

/* Without what the kernel knows. */
static void version(struct program *p)
{
	load8(p, 0);
	op(p, BPF_ALU | BPF_RSH | BPF_K, 4);
	jump(p, BPF_JEQ, 4, V4, NEXT);
	jump(p, BPF_JEQ, 6, V6, DROP);
}

static void ip_layer(struct program *p)
{
	static const uint8_t extensions[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_DSTOPTS,
					      IPPROTO_FRAGMENT };

	place(p, V4);
	op(p, BPF_LD | BPF_H | BPF_ABS, 6);
	jump(p, BPF_JSET, 0x1fff, DROP, NEXT); /* a later fragment: no ports in it */
	op(p, BPF_LDX | BPF_B | BPF_MSH, 0);
	load8(p, 9);
	jump(p, BPF_JEQ, IPPROTO_SCTP, SCTP, NEXT);
	jump(p, BPF_JEQ, IPPROTO_UDP, UDP, NEXT);
	jump(p, BPF_JEQ, IPPROTO_ICMP, ICMP4, DROP);
	place(p, V6);
	set_x(p, 40);
	load8(p, 6);
	jump(p, BPF_JEQ, IPPROTO_SCTP, SCTP, NEXT);
	jump(p, BPF_JEQ, IPPROTO_UDP, UDP, NEXT);
	jump(p, BPF_JEQ, IPPROTO_ICMPV6, ICMP6, NEXT);
	/* Rare enough for view.c to check. */
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++)
		jump(p, BPF_JEQ, extensions[i], ACCEPT, NEXT);
	jump_always(p, DROP);
}

/*
 * X: the offset of the message. Whose packet it quotes is checked in user space, because such
 * messages are few, and because the kernel compiles the program for each connect: one third of it
 * would be for them. A quoted UDP packet counts if there is an encapsulation.
 */
static void icmp_layer(struct program *p, bool udp)
{
	place(p, ICMP4);
	load8_x(p, 0);
	jump(p, BPF_JEQ, ICMP_DEST_UNREACH, ICMP4_QUOTE, NEXT);
	jump(p, BPF_JEQ, ICMP_TIME_EXCEEDED, ICMP4_QUOTE, NEXT);
	jump(p, BPF_JEQ, ICMP_PARAMETERPROB, NEXT, DROP);
	place(p, ICMP4_QUOTE);
	load8_x(p, 8 + 9);
	if (udp)
		jump(p, BPF_JEQ, IPPROTO_UDP, ACCEPT, NEXT);
	jump(p, BPF_JEQ, IPPROTO_SCTP, ACCEPT, DROP);

	place(p, ICMP6);
	load8_x(p, 0);
	jump(p, BPF_JGE, ICMP6_INFOMSG_MASK, DROP, NEXT);
	load8_x(p, 8 + 6);
	if (!udp)
		jump(p, BPF_JEQ, IPPROTO_UDP, DROP, NEXT);
	jump(p, BPF_JEQ, IPPROTO_TCP, DROP, ACCEPT); /* an extension header may be in between */
}

/* Jumps to yes if the UDP ports at X + at are those of the encapsulation. */
static void udp_ports(struct program *p, const struct filter_ports *ports, uint32_t at,
		      enum label yes)
{
	for (uint32_t side = 0; side < 4; side += 2) {
		load16_x(p, at + side);
		if (ports->udp_local)
			jump(p, BPF_JEQ, ports->udp_local, yes, NEXT);
		if (ports->udp_remote)
			jump(p, BPF_JEQ, ports->udp_remote, yes, NEXT);
	}
	jump_always(p, DROP);
}

/* X: where the UDP header is. X becomes where SCTP's is. */
static void encapsulation(struct program *p, const struct filter_ports *ports)
{
	place(p, UDP);
	udp_ports(p, ports, 0, UDP_PAYLOAD);
	place(p, UDP_PAYLOAD);
	op(p, BPF_MISC | BPF_TXA, 0);
	op(p, BPF_ALU | BPF_ADD | BPF_K, 8);
	op(p, BPF_MISC | BPF_TAX, 0);
}

/*
 * On loopback each packet is there twice, as it leaves and as it arrives. If the peers' ports do
 * not show which copy is the right one, the one that arrives must do for both ends.
 */
static void one_copy(struct program *p)
{
	load8(p, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
	jump(p, BPF_JEQ, PACKET_OUTGOING, NEXT, RIGHT_COPY);
	op(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE));
	jump(p, BPF_JEQ, ARPHRD_LOOPBACK, DROP, RIGHT_COPY);
	place(p, RIGHT_COPY);
}

bool filter_has_one_copy(const struct filter_ports *ports)
{
	return ports->peer_count != 1;
}

static void sctp_header(struct program *p, uint32_t data_bytes, bool once)
{
	place(p, SCTP);
	if (once)
		one_copy(p);
	load16_x(p, 0);
	store(p, SOURCE);
	load16_x(p, 2);
	store(p, DESTINATION);
	load_number(p, MAX(data_bytes, SNAP_DATA));
	store(p, LENGTH);
	load8_x(p, 12);
	/* NAT may have changed one of their ports: view.c checks those. */
	jump(p, BPF_JEQ, CHUNK_INIT, ACCEPT, NEXT);
	jump(p, BPF_JEQ, CHUNK_INIT_ACK, ACCEPT, NEXT);
	jump(p, BPF_JEQ, CHUNK_HEARTBEAT, ACCEPT, NEXT);
	jump(p, BPF_JEQ, CHUNK_DATA, PORTS, NEXT);
	jump(p, BPF_JEQ, CHUNK_I_DATA, PORTS, NEXT);
	load_number(p, SNAP_ALL);
	store(p, LENGTH);
}

/* Jumps to SHORT if A is the port of a peer. */
static void is_peer_port(struct program *p, const struct filter_ports *ports)
{
	for (size_t i = 0; i < ports->peer_count; i++)
		jump(p, BPF_JEQ, ports->peers[i], SHORT, NEXT);
}

static void sctp_ports(struct program *p, const struct filter_ports *ports)
{
	place(p, PORTS);
	if (!ports->peer_count)
		return;
	load_scratch(p, SOURCE);
	if (!ports->local) {
		is_peer_port(p, ports);
		load_scratch(p, DESTINATION);
		is_peer_port(p, ports);
		jump_always(p, DROP);
	} else {
		jump(p, BPF_JEQ, ports->local, NEXT, PORTS_SWAPPED);
		load_scratch(p, DESTINATION);
		jump(p, BPF_JEQ, ports->peers[0], SHORT, NEXT);
		load_scratch(p, SOURCE); /* both ends may have the same port */
		place(p, PORTS_SWAPPED);
		jump(p, BPF_JEQ, ports->peers[0], NEXT, DROP);
		load_scratch(p, DESTINATION);
		jump(p, BPF_JEQ, ports->local, SHORT, DROP);
	}
}

/*
 * On loopback each packet is seen twice. Those to the peer count as they leave, those of the peer
 * as they arrive.
 */
static void direction(struct program *p, uint16_t peer)
{
	load8(p, (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE));
	jump(p, BPF_JEQ, PACKET_OUTGOING, LEAVES, NEXT);
	load_scratch(p, SOURCE);
	jump(p, BPF_JEQ, peer, RIGHT_COPY, DROP);
	place(p, LEAVES);
	load_scratch(p, DESTINATION);
	jump(p, BPF_JEQ, peer, RIGHT_COPY, DROP);
	place(p, RIGHT_COPY);
}

/* Turns labels into distances, as BPF needs. */
static void resolve(struct program *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->yes[i] != NEXT)
			p->code[i].jt = (uint8_t)(p->at[p->yes[i]] - i - 1);
		if (p->no[i] != NEXT)
			p->code[i].jf = (uint8_t)(p->at[p->no[i]] - i - 1);
	}
}

size_t witness_filter(const struct filter_ports *ports, bool link, uint32_t data_bytes,
		      struct sock_filter *code)
{
	bool udp = ports->udp_local || ports->udp_remote;
	struct program p = { .code = code };

	if (link)
		link_layer(&p);
	else
		version(&p);
	ip_layer(&p);
	icmp_layer(&p, udp);
	if (udp)
		encapsulation(&p, ports);
	sctp_header(&p, data_bytes, link && filter_has_one_copy(ports));
	sctp_ports(&p, ports);
	place(&p, SHORT);
	if (link && !filter_has_one_copy(ports))
		direction(&p, ports->peers[0]);
	load_scratch(&p, LENGTH);
	op(&p, BPF_RET | BPF_A, 0);
	place(&p, ACCEPT);
	op(&p, BPF_RET | BPF_K, SNAP_ALL);
	place(&p, DROP);
	if (!udp)
		p.at[UDP] = p.count;
	op(&p, BPF_RET | BPF_K, 0);
	resolve(&p);
	return p.count;
}
