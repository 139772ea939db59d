/* SPDX-License-Identifier: MIT */
/* What a raw socket of ICMP hears: the kernel runs the program, on what a pair of sockets passes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/icmp_filter.h"
#include "base/util.h"

#define ECHO 8

struct sample {
	uint8_t bytes[96];
	size_t length;
};

static bool passes(int family, bool udp, const struct sample *m)
{
	struct sock_filter code[ICMP_FILTER_MAX];
	struct sock_fprog program = { .filter = code };
	uint8_t got[sizeof(m->bytes)];
	int ends[2];
	ssize_t length;

	program.len = (unsigned short)icmp_filter(family, udp, code);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	assert_int_equal(
		setsockopt(ends[1], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
	(void)send(ends[0], m->bytes, m->length, MSG_DONTWAIT);
	length = recv(ends[1], got, sizeof(got), MSG_DONTWAIT);
	close(ends[0]);
	close(ends[1]);
	assert_true(length < 0 || (size_t)length == m->length); /* whole */
	return length > 0;
}

/* words: of the IP header in front, which may have options. */
static struct sample v4(unsigned words, uint8_t type, uint8_t protocol)
{
	struct sample m = { .bytes = { (uint8_t)(0x40 | words) },
			    .length = words * 4 + 8 + 20 + 8 };

	m.bytes[words * 4] = type;
	m.bytes[words * 4 + 8] = 0x45;
	m.bytes[words * 4 + 8 + 9] = protocol;
	return m;
}

static struct sample v6(uint8_t type, uint8_t next)
{
	struct sample m = { .bytes = { type }, .length = 8 + 40 + 8 };

	m.bytes[8] = 0x60;
	m.bytes[8 + 6] = next;
	return m;
}

static void test_v4(void **state)
{
	static const uint8_t errors[] = { 3, 11, 12 };
	struct sample m;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		for (unsigned words = 5; words <= 15; words += 5) {
			m = v4(words, errors[i], IPPROTO_SCTP);
			assert_true(passes(AF_INET, false, &m));
			m = v4(words, errors[i], IPPROTO_UDP);
			assert_true(passes(AF_INET, true, &m));
			assert_false(passes(AF_INET, false, &m));
			m = v4(words, errors[i], IPPROTO_TCP);
			assert_false(passes(AF_INET, true, &m));
			m.length = words * 4 + 8 + 9;
			assert_false(passes(AF_INET, true, &m));
		}
	m = v4(5, ECHO, IPPROTO_SCTP);
	assert_false(passes(AF_INET, true, &m));
	m = v4(5, 5, IPPROTO_SCTP); /* a redirect */
	assert_false(passes(AF_INET, true, &m));
}

static void test_v6(void **state)
{
	static const uint8_t extensions[] = { IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
					      IPPROTO_DSTOPTS };
	struct sample m;

	(void)state;
	for (uint8_t type = 1; type <= 4; type++) {
		m = v6(type, IPPROTO_SCTP);
		assert_true(passes(AF_INET6, false, &m));
		m = v6(type, IPPROTO_UDP);
		assert_true(passes(AF_INET6, true, &m));
		assert_false(passes(AF_INET6, false, &m));
		m = v6(type, IPPROTO_TCP);
		assert_false(passes(AF_INET6, true, &m));
		m = v6(type, IPPROTO_ICMPV6);
		assert_false(passes(AF_INET6, true, &m));
	}
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++) {
		m = v6(1, extensions[i]);
		assert_true(passes(AF_INET6, false, &m));
		m = v6(128, extensions[i]); /* an echo request */
		assert_false(passes(AF_INET6, true, &m));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v4),
		cmocka_unit_test(test_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
