/* SPDX-License-Identifier: MIT */
/* The bytes of a message on the command line: text, hex:..., @FILE, or @- for standard input. */
#ifndef OPTION_DATA_H
#define OPTION_DATA_H

#include "option_parser.h"

/* Adds a message to p->options->sends, whose array has room for all of the command line. */
option_take_fn take_send;

/* The newest one is p->options->reply. */
option_take_fn take_reply;

#endif
