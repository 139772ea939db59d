/* SPDX-License-Identifier: MIT */
/* Fuzzing of the packet parser: the first byte is the context, the rest the packet. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "fake_packet.h"
#include "packet/icmp.h"
#include "packet/packet.h"

int FUZZ(const uint8_t *data, size_t size);

int FUZZ(const uint8_t *data, size_t size)
{
	struct packet_context context = { .udp_ports = { FAKE_UDP_PORT } };
	char text[PACKET_TEXT_MAX];
	struct icmp_error error;
	struct packet packet;

	if (size < 1)
		return 0;
	context.checksum_optional = data[0] & 1;
	icmp_parse(data[0] & 2 ? AF_INET6 : AF_INET, data + 1, size - 1, &error);
	if (!packet_parse((struct bytes){ data + 1, size - 1 }, &context, &packet))
		return 0;
	packet_text(&packet, true, text, data[0] & 4 ? sizeof(text) : 1u + data[0] / 8u);
	for (const char *c = text; *c; c++)
		assert(*c >= ' ' && *c <= '~');
	return 0;
}
