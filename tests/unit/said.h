/* SPDX-License-Identifier: MIT */
/* The sentences that a report would have. */
#ifndef SAID_H
#define SAID_H

#include "diagnose/endpoint.h"
#include "report/words.h"

static inline struct message said_reason(const struct result *result)
{
	struct message m;

	words_result_reason(result, &m);
	return m;
}

static inline struct message said_hint(const struct result *result)
{
	struct message m;

	words_result_hint(result, &m);
	return m;
}

static inline struct message said_note(const struct path_result *path)
{
	struct message m;

	words_note(&path->cause, &m);
	return m;
}

static inline struct message said_alone(const struct single_result *single)
{
	struct message m;

	words_reason(&single->cause, &m);
	return m;
}

/* As why is filled for what is wrong with the arguments. */
static inline void said_unresolved(const struct unresolved *unresolved, struct message *why)
{
	const struct finding finding = finding_of_unresolved(unresolved);

	words_reason(&finding, why);
}

#endif
