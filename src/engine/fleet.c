/* SPDX-License-Identifier: MIT */
#include "engine/fleet.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/descriptors.h"
#include "engine/fleet_hosts.h"
#include "engine/fleet_monitor.h"
#include "engine/fleet_parts.h"
#include "engine/fleet_table.h"
#include "engine/pool.h"
#include "host/routes.h"
#include "report/report.h"
#include "report/words.h"
#include "target/names.h"

/* So many calls, or for so long; then the loop reads what they brought. */
#define BURST    50
#define BURST_US (10 * USEC_PER_MSEC)
/*
 * If a round of the loop takes longer, this host has enough to do: more attempts would be late to
 * see their answers. So many run in any case.
 */
#define LATE_US     (20 * USEC_PER_MSEC)
#define RUNNING_MIN 8
/* If this host is short of something, so many fewer run than it could carry. */
#define SPARE_MAX 4
/* Names are padded to the longest one, up to that. */
#define NAME_WIDTH_MAX 32

/* --- One target ------------------------------------------------------------------------------- */

static void name_steps(struct member *m)
{
	size_t size = strlen(m->target->name) + sizeof(": ");

	m->timeline = (struct timeline){
		.start_us = m->fleet->config->timeline->start_us,
		.verbose = m->target->options->verbose,
		.unicode = m->fleet->config->timeline->unicode,
		.label = m->label,
	};
	if (!m->timeline.verbose || m->label)
		return;
	m->label = xcalloc(size, 1);
	stpcpy(stpcpy(m->label, m->target->name), ": ");
	m->timeline.label = m->label;
}

static void begin(struct fleet *f, struct member *m, int64_t now_us)
{
	const struct fleet_config *config = f->config;
	struct fleet_target *t = m->target;

	name_steps(m);
	fleet_host_begin(m, now_us);
	f->count.running++;
	f->count.open++;
	m->connection = connection_new(config->stack, config->stack_error, t->options, &t->peer,
				       &t->local, &m->timeline);
	if (!t->options->each) {
		connection_on_change(m->connection, fleet_on_change, m);
		connection_start(m->connection, f->loop);
		return;
	}
	m->each = each_new(m->connection, config->stack, t->options, &t->peer, &t->local,
			   &m->timeline);
	each_on_change(m->each, fleet_on_change, m);
	each_start(m->each, f->loop);
}

static void discard(struct fleet *f, struct member *m)
{
	fleet_host_answered(m);
	each_free(m->each);
	connection_free(m->connection);
	m->each = NULL;
	m->connection = NULL;
	f->count.open--;
	if (f->pace.told)
		(void)pool_close_idle(f->pool);
}

static bool has_result(const struct member *m)
{
	return m->each ? each_has_result(m->each) : connection_has_result(m->connection);
}

static const struct result *result_of(const struct member *m)
{
	return m->each ? each_result(m->each) : connection_result(m->connection);
}

static bool is_shut(const struct member *m)
{
	return connection_is_shut(m->connection) && (!m->each || each_is_shut(m->each));
}

static void interrupt(struct member *m, int signal, int error)
{
	if (m->each)
		each_interrupt(m->each, signal, error);
	else
		connection_interrupt(m->connection, signal, error);
}

/* --- What this host is short of --------------------------------------------------------------- */

static bool is_shortage(const struct finding *cause)
{
	switch (cause->code) {
	case FINDING_NO_FREE_PORT:
		return true;
	case FINDING_CALL_FAILED:
		return cause->error == EMFILE || cause->error == ENFILE || cause->error == ENOMEM ||
		       cause->error == ENOBUFS;
	case FINDING_LOOKUP_FAILED: /* EAGAIN: of fork() */
		return cause->call && cause->error;
	default:
		return false;
	}
}

/* Why this one may do better when fewer run; NULL: it would not. */
static const struct finding *shortage(const struct result *result)
{
	if (result->signal || result_is_up(result->word))
		return NULL;
	if (is_shortage(&result->cause))
		return &result->cause;
	for (size_t i = 0; i < result->each_count; i++)
		if (is_shortage(&result->each[i].cause))
			return &result->each[i].cause;
	return NULL;
}

static size_t with_spare(size_t count)
{
	return count - MIN(count / 4, SPARE_MAX);
}

/*
 * Fewer at a time from now on; this one has its turn again when another one has ended. Those that
 * run need descriptors for their look-ups, too.
 */
static void slow_down(struct fleet *f, struct member *m, const struct finding *why)
{
	size_t others = f->count.open - 1 - f->count.monitored;
	/* Many of them may be closing: see may_begin(). */
	size_t limit = MAX(MAX(with_spare(f->count.running), with_spare(others) / 2), 1);
	struct message reason;

	if (!f->options->quiet && !f->pace.told) {
		fleet_table_clear(f);
		warn("from now on at most %zu targets at a time: %s", limit,
		     words_reason(why, &reason));
	}
	f->pace.told = true;
	f->pace.limit = MIN(f->pace.limit, limit);
	discard(f, m);
	f->pace.full = true;
	queue_put(&f->again, m);
}

/* --- Results ---------------------------------------------------------------------------------- */

/* With --monitor, targets that are tried again are reported when they have another result. */
static void take_result(struct fleet *f, struct member *m)
{
	const struct result *result = result_of(m);
	bool again = m->known && (result->signal || result->word == m->word);

	f->count.failed +=
		(result->word != RESULT_CONNECTED) - (m->known && m->word != RESULT_CONNECTED);
	f->count.done += !m->known;
	m->ready = true;
	if (!m->known || !result->signal) {
		m->word = result->word;
		m->signal = result->signal;
		m->status = summary_worse(m->status, result->status);
	}
	m->known = true;
	if (again)
		return;
	fleet_table_clear(f);
	report_target(f->config->reporter, result, f->name_width, f->options->verbose);
}

/* False: it has no result yet, or is to be tried again. */
static bool is_ready(struct fleet *f, struct member *m)
{
	const struct finding *why;

	if (m->ready)
		return true;
	if (!has_result(m))
		return false;
	f->count.running--;
	why = f->ending || f->count.open < 2 ? NULL : shortage(result_of(m));
	if (why) {
		slow_down(f, m, why);
		return false;
	}
	take_result(f, m);
	if (m->each)
		each_shut(m->each, f->loop);
	if (!fleet_monitor_begin(f, m))
		connection_shut(m->connection, f->loop);
	return true;
}

/* What was connected is shut: says so if the peer did not answer that. */
static void report_close(struct fleet *f, const struct member *m)
{
	int64_t unanswered_us = connection_unanswered_us(m->connection);

	if (!unanswered_us || m->status != STATUS_OK)
		return;
	fleet_table_clear(f);
	report_unanswered(f->config->reporter, connection_result(m->connection), unanswered_us,
			  true);
}

/* It has got further. */
static void look_at(struct fleet *f, struct member *m)
{
	if (m->young && connection_has_answer(m->connection))
		fleet_host_answered(m);
	if (!is_ready(f, m))
		return;
	if (m->monitoring) {
		if (!fleet_monitor_ended(f, m))
			return;
		connection_shut(m->connection, f->loop);
	}
	if (!is_shut(m))
		return;
	report_close(f, m);
	discard(f, m);
	m->ready = false;
	f->pace.full = false;
	free(m->label);
	m->label = NULL;
	fleet_monitor_retry(f, m);
}

static void look_at_changed(struct fleet *f)
{
	struct member *m;

	while ((m = queue_take(&f->changed))) {
		m->listed = false;
		if (m->connection)
			look_at(f, m);
	}
}

/* --- The pace --------------------------------------------------------------------------------- */

static void on_pace(void *context, int64_t now_us)
{
	struct fleet *f = context;

	f->pace.late = now_us - f->pace.wake_us > LATE_US;
}

static bool is_more(const struct fleet *f)
{
	return !f->ending && (f->again.first || f->next < f->config->count);
}

/* The next one whose host has room; those before it wait until theirs has. NULL: there is none. */
static struct member *take_next(struct fleet *f, int64_t now_us)
{
	while (is_more(f)) {
		struct member *m = queue_take(&f->again);

		if (!m)
			m = &f->members[f->next++];
		if (fleet_host_has_room(m, now_us))
			return m;
	}
	return NULL;
}

/* Closing ones take as much as running ones, but some are always closing. */
static bool may_begin(const struct fleet *f)
{
	return is_more(f) && !f->pace.full && f->count.running < f->pace.limit &&
	       f->count.open - f->count.monitored < 2 * f->pace.limit;
}

static bool is_busy(const struct fleet *f)
{
	return f->pace.late && f->count.running >= RUNNING_MIN;
}

/* --rate: when may the one after this one begin? */
static void set_next_time(struct fleet *f, int64_t now)
{
	if (f->options->rate)
		f->pace.next_us =
			MAX(f->pace.next_us, now - PROGRESS_US) +
			(int64_t)((uint64_t)USEC_PER_SEC / MIN(f->options->rate, USEC_PER_SEC));
}

/*
 * Begins what may begin now, and sets the timer for the rest. True: first the loop is to read what
 * these have brought.
 */
static bool begin_some(struct fleet *f)
{
	int64_t now = loop_now_us();
	int64_t wake_us = LOOP_FOREVER;

	for (size_t n = 0; may_begin(f); n++) {
		int64_t at_us = n ? loop_now_us() : now;
		struct member *m;

		if (is_busy(f) || n == BURST || at_us > now + BURST_US) {
			wake_us = now;
			break;
		}
		if (now < f->pace.next_us) {
			wake_us = f->pace.next_us;
			break;
		}
		m = take_next(f, at_us);
		if (!m)
			break;
		set_next_time(f, now);
		begin(f, m, at_us);
	}
	f->pace.late = false;
	fleet_table_progress(f, now);
	wake_us = MIN(wake_us, fleet_monitor_tick(f, now));
	if (f->config->timeline->progress)
		wake_us = MIN(wake_us, now + PROGRESS_US);
	f->pace.wake_us = wake_us;
	loop_timer_set(&f->pace.timer, wake_us);
	return wake_us <= now;
}

/* --- All of them ------------------------------------------------------------------------------ */

/* A signal, or a wait that failed. What is closing is closed at once. */
static void end(struct fleet *f, int signal, int error)
{
	f->ending = true;
	fleet_table_stop(f->table);
	if (signal)
		f->summary.signal = signal;
	for (size_t i = 0; i < f->next; i++) {
		struct member *m = &f->members[i];

		if (m->monitoring)
			monitor_interrupt(m->monitoring, signal, error);
		else if (m->connection)
			interrupt(m, signal, error);
	}
}

static void go(struct fleet *f)
{
	for (;;) {
		int rc;

		look_at_changed(f);
		if (!begin_some(f) && f->changed.first)
			continue;
		if (!f->count.open && !is_more(f) &&
		    (f->ending || (!f->count.paused && !f->count.held)))
			break;
		rc = loop_turn(f->loop);
		if (rc < 0)
			end(f, loop_take_signal(), -rc);
	}
}

/* The addresses of --each are those of one peer. */
static bool may_share(const struct options *options)
{
	return !options->one_to_one && !options->each;
}

static void on_answers(void *context, short revents)
{
	struct fleet *f = context;

	(void)revents;
	(void)names_read(f->names); /* if it fails, each connection is told so */
}

/* Each name is asked for once. */
static void prepare_names(struct fleet *f)
{
	struct pollfd what = { .events = POLLIN };

	for (size_t i = 0; i < f->config->count && !f->names; i++)
		if (target_has_names(&f->config->targets[i].peer) ||
		    target_has_names(&f->config->targets[i].local))
			f->names = names_new(true);
	if (!f->names)
		return;
	what.fd = names_open(f->names);
	loop_add(f->loop, &f->answers, what, on_answers, f);
	for (size_t i = 0; i < f->config->count && what.fd >= 0; i++)
		f->config->targets[i].options->names = f->names;
}

static void prepare(struct fleet *f)
{
	const struct fleet_config *config = f->config;
	size_t wanted = f->options->monitor ? config->count
					    : MIN(f->options->parallel, config->count);

	f->members = xcalloc(config->count, sizeof(*f->members));
	f->pace.limit = f->options->parallel;
	/* Half of the slots are for those who only wait. */
	if (config->stack && config->stack->shares)
		f->pool = pool_new(f->loop, config->stack, descriptors_make_room(2 * wanted));
	else
		/* An endpoint each, with its port (usrsctp_port.h). */
		f->pace.limit = MIN(f->pace.limit, MAX(descriptors_make_room(2 * wanted) / 2, 1));
	for (size_t i = 0; i < config->count; i++) {
		struct fleet_target *t = &config->targets[i];

		f->members[i] = (struct member){ .fleet = f, .target = t };
		t->peer.known_as = t->name;
		t->peer.place = i;
		t->options->pool = may_share(t->options) ? f->pool : NULL;
		f->name_width = MAX(f->name_width, MIN(strlen(t->name), NAME_WIDTH_MAX));
	}
}

static int conclude(struct fleet *f)
{
	struct summary *s = &f->summary;
	int signal = s->signal;

	fleet_table_stop(f->table);
	timeline_clear(f->config->timeline);
	for (size_t i = 0; i < f->config->count; i++) {
		const struct member *m = &f->members[i];

		if (m->known)
			summary_add(s, m->word, m->status, m->signal);
		else
			summary_add_untried(s, 1);
	}
	/* ^C is the usual end of a monitor. */
	if (signal && !(f->options->monitor && signal == SIGINT && !s->interrupted))
		s->status = STATUS_SIGNAL + signal;
	s->signal = signal;
	s->took_us = loop_now_us() - f->begun_us;
	report_summary(f->config->reporter, s);
	return s->status;
}

int fleet_run(const struct fleet_config *config)
{
	struct fleet f = { .config = config, .options = config->options, .loop = loop_new() };
	int status;

	f.begun_us = f.pace.next_us = loop_now_us();
	loop_timer_init(f.loop, &f.pace.timer, on_pace, &f);
	(void)routes_now(); /* has its descriptor, before others have them all */
	prepare(&f);
	prepare_names(&f);
	fleet_hosts_prepare(&f);
	fleet_monitor_prepare(&f);
	f.table = fleet_table_start(&f);
	go(&f);
	status = conclude(&f);
	fleet_table_free(f.table);
	pool_free(f.pool);
	names_free(f.names);
	loop_free(f.loop);
	fleet_hosts_free(&f);
	free(f.members);
	return status;
}
