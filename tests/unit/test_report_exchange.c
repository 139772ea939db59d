/* SPDX-License-Identifier: MIT */
/* text_exchange.c and json_exchange.c: exactly what is printed for messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_report.h"

static uint8_t dump[] = "\0\x1b[31mred\n~ \x7f\xff"
			"0123456789";

static void make_exchange(struct fixture *f, struct reply *replies, size_t count)
{
	make_up(f);
	f->result.exchange = (struct exchange_result){ .wanted = true,
						       .to_send = 2,
						       .sent = 1,
						       .sent_bytes = 9,
						       .expected = 3,
						       .received = count,
						       .replies = replies,
						       .reply_count = count };
}

static void assert_ends(struct fixture *f, const char *end)
{
	const char *out = read_back(&f->capture);

	if (strlen(out) < strlen(end) || strcmp(out + strlen(out) - strlen(end), end))
		fail_msg("'%s' does not end in '%s'", out, end);
}

static struct reply replies[] = {
	{ .bytes = dump, .length = sizeof(dump) - 1, .stream = 1, .ppid = 3, .after_us = 1500 },
	{ .length = 70, .ppid = 99, .unordered = true, .more = true, .after_us = 12500000 },
};

/* No byte of the peer reaches the terminal as it is. */
static void text_messages(void **state)
{
	struct fixture *f = *state;

	make_exchange(f, replies, 2);
	report_result(&f->capture.reporter, &f->result);
	assert_ends(f,
		    "sent       1 of 2 messages, 9 bytes\n"
		    "message    24 bytes on stream 1, PPID 3 (m3ua), after 1.5 ms\n"
		    "  0000  00 1b 5b 33 31 6d 72 65  64 0a 7e 20 7f ff 30 31  ..[31mred.~ ..01\n"
		    "  0010  32 33 34 35 36 37 38 39                           23456789\n"
		    "message    70 bytes on stream 0, PPID 99, unordered, after 12.5 s, "
		    "goes on in the next one\n"
		    "  and 70 more bytes, which were not kept\n");
}

static void text_of_a_long_message(void **state)
{
	struct fixture *f = *state;
	struct reply reply = { .bytes = calloc(1, 5000), .length = 5000 };

	make_exchange(f, &reply, 1);
	f->result.exchange.to_send = 0;
	report_result(&f->capture.reporter, &f->result);
	assert_ends(f,
		    "  0ff0  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................\n"
		    "  and 904 more bytes, which --json has\n");
	free(reply.bytes);
}

static void json_messages(void **state)
{
	struct fixture *f = *state;

	make_exchange(f, replies, 2);
	f->capture.reporter.format = FORMAT_JSON;
	report_result(&f->capture.reporter, &f->result);
	assert_ends(f, "\"exchange\":{\"messages\":2,\"messages_sent\":1,\"bytes_sent\":9,"
		       "\"acknowledged\":false,\"replies_expected\":3,\"replies\":2}}\n"
		       "{\"schema\":2,\"event\":\"message\",\"target\":\"10.1.1.2:5000\","
		       "\"stack\":\"kernel\",\"association_id\":3,\"stream\":1,\"ppid\":3,"
		       "\"ppid_name\":\"m3ua\",\"unordered\":false,\"length\":24,"
		       "\"goes_on\":false,\"after_ms\":1.5,"
		       "\"bytes\":\"001b5b33316d7265640a7e207fff30313233343536373839\"}\n"
		       "{\"schema\":2,\"event\":\"message\",\"target\":\"10.1.1.2:5000\","
		       "\"stack\":\"kernel\",\"association_id\":3,\"stream\":0,\"ppid\":99,"
		       "\"ppid_name\":null,\"unordered\":true,\"length\":70,"
		       "\"goes_on\":true,\"after_ms\":12500.0,\"bytes\":null}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		report_test(text_messages),
		report_test(text_of_a_long_message),
		report_test(json_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
