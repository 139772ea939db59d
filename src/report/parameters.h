/* SPDX-License-Identifier: MIT */
/* The parameters of phrases, as text. For phrase.c, and its tests. */
#ifndef REPORT_PARAMETERS_H
#define REPORT_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/finding.h"
#include "report/result.h"

/* The longest value: the reason of the last try, or a list of addresses. */
#define PARAMETER_MAX 768

struct phrase_context {
	const struct finding *f;     /* NULL: the parameters' names instead of their values */
	const struct result *result; /* or NULL */
	const char *last;            /* the reason of the last try, or "" */
};

/* The value, or "". False: there is no parameter or flag with that name. */
bool parameter_value(const struct phrase_context *c, const char *name, size_t length,
		     char value[PARAMETER_MAX]);

#endif
