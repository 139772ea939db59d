/* SPDX-License-Identifier: MIT */
/* --help and --list options: the table of options as text. */
#include <assert.h>
#include <string.h>

#include "option_rows.h"
#include "options.h"

/* Longer than every head, for example "  -a, --address HOST[:PORT]". */
#define HEAD_ROOM 64

/* Returns its length. */
static int head_text(const struct option_row *r, char *buf, size_t size)
{
	char letter[] = "    ";

	if (r->letter) {
		letter[0] = '-';
		letter[1] = r->letter;
		letter[2] = ',';
	}
	if (option_is_optional(r))
		return snprintf(buf, size, "  %s--%s[=%s", letter, r->name, r->argument + 1);
	return snprintf(buf, size, "  %s--%s%s%s", letter, r->name, r->argument ? " " : "",
			r->argument ? r->argument : "");
}

static void print_option(FILE *out, const struct option_row *r, int column)
{
	char head[HEAD_ROOM];
	const char *line = r->help;

	head_text(r, head, sizeof(head));
	fprintf(out, "%-*s", column, head);
	for (;;) {
		size_t length = strcspn(line, "\n");

		fprintf(out, "%.*s\n", (int)length, line);
		if (!line[length])
			break;
		line += length + 1;
		fprintf(out, "%*s", column, "");
	}
}

void options_print_list(FILE *out)
{
	static const char *const modes[] = {
		[MODE_CONNECT] = "connect",
		[MODE_LISTEN] = "listen",
		[MODE_BOTH] = "both",
	};
	static_assert(ARRAY_SIZE(modes) == MODE_BOTH + 1, "a mode without a word");

	for (const struct option_row *r = option_rows; r < option_rows + ROWS; r++) {
		if (r->letter)
			fprintf(out, "-%c", r->letter);
		else
			fputc('-', out);
		fprintf(out, "\t--%s\t%s\t%s\t", r->name, r->argument ? r->argument : "-",
			modes[r->modes]);
		for (const char *c = r->help; *c; c++)
			fputc(*c == '\n' ? ' ' : *c, out);
		fputc('\n', out);
	}
}

void options_print_help(FILE *out)
{
	char head[HEAD_ROOM];
	int column = 0;

	fputs("Usage: sctp-connect [OPTION]... -a HOST[:PORT] [-a HOST[:PORT]]...\n"
	      "       sctp-connect [OPTION]... --targets FILE\n"
	      "       sctp-connect --listen [OPTION]... -b HOST[:PORT] [-b HOST[:PORT]]...\n"
	      "       sctp-connect --show [OPTION]...\n\n"
	      "Opens an SCTP association with all given addresses of a peer, and reports the\n"
	      "state of the association and of every path.\n",
	      out);
	for (size_t i = 0; i < ROWS; i++) {
		int length = head_text(&option_rows[i], head, sizeof(head));

		if (length + 2 > column)
			column = length + 2;
	}
	for (size_t i = 0; i < ROWS; i++) {
		if (option_rows[i].section)
			fprintf(out, "\n%s:\n", option_rows[i].section);
		print_option(out, &option_rows[i], column);
	}
	fputs("\nTIME is a number with ms, s (the default) or m: 500ms, 1.5, 2m.\n\n"
	      "Exit status:\n"
	      "  0      connected, and at least as many paths verified as --require says\n"
	      "  1      not connected: refused, aborted or unreachable; or lost while monitored\n"
	      "  2      bad usage: nothing was tried\n"
	      "  3      a name could not be resolved\n"
	      "  4      no answer in time, or no reply to --send\n"
	      "  5      degraded: connected, but too few paths verified, or too few links\n"
	      "  6      this host could not try: no SCTP, no permission, no such local address\n"
	      "  128+N  ended by signal N\n"
	      "         with --targets the worst one: 6, then 1 (for 1, 3 and 4), then 5\n\n"
	      "Examples:\n"
	      "  sctp-connect -a 10.1.1.2:5000 -a 10.1.2.2\n"
	      "  sctp-connect --monitor -p m3ua -a 10.1.1.2 -a 10.1.2.2\n"
	      "  sctp-connect --wait 60s --quiet -p s1ap -a mme.example.net\n",
	      out);
}
