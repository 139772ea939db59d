/* SPDX-License-Identifier: MIT */
/*
 * --pcap: a file with the packets that the witnesses of this process have seen. The newest packets
 * wait in memory, so that a comment can be put on the packet that a finding rests on. They are
 * written in the order of their times.
 */
#ifndef WITNESS_CAPTURE_H
#define WITNESS_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "witness/event.h"

struct capture;

/*
 * Into the file that fd has open, which the capture then owns. At most snaplen bytes of each packet
 * are kept; 0: all.
 */
struct capture *capture_new(int fd, uint32_t snaplen);

/* So many bytes of each packet are wanted. */
uint32_t capture_snaplen(const struct capture *capture);

/* The number of a new reader: of the attempt whose packets it brings. Never 0. */
unsigned capture_reader(struct capture *capture);

/* A packet, unless another attempt has taken it, too. */
void capture_add(struct capture *capture, unsigned reader, const struct witness_event *event);

/* Which packet: the newest one of the attempt that all of this is true of. */
struct capture_wanted {
	unsigned reader;
	bool outgoing;
	bool icmp;                 /* an ICMP error about a packet to peer */
	bool bad;                  /* its checksum is wrong */
	int chunk;                 /* that it has; negative: any */
	const union address *peer; /* NULL, or sa_family 0: any */
};
/* Puts the comment on it, unless it has one. False: there is no such packet any more. */
bool capture_comment(struct capture *capture, const struct capture_wanted *wanted,
		     const char *comment);

/* The witnesses have missed so many packets until now. */
void capture_lost(struct capture *capture, uint64_t packets);
/* A witness could not be opened, or not be read any more: the call, and a positive errno. */
void capture_missed(struct capture *capture, const char *call, int error);

/* What went wrong. */
struct capture_trouble {
	int write_error; /* positive errno, or 0: the file is not complete */
	int read_error;  /* the same: packets of an attempt are missing */
	const char *read_call;
};
/* Writes what is left, closes the file, and frees. NULL is fine. */
struct capture_trouble capture_finish(struct capture *capture);

#endif
