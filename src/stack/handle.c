/* SPDX-License-Identifier: MIT */
#include "stack/handle.h"

#include <stdlib.h>

#include "base/util.h"

static struct endpoint_base *endpoint_base(struct stack_endpoint *endpoint)
{
	return (struct endpoint_base *)endpoint;
}

static struct assoc_base *assoc_base(struct stack_assoc *assoc)
{
	return (struct assoc_base *)assoc;
}

void endpoint_base_init(struct endpoint_base *base, enum stack_style style,
			struct stack_budget *budget)
{
	*base = (struct endpoint_base){ .style = style };
	receive_init(&base->receive, budget);
}

void endpoint_base_free(struct endpoint_base *base)
{
	for (size_t i = 0; i < base->assocs.count; i++)
		free(base->assocs.entries[i].assoc);
	assoc_table_free(&base->assocs);
	receive_free(&base->receive);
}

struct stack_assoc *handle_new(struct stack_endpoint *endpoint, size_t size, uint32_t id)
{
	struct assoc_base *base = xcalloc(1, size);
	struct stack_assoc *assoc = (struct stack_assoc *)base;

	*base = (struct assoc_base){ .endpoint = endpoint, .id = id };
	assoc_table_add(&endpoint_base(endpoint)->assocs, id, assoc);
	endpoint_base(endpoint)->made++;
	return assoc;
}

void handle_free(struct stack_assoc *assoc)
{
	struct assoc_base *base = assoc_base(assoc);

	assoc_table_remove(&endpoint_base(base->endpoint)->assocs, base->id, assoc);
	free(assoc);
}

struct stack_assoc *handle_find(struct stack_endpoint *endpoint, uint32_t id)
{
	struct assoc_table *table = &endpoint_base(endpoint)->assocs;
	struct stack_assoc *assoc = assoc_table_find(table, id);

	if (assoc || !id)
		return assoc;
	assoc = assoc_table_name(table, id);
	if (assoc)
		assoc_base(assoc)->id = id;
	return assoc;
}

void handle_end(struct stack_assoc *assoc)
{
	struct assoc_base *base = assoc_base(assoc);

	base->ended = true;
	receive_forget(&endpoint_base(base->endpoint)->receive, base->id);
}

int handle_failed(struct stack_endpoint *endpoint, const char *call, int rc)
{
	endpoint_base(endpoint)->fault = (struct stack_fault){ .call = call };
	return rc;
}

int handle_connect_failed(struct stack_endpoint *endpoint, int rc)
{
	handle_failed(endpoint, "sctp_connectx", rc);
	endpoint_base(endpoint)->fault.connects = true;
	return rc;
}

uint32_t handle_id(const struct stack_assoc *assoc)
{
	return ((const struct assoc_base *)assoc)->id;
}

struct stack_endpoint *handle_endpoint(const struct stack_assoc *assoc)
{
	return ((const struct assoc_base *)assoc)->endpoint;
}

void handle_set_owner(struct stack_assoc *assoc, void *owner)
{
	assoc_base(assoc)->owner = owner;
}

void *handle_owner(const struct stack_assoc *assoc)
{
	return ((const struct assoc_base *)assoc)->owner;
}

const struct stack_fault *handle_fault(const struct stack_endpoint *endpoint)
{
	return &((const struct endpoint_base *)endpoint)->fault;
}

size_t handle_incomplete(const struct stack_assoc *assoc)
{
	const struct assoc_base *base = (const struct assoc_base *)assoc;
	const struct receive *receive = &((const struct endpoint_base *)base->endpoint)->receive;

	return receive->assoc == base->id ? receive->partial : 0;
}
