/* SPDX-License-Identifier: MIT */
#include "engine/show.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/names.h"
#include "report/show_metrics.h"

struct showing {
	const struct options *options;
	const struct reporter *reporter;
	struct table table; /* as it was when it was last looked */
	bool looked;
	bool unwritten;              /* --metrics, after the newest look */
	struct socket_owner *owners; /* by inode */
	size_t owner_count;
	struct loop *loop;
	struct loop_timer timer;
	int64_t until_us;
	uint64_t looks;
	bool ended;
	int status;
};

static bool same(const struct table_assoc *a, const struct table_assoc *b)
{
	if (a->state != b->state || a->path_count != b->path_count || a->inode != b->inode)
		return false;
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].state != b->paths[i].state ||
		    a->paths[i].primary != b->paths[i].primary ||
		    !address_equal(&a->paths[i].address, &b->paths[i].address))
			return false;
	return true;
}

static void tell(struct showing *s, enum show_event_type type, const struct table_assoc *assoc)
{
	report_show_event(s->reporter,
			  &(struct show_event){
				  .type = type,
				  .wall_us = loop_wall_us(),
				  .monitored = s->options->monitor,
				  .assoc = assoc,
				  .owner = socket_owner_of(s->owners, s->owner_count, assoc->inode),
			  });
}

static bool all_owners_known(const struct showing *s, const struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (!socket_owner_of(s->owners, s->owner_count, table->list[i].inode))
			return false;
	return true;
}

/* Only for sockets that are new, because it reads the descriptors of all processes. */
static void find_owners(struct showing *s, const struct table *table)
{
	if (all_owners_known(s, table))
		return;
	free(s->owners);
	s->owner_count = table->count;
	s->owners = xcalloc(table->count, sizeof(*s->owners));
	for (size_t i = 0; i < table->count; i++)
		s->owners[i].inode = table->list[i].inode;
	(void)socket_owners_find(s->owners, s->owner_count);
}

static void tell_changes(struct showing *s, const struct table *now)
{
	for (size_t i = 0; i < s->table.count; i++)
		if (!kernel_table_find(now, s->table.list[i].id))
			tell(s, SHOW_GONE, &s->table.list[i]);
	find_owners(s, now);
	for (size_t i = 0; i < now->count; i++) {
		const struct table_assoc *before = kernel_table_find(&s->table, now->list[i].id);

		if (!before)
			tell(s, s->looked ? SHOW_NEW : SHOW_PRESENT, &now->list[i]);
		else if (!same(before, &now->list[i]))
			tell(s, SHOW_CHANGED, &now->list[i]);
		if (kernel_table_is_degraded(&now->list[i]))
			s->status = STATUS_DEGRADED;
	}
}

static void refuse(const char *file, int error)
{
	if (error != ENOENT)
		warn("--show: the kernel's associations cannot be read: %s: %s", file,
		     strerror(error));
	else if (access("/proc/self", F_OK) < 0)
		warn("--show: the kernel's associations cannot be read: /proc is not mounted");
	else
		warn("--show: this kernel has no SCTP, or has not loaded it: there is no %s", file);
}

/* False: the kernel does not tell. */
static bool look(struct showing *s)
{
	struct table now;
	const char *file;
	int rc = kernel_table_read(&now, &file);

	if (rc < 0) {
		refuse(file, -rc);
		s->status = STATUS_HOST;
		return false;
	}
	tell_changes(s, &now);
	kernel_table_free(&s->table);
	s->table = now;
	s->looked = true;
	s->looks++;
	s->unwritten =
		s->options->metrics &&
		!show_metrics_write(s->options->metrics, s->reporter,
				    &(struct show_metrics){ &s->table, s->owners, s->owner_count });
	return true;
}

static void finish(struct showing *s, int signal)
{
	struct show_event event = { .type = SHOW_END,
				    .wall_us = loop_wall_us(),
				    .monitored = s->options->monitor,
				    .associations = s->table.count,
				    .more = s->table.more,
				    .signal = signal };

	/* ^C is the usual end, as of --monitor alone. */
	if (signal && signal != SIGINT)
		s->status = STATUS_SIGNAL + signal;
	else if (s->unwritten)
		s->status = STATUS_HOST;
	for (size_t i = 0; i < s->table.count; i++)
		event.degraded += kernel_table_is_degraded(&s->table.list[i]);
	event.status = s->status;
	report_show_event(s->reporter, &event);
}

static void on_time(void *context, int64_t now_us)
{
	struct showing *s = context;
	const struct options *o = s->options;

	s->ended = now_us >= s->until_us || !look(s) || (o->count && s->looks >= o->count) ||
		   reporter_broken(s->reporter);
	if (!s->ended)
		loop_timer_set(&s->timer, now_us + o->interval_us);
}

static void follow(struct showing *s)
{
	int64_t now_us = loop_now_us();

	s->until_us = s->options->monitor_us ? now_us + s->options->monitor_us : LOOP_FOREVER;
	s->loop = loop_new();
	loop_timer_init(s->loop, &s->timer, on_time, s);
	loop_timer_set(&s->timer, now_us + s->options->interval_us);
}

int show_run(const struct options *options, const struct reporter *reporter)
{
	struct showing s = { .options = options, .reporter = reporter, .status = STATUS_OK };
	int signal = 0;

	s.ended = !look(&s) || !options->monitor || options->count == 1;
	if (!s.ended)
		follow(&s);
	while (!s.ended) {
		int rc = loop_turn(s.loop);

		if (rc < 0) {
			signal = loop_take_signal();
			s.ended = true;
			if (!signal) {
				warn("--show: ppoll: %s: %s", errno_name(-rc), strerror(-rc));
				s.status = STATUS_HOST;
			}
		}
	}
	if (s.looked)
		finish(&s, signal);
	loop_free(s.loop);
	kernel_table_free(&s.table);
	free(s.owners);
	return s.status;
}
