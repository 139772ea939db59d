/* SPDX-License-Identifier: MIT */
/*
 * If the program has to end at once because there is no memory, the kernel closes its own
 * associations, but nobody those of usrsctp: the peer would keep them until its own heartbeats
 * fail. The library cannot send an ABORT then, as it would need memory, and its locks may be held.
 * So the headers of the packets that have opened associations are kept here, and an ABORT is made
 * of them.
 */
#ifndef STACK_USRSCTP_FAREWELL_H
#define STACK_USRSCTP_FAREWELL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* quick_exit() of this process, but not of a child, aborts what is open from then on. */
void farewell_start(void);

/*
 * A packet is about to leave, on any thread. sctp: its header, and the type of its first chunk. ip:
 * its IPv4 header, if the library makes that, or NULL. False: it must not, because the associations
 * have been aborted. Else farewell_sent() is to follow, and nothing that allocates comes between.
 */
bool farewell_sends(int fd, const struct msghdr *message, const uint8_t *sctp, const uint8_t *ip);
void farewell_sent(void);

#endif
