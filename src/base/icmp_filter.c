/* SPDX-License-Identifier: MIT */
#include "base/icmp_filter.h"

#include <assert.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <linux/icmp.h>
#include <string.h>
#include <sys/socket.h>

#include "base/util.h"

/* In the message: where the header of the packet begins that the error is about. */
#define QUOTE 8

#define DROP   BPF_STMT(BPF_RET | BPF_K, 0)
#define ACCEPT BPF_STMT(BPF_RET | BPF_K, UINT16_MAX)

#define IF(test, value, yes, no) BPF_JUMP(BPF_JMP | (test) | BPF_K, value, yes, no)

/* With the IP header in front. A byte that is not there ends the program with "drop". */
static const struct sock_filter v4[] = {
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
	IF(BPF_JEQ, ICMP_DEST_UNREACH, 2, 0),
	IF(BPF_JEQ, ICMP_TIME_EXCEEDED, 1, 0),
	IF(BPF_JEQ, ICMP_PARAMETERPROB, 0, 3),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, QUOTE + 9),
	IF(BPF_JEQ, IPPROTO_SCTP, 2, 0),
	IF(BPF_JEQ, IPPROTO_UDP, 1, 0), /* last but two */
	DROP,
	ACCEPT,
};

/* Without. An extension header may be in between. */
static const struct sock_filter v6[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
	IF(BPF_JGE, ICMP6_INFOMSG_MASK, 7, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, QUOTE + 6),
	IF(BPF_JEQ, IPPROTO_HOPOPTS, 6, 0),
	IF(BPF_JEQ, IPPROTO_ROUTING, 5, 0),
	IF(BPF_JEQ, IPPROTO_FRAGMENT, 4, 0),
	IF(BPF_JEQ, IPPROTO_DSTOPTS, 3, 0),
	IF(BPF_JEQ, IPPROTO_SCTP, 2, 0),
	IF(BPF_JEQ, IPPROTO_UDP, 1, 0), /* last but two */
	DROP,
	ACCEPT,
};

size_t icmp_filter(int family, bool udp, struct sock_filter *code)
{
	size_t count = family == AF_INET6 ? ARRAY_SIZE(v6) : ARRAY_SIZE(v4);

	static_assert(ARRAY_SIZE(v4) <= ICMP_FILTER_MAX && ARRAY_SIZE(v6) <= ICMP_FILTER_MAX,
		      "they fit");
	memcpy(code, family == AF_INET6 ? v6 : v4, count * sizeof(*code));
	if (!udp)
		code[count - 3].jt = 0;
	return count;
}
