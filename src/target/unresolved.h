/* SPDX-License-Identifier: MIT */
/* Why a name gave no addresses. */
#ifndef TARGET_UNRESOLVED_H
#define TARGET_UNRESOLVED_H

#include <stdint.h>

#include "base/util.h"

enum unresolved_fault {
	UNRESOLVED_NOT,           /* nothing is wrong */
	UNRESOLVED_NO_NAME,       /* no such name; with a family: or it has no address of it */
	UNRESOLVED_NO_ADDRESS,    /* the name has none, or none of that family */
	UNRESOLVED_SERVER_SILENT, /* or its failure is temporary: the resolver does not tell which
				   */
	UNRESOLVED_SERVER_FAILED, /* the name server answered that it failed */
	UNRESOLVED_LATE,          /* no answer within waited_us */
	UNRESOLVED_CALL,          /* this host could not ask: detail */
};

/* Of so many names at most, one at a time. */
#define UNRESOLVED_NAMES_MAX 3

struct unresolved {
	enum unresolved_fault fault;
	int family; /* AF_INET or AF_INET6 where only that was asked for, else AF_UNSPEC */
	/* Safe to print. If LATE: "a.example, b.example, c.example and 4 more". */
	char names[UNRESOLVED_NAMES_MAX * (PRINTABLE_MAX + 2) + 32];
	int64_t waited_us;
	char detail[128]; /* "fork: Resource temporarily unavailable" */
};

#endif
