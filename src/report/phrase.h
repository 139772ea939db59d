/* SPDX-License-Identifier: MIT */
/*
 * A phrase is a sentence with parameters of a finding in it. {link} is the parameter of that name,
 * [link:TEXT] is TEXT if there is one, [!link:TEXT] is TEXT if there is none. TEXT is a phrase,
 * too. The names of flags (enum finding_flag) in small letters are parameters that are there or
 * not.
 */
#ifndef REPORT_PHRASE_H
#define REPORT_PHRASE_H

#include "base/util.h"
#include "report/finding.h"
#include "report/result.h"

/*
 * Appends to m, cut at its size. finding NULL: each parameter appears as its name, in capitals,
 * and no flag is set.
 */
void phrase_add(struct message *m, const char *phrase, const struct finding *finding);

/*
 * The same for a result: its singles give {accepting} and {refusing}, and last, the reason of its
 * last try, gives {last}. phrase_add() leaves them empty.
 */
void phrase_add_of_result(struct message *m, const char *phrase, const struct finding *finding,
			  const struct result *result, const char *last);

#endif
