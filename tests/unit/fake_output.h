/* SPDX-License-Identifier: MIT */
/* A file in the place of standard output, with a descriptor as that has, to be read afterwards. */
#ifndef FAKE_OUTPUT_H
#define FAKE_OUTPUT_H

#include <stdio.h>

FILE *fake_output_open(void);

/* What was written to it so far: to be freed. */
char *fake_output_text(FILE *out);

/* The same, and the file is closed. */
char *fake_output_close(FILE *out);

#endif
