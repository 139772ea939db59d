/* SPDX-License-Identifier: MIT */
/*
 * A result: its first line, then a table with one row per address. Reasons and hints go to stderr.
 */
#include "report/text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/param.h>

#include "base/names.h"
#include "report/words.h"

#define LOCAL_SHOWN_MAX 8

static void print_extensions(FILE *f, unsigned extensions)
{
	const char *separator = "; extensions ";

	for (unsigned bit = 1; bit && bit <= extensions; bit <<= 1) {
		const char *name = extensions & bit ? extension_name(bit) : NULL;

		if (!name)
			continue;
		fprintf(f, "%s%s", separator, name);
		separator = ", ";
	}
}

/* The local end of the association, and what both ends agreed on. */
static void print_local(FILE *f, const struct association *a)
{
	char buf[ADDRESS_TEXT_MAX];
	size_t shown = a->local_count < LOCAL_SHOWN_MAX ? a->local_count : LOCAL_SHOWN_MAX;

	if (!a->known || shown == 0)
		return;
	for (size_t i = 0; i < shown; i++)
		fprintf(f, "%s%s", i == 0 ? "  from " : ", ", address_host_text(&a->local[i], buf));
	if (shown < a->local_count)
		fprintf(f, " and %zu more,", a->local_count - shown);
	fprintf(f, " port %u; peer rwnd %" PRIu32, address_port(&a->local[0]), a->status.peer_rwnd);
	print_extensions(f, a->status.extensions);
	putc('\n', f);
}

/* "(kernel, nonblocking, one-to-many, try 7)" */
static void print_manner(FILE *f, const struct result *result)
{
	fprintf(f, " (%s, %s", result->stack, result->blocking ? "blocking" : "nonblocking");
	if (result->style == STACK_ONE_TO_MANY)
		fprintf(f, ", %s", style_name(result->style));
	if (result->tries > 1)
		fprintf(f, ", try %u", result->tries);
	putc(')', f);
}

static void print_up(FILE *f, const struct result *result)
{
	const struct association *a = &result->association;
	char buf[DURATION_TEXT_MAX];

	if (a->known) {
		fprintf(f, "association %" PRIu32, a->status.id);
		text_streams(f, &a->status);
		fputs(", ", f);
	} else {
		fputs("in ", f);
	}
	fputs(text_duration(result->connect_us, SECONDS_FROM_US, buf), f);
}

static void print_failure(FILE *f, const struct result *result)
{
	const bool unresolved = result->word == RESULT_UNRESOLVED;
	int64_t took_us = unresolved ? result->resolve_us : result->connect_us;
	const char *cause = signal_name(result->signal);
	char buf[DURATION_TEXT_MAX];
	char name[NAME_TEXT_MAX];

	if (!cause && result->error)
		cause = errno_name(result->error);
	if (!cause && result->target && (unresolved || took_us <= 0))
		cause = printable(result->target->name, name, sizeof(name));
	if (cause)
		fputs(cause, f);
	if (took_us <= 0)
		return;
	/* Not the time of the close, which the reason has. */
	if (result_was_up(result->word))
		fprintf(f, "%sup after ", cause ? ", " : "");
	else
		fprintf(f, "%safter ", cause ? " " : "");
	fputs(text_duration(took_us, SECONDS_FROM_US, buf), f);
}

/*
 * With one address, the reason is beside it. With several it is not, because it is the reason of
 * the attempt, not of each address.
 */
static bool is_lone(const struct result *result)
{
	return !result_is_up(result->word) && result->association.path_count == 1;
}

static bool beside_an_address(const struct result *result)
{
	const struct association *a = &result->association;

	if (is_lone(result))
		return true;
	for (size_t i = 0; i < a->path_count; i++)
		if (words_beside(&result->cause, &a->paths[i].cause))
			return true;
	for (size_t i = 0; result->each_count > 1 && i < result->each_count; i++)
		if (finding_same(&result->each[i].cause, &result->cause))
			return true;
	return false;
}

/* name: of the target, or NULL. */
static void print_hint(const struct reporter *reporter, const char *name, const char *sentence)
{
	char shown[PRINTABLE_MAX];

	if (!*sentence)
		return;
	fputs("sctp-connect: ", reporter->hints);
	if (name)
		fprintf(reporter->hints, "%s: ", printable(name, shown, sizeof(shown)));
	fputs(sentence, reporter->hints);
	putc('\n', reporter->hints);
}

static void print_hints(const struct reporter *reporter, const struct result *result)
{
	struct message m;

	print_hint(reporter, NULL, words_note(finding_kept(result->left_out), &m));
	if (!beside_an_address(result))
		print_hint(reporter, NULL, words_result_reason(result, &m));
	print_hint(reporter, NULL, words_result_hint(result, &m));
	fflush(reporter->hints);
}

/* "ECONNREFUSED after 0.4 ms", "in 1.1 ms" */
static size_t outcome_cell(const struct single_result *s, char buf[CELL_TEXT_MAX])
{
	char duration[DURATION_TEXT_MAX];
	int used = 0;

	buf[0] = '\0';
	if (s->error)
		used = snprintf(buf, CELL_TEXT_MAX, "%s ", errno_name(s->error));
	if (s->connect_us > 0)
		used += snprintf(buf + used, CELL_TEXT_MAX - (size_t)used, "%s %s ",
				 result_is_up(s->word) ? "in" : "after",
				 text_duration(s->connect_us, SECONDS_FROM_US, duration));
	if (used > 0)
		buf[--used] = '\0';
	return (size_t)used;
}

/* With one address, the first line has said it all. */
static void print_each(FILE *f, const struct reporter *reporter, const struct result *result)
{
	size_t address_width = 0, word_width = 0, outcome_width = 0;
	char buf[CELL_TEXT_MAX];

	if (result->each_count < 2)
		return;
	for (size_t i = 0; i < result->each_count; i++) {
		const struct single_result *s = &result->each[i];

		address_width = MAX(address_width, text_address_cell(&s->address, s->host, buf));
		word_width = MAX(word_width, strlen(result_name(s->word)));
		outcome_width = MAX(outcome_width, outcome_cell(s, buf));
	}
	fputs("each alone:\n", f);
	for (size_t i = 0; i < result->each_count; i++) {
		const struct single_result *s = &result->each[i];
		const char *word = result_name(s->word);
		size_t used = text_address_cell(&s->address, s->host, buf);
		struct message reason;
		size_t gap;

		fprintf(f, "  %s%*s", buf, (int)(address_width - used + COLUMN_GAP), "");
		text_word(f, reporter->color, word, text_result_color(s->word));
		gap = word_width - strlen(word) + COLUMN_GAP;
		used = outcome_cell(s, buf);
		text_tail(f, buf, &gap);
		gap = (used ? outcome_width - used : gap + outcome_width) + COLUMN_GAP;
		text_tail(f, words_reason(&s->cause, &reason), &gap);
		putc('\n', f);
	}
}

void report_text_result(const struct reporter *reporter, const struct result *result)
{
	struct record record;
	struct message reason;
	FILE *f = record_start(&record, reporter);

	text_head(f, reporter, result_name(result->word), text_result_color(result->word));
	if (result_is_up(result->word))
		print_up(f, result);
	else
		print_failure(f, result);
	if (result->stack && result->word != RESULT_UNRESOLVED)
		print_manner(f, result);
	putc('\n', f);
	text_paths(f, reporter, &result->association,
		   is_lone(result) ? words_result_reason(result, &reason) : "");
	if (result_is_up(result->word))
		print_local(f, &result->association);
	text_parameters(f, &result->association);
	text_shared(f, &result->association);
	text_routes(f, &result->association);
	print_each(f, reporter, result);
	text_exchange(f, reporter, &result->exchange);

	record_finish(&record);
	if (reporter->hints)
		print_hints(reporter, result);
}

void report_text_unanswered(const struct reporter *reporter, const struct result *result,
			    const struct finding *why)
{
	const struct target *target = result->target;
	struct message reason;

	if (!reporter->hints)
		return;
	print_hint(reporter, target ? target->known_as : NULL, words_reason(why, &reason));
	fflush(reporter->hints);
}
