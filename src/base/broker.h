/* SPDX-License-Identifier: MIT */
/*
 * A second process that keeps the capabilities, so that the one which reads what peers send has
 * none. It does what is listed here and nothing else. Without it, these functions do the same in
 * this process, with the rights that it has.
 */
#ifndef BASE_BROKER_H
#define BASE_BROKER_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/between.h"

/* The longest question and the longest answer of broker_ask(). */
#define BROKER_BYTES_MAX BETWEEN_BYTES_MAX

/* Answers a question, in the second process. Returns the length of the answer. */
typedef size_t broker_answer(const void *question, size_t length, void *answer);

/* The longest filter. */
#define BROKER_FILTER_MAX 256

/*
 * Makes the filter of a packet socket that hears what is asked, in the second process. Returns its
 * length; 0: nobody hears that.
 */
typedef size_t broker_filter(const void *asked, size_t length, struct sock_filter *code);

struct broker_duties {
	broker_answer *answer;
	broker_filter *filter;
	bool udp; /* it hands out raw sockets of UDP, and ICMP errors about UDP are heard */
};

/*
 * Starts it, with those of the capabilities (PRIVILEGE()) that this process has. To be called
 * on the only thread, before this process gives up its own. Returns those that it has; 0: there is
 * none to keep; or -errno.
 */
int broker_start(uint32_t capabilities, const struct broker_duties *duties);
/* It gives up all but these. 0: it ends. */
void broker_keep(uint32_t capabilities);
bool broker_is_there(void);
/*
 * At the end of this process: the other one ends, too. In a container it is waited for, because the
 * first process of many containers reaps nothing: each run would leave a zombie there.
 */
void broker_finish(void);

/*
 * socket(), closed on exec: a raw one of ICMP, SCTP or UDP. From the second process, those of SCTP
 * and UDP only send: they hear nothing; those of ICMP hear errors only (base/icmp_filter.h). Its
 * descriptor, or -errno; if the second process cannot be asked: why.
 */
int broker_socket(int family, int type, int protocol);

/*
 * What has failed: the call between the two processes that has led to rc, if one has; or this
 * call.
 */
const char *broker_failed_call(const char *call, int rc);

/*
 * A packet socket with that filter, not blocking and without a protocol, from the second process;
 * another filter for it. The first process cannot set one itself (sandbox_needs.filters). A
 * descriptor or 0, or -errno; -ENOTCONN: there is no second process. If it cannot be asked: why.
 */
int broker_packet_socket(const void *asked, size_t length);
int broker_set_filter(int fd, const void *asked, size_t length);

/* socket_buffer_send() or _receive(), for SO_SNDBUF or SO_RCVBUF. */
int broker_set_buffer(int fd, int option, int bytes);

/*
 * close(), where that takes long. The second process has a copy until the next request or the end
 * of this process, so that it is the one that waits.
 */
void broker_close(int fd);

/* What broker_answer() says in the second process. False: there is none, or it does not answer. */
bool broker_ask(const void *question, size_t length, void *answer, size_t size);

#endif
