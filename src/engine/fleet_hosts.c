/* SPDX-License-Identifier: MIT */
#include "engine/fleet_hosts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "packet/bytes.h"

/* So many begin at once. */
#define BURST 32
/* Then one after each of these, or of shorter ones: then all of a host begin within SPREAD_NS. */
#define STEP_NS   62500
#define SPREAD_NS (60 * NSEC_PER_MSEC)
/* Several of those that are late begin together, so that the loop wakes up less often. */
#define PAUSE_US 500

static struct fleet_host *find(struct fleet_host *hosts, size_t room, const char *name)
{
	uint64_t hash = bytes_hash((struct bytes){ (const uint8_t *)name, strlen(name) });
	size_t at = (hash ^ hash >> 32) & (room - 1);

	while (hosts[at].name && strcmp(hosts[at].name, name) != 0)
		at = (at + 1) & (room - 1);
	return &hosts[at];
}

void fleet_hosts_prepare(struct fleet *f)
{
	size_t room = 16;

	while (room < 2 * f->config->count)
		room *= 2;
	f->hosts = xcalloc(room, sizeof(*f->hosts));
	for (size_t i = 0; i < f->config->count; i++) {
		struct member *m = &f->members[i];
		const char *name = m->target->peer.given[0].host;

		m->host = find(f->hosts, room, name);
		m->host->name = name;
		m->host->count++;
	}
}

void fleet_hosts_free(struct fleet *f)
{
	free(f->hosts);
}

static int64_t step_ns(const struct fleet_host *host)
{
	return MIN(STEP_NS, SPREAD_NS / (int64_t)host->count);
}

/* When the next one may begin. */
static int64_t next_ns(const struct fleet_host *host)
{
	return host->busy_ns - (BURST - 1) * step_ns(host);
}

static void let_go(struct fleet_host *host)
{
	struct member *next = queue_take(&host->waiting);

	if (!next)
		return;
	next->fleet->count.held--;
	queue_put(&next->fleet->again, next);
}

static void set_timer(struct fleet_host *host)
{
	loop_timer_set(&host->timer, host->waiting.first ? next_ns(host) / NSEC_PER_USEC + PAUSE_US
							 : LOOP_FOREVER);
}

static void on_time(void *context, int64_t now_us)
{
	struct fleet_host *host = context;
	int64_t since_ns = now_us * NSEC_PER_USEC - next_ns(host);

	for (int64_t room = since_ns / step_ns(host) + 1; room > 0 && host->waiting.first; room--)
		let_go(host);
	set_timer(host);
}

bool fleet_host_has_room(struct member *m, int64_t now_us)
{
	struct fleet_host *host = m->host;

	if (next_ns(host) <= now_us * NSEC_PER_USEC)
		return true;
	queue_put(&host->waiting, m);
	m->fleet->count.held++;
	if (!host->timer.loop)
		loop_timer_init(m->fleet->loop, &host->timer, on_time, host);
	if (!host->timer.set)
		set_timer(host);
	return false;
}

void fleet_host_begin(struct member *m, int64_t now_us)
{
	m->young = true;
	m->host->busy_ns = MAX(m->host->busy_ns, now_us * NSEC_PER_USEC) + step_ns(m->host);
}

void fleet_host_answered(struct member *m)
{
	if (!m->young)
		return;
	m->young = false;
	m->host->busy_ns -= step_ns(m->host);
	let_go(m->host);
}
