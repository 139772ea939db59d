/* SPDX-License-Identifier: MIT */
#include "engine/fleet_hosts.h"

#include <stdlib.h>
#include <string.h>

#include "packet/bytes.h"

#define YOUNG_MAX 32
#define YOUNG_US  (100 * USEC_PER_MSEC)

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
	}
}

void fleet_hosts_free(struct fleet *f)
{
	free(f->hosts);
}

bool fleet_host_has_room(struct member *m)
{
	if (m->host->young < YOUNG_MAX)
		return true;
	queue_put(&m->host->waiting, m);
	return false;
}

void fleet_host_answered(struct member *m)
{
	struct member *next;

	if (!m->young)
		return;
	m->young = false;
	loop_timer_stop(&m->youth);
	m->host->young--;
	next = queue_take(&m->host->waiting);
	if (next)
		queue_put(&m->fleet->again, next);
}

static void on_age(void *context, int64_t now_us)
{
	(void)now_us;
	fleet_host_answered(context);
}

void fleet_host_begin(struct member *m)
{
	m->young = true;
	m->host->young++;
	loop_timer_init(m->fleet->loop, &m->youth, on_age, m);
	loop_timer_set(&m->youth, loop_now_us() + YOUNG_US);
}
