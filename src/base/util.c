/* SPDX-License-Identifier: MIT */
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define US_PER_DAY (24 * 60 * 60 * (int64_t)USEC_PER_SEC)

/* The longest line on stderr. A struct message fits. */
#define LINE_MAX_BYTES (sizeof(struct message) + 64)

int message_set(struct message *m, int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(m->text, sizeof(m->text), format, args);
	va_end(args);
	return status;
}

const char *printable(const char *text, char *buf, size_t size)
{
	size_t length = strlen(text);
	bool cut = length >= size;
	size_t i;

	if (cut)
		length = size - sizeof("...");
	for (i = 0; i < length; i++)
		buf[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	strcpy(buf + length, cut ? "..." : "");
	return buf;
}

bool error_forbids(int error)
{
	return error == EPERM || error == EACCES || error == EAFNOSUPPORT;
}

bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (!locale)
		return false;
	utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

void stderr_write(const char *prefix, const char *format, va_list args, size_t columns,
		  const char *suffix)
{
	char line[LINE_MAX_BYTES + 64];
	size_t prefix_length = strlen(prefix);
	size_t room = LINE_MAX_BYTES - prefix_length;
	size_t length;
	int wanted;

	memcpy(line, prefix, prefix_length);
	wanted = vsnprintf(line + prefix_length, room, format, args);
	if (wanted < 0)
		return;
	length = (size_t)wanted < room ? (size_t)wanted : room - 1;
	if (length > columns)
		length = columns;
	length += prefix_length;
	memcpy(line + length, suffix, strlen(suffix));
	/* There is no place to report a failure. */
	if (write(STDERR_FILENO, line, length + strlen(suffix)) < 0)
		return;
}

void keep_standard_descriptors(void)
{
	/* Each open() takes the lowest free number, which in this order is the closed one. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

void expect_file_limit(void)
{
	signal(SIGXFSZ, SIG_IGN);
}

void warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	stderr_write("sctp-connect: ", format, args, SIZE_MAX, "\n");
	va_end(args);
}

/* Reads digits at *text, and moves it past them. False: there are none, or they exceed max. */
static bool take_digits(const char **text, uint64_t max, uint64_t *value)
{
	const char *start = *text;
	uint64_t number = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++) {
		unsigned digit = (unsigned)(**text - '0');

		if (digit > max || number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	*value = number;
	return *text != start;
}

bool parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t number;

	if (!take_digits(&text, max, &number) || *text != '\0' || number < min)
		return false;
	*value = number;
	return true;
}

char *put_decimal(char *at, uint64_t number)
{
	char digits[NUMBER_TEXT_MAX];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + number % 10);
	while ((number /= 10));
	while (count)
		*at++ = digits[--count];
	*at = '\0';
	return at;
}

bool parse_time_us(const char *text, int64_t *us)
{
	static const struct {
		const char *suffix;
		int64_t us;
	} units[] = {
		{ "", USEC_PER_SEC },
		{ "s", USEC_PER_SEC },
		{ "ms", USEC_PER_MSEC },
		{ "m", 60 * (int64_t)USEC_PER_SEC },
	};
	int64_t millionths = 0;
	uint64_t whole;
	int64_t unit = 0;
	int64_t total;
	size_t i;

	if (!take_digits(&text, US_PER_DAY / USEC_PER_MSEC, &whole))
		return false;
	if (*text == '.') {
		int64_t place = 100000;

		text++;
		if (*text < '0' || *text > '9')
			return false;
		for (; *text >= '0' && *text <= '9'; text++) {
			if (place == 0)
				return false;
			millionths += (*text - '0') * place;
			place /= 10;
		}
	}
	for (i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(text, units[i].suffix) == 0)
			unit = units[i].us;
	}
	if (unit == 0)
		return false;

	/* Rounded up, so that only 0 becomes 0. At most 86.4e6 * 60e6 + 60e6: no overflow. */
	total = (int64_t)whole * unit + (millionths * unit + 999999) / 1000000;
	if (total > US_PER_DAY)
		return false;
	*us = total;
	return true;
}

static void end_without_memory(void)
{
	static atomic_flag ending = ATOMIC_FLAG_INIT;

	/* One thread ends the program; another one would cut it short. */
	while (atomic_flag_test_and_set(&ending))
		sleep(1);
	warn("out of memory");
	quick_exit(STATUS_HOST);
}

void *check_memory(void *memory)
{
	if (!memory)
		end_without_memory();
	return memory;
}

/* Never 0, for which the allocator may return NULL. */
static size_t check_size(size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		check_memory(NULL);
	return total ? total : 1;
}

void *xmalloc(size_t size)
{
	return check_memory(malloc(check_size(size, 1)));
}

/*
 * The usual object is less than a page. For those malloc() is several times cheaper than calloc(),
 * which takes none of the memory that this thread has just freed. The pieces are for make bench:
 * the C library clears more than 2 KiB with one instruction, of which an emulated processor counts
 * each byte.
 */
#define SMALL 4096
#define PIECE 1024

void *xcalloc(size_t count, size_t size)
{
	size_t total = check_size(count, size);
	char *memory;

	if (total > SMALL)
		return check_memory(calloc(1, total));
	memory = xmalloc(total);
	for (size_t at = 0; at < total; at += PIECE)
		memset(memory + at, 0, total - at < PIECE ? total - at : PIECE);
	return memory;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	return check_memory(realloc(old, check_size(count, size)));
}

char *xstrdup(const char *text)
{
	return check_memory(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return check_memory(strndup(text, length));
}

size_t count_different(const int *numbers, size_t count)
{
	size_t different = 0;

	for (size_t i = 0; i < count; i++) {
		size_t j = 0;

		while (j < i && numbers[j] != numbers[i])
			j++;
		different += numbers[i] && j == i;
	}
	return different;
}
