/* SPDX-License-Identifier: MIT */
/* The round trip of a heartbeat, from what the probe and the witness know together. */
#ifndef ENGINE_ROUND_TRIP_H
#define ENGINE_ROUND_TRIP_H

#include "engine/heartbeat.h"
#include "report/result.h"
#include "witness/ledger.h"

/*
 * Corrects path->rtt_us, which the probe has measured. The witness is more exact, but it stands
 * between this host's queues and the network, so it does not see how long a packet is in them. What
 * passes before the call that sends a heartbeat returns is the time of a busy host, not of a queue.
 * path->queue_us is set if a queue of this host is most of it.
 */
void round_trip_measure(const struct ledger *ledger, const struct probe_path *asked,
			struct path_result *path);

/*
 * How many heartbeats of asked->lost are lost. The probe has concluded that from how long the
 * answered one took. It is wrong about those whose answer the witness has seen, unless the stack
 * did not take that: a look found none although it had long arrived.
 */
unsigned round_trip_lost(const struct ledger *ledger, const struct probe_path *asked);

#endif
