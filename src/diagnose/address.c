/* SPDX-License-Identifier: MIT */
#include "diagnose/parts.h"

#include <errno.h>
#include <string.h>
#include <sys/param.h>

#include "stack/attempts.h"

static enum finding_code code_of_route(int error)
{
	switch (error) {
	case ENETDOWN:
		return FINDING_LINK_DOWN;
	case ENETUNREACH:
		return FINDING_NO_ROUTE;
	case EHOSTUNREACH:
		return FINDING_UNREACHABLE_ROUTE;
	case EACCES:
		return FINDING_PROHIBITED_ROUTE;
	case EINVAL:
		return FINDING_BLACKHOLE_ROUTE;
	case EADDRNOTAVAIL:
		return FINDING_NO_SOURCE_ADDRESS;
	case EDESTADDRREQ:
		return FINDING_BROADCAST_ADDRESS;
	default:
		return FINDING_ROUTE_UNUSABLE;
	}
}

static enum finding_code code_of_neighbour(enum neighbour neighbour)
{
	switch (neighbour) {
	case NEIGHBOUR_ASKED:
	case NEIGHBOUR_SILENT:
		return FINDING_NEIGHBOUR_SILENT;
	case NEIGHBOUR_NO_ROOM:
		return FINDING_NEIGHBOUR_TABLE_FULL;
	case NEIGHBOUR_UNKNOWN:
	case NEIGHBOUR_THERE:
	case NEIGHBOUR_SET:
		break;
	}
	return FINDING_NONE;
}

struct finding diagnose_way(const struct path_result *path)
{
	struct finding finding = { .address = path->path.address };

	if (path->route_error) {
		finding.code = code_of_route(path->route_error);
		if (finding.code == FINDING_LINK_DOWN && path->link_dummy)
			finding.code = FINDING_DUMMY_LINK;
		if (path->link_down)
			finding.flags |= FINDING_DOWN;
		if (path->route_rule)
			finding.flags |= FINDING_RULE;
		finding.basis = BASIS_ROUTES;
		finding.error = path->route_error;
		finding.other = path->asked_from;
		memcpy(finding.link, path->link, sizeof(finding.link));
	} else if (code_of_neighbour(path->neighbour)) {
		finding.code = code_of_neighbour(path->neighbour);
		finding.basis = BASIS_NEIGHBOUR;
		finding.other = path->hop;
	}
	return finding;
}

struct finding diagnose_soft(int error, enum neighbour neighbour)
{
	struct finding finding = { .code = FINDING_ICMP_UNSPECIFIED,
				   .basis = BASIS_SO_ERROR,
				   .error = error };

	if (error == EHOSTUNREACH && neighbour != NEIGHBOUR_THERE && neighbour != NEIGHBOUR_SET)
		finding.code = FINDING_ICMP_OR_NEIGHBOUR;
	else if (error == ECONNREFUSED)
		finding.code = FINDING_ICMP_PORT_UNREACHABLE;
	else if (error == EACCES)
		finding.code = FINDING_ICMP_PROHIBITED;
	return finding;
}

struct path_result *diagnose_nth(struct result *result, const struct evidence *evidence,
				 size_t position)
{
	return &result->association.paths[evidence->order[position]];
}

static size_t tried(const struct evidence *evidence, int64_t elapsed_us, int64_t turn_us)
{
	if (evidence->order_count <= 1 || turn_us <= 0)
		return evidence->order_count;
	return MIN(evidence->order_count, (size_t)(elapsed_us / turn_us) + 1);
}

size_t diagnose_tried_maybe(const struct evidence *evidence)
{
	return tried(evidence, evidence->elapsed_us + STACK_EARLY_US, evidence->t1_us);
}

size_t diagnose_tried_surely(const struct evidence *evidence)
{
	return tried(evidence, evidence->elapsed_us, evidence->t1_us + evidence->t1_us / 8);
}

size_t diagnose_current(const struct evidence *evidence)
{
	size_t current = tried(evidence, evidence->elapsed_us, evidence->t1_us) - 1;

	return current + 1 == diagnose_tried_maybe(evidence) ? current : evidence->order_count;
}

void diagnose_set_path(struct path_result *path, enum verdict verdict, enum finding_code code,
		       enum finding_basis basis)
{
	path->verdict = verdict;
	path->cause =
		(struct finding){ .code = code, .basis = basis, .address = path->path.address };
}

size_t diagnose_mark_unreachable(struct result *result, const struct evidence *evidence)
{
	size_t count = 0;

	for (size_t i = 0; i < evidence->order_count; i++) {
		struct path_result *path = diagnose_nth(result, evidence, i);

		/* The neighbour is known only if it was looked up. */
		if (path->route_error ||
		    (code_of_neighbour(path->neighbour) && path->verdict != VERDICT_UNTRIED)) {
			path->verdict = VERDICT_UNREACHABLE;
			path->cause = diagnose_way(path);
		}
		count += path->verdict == VERDICT_UNREACHABLE;
	}
	return count;
}

struct finding diagnose_first_cause(const struct association *association, enum verdict verdict)
{
	struct finding first = { .code = FINDING_NONE };

	for (size_t i = 0; i < association->path_count; i++) {
		const struct path_result *path = &association->paths[i];

		if (path->verdict == verdict && finding_goes_first(&path->cause, &first))
			first = path->cause;
	}
	return first;
}

bool diagnose_all_say(struct result *result, const struct evidence *evidence,
		      const struct finding *finding)
{
	for (size_t i = 0; i < evidence->order_count; i++)
		if (!finding_same(&diagnose_nth(result, evidence, i)->cause, finding))
			return false;
	return true;
}
