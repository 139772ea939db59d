/* SPDX-License-Identifier: MIT */
/* The classic BPF program of a raw socket of ICMP: only errors pass that may be about SCTP. */
#ifndef BASE_ICMP_FILTER_H
#define BASE_ICMP_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>

#define ICMP_FILTER_MAX 16

/*
 * Into code, for a raw socket of that family. udp: also errors about UDP, in which SCTP may be.
 * Returns the number of instructions.
 */
size_t icmp_filter(int family, bool udp, struct sock_filter *code);

#endif
