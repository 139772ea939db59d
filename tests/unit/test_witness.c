/* SPDX-License-Identifier: MIT */
/*
 * The parts of the witness that need no network: its filter, run by the kernel, its lines, its
 * errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_packet.h"
#include "witness/witness.h"

static const struct witness_ports known = { 40000, 5000, FAKE_UDP_PORT, FAKE_UDP_PORT };
static const struct witness_ports unknown = { 0, 5000, 0, FAKE_UDP_PORT };
static const struct witness_ports plain = { 40000, 5000, 0, 0 };

static struct fake_packet p;
static uint32_t data_bytes;

/*
 * How many bytes of p's packet pass: a local socket filters as a packet socket does. 0: it does
 * not.
 */
static size_t passes(const struct witness_ports *ports)
{
	const struct filter_ports filter = filter_ports_of(ports);

	struct sock_filter code[WITNESS_FILTER_MAX];
	struct sock_fprog program = { .filter = code };
	uint8_t got[sizeof(p.bytes)];
	ssize_t length;
	int fds[2];

	program.len = (unsigned short)witness_filter(&filter, false, data_bytes, code);
	assert_true(program.len <= WITNESS_FILTER_MAX);
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds), 0);
	assert_int_equal(
		setsockopt(fds[0], SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)), 0);
	(void)send(fds[1], p.bytes, p.length, 0);
	length = recv(fds[0], got, sizeof(got), 0);
	close(fds[0]);
	close(fds[1]);
	return length < 0 ? 0 : (size_t)length;
}

static void test_samples_pass(void **state)
{
	(void)state;
	for (size_t i = 0; i < fake_samples(); i++) {
		const char *name = fake_sample(i, &p);
		bool udp = strstr(name, "udp") != NULL;

		assert_int_equal(passes(&known), p.length);
		assert_int_equal(passes(&unknown), p.length);
		assert_int_equal(passes(&plain), udp ? 0 : p.length);
	}
}

static void assert_port(uint16_t from, uint16_t to, const struct witness_ports *ports,
			bool expected)
{
	static const char *const from_hosts[] = { "10.1.1.1", "fd01::1" };
	static const char *const to_hosts[] = { "10.1.1.2", "fd01::2" };

	for (int i = 0; i < 4; i++) {
		struct fake_ends ends = { from_hosts[i % 2], to_hosts[i % 2], from, to, 0, 0 };

		if (i >= 2) /* with a free UDP port on the side that need not have the known one */
			ends.from_udp = ends.to_udp = FAKE_UDP_PORT;
		fake_packet(&p, &ends, 1);
		fake_chunk(&p, CHUNK_COOKIE_ACK, 0, NULL, 0);
		fake_finish(&p);
		assert_int_equal(passes(ports) != 0, expected);
	}
}

static void test_ports(void **state)
{
	const struct witness_ports same = { 5000, 5000, 0, FAKE_UDP_PORT };

	(void)state;
	assert_port(40000, 5000, &known, true);
	assert_port(5000, 40000, &known, true);
	assert_port(40000, 5001, &known, false);
	assert_port(40001, 5000, &known, false);
	assert_port(5000, 40001, &known, false);
	assert_port(5000, 5000, &known, false);
	assert_port(40000, 40000, &known, false);
	assert_port(40001, 5000, &unknown, true);
	assert_port(5000, 1, &unknown, true);
	assert_port(40001, 5001, &unknown, false);
	assert_port(5000, 5000, &same, true);
	assert_port(5000, 5001, &same, false);
	assert_port(5001, 5000, &same, false);
}

static void test_others_do_not_pass(void **state)
{
	struct fake_ends ends = { "10.1.1.1", "10.1.1.2", 40000, 5000, 53, 54 };
	struct fake_packet about;

	(void)state;
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_COOKIE_ACK, 0, NULL, 0);
	fake_finish(&p);
	assert_int_equal(passes(&known), 0); /* not one of our UDP ports */
	fake_sample(0, &p);
	p.bytes[9] = IPPROTO_TCP;
	assert_int_equal(passes(&known), 0);
	fake_sample(0, &p);
	p.bytes[7] = 1; /* a later fragment */
	assert_int_equal(passes(&known), 0);
	fake_sample(0, &p);
	p.bytes[0] = 0x05;
	assert_int_equal(passes(&known), 0);
	fake_sample(2, &p);
	p.bytes[6] = IPPROTO_TCP;
	assert_int_equal(passes(&known), 0);

	fake_sample(0, &about);
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 0, 0, 0, &about, 60); /* an echo reply like it */
	assert_int_equal(passes(&known), 0);
	about.bytes[9] = IPPROTO_TCP;
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 0, 0, &about, 60);
	assert_int_equal(passes(&known), 0);
	fake_sample(0, &about);
	about.bytes[about.sctp + 1] ^= 1; /* another port: view.c checks those */
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 0, 0, &about, 60);
	assert_int_not_equal(passes(&known), 0);
	about.bytes[9] = IPPROTO_UDP;
	fake_icmp(&p, "10.1.1.2", "10.1.1.1", 3, 0, 0, &about, 60);
	assert_int_not_equal(passes(&known), 0);
	assert_int_equal(passes(&plain), 0);
	fake_sample(2, &about);
	fake_icmp(&p, "fd01::2", "fd01::1", 129, 0, 0, &about, 60);
	assert_int_equal(passes(&known), 0);
	fake_icmp(&p, "fd01::2", "fd01::1", 1, 0, 0, &about, 60);
	assert_int_not_equal(passes(&plain), 0);
	about.bytes[6] = IPPROTO_TCP;
	fake_icmp(&p, "fd01::2", "fd01::1", 1, 0, 0, &about, 60);
	assert_int_equal(passes(&known), 0);
	about.bytes[6] = IPPROTO_UDP;
	fake_icmp(&p, "fd01::2", "fd01::1", 1, 0, 0, &about, 60);
	assert_int_not_equal(passes(&known), 0);
	assert_int_equal(passes(&plain), 0);
}

/* User data is not kept. */
static void test_data_is_cut(void **state)
{
	struct fake_ends ends = { "10.1.1.1", "10.1.1.2", 40000, 5000, 0, 0 };
	uint8_t data[1000] = { 0 };

	(void)state;
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_DATA, 0, data, sizeof(data));
	fake_finish(&p);
	assert_int_equal(passes(&known), 128);
	data_bytes = 200;
	assert_int_equal(passes(&known), 200);
	data_bytes = 0;
	fake_packet(&p, &ends, 1);
	fake_chunk(&p, CHUNK_COOKIE_ECHO, 0, data, sizeof(data));
	fake_finish(&p);
	assert_int_equal(passes(&known), p.length);
}

/* Whatever the bytes are, the filter only chooses: it never lets through what we would not read. */
static void test_every_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < fake_samples(); i++) {
		fake_sample(i, &p);
		for (size_t length = p.length; length-- > 1;) {
			size_t got;

			p.length = length;
			got = passes(&known);
			assert_true(got == 0 || got == length);
		}
	}
}

static void test_text(void **state)
{
	struct witness_event event = { .outgoing = true, .interface = "c1" };
	const struct packet_context context = { .udp_ports = { 0 } };
	char text[WITNESS_TEXT_MAX];

	(void)state;
	fake_sample(0, &p);
	assert_true(packet_parse((struct bytes){ p.bytes, p.length }, &context, &event.packet));
	assert_string_equal(witness_text(&event, true, true, text, sizeof(text)),
			    "10.1.1.2 \u2190 INIT  tag 0x11111111  streams 10/2048  "
			    "addresses 10.1.1.1 fd01:1::1  on c1");
	fake_sample(1, &p);
	event.outgoing = false;
	assert_true(packet_parse((struct bytes){ p.bytes, p.length }, &context, &event.packet));
	assert_string_equal(witness_text(&event, true, true, text, sizeof(text)),
			    "10.1.1.2 \u2192 INIT-ACK  tag 0x22222222  streams 10/10  "
			    "addresses 10.1.1.2 10.1.2.2  on c1");
	fake_sample(10, &p);
	assert_true(packet_parse((struct bytes){ p.bytes, p.length }, &context, &event.packet));
	assert_string_equal(witness_text(&event, true, true, text, sizeof(text)),
			    "10.1.1.254 \u2192 ICMP administratively prohibited  "
			    "about a packet to 10.1.1.2  on c1");
	assert_string_equal(witness_text(&event, false, true, text, sizeof(text)),
			    "10.1.1.254 -> ICMP administratively prohibited  "
			    "about a packet to 10.1.1.2  on c1");
	event.outgoing = true;
	assert_non_null(strstr(witness_text(&event, false, true, text, sizeof(text)), " <- ICMP "));
	witness_text(&event, false, true, text, 6);
	assert_string_equal(text, "10.1.");
}

static void test_without_privilege(void **state)
{
	const struct witness_config config = { .ports = known };
	struct witness *witness;
	int status;
	pid_t child = fork();

	(void)state;
	if (child == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(2);
		_exit(witness_open(&witness, &config) == -EPERM && !witness ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	witness_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_pass),       cmocka_unit_test(test_ports),
		cmocka_unit_test(test_others_do_not_pass), cmocka_unit_test(test_data_is_cut),
		cmocka_unit_test(test_every_length),       cmocka_unit_test(test_text),
		cmocka_unit_test(test_without_privilege),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
