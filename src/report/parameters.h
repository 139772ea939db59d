/* SPDX-License-Identifier: MIT */
/* The parameters of phrases, as text. For phrase.c, and its tests. */
#ifndef REPORT_PARAMETERS_H
#define REPORT_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>

#include "report/parameter_numbers.h"

/*
 * The value for the condition of a bracket, or "": without a finding, the parameter's name in
 * capitals, unless it is rare. False: there is no parameter or flag with that name.
 */
bool parameter_value(const struct phrase_context *c, const char *name, size_t length,
		     char value[PARAMETER_MAX]);

/* The value as a part of the text: without a finding, always the name in capitals. */
void parameter_in_text(const struct phrase_context *c, const char *name, size_t length,
		       char value[PARAMETER_MAX]);

#endif
