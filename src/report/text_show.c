/* SPDX-License-Identifier: MIT */
/* The associations of --show. */
#include "report/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <sys/param.h>

#include "base/names.h"

static void print_owner(FILE *f, const struct show_event *event)
{
	if (event->owner && event->owner->pid)
		fprintf(f, ", %s (pid %d)", event->owner->program, event->owner->pid);
	else if (event->assoc->inode)
		fprintf(f, ", a program of user %" PRIu32, event->assoc->uid);
	else
		fputs(", no program", f);
}

static void print_paths(FILE *f, const struct reporter *reporter, const struct table_assoc *a)
{
	char text[ADDRESS_TEXT_MAX];
	size_t width = 0, state_width = 0;

	for (size_t i = 0; i < a->path_count; i++) {
		width = MAX(width, strlen(address_text(&a->paths[i].address, text)));
		state_width = MAX(state_width, strlen(path_state_name(a->paths[i].state)));
	}
	for (size_t i = 0; i < a->path_count; i++) {
		const struct table_path *path = &a->paths[i];
		bool good = path->state == PATH_ACTIVE;

		fprintf(f, "  %-*s  ", (int)width, address_text(&path->address, text));
		text_word(f, reporter->color, path_state_name(path->state),
			  good ? COLOR_GREEN : COLOR_YELLOW);
		if (path->rto_ms || path->primary)
			text_padding(f, strlen(path_state_name(path->state)), state_width);
		if (path->rto_ms)
			fprintf(f, "  rto %" PRIu32 " ms", path->rto_ms);
		fputs(path->primary ? "  primary\n" : "\n", f);
	}
}

static void print_assoc(FILE *f, const struct reporter *reporter, const struct show_event *event)
{
	const struct table_assoc *a = event->assoc;
	char text[ADDRESS_TEXT_MAX];

	fprintf(f, "association %" PRIu32 " %s from", a->id, assoc_state_name(a->state));
	for (size_t i = 0; i < a->local_count; i++)
		fprintf(f, " %s", address_host_text(&a->local[i], text));
	if (a->local_count)
		fprintf(f, " port %u", address_port(&a->local[0]));
	print_owner(f, event);
	putc('\n', f);
	print_paths(f, reporter, a);
}

static void print_end(FILE *f, const struct show_event *event)
{
	fprintf(f, "%zu association%s", event->associations, event->associations == 1 ? "" : "s");
	if (event->degraded)
		fprintf(f, ", %zu with a path that is not active", event->degraded);
	if (event->more)
		fputs(", and more that were not read", f);
	if (event->signal)
		fprintf(f, ": ended by %s", signal_name(event->signal));
	putc('\n', f);
}

void report_text_show_event(const struct reporter *reporter, const struct show_event *event)
{
	static const char *const words[] = {
		[SHOW_PRESENT] = "",    [SHOW_NEW] = "new: ", [SHOW_CHANGED] = "changed: ",
		[SHOW_GONE] = "gone: ", [SHOW_END] = "",
	};
	static_assert(ARRAY_SIZE(words) == SHOW_EVENT_COUNT, "an event without a word");
	struct record record;
	FILE *f = record_start(&record, reporter);

	if (event->monitored && event->type != SHOW_PRESENT)
		text_time(f, event->wall_us);
	fputs(words[event->type], f);
	if (event->type == SHOW_END)
		print_end(f, event);
	else
		print_assoc(f, reporter, event);
	record_finish(&record);
}
