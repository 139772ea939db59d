/* SPDX-License-Identifier: MIT */
#include "engine/fleet_parts.h"

#include "engine/fleet.h"
#include "engine/fleet_table.h"
#include "report/report.h"

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

void fleet_clear_lines(struct fleet *f)
{
	timeline_clear(f->config->timeline);
	fleet_table_clear(f->table);
}

void fleet_report_close(const struct member *m)
{
	int64_t unanswered_us = connection_unanswered_us(m->connection);

	if (!unanswered_us || m->status != STATUS_OK)
		return;
	fleet_clear_lines(m->fleet);
	report_unanswered(m->fleet->config->reporter, connection_result(m->connection),
			  unanswered_us);
}
