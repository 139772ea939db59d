/* SPDX-License-Identifier: MIT */
#include "report/metrics.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "report/metrics_file.h"
#include "report/words.h"

struct path_metrics {
	union address address;
	char link[IF_NAMESIZE];
	bool known; /* whether it is up */
	bool up;
	int64_t rtt_us; /* 0: not known */
	uint64_t sent, answered, changes;
};

struct target_metrics {
	const char *name; /* NULL: nothing is known yet */
	const char *stack;
	bool up;
	enum result_word word;
	enum finding_code cause;
	int64_t connect_us; /* 0: not known */
	size_t links;
	struct path_metrics *paths;
	size_t path_count;
};

struct metrics {
	const char *file;
	size_t count;
	struct target_metrics *targets;
};

struct metrics *metrics_new(const char *file, size_t targets)
{
	struct metrics *m = xcalloc(1, sizeof(*m));

	m->file = file;
	m->count = targets;
	m->targets = xcalloc(targets, sizeof(*m->targets));
	return m;
}

void metrics_free(struct metrics *m)
{
	for (size_t i = 0; m && i < m->count; i++)
		free(m->targets[i].paths);
	if (m)
		free(m->targets);
	free(m);
}

/* --- What is known ---------------------------------------------------------------------------- */

/* NULL: it is none of these targets. */
static struct target_metrics *of_target(struct metrics *m, const struct result *result)
{
	const struct target *target = result->target;

	if (!m || !target || target->place >= m->count)
		return NULL;
	m->targets[target->place].name = target->known_as ? target->known_as : target->name;
	return &m->targets[target->place];
}

static void make_paths(struct target_metrics *t, size_t count)
{
	if (t->path_count == count)
		return;
	free(t->paths);
	t->paths = xcalloc(count, sizeof(*t->paths));
	t->path_count = count;
}

/* Whether a path works that was never asked is not known. */
static void take_path(struct path_metrics *to, const struct path_result *from)
{
	*to = (struct path_metrics){
		.address = from->path.address,
		.known = from->verdict != VERDICT_UNVERIFIED && from->verdict != VERDICT_UNTRIED &&
			 from->verdict != VERDICT_TRIED,
		.up = from->verdict == VERDICT_VERIFIED,
		.rtt_us = from->rtt_us,
		.sent = from->heartbeats,
		.answered = from->answered,
		.changes = to->changes,
	};
	memcpy(to->link, from->route.link, sizeof(to->link));
}

void metrics_take_result(struct metrics *m, const struct result *result)
{
	const struct association *a = &result->association;
	struct target_metrics *t = of_target(m, result);

	if (!t)
		return;
	t->stack = result->stack;
	t->up = result_is_up(result->word);
	t->word = result->word;
	t->cause = result->cause.code;
	t->connect_us = t->up ? result->connect_us : 0;
	t->links = result->links;
	make_paths(t, a->path_count);
	for (size_t i = 0; i < a->path_count; i++)
		take_path(&t->paths[i], &a->paths[i]);
}

static struct path_metrics *find_path(struct target_metrics *t, const union address *address)
{
	for (size_t i = 0; i < t->path_count; i++)
		if (address_equal(&t->paths[i].address, address))
			return &t->paths[i];
	return NULL;
}

/* The monitor counts from its beginning. */
static void take_monitored(struct target_metrics *t, const struct monitor *monitor)
{
	for (size_t i = 0; i < monitor->path_count; i++) {
		const struct monitor_path *from = &monitor->paths[i];
		struct path_metrics *to = find_path(t, &from->address);

		if (!to)
			continue;
		to->known = from->verdict != VERDICT_UNVERIFIED;
		to->up = from->verdict == VERDICT_VERIFIED && t->up;
		to->rtt_us = from->rtt_us;
		to->sent = from->sent;
		to->answered = from->answered;
	}
}

static void add_path(struct target_metrics *t, const union address *address)
{
	if (find_path(t, address))
		return;
	t->paths = xreallocarray(t->paths, t->path_count + 1, sizeof(*t->paths));
	t->paths[t->path_count++] = (struct path_metrics){ .address = *address };
}

static void remove_path(struct target_metrics *t, const union address *address)
{
	struct path_metrics *path = find_path(t, address);

	if (path)
		*path = t->paths[--t->path_count];
}

void metrics_take_event(struct metrics *m, const struct monitor_event *event)
{
	struct target_metrics *t = of_target(m, event->monitor->result);
	struct path_metrics *path;

	if (!t)
		return;
	t->links = event->monitor->links;
	if (event->type == MONITOR_DOWN) {
		t->up = false;
		t->word = event->graceful ? RESULT_CLOSED : RESULT_ABORTED;
		t->cause = event->cause.code;
	}
	if (event->type == MONITOR_ADDED)
		add_path(t, &event->path->address);
	take_monitored(t, event->monitor);
	if (event->type == MONITOR_REMOVED)
		remove_path(t, &event->path->address);
	path = event->path ? find_path(t, &event->path->address) : NULL;
	if (event->type == MONITOR_PATH && path)
		path->changes++;
}

/* --- The text --------------------------------------------------------------------------------- */

/* A metric of a target (path NULL), or of each of its paths. False: its value is not known. */
struct metric {
	const char *name, *type, *help;
	bool of_path;
	bool (*value)(const struct target_metrics *t, const struct path_metrics *path,
		      double *value);
};

static bool target_up(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)path;
	*v = t->up;
	return true;
}

static bool always(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)t;
	(void)path;
	*v = 1;
	return true;
}

static bool has_cause(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)path;
	*v = 1;
	return t->cause != FINDING_NONE;
}

static bool connect_seconds(const struct target_metrics *t, const struct path_metrics *path,
			    double *v)
{
	(void)path;
	*v = (double)t->connect_us / USEC_PER_SEC;
	return t->connect_us > 0;
}

static bool links(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)path;
	*v = (double)t->links;
	return t->links > 0;
}

static bool path_up(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)t;
	*v = path->up;
	return path->known;
}

static bool path_rtt(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)t;
	*v = (double)path->rtt_us / USEC_PER_SEC;
	return path->rtt_us > 0;
}

static bool path_sent(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)t;
	*v = (double)path->sent;
	return true;
}

static bool path_answered(const struct target_metrics *t, const struct path_metrics *path,
			  double *v)
{
	(void)t;
	*v = (double)path->answered;
	return true;
}

static bool path_changes(const struct target_metrics *t, const struct path_metrics *path, double *v)
{
	(void)t;
	*v = (double)path->changes;
	return true;
}

static const struct metric metrics[] = {
	{ "sctp_target_up", "gauge", "Whether there is an association with the target.", false,
	  target_up },
	{ "sctp_target_result", "gauge", "1 for the newest result of the target.", false, always },
	{ "sctp_target_cause", "gauge", "1 for the cause of that result, if it has one.", false,
	  has_cause },
	{ "sctp_connect_seconds", "gauge", "How long it took to bring up the association.", false,
	  connect_seconds },
	{ "sctp_links", "gauge", "By how many links of this host the verified paths leave.", false,
	  links },
	{ "sctp_path_up", "gauge", "Whether the path answered its newest heartbeat.", true,
	  path_up },
	{ "sctp_path_rtt_seconds", "gauge", "The newest round trip of a heartbeat.", true,
	  path_rtt },
	{ "sctp_path_heartbeats_sent_total", "counter", "Heartbeats that were sent on the path.",
	  true, path_sent },
	{ "sctp_path_heartbeats_answered_total", "counter",
	  "Heartbeats that were answered on the path.", true, path_answered },
	{ "sctp_path_state_changes_total", "counter",
	  "Changes of the path that the monitor reported.", true, path_changes },
};

static void put_sample(FILE *f, const struct metric *metric, const struct target_metrics *t,
		       const struct path_metrics *path)
{
	char text[ADDRESS_TEXT_MAX];
	double value;

	if (!metric->value(t, path, &value))
		return;
	fputs(metric->name, f);
	metrics_put_label(f, "{", "target", t->name);
	metrics_put_label(f, ",", "stack", t->stack ? t->stack : "");
	if (metric->value == always)
		metrics_put_label(f, ",", "result", result_name(t->word));
	if (metric->value == has_cause)
		metrics_put_label(f, ",", "code", words_of(t->cause)->name);
	if (path) {
		metrics_put_label(f, ",", "path", address_host_text(&path->address, text));
		metrics_put_label(f, ",", "link", path->link);
	}
	fprintf(f, "} %.15g\n", value);
}

static void put_metric(FILE *f, const struct metric *metric, const struct metrics *m)
{
	metrics_put_head(f, metric->name, metric->type, metric->help);
	for (size_t i = 0; i < m->count; i++) {
		const struct target_metrics *t = &m->targets[i];

		if (!t->name)
			continue;
		if (!metric->of_path)
			put_sample(f, metric, t, NULL);
		for (size_t j = 0; metric->of_path && j < t->path_count; j++)
			put_sample(f, metric, t, &t->paths[j]);
	}
}

/* --- The file --------------------------------------------------------------------------------- */

static void put_all(FILE *f, const void *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		put_metric(f, &metrics[i], m);
}

bool metrics_write(const struct metrics *m, const struct reporter *reporter)
{
	return !m || metrics_write_file(m->file, reporter, put_all, m);
}
