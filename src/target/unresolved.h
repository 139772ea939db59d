/* SPDX-License-Identifier: MIT */
/* Why a name gave no addresses. */
#ifndef TARGET_UNRESOLVED_H
#define TARGET_UNRESOLVED_H

#include <stdint.h>

#include "base/util.h"

enum unresolved_fault {
	UNRESOLVED_NOT,     /* nothing is wrong */
	UNRESOLVED_NO_NAME, /* no such name; with a family: or no address of that family */
	/* The name has no address, or none of that family. detail: it has one that is of no use. */
	UNRESOLVED_NO_ADDRESS,
	/* No answer, or a temporary failure: the resolver does not tell which. */
	UNRESOLVED_SERVER_SILENT,
	UNRESOLVED_SERVER_FAILED, /* the name server reported a failure */
	UNRESOLVED_LATE,          /* no answer within waited_us */
	UNRESOLVED_CALL,          /* a call on this host failed: call and error, or detail */
};

/* names has at most so many. */
#define UNRESOLVED_NAMES_MAX 3

struct unresolved {
	enum unresolved_fault fault;
	int family; /* AF_INET or AF_INET6 if only that was requested, else AF_UNSPEC */
	/* Safe to print. If LATE: "a.example, b.example, c.example and 4 more". */
	char names[UNRESOLVED_NAMES_MAX * (PRINTABLE_MAX + 2) + 32];
	int64_t waited_us;
	const char *call; /* "fork"; NULL: not known */
	int error;        /* its errno, positive */
	char detail[160]; /* without call: a message of the C library, or why an address is no use
			   */
};

#endif
