/* SPDX-License-Identifier: MIT */
#include "engine/run.h"

/* A signal, or a wait that fails, ends those that are not there. */
static void run_until(struct loop *loop, struct connection *const list[], size_t count,
		      bool (*there)(const struct connection *connection), struct timeline *timeline)
{
	int64_t begun_us = loop_now_us();

	for (;;) {
		size_t missing = 0;
		int rc, signal;

		for (size_t i = 0; i < count; i++)
			missing += !there(list[i]);
		if (!missing)
			break;
		if (there(list[0]) && loop_now_us() - begun_us >= TIMELINE_PROGRESS_AFTER_US)
			timeline_progress(timeline, "waiting for %zu more ...", missing);
		rc = loop_turn(loop);
		if (rc >= 0)
			continue;
		signal = loop_take_signal();
		for (size_t i = 0; i < count; i++)
			if (!there(list[i]))
				connection_interrupt(list[i], signal, -rc);
	}
	if (count > 1)
		timeline_clear(timeline);
}

void run_connections(struct connection *const list[], size_t count, struct timeline *timeline)
{
	struct loop *loop = loop_new();

	for (size_t i = 0; i < count; i++)
		connection_start(list[i], loop);
	run_until(loop, list, count, connection_has_result, timeline);
	loop_free(loop);
}

void close_connections(struct connection *const list[], size_t count, struct timeline *timeline)
{
	struct loop *loop = loop_new();

	for (size_t i = 0; i < count; i++)
		connection_shut(list[i], loop);
	run_until(loop, list, count, connection_is_shut, timeline);
	loop_free(loop);
}
