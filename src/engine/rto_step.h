/* SPDX-License-Identifier: MIT */
/* RTO.Min of an association whose heartbeats are to be seen answered: see heartbeat.h. */
#ifndef ENGINE_RTO_STEP_H
#define ENGINE_RTO_STEP_H

#include "engine/probe.h"

/* How much RTO.Min is changed: more than a stack's clock tick, which is 10 ms at most. */
#define RTO_STEP_MS 20

/* Less than a step apart. */
bool rto_close_to(uint32_t a, uint32_t b);

/* 0, or -errno. */
int rto_set(struct probe *probe, uint32_t ms, uint32_t max_ms);

/* Sets what makes an answer visible on each path whose element of ask is true, or that waits. */
void rto_choose(struct probe *probe, const bool *ask);

/*
 * What rto_ms, that of a path that has answered, is with the association's own RTO.Min and RTO.Max.
 * After a step the stack keeps an RTO that they do not allow, until it measures again.
 */
uint32_t rto_own(const struct probe *probe, const struct probe_path *path, uint32_t rto_ms);

#endif
