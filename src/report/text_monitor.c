/* SPDX-License-Identifier: MIT */
/* The events of --monitor as lines: the time, the subject, and what happened. */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>

#include "base/names.h"
#include "report/words.h"

#define WORD_WIDTH 10 /* "unverified" */

/* Outages are long: from here on they are shown in seconds. */
#define OUTAGE_SECONDS_FROM_US (1 * (int64_t)USEC_PER_SEC)

static void print_duration(FILE *f, int64_t us)
{
	char buf[DURATION_TEXT_MAX];

	fputs(text_duration(us, OUTAGE_SECONDS_FROM_US, buf), f);
}

static void print_verdict(FILE *f, const struct reporter *reporter, enum verdict verdict)
{
	const char *word = verdict_name(verdict);

	text_word(f, reporter->color, word, text_verdict_color(verdict));
	text_padding(f, strlen(word), WORD_WIDTH);
}

static int address_width(const struct monitor *m)
{
	char text[ADDRESS_TEXT_MAX];
	size_t width = 0;

	for (size_t i = 0; i < m->path_count; i++) {
		size_t length = strlen(address_text(&m->paths[i].address, text));

		if (width < length)
			width = length;
	}
	return (int)width;
}

static void print_path(FILE *f, const struct reporter *reporter, const struct monitor_event *event)
{
	const struct monitor_path *path = event->path;
	char text[ADDRESS_TEXT_MAX];
	struct message note;

	fprintf(f, "%-*s  ", address_width(event->monitor), address_text(&path->address, text));
	print_verdict(f, reporter, path->verdict);
	if (!event->new_verdict) {
		fprintf(f, "  the stack says %s", path_state_name(path->state));
	} else if (path->verdict == VERDICT_UNVERIFIED) {
		fprintf(f, "  %s", words_note(&event->cause, &note));
	} else if (path->verdict == VERDICT_DEAD) {
		fputs("  no heartbeat answer in ", f);
		print_duration(f, event->took_us);
		if (event->cause.code != FINDING_HEARTBEAT_UNANSWERED)
			fprintf(f, ": %s", words_note(&event->cause, &note));
	} else {
		fprintf(f, "  rtt %.1f ms", MS(path->rtt_us));
		if (event->took_us) {
			fputs(", was dead for ", f);
			print_duration(f, event->took_us);
		}
	}
	if (event->new_verdict && event->new_state)
		fprintf(f, ", the stack says %s", path_state_name(path->state));
	if (path->primary)
		fputs("  primary", f);
}

static void print_down(FILE *f, const struct reporter *reporter, const struct monitor_event *event)
{
	struct message note;

	words_note(&event->cause, &note);
	text_word(f, reporter->color, event->graceful ? "closed" : "lost", COLOR_RED);
	fprintf(f, "  association %" PRIu32, event->monitor->assoc);
	if (event->error)
		fprintf(f, ", %s", errno_name(event->error));
	if (note.text[0])
		fprintf(f, ": %s", note.text);
}

static const char *either(const union address *a, char text[ADDRESS_TEXT_MAX])
{
	return a->sa.sa_family ? address_text(a, text) : "none";
}

static void print_failover(FILE *f, const struct monitor_event *event)
{
	char from[ADDRESS_TEXT_MAX], to[ADDRESS_TEXT_MAX];

	address_text(&event->from, from);
	if (!event->monitor->failed_over)
		fprintf(f, "failover ended: data uses the primary again, %s", from);
	else if (event->to.sa.sa_family)
		fprintf(f, "failover: data uses %s, not the primary, %s",
			address_text(&event->to, to), from);
	else
		fprintf(f, "failover: data uses another path than the primary, %s", from);
}

/* What a path of the end, or one that the peer has removed, has had in all. */
static void print_counts(FILE *f, const struct monitor_path *path)
{
	uint64_t lost = path->sent - path->answered;
	int64_t answered = (int64_t)path->answered;

	fprintf(f, "%" PRIu64 " sent, %" PRIu64 " answered", path->sent, path->answered);
	if (path->sent)
		fprintf(f, ", %.3g %% lost", 100.0 * (double)lost / (double)path->sent);
	if (answered)
		fprintf(f, ", rtt min/avg/max %.1f/%.1f/%.1f ms", MS(path->rtt_min_us),
			MS(path->rtt_sum_us / answered), MS(path->rtt_max_us));
	if (path->dead_us) {
		fputs(", dead for ", f);
		print_duration(f, path->dead_us);
		if (path->times_dead > 1)
			fprintf(f, " (%u times)", path->times_dead);
	}
}

static void print_total(FILE *f, const struct reporter *reporter, const struct monitor *m,
			const struct monitor_path *path)
{
	char text[ADDRESS_TEXT_MAX];

	fprintf(f, "  %-*s  ", address_width(m), address_text(&path->address, text));
	print_verdict(f, reporter, path->verdict);
	fputs("  ", f);
	print_counts(f, path);
	if (path->primary)
		fputs("  primary", f);
	putc('\n', f);
}

static void print_address(FILE *f, const struct monitor_event *event)
{
	char text[ADDRESS_TEXT_MAX];
	bool added = event->type == MONITOR_ADDED;

	fprintf(f, "%-*s  %s by the peer", address_width(event->monitor),
		address_text(&event->path->address, text), added ? "added" : "removed");
	if (added)
		return;
	fputs(": ", f);
	print_counts(f, event->path);
}

static void print_end(FILE *f, const struct reporter *reporter, const struct monitor_event *event)
{
	const struct monitor *m = event->monitor;
	struct message note;

	text_head(f, reporter, "end", NULL);
	fprintf(f, "%" PRIu64 " round%s in ", m->rounds, m->rounds == 1 ? "" : "s");
	print_duration(f, m->now_us - m->began_us);
	fprintf(f, ": %s", words_note(&event->cause, &note));
	if (m->was_short && m->short_us) {
		if (m->links_required)
			fputs("; too few paths, or links, verified for ", f);
		else if (m->required == 1)
			fputs("; no path verified for ", f);
		else
			fprintf(f, "; fewer than %zu paths verified for ", m->required);
		print_duration(f, m->short_us);
	}
	putc('\n', f);
	for (size_t i = 0; i < m->path_count; i++)
		print_total(f, reporter, m, &m->paths[i]);
}

/* With --targets: of which one. */
static void print_name(FILE *f, const struct monitor_event *event)
{
	const struct target *target = event->monitor->result->target;
	char name[NAME_TEXT_MAX];

	if (target && target->known_as)
		fprintf(f, "%s  ", printable(target->known_as, name, sizeof(name)));
}

static void print_event(FILE *f, const struct reporter *reporter, const struct monitor_event *event)
{
	char from[ADDRESS_TEXT_MAX], to[ADDRESS_TEXT_MAX];
	struct message note;

	if (event->type == MONITOR_END) {
		print_name(f, event);
		print_end(f, reporter, event);
		return;
	}
	text_time(f, event->wall_us);
	print_name(f, event);
	if (event->type == MONITOR_PATH) {
		print_path(f, reporter, event);
	} else if (event->type == MONITOR_ADDED || event->type == MONITOR_REMOVED) {
		print_address(f, event);
	} else if (event->type == MONITOR_PRIMARY) {
		fprintf(f, "primary is now %s, was %s", either(&event->to, to),
			either(&event->from, from));
	} else if (event->type == MONITOR_FAILOVER) {
		print_failover(f, event);
	} else if (event->type == MONITOR_RESTART) {
		text_word(f, reporter->color, "restarted", COLOR_RED);
		fprintf(f, "  association %" PRIu32 ": %s", event->monitor->assoc,
			words_note(&event->cause, &note));
	} else {
		print_down(f, reporter, event);
	}
	putc('\n', f);
}

void report_text_monitor_event(const struct reporter *reporter, const struct monitor_event *event)
{
	struct record record;
	FILE *f;

	if (event->type == MONITOR_ROUND)
		return;
	f = record_start(&record, reporter);
	print_event(f, reporter, event);
	record_finish(&record);
}
