/* SPDX-License-Identifier: MIT */
/* Files instead of standard output and standard error, with descriptors, to be read afterwards. */
#ifndef FAKE_OUTPUT_H
#define FAKE_OUTPUT_H

#include <stdio.h>

FILE *fake_output_open(void);

/* The text that was written so far. The caller frees it. */
char *fake_output_text(FILE *out);

/* The same, and the file is closed. */
char *fake_output_close(FILE *out);

/* What goes to stderr from here on goes to a file, until fake_stderr_end() gives it back, with the
   text that was written: it is valid until the next call. */
void fake_stderr_begin(void);
const char *fake_stderr_end(void);

#endif
