/* SPDX-License-Identifier: MIT */
#include "engine/rto_step.h"

#include <sys/param.h>

/* What is above leaves room for a step. */
#define RTO_MAX_LOW_MS 1000
/*
 * A stack whose clock is coarse measures more than an RTO.Min below that: Linux four ticks, which
 * are 40 ms at HZ=100.
 */
#define RTO_MIN_LOW_MS 60

int rto_set(struct probe *probe, uint32_t ms, uint32_t max_ms)
{
	int rc = 0;

	if (ms != probe->rto_now_ms || max_ms != probe->rto_max_now_ms)
		rc = probe->stack->set_rto(probe->assoc, ms, max_ms);
	if (rc < 0)
		return rc;
	probe->rto_now_ms = ms;
	probe->rto_max_now_ms = max_ms;
	probe->moved = ms != probe->rto_min_ms;
	return 0;
}

bool rto_close_to(uint32_t a, uint32_t b)
{
	return a < b + RTO_STEP_MS / 2 && b < a + RTO_STEP_MS / 2;
}

/* Backed off as often as doublings says. */
static uint32_t backed_off(uint32_t rto_max_ms, uint32_t rto_ms, unsigned doublings)
{
	return (uint32_t)MIN((uint64_t)rto_ms << doublings, rto_max_ms);
}

/*
 * Could an answer be mistaken for a back-off, or go unnoticed? True if it leaves the RTO unchanged,
 * or where one back-off or (with a heartbeat unanswered) two take it. What was measured is not
 * known if it was below the association's RTO.Min.
 */
static bool mistakable(const struct probe *probe, const struct probe_path *path,
		       uint32_t rto_min_ms, uint32_t rto_max_ms)
{
	uint32_t then = path->then.rto_ms;
	uint32_t measured = path->measured_ms > probe->rto_min_ms ? path->measured_ms : 0;
	uint32_t answered = MIN(MAX(rto_min_ms, measured), rto_max_ms);

	return rto_close_to(answered, then) ||
	       rto_close_to(answered, backed_off(rto_max_ms, then, 1)) ||
	       (path->missed && rto_close_to(answered, backed_off(rto_max_ms, then, 2)));
}

/* ask: the paths to ask now. Paths that wait for an answer count, too. */
static bool any_mistakable(const struct probe *probe, const bool *ask, uint32_t rto_min_ms,
			   uint32_t rto_max_ms)
{
	for (size_t i = 0; i < probe->count; i++)
		if ((ask[i] || probe->paths[i].missed) &&
		    mistakable(probe, &probe->paths[i], rto_min_ms, rto_max_ms))
			return true;
	return false;
}

/* RTO.Max is then out of the reach of a back-off. */
static void raise_rto_max(struct probe *probe, const bool *ask)
{
	uint32_t ms = MAX(probe->rto_max_ms, RTO_MIN_LOW_MS);

	for (; ms < RTO_MAX_LOW_MS; ms += RTO_STEP_MS)
		if (!any_mistakable(probe, ask, ms, 8 * ms) && rto_set(probe, ms, 8 * ms) == 0)
			return;
}

/*
 * Uses the association's own RTO.Min if it is not low, and every answer is visible with it.
 * Otherwise a value above what was measured on any path, or, if the stack rejects that (RTO.Max may
 * be as low), below its own. If RTO.Max is so low that all these are too close together, it is
 * raised, too.
 */
void rto_choose(struct probe *probe, const bool *ask)
{
	uint32_t ms = MAX(probe->rto_min_ms, RTO_MIN_LOW_MS), max = probe->rto_max_ms;

	if (ms <= max && !any_mistakable(probe, ask, ms, max) && rto_set(probe, ms, max) == 0)
		return;
	for (size_t i = 0; i < probe->count; i++)
		ms = MAX(ms, probe->paths[i].measured_ms);
	do
		ms += RTO_STEP_MS;
	while (ms <= max && any_mistakable(probe, ask, ms, max));
	if (ms <= max && rto_set(probe, ms, max) == 0)
		return;
	for (ms = probe->rto_min_ms; ms > RTO_MIN_LOW_MS; ms -= RTO_STEP_MS)
		if (!any_mistakable(probe, ask, ms, max) && rto_set(probe, ms, max) == 0)
			return;
	raise_rto_max(probe, ask);
}

uint32_t rto_own(const struct probe *probe, const struct probe_path *path, uint32_t rto_ms)
{
	if (!path->answered || path->missed ||
	    (probe->rto_now_ms == probe->rto_min_ms && probe->rto_max_now_ms == probe->rto_max_ms))
		return rto_ms;
	return MIN(MAX(path->measured_ms, probe->rto_min_ms), probe->rto_max_ms);
}
