/* SPDX-License-Identifier: MIT */
/*
 * A packet socket on every interface of this network namespace, and what its kernel says about each
 * packet. Opening it needs CAP_NET_RAW.
 */
#ifndef WITNESS_PACKET_SOCKET_H
#define WITNESS_PACKET_SOCKET_H

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdint.h>

#include "packet/bytes.h"
#include "witness/filter.h"

struct packet_socket {
	int fd;
	uint8_t *packet; /* the one that is being read */
	uint64_t lost;
	bool stamped;
	bool punctual; /* the kernel has stamped one as it came, and so stamps all that follow */
	/* The two clocks at one moment, for all packets that are read in a row; 0: not read. */
	int64_t now_us, now_wall_ns;
	int64_t apart_ns; /* by how much they differed then; 0: not known */
	bool set;         /* the wall clock was set since the packets before */
};

/* One packet. */
struct received {
	struct bytes bytes; /* from the IP header on, until the next is read */
	struct sockaddr_ll link;
	struct tpacket_auxdata details;
	int64_t time_us; /* as loop_now_us(), when the kernel saw it */
	int64_t wall_ns; /* the same by the wall clock */
	bool late;       /* the times are those of reading */
};

/* What it hears. */
struct packet_socket_hears {
	struct filter_ports ports;
	uint32_t data_bytes; /* as witness_filter() */
};

/* For broker_start(): makes the filter where the second process opens the socket. */
size_t packet_socket_program(const void *hears, size_t length, struct sock_filter *code);

/*
 * stamped: with the kernel's time of each packet. Nothing arrives before the filter is set. 0, or
 * -errno: -EPERM without the privilege. The caller closes it in either case.
 */
int packet_socket_open(struct packet_socket *s, const struct packet_socket_hears *hears,
		       bool stamped);
void packet_socket_close(struct packet_socket *s);

/* May this process open one? 0, or -errno as above. */
int packet_socket_available(void);

/* From now on: another filter; the kernel's times, too. 0, or -errno. */
int packet_socket_filter(struct packet_socket *s, const struct packet_socket_hears *hears);
int packet_socket_stamp(struct packet_socket *s);

/* 1; 0: there is no packet now, or *reads were read, which it counts down; or -errno. */
int packet_socket_receive(struct packet_socket *s, struct received *r, unsigned *reads);

/* How many packets it has missed so far, because the room for them was full. */
uint64_t packet_socket_lost(struct packet_socket *s);

#endif
