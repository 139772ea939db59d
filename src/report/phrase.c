/* SPDX-License-Identifier: MIT */
#include "report/phrase.h"

#include <string.h>

#include "report/parameters.h"

static void add_text(struct message *m, const char *text, size_t length)
{
	size_t used = strlen(m->text);
	size_t room = sizeof(m->text) - 1 - used;

	if (length > room)
		length = room;
	memcpy(m->text + used, text, length);
	m->text[used + length] = '\0';
}

/* The end of the bracket that begins before at; the end of the phrase if it is not closed. */
static const char *closing_bracket(const char *at, const char *end)
{
	for (size_t depth = 1; at < end; at++) {
		depth += *at == '[';
		depth -= *at == ']';
		if (!depth)
			break;
	}
	return at;
}

static void add(struct message *m, const char *at, const char *end, const struct phrase_context *c)
{
	char value[PARAMETER_MAX];

	while (at < end) {
		size_t plain = strcspn(at, "{[");
		const char *open = at + plain < end ? at + plain : end, *close, *colon;
		bool not ;

		add_text(m, at, (size_t)(open - at));
		if (open == end)
			break;
		if (*open == '{') {
			close = memchr(open, '}', (size_t)(end - open));
			if (!close)
				return;
			parameter_in_text(c, open + 1, (size_t)(close - open - 1), value);
			add_text(m, value, strlen(value));
			at = close + 1;
			continue;
		}
		close = closing_bracket(open + 1, end);
		colon = memchr(open, ':', (size_t)(close - open));
		if (close == end || !colon)
			return;
		not = open[1] == '!';
		open += 1 + not ;
		parameter_value(c, open, (size_t)(colon - open), value);
		if (!value[0] == not )
			add(m, colon + 1, close, c);
		at = close + 1;
	}
}

void phrase_add(struct message *m, const char *phrase, const struct finding *finding)
{
	phrase_add_of_result(m, phrase, finding, NULL, "");
}

void phrase_add_of_result(struct message *m, const char *phrase, const struct finding *finding,
			  const struct result *result, const char *last)
{
	add(m, phrase, phrase + strlen(phrase),
	    &(struct phrase_context){ .f = finding, .result = result, .last = last });
}
