/* SPDX-License-Identifier: MIT */
/* A parameter of a phrase, and those that are times or numbers. For parameters.c. */
#ifndef REPORT_PARAMETER_NUMBERS_H
#define REPORT_PARAMETER_NUMBERS_H

#include <stdbool.h>

#include "report/finding.h"
#include "report/result.h"

/* The longest value: the reason of the last try, or a list of addresses. */
#define PARAMETER_MAX 768

struct phrase_context {
	const struct finding *f;     /* NULL: the parameters' names instead of their values */
	const struct result *result; /* or NULL */
	const char *last;            /* the reason of the last try, or "" */
};

struct parameter {
	const char *name;
	void (*say)(const struct phrase_context *c, char value[PARAMETER_MAX]);
	bool rare; /* if there is no finding, a bracket with this condition is left out */
};

/* For say(): writes the value. */
__attribute__((format(printf, 2, 3))) void parameter_say(char value[PARAMETER_MAX],
							 const char *format, ...);

/* Ended by one without a name. */
extern const struct parameter parameter_numbers[];

#endif
