/* SPDX-License-Identifier: MIT */
#include "target_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/user_file.h"
#include "option_parser.h"
#include "option_rows.h"
#include "options.h"

#define BLANKS " \t\r"
/* Lines with the same options are often near each other. */
#define KINDS_ASKED 16

struct reading {
	struct target_list *list;
	size_t room;
	const struct options *defaults;
	struct option_grammar grammar;
	char **words; /* of the current line: the name, then the rest */
	size_t word_room;
	unsigned line;
	char file[PRINTABLE_MAX]; /* as messages name it */
	struct message *why;
};

/* --- The file --------------------------------------------------------------------------------- */

/* More than any file has: a device, or a pipe without an end. */
#define FILE_MAX (64U << 20)

static int read_stream(FILE *in, char **text, size_t *length)
{
	size_t room = 0;

	*length = 0;
	do {
		if (room - *length < BUFSIZ) {
			room = 2 * room + 2 * BUFSIZ;
			*text = xreallocarray(*text, room, 1);
		}
		*length += fread(*text + *length, 1, room - *length - 1, in);
		if (ferror(in) && errno == EINTR)
			clearerr(in);
	} while (!feof(in) && !ferror(in) && *length <= FILE_MAX);
	(*text)[*length] = '\0';
	return ferror(in) ? errno : *length > FILE_MAX ? EFBIG : 0;
}

static int read_file(struct reading *r)
{
	const char *file = r->defaults->targets;
	bool standard = !strcmp(file, "-");
	FILE *in = standard ? stdin : fopen(file, "re");
	size_t length = 0;
	int error = in ? read_stream(in, &r->list->text, &length) : errno;

	if (in && !standard)
		fclose(in);
	if (error)
		return message_set(r->why, user_file_read_status(error),
				   "--targets %s: cannot be read: %s", r->file, strerror(error));
	if (strlen(r->list->text) != length)
		return message_set(r->why, STATUS_USAGE,
				   "--targets %s: not a text file: it has a NUL byte", r->file);
	return STATUS_OK;
}

/* --- A line ----------------------------------------------------------------------------------- */

/* Puts the file and the line before what is wrong. */
static int complain(const struct reading *r, const char *name, const char *what)
{
	char shown[PRINTABLE_MAX];

	return message_set(r->why, STATUS_USAGE, "%s:%u: %s%s%s", r->file, r->line,
			   name ? printable(name, shown, sizeof(shown)) : "", name ? ": " : "",
			   what);
}

/* Cuts the line into words. Returns how many there are. */
static size_t split(struct reading *r, char *line)
{
	size_t count = 0;

	for (;;) {
		line += strspn(line, BLANKS);
		if (count + 2 > r->word_room) {
			r->word_room = 2 * r->word_room + 16;
			r->words = xreallocarray(r->words, r->word_room, sizeof(*r->words));
		}
		r->words[count] = NULL;
		if (!*line || *line == '#')
			return count;
		r->words[count++] = line;
		line += strcspn(line, BLANKS);
		if (*line)
			*line++ = '\0';
	}
}

/* The options of the command line, without its addresses: those of a line take their place. */
static void inherit(const struct reading *r, struct parser *p, struct options *o, size_t words)
{
	const struct options *from = r->defaults;

	memcpy(o, from, sizeof(*o)); /* with what is between its members: share() */
	o->targets = NULL;
	o->sends = NULL; /* none: check_targets() */
	o->address_count = o->bind_count = 0;
	o->addresses = xcalloc(words, sizeof(*o->addresses));
	o->binds = xcalloc(words + from->bind_count, sizeof(*o->binds));
	for (size_t i = 0; i < ROWS; i++)
		p->given[i] = from->given >> i & 1;
	p->given[ROW_BIND] = p->given[ROW_IPV4] = p->given[ROW_IPV6] = false;
}

/* The same options as those of another line, if one of the last KINDS_ASKED kinds has them. */
static struct options *share(struct target_list *list, const struct options *options)
{
	size_t least = list->kind_count > KINDS_ASKED ? list->kind_count - KINDS_ASKED : 0;
	struct options *kind;

	for (size_t i = list->kind_count; i > least; i--)
		if (!memcmp(list->kinds[i - 1], options, sizeof(*options)))
			return list->kinds[i - 1];
	list->kinds = xreallocarray(list->kinds, list->kind_count + 1, sizeof(*list->kinds));
	kind = xmalloc(sizeof(*kind));
	memcpy(kind, options, sizeof(*kind));
	list->kinds[list->kind_count++] = kind;
	return kind;
}

/* The addresses are in the targets; --reply, which a target has not, was refused. */
static void forget_owned(struct options *o)
{
	free(o->reply.bytes);
	free(o->addresses);
	free(o->binds);
	o->reply = (struct payload){ 0 };
	o->addresses = o->binds = NULL;
	o->address_count = o->bind_count = 0;
	o->port = NULL;
	o->given = 0;
}

static int parse(struct reading *r, struct fleet_target *t, size_t words)
{
	struct options o;
	struct parser p = { .rows = option_rows, .options = &o, .why = r->why, .line = true };
	const struct options *from = r->defaults;
	int status;

	inherit(r, &p, &o, words);
	status = option_parse_words(&p, &r->grammar, (int)words, r->words);
	if (!status && !p.given[ROW_BIND])
		for (; o.bind_count < from->bind_count; o.bind_count++)
			o.binds[o.bind_count] = from->binds[o.bind_count];
	if (!status)
		status = settings_local(&o, &t->local, r->why);
	if (!status)
		status = settings_peer(&o, &t->peer, r->why);
	forget_owned(&o);
	t->options = share(r->list, &o);
	return status;
}

static int read_line(struct reading *r, char *text)
{
	struct target_list *list = r->list;
	size_t words = split(r, text);
	struct fleet_target *t;

	if (!words)
		return STATUS_OK;
	if (*r->words[0] == '-')
		return complain(r, r->words[0], "a line begins with the name of its target");
	if (list->count == r->room) {
		r->room += r->room / 4 + 16;
		list->targets = xreallocarray(list->targets, r->room, sizeof(*list->targets));
	}
	t = &list->targets[list->count++];
	*t = (struct fleet_target){ .name = r->words[0], .line = r->line };
	if (parse(r, t, words)) {
		struct message what = *r->why;

		return complain(r, t->name, what.text);
	}
	return STATUS_OK;
}

/* --- Names ------------------------------------------------------------------------------------ */

static size_t hash(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* Two targets with one name could not be told apart. */
static int check_names(struct reading *r)
{
	const struct target_list *list = r->list;
	size_t room = 16;
	const struct fleet_target **seen;
	int status = STATUS_OK;

	while (room < 2 * list->count)
		room *= 2;
	seen = xcalloc(room, sizeof(*seen));
	for (size_t i = 0; i < list->count && !status; i++) {
		const struct fleet_target *t = &list->targets[i];
		size_t at = hash(t->name) & (room - 1);
		char what[64];

		while (seen[at] && strcmp(seen[at]->name, t->name) != 0)
			at = (at + 1) & (room - 1);
		if (seen[at]) {
			r->line = t->line;
			snprintf(what, sizeof(what), "line %u has the same name", seen[at]->line);
			status = complain(r, t->name, what);
		}
		seen[at] = t;
	}
	free(seen);
	return status;
}

/* --- All lines -------------------------------------------------------------------------------- */

static int read_lines(struct reading *r)
{
	char *line = r->list->text;
	int status = STATUS_OK;

	while (line && !status) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		r->line++;
		status = read_line(r, line);
		line = end;
	}
	if (!status && !r->list->count)
		status = message_set(r->why, STATUS_USAGE, "--targets %s: it has no target",
				     r->file);
	return status;
}

int target_list_read(struct target_list *list, const struct options *options, struct message *why)
{
	struct reading r = { .list = list, .defaults = options, .why = why };
	int status;

	*list = (struct target_list){ 0 };
	if (!strcmp(options->targets, "-"))
		strcpy(r.file, "standard input");
	else
		printable(options->targets, r.file, sizeof(r.file));
	option_grammar_fill(&r.grammar);
	status = read_file(&r);
	if (!status)
		status = read_lines(&r);
	if (!status)
		status = check_names(&r);
	free(r.words);
	return status;
}

void target_list_free(struct target_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		target_free(&list->targets[i].peer);
		target_free(&list->targets[i].local);
	}
	for (size_t i = 0; i < list->kind_count; i++)
		free(list->kinds[i]);
	free(list->kinds);
	free(list->targets);
	free(list->text);
	*list = (struct target_list){ 0 };
}
