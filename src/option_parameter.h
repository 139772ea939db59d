/* SPDX-License-Identifier: MIT */
/* The argument of -o: NAME=VALUE. */
#ifndef OPTION_PARAMETER_H
#define OPTION_PARAMETER_H

#include "option_parser.h"

/* value is a struct stack_parameters. */
option_take_fn take_parameter;

/* STATUS_OK; or STATUS_USAGE and p->why: two of them cannot be true together. */
int check_parameters(struct parser *p);

#endif
