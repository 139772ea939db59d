/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>

#include "report/words.h"

void diagnose_conclude(struct result *result, int error, const struct finding *cause)
{
	const struct words *words = words_of(cause->code);

	finding_keep(&result->advice, cause);
	finding_clear(&result->cause);
	if (cause->code)
		result->cause = *cause;
	result->error = error;
	result->word = words->word;
	result->status = words->status;
	if (cause->flags & FINDING_PARTIAL) {
		result->word = RESULT_TIMEOUT;
		result->status = STATUS_TIMEOUT;
	} else if (cause->flags & FINDING_EVERY_PATH) {
		result->word = RESULT_DEGRADED;
		result->status = STATUS_DEGRADED;
	}
}

void diagnose_unreachable(struct result *result, const struct evidence *evidence)
{
	const struct path_result *first = diagnose_nth(result, evidence, 0);
	struct finding cause = first->cause, advice;
	int error = first->route_error  ? first->route_error
		    : first->icmp_error ? first->icmp_error
					: EHOSTUNREACH;

	if (evidence->order_count > 1)
		cause.flags |= FINDING_SEVERAL;
	if (diagnose_all_say(result, evidence, &cause)) {
		diagnose_conclude(result, error, &cause);
		return;
	}
	cause = (struct finding){ .code = FINDING_NO_ADDRESS_REACHABLE,
				  .basis = cause.basis,
				  .flags = FINDING_SEVERAL };
	diagnose_conclude(result, error, &cause);
	advice = diagnose_first_cause(&result->association, VERDICT_UNREACHABLE);
	finding_keep(&result->advice, &advice);
}
