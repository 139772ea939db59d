/* SPDX-License-Identifier: MIT */
#include "option_data.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/user_file.h"

#define BUFFER_INITIAL 4096

static int refuse(struct parser *p, const char *text, const char *why)
{
	char shown[PRINTABLE_MAX];

	return message_set(p->why, STATUS_USAGE, "%s %s: %s", p->spelled,
			   printable(text, shown, sizeof(shown)), why);
}

/* Appends what the descriptor gives, up to one byte more than a message may have. */
static int read_all(int fd, struct payload *payload)
{
	size_t size = 0;

	for (;;) {
		ssize_t got;

		if (payload->length == size) {
			size = size ? 2 * size : BUFFER_INITIAL;
			payload->bytes = xreallocarray(payload->bytes, size, 1);
		}
		got = read(fd, payload->bytes + payload->length, size - payload->length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		payload->length += (size_t)got;
		if (!got || payload->length > PAYLOAD_MAX)
			return 0;
	}
}

static int read_file(struct parser *p, const char *text, struct payload *payload)
{
	bool standard = !strcmp(text, "@-");
	char shown[PRINTABLE_MAX];
	int fd, rc;

	if (standard && p->stdin_taken)
		return refuse(p, text, "standard input was already read by an option before it");
	p->stdin_taken |= standard;
	fd = standard ? STDIN_FILENO : open(text + 1, O_RDONLY | O_CLOEXEC);
	rc = fd < 0 ? -errno : read_all(fd, payload);
	if (fd >= 0 && !standard)
		close(fd);
	if (rc < 0)
		return message_set(p->why, user_file_read_status(-rc), "%s %s: cannot read %s: %s",
				   p->spelled, printable(text, shown, sizeof(shown)),
				   standard ? "standard input" : "the file", strerror(-rc));
	return STATUS_OK;
}

static unsigned hex_digit(char c)
{
	return isdigit((unsigned char)c) ? (unsigned)(c - '0')
					 : (unsigned)(tolower((unsigned char)c) - 'a') + 10;
}

/* Digits in pairs, with spaces between the bytes or without. */
static int read_hex(struct parser *p, const char *text, struct payload *payload)
{
	const char *at = text + strlen("hex:");

	payload->bytes = xcalloc(strlen(at) / 2 + 1, 1);
	while (*at) {
		if (isspace((unsigned char)*at)) {
			at++;
			continue;
		}
		if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
			return refuse(p, text, "not pairs of hex digits");
		payload->bytes[payload->length++] =
			(uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
		at += 2;
	}
	return STATUS_OK;
}

static int read_payload(struct parser *p, const char *text, struct payload *payload)
{
	if (text[0] == '@')
		return read_file(p, text, payload);
	if (!strncmp(text, "hex:", strlen("hex:")))
		return read_hex(p, text, payload);
	payload->length = strlen(text);
	payload->bytes = (uint8_t *)xstrdup(text);
	return STATUS_OK;
}

/* Reads one message; the caller frees its bytes in any case. */
static int take_payload(struct parser *p, const char *text, struct payload *payload)
{
	int status = read_payload(p, text, payload);

	if (status)
		return status;
	if (!payload->length)
		return refuse(p, text, "empty, and SCTP has no empty messages");
	if (payload->length > PAYLOAD_MAX)
		return refuse(p, text, "longer than 16 MiB");
	return STATUS_OK;
}

int take_send(struct parser *p, const char *argument, void *value)
{
	struct payload *list = *(struct payload **)value;

	return take_payload(p, argument, &list[p->options->send_count++]);
}

int take_reply(struct parser *p, const char *argument, void *value)
{
	struct payload *reply = value;

	free(reply->bytes);
	*reply = (struct payload){ 0 };
	p->options->drill = DRILL_REPLY;
	return take_payload(p, argument, reply);
}
