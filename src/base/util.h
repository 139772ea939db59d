/* SPDX-License-Identifier: MIT */
/* Messages, strict parsing of numbers and times, memory. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define USEC_PER_MSEC 1000
#define USEC_PER_SEC  1000000
#define NSEC_PER_USEC 1000
#define NSEC_PER_MSEC (NSEC_PER_USEC * USEC_PER_MSEC)
#define NSEC_PER_SEC  INT64_C(1000000000)
#define MS(us)        ((double)(us) / USEC_PER_MSEC) /* for printf's %.1f */

/* Of a terminal that does not say how wide it is. */
#define DEFAULT_COLUMNS 80

/* The exit statuses that scripts rely on (man page, EXIT STATUS). 128+N: ended by signal N. */
enum exit_status {
	STATUS_OK = 0,
	STATUS_NOT_CONNECTED = 1,
	STATUS_USAGE = 2,
	STATUS_UNRESOLVED = 3,
	STATUS_TIMEOUT = 4,
	STATUS_DEGRADED = 5,
	STATUS_HOST = 6,
	STATUS_SIGNAL = 128,
};

/* Text for an error or a reason, filled by the function that failed and shown by its caller. */
struct message {
	char text[1024];
};

/*
 * Formats into m (cut at its size) and returns status, so that a failing check is one line: return
 * message_set(m, STATUS_USAGE, ...).
 */
int message_set(struct message *m, int status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The user's text made safe to print, into buf, which is returned: bytes other than printable
 * ASCII become '?', what does not fit ends in "...". size is at least 4, and PRINTABLE_MAX for a
 * token in a message.
 */
#define PRINTABLE_MAX 64
const char *printable(const char *text, char *buf, size_t size);

/* A security module or a sandbox makes a call fail so, also one that needs no privilege. */
bool error_forbids(int error);

/* Do LC_ALL, LC_CTYPE and LANG allow characters that are not ASCII? */
bool locale_is_utf8(void);

/*
 * Opens something harmless on each standard descriptor that is closed. Otherwise a socket would
 * take its number, and the report would be sent to the peer. Writing to a stdout that was closed
 * still fails.
 */
void keep_standard_descriptors(void);

/*
 * A write beyond the limit of a file's size (ulimit -f) is EFBIG, and no signal ends the program.
 */
void expect_file_limit(void);

/*
 * One write on stderr, so that lines of several programs do not mix: prefix, at most columns bytes
 * of the formatted text, and suffix, which is printed even if the text was cut.
 */
void stderr_write(const char *prefix, const char *format, va_list args, size_t columns,
		  const char *suffix) __attribute__((format(printf, 2, 0)));

/* One line on stderr: "sctp-connect: ...". */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Decimal digits only (no sign, no space, no base prefix), within [min, max]. */
bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/*
 * The decimal digits of number, and a NUL, whose place is returned. Without printf(), which takes
 * most of the time of a long report.
 */
#define NUMBER_TEXT_MAX 21
char *put_decimal(char *at, uint64_t number);

/* "500ms", "1.5" or "1.5s", "2m", up to 24 hours; to the microsecond. */
bool parse_time_us(const char *text, int64_t *us);

/*
 * malloc and friends that end the program (status 6, one line) when there is no memory, on any
 * thread. What at_quick_exit() was given runs before that, and has no memory either.
 */
void *xmalloc(size_t size);
/* For other functions that allocate. */
void *check_memory(void *memory);
void *xcalloc(size_t count, size_t size);
void *xreallocarray(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);

/* How many different numbers are there, without zeros? */
size_t count_different(const int *numbers, size_t count);

#endif
