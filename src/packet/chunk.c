/* SPDX-License-Identifier: MIT */
#include "packet/chunk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PARAMETER_HEADER 4
#define INIT_FIXED       16

/* Parameters: RFC 9260 section 3.3.2.1, RFC 3758, 4895, 5061. */
enum parameter {
	PARAMETER_IPV4 = 5,
	PARAMETER_IPV6 = 6,
	PARAMETER_COOKIE = 7,
	PARAMETER_HOST_NAME = 11,
	PARAMETER_ADDRESS_TYPES = 12,
	PARAMETER_ECN = 0x8000,
	PARAMETER_RANDOM = 0x8002,
	PARAMETER_EXTENSIONS = 0x8008,
	PARAMETER_FORWARD_TSN = 0xc000,
};

/* The chunks that a Supported Extensions parameter (RFC 5061 section 4.2.7) names. */
enum extension_chunk {
	CHUNK_AUTH = 15,
	CHUNK_RE_CONFIG = 130,
	CHUNK_FORWARD_TSN = 192,
	CHUNK_ASCONF = 193,
};

const char *chunk_name(uint8_t type)
{
	static const char *const names[] = {
		[CHUNK_DATA] = "DATA",
		[CHUNK_INIT] = "INIT",
		[CHUNK_INIT_ACK] = "INIT-ACK",
		[CHUNK_SACK] = "SACK",
		[CHUNK_HEARTBEAT] = "HEARTBEAT",
		[CHUNK_HEARTBEAT_ACK] = "HEARTBEAT-ACK",
		[CHUNK_ABORT] = "ABORT",
		[CHUNK_SHUTDOWN] = "SHUTDOWN",
		[CHUNK_SHUTDOWN_ACK] = "SHUTDOWN-ACK",
		[CHUNK_ERROR] = "ERROR",
		[CHUNK_COOKIE_ECHO] = "COOKIE-ECHO",
		[CHUNK_COOKIE_ACK] = "COOKIE-ACK",
		[CHUNK_SHUTDOWN_COMPLETE] = "SHUTDOWN-COMPLETE",
		[CHUNK_AUTH] = "AUTH",
		[CHUNK_I_DATA] = "I-DATA",
		[0x80] = "ASCONF-ACK",
		[CHUNK_RE_CONFIG] = "RE-CONFIG",
		[CHUNK_PAD] = "PAD",
		[CHUNK_FORWARD_TSN] = "FORWARD-TSN",
		[CHUNK_ASCONF] = "ASCONF",
		[0xc2] = "I-FORWARD-TSN",
	};

	return type < ARRAY_SIZE(names) ? names[type] : NULL;
}

const char *cause_name(uint16_t code)
{
	static const struct {
		uint16_t code;
		const char *name;
	} names[] = {
		{ CAUSE_INVALID_STREAM, "invalid stream" },
		{ CAUSE_MISSING_PARAMETER, "missing mandatory parameter" },
		{ CAUSE_STALE_COOKIE, "stale cookie" },
		{ CAUSE_OUT_OF_RESOURCE, "out of resource" },
		{ CAUSE_UNRESOLVABLE_ADDRESS, "unresolvable address" },
		{ CAUSE_UNKNOWN_CHUNK, "unrecognized chunk type" },
		{ CAUSE_INVALID_PARAMETER, "invalid mandatory parameter" },
		{ CAUSE_UNKNOWN_PARAMETERS, "unrecognized parameters" },
		{ CAUSE_NO_USER_DATA, "no user data" },
		{ CAUSE_SHUTTING_DOWN, "cookie received while shutting down" },
		{ CAUSE_NEW_ADDRESSES, "restart with new addresses" },
		{ CAUSE_USER_ABORT, "user-initiated abort" },
		{ CAUSE_PROTOCOL_VIOLATION, "protocol violation" },
		/* RFC 5061 section 4.3, RFC 4895 section 4 */
		{ 0xa0, "request to delete the last address" },
		{ 0xa1, "request refused for lack of resources" },
		{ 0xa2, "request to delete the source address" },
		{ 0xa3, "association aborted for an illegal ASCONF-ACK" },
		{ 0xa4, "request refused: no authorization" },
		{ CAUSE_UNSUPPORTED_HMAC, "unsupported HMAC" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code)
			return names[i].name;
	return NULL;
}

/*
 * Takes a chunk, parameter or cause off *b: a 16-bit kind, a 16-bit length with the header, and
 * padding to four bytes, which the last one may lack. False: there is no complete one.
 */
static bool take_tlv(struct bytes *b, uint16_t *kind, struct bytes *value)
{
	size_t length, padded;

	if (b->left < PARAMETER_HEADER)
		return false;
	*kind = be16(b->at);
	length = be16(b->at + 2);
	if (length < PARAMETER_HEADER || length > b->left)
		return false;
	value->at = b->at + PARAMETER_HEADER;
	value->left = length - PARAMETER_HEADER;
	padded = (length + 3) & ~(size_t)3;
	return bytes_skip(b, padded < b->left ? padded : b->left);
}

/* --- INIT ------------------------------------------------------------------------------------- */

static bool take_address(uint16_t kind, struct bytes value, union address *a)
{
	*a = (union address){ 0 };
	if (kind == PARAMETER_IPV4 && value.left == 4) {
		a->v4.sin_family = AF_INET;
		memcpy(&a->v4.sin_addr, value.at, 4);
		return true;
	}
	if (kind == PARAMETER_IPV6 && value.left == 16) {
		a->v6.sin6_family = AF_INET6;
		memcpy(&a->v6.sin6_addr, value.at, 16);
		return true;
	}
	return false;
}

static void list_address(struct init *init, const union address *a)
{
	if (init->address_count < INIT_ADDRESSES_MAX)
		init->addresses[init->address_count++] = *a;
	init->address_total++;
}

static unsigned extension_of(uint8_t chunk)
{
	switch (chunk) {
	case CHUNK_FORWARD_TSN:
		return EXTENSION_PR_SCTP;
	case CHUNK_AUTH:
		return EXTENSION_AUTH;
	case CHUNK_ASCONF:
		return EXTENSION_ASCONF;
	case CHUNK_RE_CONFIG:
		return EXTENSION_RE_CONFIG;
	case CHUNK_I_DATA:
		return EXTENSION_I_DATA;
	}
	return 0;
}

static void take_address_types(struct bytes value, struct init *init)
{
	bool v4 = false, v6 = false;

	for (; value.left >= 2; bytes_skip(&value, 2)) {
		v4 |= be16(value.at) == PARAMETER_IPV4;
		v6 |= be16(value.at) == PARAMETER_IPV6;
	}
	init->only_v4 = v4 && !v6;
	init->only_v6 = v6 && !v4;
}

static void take_parameter(uint16_t kind, struct bytes value, struct init *init)
{
	union address a;

	switch (kind) {
	case PARAMETER_IPV4:
	case PARAMETER_IPV6:
		if (take_address(kind, value, &a))
			list_address(init, &a);
		else
			init->complete = false;
		break;
	case PARAMETER_COOKIE:
		init->cookie = true;
		break;
	case PARAMETER_HOST_NAME:
		init->host_name = true;
		break;
	case PARAMETER_ADDRESS_TYPES:
		take_address_types(value, init);
		break;
	case PARAMETER_ECN:
		init->extensions |= EXTENSION_ECN;
		break;
	case PARAMETER_RANDOM:
		init->extensions |= EXTENSION_AUTH;
		break;
	case PARAMETER_FORWARD_TSN:
		init->extensions |= EXTENSION_PR_SCTP;
		break;
	case PARAMETER_EXTENSIONS:
		for (size_t i = 0; i < value.left; i++)
			init->extensions |= extension_of(value.at[i]);
		break;
	}
}

/* value: the part of the chunk that is there. */
static bool take_init(struct bytes value, struct init *init)
{
	const uint8_t *at = value.at;
	struct bytes parameter;
	uint16_t kind;

	*init = (struct init){ .complete = true };
	if (!bytes_skip(&value, INIT_FIXED))
		return false;
	init->tag = be32(at);
	init->rwnd = be32(at + 4);
	init->out_streams = be16(at + 8);
	init->in_streams = be16(at + 10);
	init->tsn = be32(at + 12);
	while (take_tlv(&value, &kind, &parameter))
		take_parameter(kind, parameter, init);
	if (value.left)
		init->complete = false;
	return true;
}

bool init_offers_asconf_alone(const struct init *init)
{
	return (init->extensions & (EXTENSION_ASCONF | EXTENSION_AUTH)) == EXTENSION_ASCONF;
}

/* --- ABORT and ERROR -------------------------------------------------------------------------- */

static void __attribute__((format(printf, 2, 3))) say(struct cause *cause, const char *format, ...)
{
	size_t length = strlen(cause->text);
	va_list args;

	va_start(args, format);
	vsnprintf(cause->text + length, sizeof(cause->text) - length, format, args);
	va_end(args);
}

/* The peer's text, in quotes. Many programs send a zero at its end. */
static void say_text(struct cause *cause, struct bytes value)
{
	char text[CAUSE_TEXT_MAX - 2];
	size_t length;

	while (value.left && value.at[value.left - 1] == '\0')
		value.left--;
	if (!value.left)
		return;
	length = value.left < sizeof(text) ? value.left : sizeof(text) - 1;
	for (size_t i = 0; i < length; i++)
		text[i] = value.at[i] >= ' ' && value.at[i] <= '~' ? (char)value.at[i] : '?';
	text[length] = '\0';
	if (length < value.left)
		memcpy(text + length - 3, "...", 3);
	say(cause, "\"%s\"", text);
}

static void say_addresses(struct cause *cause, struct bytes value)
{
	char text[ADDRESS_TEXT_MAX];
	struct bytes parameter;
	union address a;
	uint16_t kind;

	while (take_tlv(&value, &kind, &parameter)) {
		if (take_address(kind, parameter, &a))
			say(cause, "%s%s", *cause->text ? " " : "", address_host_text(&a, text));
		else
			say(cause, "%sparameter 0x%04x", *cause->text ? " " : "", kind);
	}
}

static void say_parameters(struct cause *cause, struct bytes value)
{
	struct bytes parameter;
	uint16_t kind;

	while (take_tlv(&value, &kind, &parameter))
		say(cause, "%s0x%04x", *cause->text ? " " : "", kind);
}

static void say_missing(struct cause *cause, struct bytes value)
{
	if (!bytes_skip(&value, 4))
		return;
	for (; value.left >= 2; bytes_skip(&value, 2))
		say(cause, "%s0x%04x", *cause->text ? " " : "", be16(value.at));
}

static void describe(struct cause *cause, struct bytes value)
{
	switch (cause->code) {
	case CAUSE_USER_ABORT:
	case CAUSE_PROTOCOL_VIOLATION:
		say_text(cause, value);
		break;
	case CAUSE_UNRESOLVABLE_ADDRESS:
	case CAUSE_NEW_ADDRESSES:
		say_addresses(cause, value);
		break;
	case CAUSE_UNKNOWN_PARAMETERS:
		say_parameters(cause, value);
		break;
	case CAUSE_MISSING_PARAMETER:
		say_missing(cause, value);
		break;
	case CAUSE_INVALID_STREAM:
		if (value.left >= 2)
			say(cause, "%u", be16(value.at));
		break;
	case CAUSE_STALE_COOKIE:
		if (value.left >= 4)
			say(cause, "by %.1f ms", be32(value.at) / 1000.0);
		break;
	case CAUSE_UNKNOWN_CHUNK:
		if (value.left >= 1)
			say(cause, "%u", value.at[0]);
		break;
	case CAUSE_NO_USER_DATA:
		if (value.left >= 4)
			say(cause, "TSN %u", be32(value.at));
		break;
	}
}

static bool take_cause(struct bytes *b, struct cause *cause)
{
	struct bytes detail;

	*cause = (struct cause){ 0 };
	if (!take_tlv(b, &cause->code, &detail))
		return false;
	describe(cause, detail);
	return true;
}

static void take_causes(struct bytes value, struct chunks *chunks)
{
	struct cause cause;

	while (take_cause(&value, &cause)) {
		if (chunks->cause_count == CAUSES_MAX) {
			chunks->more = true;
			return;
		}
		cause.chunk = chunks->count - 1;
		chunks->causes[chunks->cause_count++] = cause;
	}
}

void cause_parse(struct bytes causes, struct cause *cause)
{
	take_cause(&causes, cause);
}

bool cause_is_silence(const struct cause *cause)
{
	return cause->code == CAUSE_PROTOCOL_VIOLATION &&
	       strstr(cause->text, "Association exceeded its max_retrans count");
}

const char *cause_words(const struct cause *cause, char buf[CAUSE_WORDS_MAX])
{
	const char *name = cause_name(cause->code);

	snprintf(buf, CAUSE_WORDS_MAX, "%s%s%s", name ? name : "a cause that no RFC names",
		 cause->text[0] ? " " : "", cause->text);
	return buf;
}

/* --- The walk --------------------------------------------------------------------------------- */

/* Collisions give an attacker nothing: he could send the same heartbeat anyway. */
uint64_t heartbeat_id(struct bytes value)
{
	uint64_t hash = bytes_hash(value);

	return hash ? hash : 1;
}

/* whole: value is the complete chunk. */
static void take_chunk(struct chunks *chunks, const uint8_t *at, struct bytes value, bool whole)
{
	struct chunk *chunk = &chunks->list[chunks->count++];

	*chunk = (struct chunk){
		.type = at[0], .flags = at[1], .length = be16(at + 2), .value = value
	};
	switch (chunk->type) {
	case CHUNK_INIT:
	case CHUNK_INIT_ACK:
		if (chunks->count > 1 || !take_init(value, &chunks->init)) {
			chunks->malformed |= whole || chunks->count > 1;
			break;
		}
		chunks->has_init = true;
		chunks->init.complete &= whole;
		break;
	case CHUNK_ABORT:
	case CHUNK_ERROR:
		take_causes(value, chunks);
		break;
	case CHUNK_HEARTBEAT:
	case CHUNK_HEARTBEAT_ACK:
		if (whole)
			chunk->heartbeat = heartbeat_id(value);
		break;
	}
}

void chunks_parse(struct bytes b, bool cut, struct chunks *chunks)
{
	/* Does not clear the lists, which are large and read only as far as they are filled. */
	chunks->count = chunks->cause_count = 0;
	chunks->has_init = chunks->more = chunks->malformed = false;
	while (b.left && chunks->count < CHUNKS_MAX) {
		const uint8_t *at = b.at;
		struct bytes value = b, rest = b;
		uint16_t kind;
		bool whole = take_tlv(&rest, &kind, &value);

		if (b.left < CHUNK_HEADER || be16(at + 2) < CHUNK_HEADER) {
			chunks->malformed |= !cut || b.left >= CHUNK_HEADER;
			chunks->more = true;
			return;
		}
		if (!whole)
			bytes_skip(&value, CHUNK_HEADER);
		take_chunk(chunks, at, value, whole);
		if (!whole) {
			chunks->malformed |= !cut;
			chunks->more = true;
			return;
		}
		b = rest;
	}
	if (b.left || cut)
		chunks->more = true;
}

const struct chunk *chunks_find(const struct chunks *chunks, enum chunk_type type)
{
	for (size_t i = 0; i < chunks->count; i++)
		if (chunks->list[i].type == type)
			return &chunks->list[i];
	return NULL;
}
