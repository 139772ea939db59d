/* SPDX-License-Identifier: MIT */
#include "bench.h"

struct bench_host host;

/* It comes before libc's: no test asks a name server. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	static struct sockaddr_in sin;
	static struct addrinfo ai;

	(void)service;
	(void)hints;
	if (!strncmp(name, "silent-", 7))
		for (;;)
			pause();
	assert_string_equal(name, "late.example");
	if (loop_now_us() < host.resolves_us)
		return EAI_NONAME;
	sin = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ai = (struct addrinfo){ .ai_family = AF_INET,
				.ai_addr = (struct sockaddr *)&sin,
				.ai_addrlen = sizeof(sin) };
	*found = &ai;
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	(void)list;
}

struct bench benches[SEVERAL];
size_t bench_count;

int setup(void **state)
{
	(void)state;
	memset(&host, 0, sizeof(host));
	memset(&fake_host, 0, sizeof(fake_host));
	memset(benches, 0, sizeof(benches));
	bench_count = 0;
	fake_loop_reset();
	fake_stack_reset(NULL, 0);
	return 0;
}

int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < bench_count; i++) {
		struct bench *b = &benches[i];

		connection_free(b->connection);
		target_free(&b->peer);
		target_free(&b->local);
		options_free(&b->options);
	}
	fake_stack_reset(NULL, 0);
	return 0;
}

/* args ends in NULL; blocking adds -B. stack NULL: there is none, for stack_error. */
struct bench *prepare(const char *const args[], bool blocking, const struct stack *stack,
		      int stack_error)
{
	static char name[] = "sctp-connect", flag[] = "-B";
	struct bench *b = &benches[bench_count++];
	struct message why = { "" };
	int argc = 0;

	b->argv[argc++] = name;
	for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
		b->argv[argc++] = (char *)(uintptr_t)args[i];
	if (blocking)
		b->argv[argc++] = flag;
	if (options_parse(&b->options, argc, b->argv, &why) != STATUS_OK ||
	    settings_peer(&b->options, &b->peer, &why) != STATUS_OK ||
	    settings_local(&b->options, &b->local, &why) != STATUS_OK)
		fail_msg("%s", why.text);
	b->options.no_probe = !host.probing;
	b->options.hold_us = host.hold_us;
	b->begun_us = loop_now_us();
	b->timeline.start_us = b->begun_us;
	b->connection =
		connection_new(stack, stack_error, &b->options, &b->peer, &b->local, &b->timeline);
	return b;
}

const struct result *run(struct bench *b)
{
	run_connections(&b->connection, 1, &benches[0].timeline);
	b->took_us = loop_now_us() - b->begun_us;
	return connection_result(b->connection);
}

void close_bench(void)
{
	close_connections(&NEWEST.connection, 1, &benches[0].timeline);
	assert_int_equal(fake_stack_open_count(), 0);
}

/* What most tests do. */
const struct result *run_args(const char *const args[], bool blocking,
			      const struct fake_script *scripts, size_t count)
{
	if (bench_count)
		close_bench();
	fake_stack_reset(scripts, count);
	return run(prepare(args, blocking, &fake_stack, 0));
}

void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text);
}

void assert_paths(const struct result *result, const char *expected)
{
	char verdicts[VERDICTS] = "";

	for (size_t i = 0; i < result->association.path_count; i++) {
		strcat(verdicts, i ? " " : "");
		strcat(verdicts, verdict_name(result->association.paths[i].verdict));
	}
	assert_string_equal(verdicts, expected);
}

void assert_result(const struct result *result, enum result_word word, int error, int status)
{
	assert_string_equal(result_name(result->word), result_name(word));
	assert_int_equal(result->error, error);
	assert_int_equal(result->status, status);
}

/* Every attempt but the n-th from the front was ended with ABORT, before the next one began. */
void assert_aborted_until(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct fake_record *r = fake_stack_record(i);

		assert_true(r->closed_us);
		assert_true(r->aborted);
		assert_int_equal(r->shutdowns, 0);
		if (i + 1 < fake_stack_count())
			assert_true(r->closed_us <= fake_stack_record(i + 1)->opened_us);
	}
}

void assert_message(struct message m, const char *part)
{
	if (part)
		assert_contains(m.text, part);
	else
		assert_string_equal(m.text, "");
}
