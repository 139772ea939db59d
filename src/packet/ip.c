/* SPDX-License-Identifier: MIT */
#include "packet/ip.h"

#include <string.h>

#include "packet/checksum.h"

#define IPV4_HEADER    20
#define IPV6_HEADER    40
#define EXTENSIONS_MAX 8
/* RFC 791: the offset of a fragment, and the flag that more follow. */
#define V4_OFFSET 0x1fff
#define V4_MORE   0x2000
/* RFC 8200 section 4.5 */
#define V6_OFFSET 0xfff8
#define V6_MORE   0x0001

static bool parse_v4(struct bytes *b, struct ip_header *header)
{
	const uint8_t *at = b->at;
	size_t size, total;

	if (b->left < IPV4_HEADER)
		return false;
	size = (at[0] & 0x0f) * 4u;
	total = be16(at + 2);
	if (size < IPV4_HEADER || !bytes_skip(b, size) || be16(at + 6) & V4_OFFSET)
		return false;
	if (total && total < size)
		return false;
	header->source.v4.sin_family = AF_INET;
	header->destination.v4.sin_family = AF_INET;
	memcpy(&header->source.v4.sin_addr, at + 12, 4);
	memcpy(&header->destination.v4.sin_addr, at + 16, 4);
	header->protocol = at[9];
	header->hops = at[8];
	header->fragment = be16(at + 6) & V4_MORE;
	header->checksum_wrong = checksum_finish(checksum_add(0, at, size)) != 0;
	header->length = total ? total - size : SIZE_MAX; /* 0: offload of more than 64 KiB */
	return true;
}

/* Moves b past the extension headers; header->protocol is what follows them. */
static bool skip_extensions(struct bytes *b, struct ip_header *header)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		uint8_t this = header->protocol;
		const uint8_t *at = b->at;

		if (this != IPPROTO_HOPOPTS && this != IPPROTO_ROUTING && this != IPPROTO_DSTOPTS &&
		    this != IPPROTO_FRAGMENT)
			return true;
		if (b->left < 8)
			return false;
		if (this == IPPROTO_FRAGMENT) {
			if (be16(at + 2) & V6_OFFSET)
				return false;
			header->fragment |= be16(at + 2) & V6_MORE;
		}
		header->protocol = at[0];
		if (!bytes_skip(b, this == IPPROTO_FRAGMENT ? 8 : (at[1] + 1u) * 8))
			return false;
	}
	return false;
}

static bool parse_v6(struct bytes *b, struct ip_header *header)
{
	const uint8_t *at = b->at;
	size_t length, before, extensions;

	if (!bytes_skip(b, IPV6_HEADER))
		return false;
	header->source.v6.sin6_family = AF_INET6;
	header->destination.v6.sin6_family = AF_INET6;
	memcpy(&header->source.v6.sin6_addr, at + 8, 16);
	memcpy(&header->destination.v6.sin6_addr, at + 24, 16);
	header->protocol = at[6];
	header->hops = at[7];
	length = be16(at + 4); /* 0: a jumbogram, RFC 2675 */
	before = b->left;
	if (!skip_extensions(b, header))
		return false;
	extensions = before - b->left;
	if (length && length < extensions)
		return false;
	header->length = length ? length - extensions : SIZE_MAX;
	return true;
}

bool ip_parse(struct bytes *b, struct ip_header *header)
{
	*header = (struct ip_header){ 0 };
	if (b->left < 1)
		return false;
	switch (b->at[0] >> 4) {
	case 4:
		return parse_v4(b, header);
	case 6:
		return parse_v6(b, header);
	}
	return false;
}
