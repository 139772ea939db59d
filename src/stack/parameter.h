/* SPDX-License-Identifier: MIT */
/*
 * The protocol's parameters that a user can set: those of RFC 9260 section 16, RFC 7829 section 10,
 * and the DSCP of the packets.
 */
#ifndef STACK_PARAMETER_H
#define STACK_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stack_parameter {
	PARAMETER_RTO_INITIAL,
	PARAMETER_RTO_MIN,
	PARAMETER_RTO_MAX,
	PARAMETER_PATH_MAX_RETRANS,
	PARAMETER_ASSOCIATION_MAX_RETRANS,
	PARAMETER_HB_INTERVAL,
	PARAMETER_PF_MAX_RETRANS,
	PARAMETER_SACK_DELAY,
	PARAMETER_MAX_BURST,
	PARAMETER_DSCP,
	PARAMETER_COUNT,
};

/* Values in milliseconds, or numbers. All zeros: none is known. */
struct stack_parameters {
	uint32_t value[PARAMETER_COUNT];
	unsigned known; /* bit n: of parameter n */
};

struct parameter_kind {
	const char *name; /* as in the RFC */
	const char *key;  /* in JSON, with the unit */
	bool is_time;
	uint32_t least, most;
};
const struct parameter_kind *parameter_kind(enum stack_parameter parameter);

/* By its name, in any case. PARAMETER_COUNT: there is none. */
enum stack_parameter parameter_find(const char *name, size_t length);

bool parameter_is_known(const struct stack_parameters *list, enum stack_parameter parameter);
void parameter_set(struct stack_parameters *list, enum stack_parameter parameter, uint32_t value);

/* "500 ms" or "3": into buf, which is returned. */
#define PARAMETER_TEXT_MAX 24
const char *parameter_text(enum stack_parameter parameter, uint32_t value,
			   char buf[PARAMETER_TEXT_MAX]);

/* Has the stack another value than the one that was asked for? */
bool parameter_changed(const struct stack_parameters *asked,
		       const struct stack_parameters *in_force, enum stack_parameter parameter);

#endif
