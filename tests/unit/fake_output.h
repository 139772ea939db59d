/* SPDX-License-Identifier: MIT */
/* A file instead of standard output, with a descriptor, to be read afterwards. */
#ifndef FAKE_OUTPUT_H
#define FAKE_OUTPUT_H

#include <stdio.h>

FILE *fake_output_open(void);

/* The text that was written so far. The caller frees it. */
char *fake_output_text(FILE *out);

/* The same, and the file is closed. */
char *fake_output_close(FILE *out);

#endif
