/* SPDX-License-Identifier: MIT */
/*
 * The one table that says what a finding means: words.c. Sentences are made for each report,
 * in a buffer of the caller, which is returned; "" if there is nothing to say. They do not end in a
 * full stop.
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "base/util.h"
#include "report/finding.h"
#include "report/result.h"

/*
 * One row. note, reason and hint are phrases (phrase.h), filled with the finding's parameters;
 * meaning, causes and check are plain text, as in struct explanation.
 */
struct words {
	enum finding_code code;
	const char *name;
	enum result_word word; /* of a result with this cause */
	int status;            /* its exit status, or -1: this does not end an attempt */
	const char *note;      /* beside one address */
	const char *reason;    /* of a result; NULL: the same as the note */
	const char *hint;      /* what to check, or NULL */
	const char *meaning;
	const char *causes; /* lines separated by \n, or NULL */
	const char *check;  /* more to check: the same */
};

const struct words *words_of(enum finding_code code);
/* By name, in any case; NULL: no code has it. */
const struct words *words_named(const char *name);

/* The text beside one address. */
const char *words_note(const struct finding *finding, struct message *m);

/* The reason of an attempt or of an event. */
const char *words_reason(const struct finding *finding, struct message *m);

/* The reason and the hint of a result: its cause, its advice, and what --each adds to that. */
const char *words_result_reason(const struct result *result, struct message *m);
const char *words_result_hint(const struct result *result, struct message *m);

/* Does the note of this address already give the same reason? */
bool words_beside(const struct finding *cause, const struct finding *of_address);

#endif
