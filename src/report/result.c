/* SPDX-License-Identifier: MIT */
#include "report/result.h"

#include <assert.h>
#include <stdlib.h>

#include "base/util.h"

static const char *const result_names[] = {
	[RESULT_CONNECTED] = "connected",     [RESULT_DEGRADED] = "degraded",
	[RESULT_CLOSED] = "closed",           [RESULT_REFUSED] = "refused",
	[RESULT_TIMEOUT] = "timeout",         [RESULT_UNREACHABLE] = "unreachable",
	[RESULT_ABORTED] = "aborted",         [RESULT_UNRESOLVED] = "unresolved",
	[RESULT_UNSUPPORTED] = "unsupported", [RESULT_FAILED] = "failed",
};
static_assert(ARRAY_SIZE(result_names) == RESULT_COUNT, "a result without a name");

static const char *const verdict_names[] = {
	[VERDICT_UNVERIFIED] = "unverified",
	[VERDICT_VERIFIED] = "verified",
	[VERDICT_DEAD] = "dead",
	[VERDICT_REJECTED] = "rejected",
	[VERDICT_REFUSED] = "refused",
	[VERDICT_SILENT] = "silent",
	[VERDICT_UNREACHABLE] = "unreachable",
	[VERDICT_TRIED] = "tried",
	[VERDICT_UNTRIED] = "untried",
	[VERDICT_EXCLUDED] = "excluded",
};
static_assert(ARRAY_SIZE(verdict_names) == VERDICT_COUNT, "a verdict without a name");

const char *result_name(enum result_word word)
{
	return result_names[word];
}

bool result_is_up(enum result_word word)
{
	return word == RESULT_CONNECTED || word == RESULT_DEGRADED;
}

bool result_was_up(enum result_word word)
{
	return word == RESULT_CLOSED || word == RESULT_ABORTED;
}

const char *verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}

void association_free(struct association *association)
{
	free(association->local);
	free(association->paths);
	*association = (struct association){ 0 };
}

void result_free(struct result *result)
{
	association_free(&result->association);
	exchange_result_free(&result->exchange);
	finding_keep(&result->advice, &finding_none);
	finding_keep(&result->left_out, &finding_none);
	finding_keep(&result->last, &finding_none);
	finding_clear(&result->cause);
}

void exchange_result_free(struct exchange_result *exchange)
{
	for (size_t i = 0; i < exchange->reply_count; i++)
		free(exchange->replies[i].bytes);
	free(exchange->replies);
	*exchange = (struct exchange_result){ 0 };
}

size_t association_links(const struct association *association)
{
	int *links = xcalloc(association->path_count + 1, sizeof(*links));
	size_t count;

	for (size_t i = 0; i < association->path_count; i++)
		if (association->paths[i].verdict == VERDICT_VERIFIED)
			links[i] = association->paths[i].route.base;
	count = count_different(links, association->path_count);
	free(links);
	return count;
}
