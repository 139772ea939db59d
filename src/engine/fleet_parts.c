/* SPDX-License-Identifier: MIT */
#include "engine/fleet_parts.h"

void queue_put(struct queue *q, struct member *m)
{
	m->next = NULL;
	*(q->first ? q->end : &q->first) = m;
	q->end = &m->next;
}

struct member *queue_take(struct queue *q)
{
	struct member *m = q->first;

	if (m)
		q->first = m->next;
	return m;
}

void fleet_on_change(void *context)
{
	struct member *m = context;

	if (m->listed)
		return;
	m->listed = true;
	queue_put(&m->fleet->changed, m);
}
