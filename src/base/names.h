/* SPDX-License-Identifier: MIT */
/* The names of errnos and signals. */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

/* "ECONNREFUSED", of a positive errno; "EUNKNOWN" for a number that Linux does not have. */
const char *errno_name(int number);

/* "SIGINT"; NULL for 0 and for a signal that does not end the program by request. */
const char *signal_name(int number);

#endif
