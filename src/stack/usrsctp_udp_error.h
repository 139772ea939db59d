/* SPDX-License-Identifier: MIT */
/*
 * What ICMP says about usrsctp's packets in UDP. The library does not ask for it, and a raw socket
 * for ICMP needs CAP_NET_RAW. But the kernel tells the owner of a UDP socket, if asked: it keeps
 * the errors in a queue of the socket, and one call on the socket, whatever it is about, fails.
 * From any thread.
 */
#ifndef STACK_USRSCTP_UDP_ERROR_H
#define STACK_USRSCTP_UDP_ERROR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/address.h"

/* Asks for them. Nothing happens to a socket that is not of UDP. */
void udp_error_ask(int fd);

/*
 * A call on that socket has failed. True: errno was that of an error of the queue, or may have
 * been, so that the call is to be made again, and is EAGAIN now. Otherwise it stays. Empties the
 * queue, and keeps what it says.
 */
bool udp_error_take(int fd);

/* kernel_sendmsg(), made again in that case. */
ssize_t udp_error_sendmsg(int fd, const struct msghdr *message, int flags);

/*
 * The newest error about a packet from that SCTP port to that host and UDP port: a positive errno,
 * or 0. Forgets it. Of one whose quotation is too short for SCTP's ports, is_one_port says
 * whether all who ask that host ask it at one port.
 */
int udp_error_about(uint16_t port, const union address *peer, uint16_t udp,
		    bool (*is_one_port)(const union address *peer));

#endif
