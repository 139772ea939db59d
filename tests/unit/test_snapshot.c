/* SPDX-License-Identifier: MIT */
/* snapshot.c: the paths of an association, and its primary. */
#include "bench.h"

static void learned_paths_come_last(void **state)
{
	const struct fake_script scripts[] = {
		{ PATHS({ .address = V4(127, 0, 0, 7) },
			{ .address = V4(127, 0, 0, 2), .rto_ms = 9 },
			{ .address = V4(127, 0, 0, 1), .primary = true }),
		  EVENTS(UP(MSEC)) },
	};
	const struct result *result = RUN(scripts, TWO);
	const struct path_result *paths = result->association.paths;
	char text[ADDRESS_TEXT_MAX];

	(void)state;
	assert_int_equal(result->association.path_count, 3);
	assert_true(paths[0].requested && paths[0].in_association && paths[0].path.primary);
	assert_true(paths[1].requested && paths[1].in_association);
	assert_int_equal(paths[1].path.rto_ms, 9);
	assert_false(paths[2].requested);
	assert_true(paths[2].in_association);
	assert_string_equal(address_host_text(&paths[2].path.address, text), "127.0.0.7");
	/* The port is the peer's, also where the stack left it out. */
	assert_int_equal(address_port(&paths[1].path.address), 5000);
}

static void why_an_address_is_rejected(void **state)
{
	const struct fake_script foreign[] = {
		{ PATHS({ .address = V4(127, 0, 0, 1), .primary = true }), EVENTS(UP(MSEC)) },
	};
	const struct fake_script scope[] = {
		{ PATHS({ .address = V4(8, 8, 8, 8), .primary = true }), EVENTS(UP(260 * MSEC)) },
	};
	const struct result *result = RUN(foreign, TWO);

	(void)state;
	assert_string_equal(said_note(&result->association.paths[1]).text,
			    "not an address of this peer, or another endpoint listens on it");
	result = RUN(scope, "-a", "10.1.1.2:5000", "-a", "8.8.8.8");
	assert_contains(said_note(&result->association.paths[0]).text, "it is private");
	assert_contains(said_note(&result->association.paths[0]).text,
			"a global address (8.8.8.8)");
}

/* The kernel gives link-local addresses back without the zone they were given with. */
static void the_zone_is_kept(void **state)
{
	union address bare = { .v6 = { .sin6_family = AF_INET6 } };
	struct fake_script scripts[] = { { EVENTS(UP(MSEC)) } };
	const struct result *result;
	struct stack_path path;

	(void)state;
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", &bare.v6.sin6_addr), 1);
	path = (struct stack_path){ .address = bare, .primary = true, .mtu = 1500 };
	scripts[0].paths = &path;
	scripts[0].path_count = 1;
	result = RUN(scripts, "-a", "[fe80::1%lo]:5000");
	assert_result(result, CONNECTED);
	assert_int_equal(result->association.path_count, 1);
	assert_true(result->association.paths[0].in_association);
	assert_int_equal(result->association.paths[0].path.mtu, 1500);
	assert_int_equal(result->association.paths[0].path.address.v6.sin6_scope_id,
			 if_nametoindex("lo"));
}

static void the_primary(void **state)
{
	const struct {
		const char *name;
		const char *args[ARGS_MAX];
		struct fake_script script;
		bool reordered;
		bool set;
		size_t primary; /* in the result: index of the path */
	} cases[] = {
		{ "in order already", { TWO }, { .answered = 1 }, false, false, 1 },
		{ "reordered",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 0 },
		  true,
		  true,
		  0 },
		{ "reordered, and the first -a answered in its late turn",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 1 },
		  true,
		  false,
		  0 },
		{ "reordered, and the first -a had its turn without an answer",
		  { "-a", "10.1.1.2:5000", "-a", "127.0.0.1", "-a", "8.8.8.8" },
		  { .answered = 2 },
		  true,
		  false,
		  2 },
		{ "the stack does not want it",
		  { "-a", "8.8.8.8:5000", "-a", "10.1.1.2" },
		  { .answered = 0, .set_primary_error = EINVAL },
		  true,
		  false,
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_script script = cases[i].script;
		const struct fake_event up = UP(600 * MSEC);
		const struct result *result;

		print_message("  %s\n", cases[i].name);
		script.events = &up;
		script.event_count = 1;
		result = run_args(cases[i].args, false, &script, 1);
		assert_result(result, CONNECTED);
		assert_int_equal(result->reordered, cases[i].reordered);
		assert_int_equal(result->primary_set, cases[i].set);
		assert_int_equal(fake_stack_record(0)->primaries_set, cases[i].set);
		for (size_t j = 0; j < result->association.path_count; j++)
			assert_int_equal(result->association.paths[j].path.primary,
					 j == cases[i].primary);
	}
}

/* The association goes between setting the primary and looking again. */
static void paths_gone_after_the_primary(void **state)
{
	const struct fake_script scripts[] = {
		{ .paths_good = 1, .paths_error = ENOTCONN, EVENTS(UP(MSEC)) },
	};
	const struct result *result = RUN(scripts, "-a", "8.8.8.8:5000", "-a", "10.1.1.2");

	(void)state;
	assert_result(result, CLOSED_AGAIN);
	assert_false(result->association.known);
	close_bench();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(learned_paths_come_last),
		TEST(why_an_address_is_rejected),
		TEST(the_zone_is_kept),
		TEST(the_primary),
		TEST(paths_gone_after_the_primary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
