/* SPDX-License-Identifier: MIT */
/* failed_call.c: a call of this host that failed. */
#include "fake_evidence.h"

#include "diagnose/failed_call.h"
#include "packet/sctp.h"

static void waiting_that_ends(void **state)
{
	struct finding why = diagnose_interruption(SIGTERM, EINTR);

	(void)state;
	assert_int_equal(why.code, FINDING_INTERRUPTED);
	assert_int_equal(why.signal, SIGTERM);
	why = diagnose_interruption(0, EBADF);
	assert_int_equal(why.code, FINDING_CALL_FAILED);
	assert_string_equal(why.call, "ppoll");
	assert_int_equal(why.error, EBADF);
}

/* A filter fails the call with EPERM in the output hook, and with ENOBUFS behind it. */
static void a_packet_that_could_not_be_sent(void **state)
{
	struct path_result path = { .send_error = EPERM };
	struct finding why = diagnose_unasked(&path, CHUNK_HEARTBEAT);

	(void)state;
	assert_int_equal(why.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(why.chunk, CHUNK_HEARTBEAT);
	path.send_error = ENOBUFS;
	why = diagnose_unasked(&path, CHUNK_HEARTBEAT);
	assert_int_equal(why.code, FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(why.error, ENOBUFS);
	path.send_error = ENOMEM;
	why = diagnose_unasked(&path, CHUNK_HEARTBEAT);
	assert_int_equal(why.code, FINDING_CALL_FAILED);
	assert_string_equal(why.call, "sendmsg");
	assert_int_equal(why.error, ENOMEM);
}

/* EPERM of another call is not a filter's, and that call came first. */
static void a_path_that_could_not_be_asked(void **state)
{
	struct path_result path = { .send_error = ENOBUFS,
				    .ask_call = "setsockopt(SCTP_PEER_ADDR_PARAMS)",
				    .ask_error = EPERM };
	struct finding why;

	(void)state;
	assert_true(address_from_text(&path.path.address, "10.1.1.2"));
	why = diagnose_unasked(&path, CHUNK_HEARTBEAT);
	assert_int_equal(why.code, FINDING_CALL_FORBIDDEN);
	assert_string_equal(why.call, path.ask_call);
	assert_int_equal(why.error, EPERM);
	assert_true(address_equal(&why.address, &path.path.address));
	path.ask_call = NULL;
	path.send_error = 0;
	assert_int_equal(diagnose_unasked(&path, CHUNK_HEARTBEAT).code, FINDING_NONE);
}

/* A route or a filter may be why sending is not permitted. */
static void calls_that_a_sandbox_forbids(void **state)
{
	(void)state;
	assert_int_equal(diagnose_failed_call("recvmsg", EACCES).code, FINDING_CALL_FORBIDDEN);
	assert_int_equal(diagnose_failed_call("socket", EPERM).code, FINDING_CALL_FORBIDDEN);
	assert_int_equal(diagnose_failed_call("socket", EAFNOSUPPORT).code, FINDING_CALL_FORBIDDEN);
	assert_int_equal(diagnose_failed_call("getifaddrs", EAFNOSUPPORT).code,
			 FINDING_CALL_FORBIDDEN);
	assert_int_equal(diagnose_failed_packet(EACCES).code, FINDING_CALL_FAILED);
	assert_int_equal(diagnose_failed_packet(EPERM).code, FINDING_CALL_FAILED);
	assert_int_equal(diagnose_failed_call("bind(UDP)", EINVAL).code, FINDING_CALL_FAILED);
	assert_int_equal(diagnose_failed_call(NULL, EPERM).code, FINDING_CALL_FAILED);
}

static void packets_that_this_host_does_not_send(void **state)
{
	static const int errors[] = { EPERM, EACCES, ENOBUFS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_int_equal(diagnose_unsent(errors[i], CHUNK_INIT).code,
				 FINDING_OWN_OUTPUT_FILTER);
	assert_int_equal(diagnose_unsent(EIO, CHUNK_INIT).code, FINDING_CALL_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(waiting_that_ends),
		cmocka_unit_test(calls_that_a_sandbox_forbids),
		cmocka_unit_test(packets_that_this_host_does_not_send),
		cmocka_unit_test(a_packet_that_could_not_be_sent),
		cmocka_unit_test(a_path_that_could_not_be_asked),
	};

	return cmocka_run_group_tests_name("failed call", tests, NULL, NULL);
}
