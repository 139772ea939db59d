/* SPDX-License-Identifier: MIT */
#include "witness/witnesses.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"

/* Each takes a socket, and a megabyte of the kernel's memory. */
#define WITNESSES_MAX 16

struct witnesses {
	struct {
		struct witness *witness;
		uint16_t udp_local, udp_remote;
	} list[WITNESSES_MAX];
	size_t count;
};

struct witnesses *witnesses_new(void)
{
	return xcalloc(1, sizeof(struct witnesses));
}

void witnesses_free(struct witnesses *all)
{
	if (!all)
		return;
	for (size_t i = 0; i < all->count; i++)
		witness_close(all->list[i].witness);
	free(all);
}

static struct witness *find(const struct witnesses *all, const struct witness_ports *ports)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->list[i].udp_local == ports->udp_local &&
		    all->list[i].udp_remote == ports->udp_remote)
			return all->list[i].witness;
	return NULL;
}

static int open_one(struct witnesses *all, const struct witness_config *config,
		    struct witness **witness)
{
	int rc;

	if (all->count == WITNESSES_MAX)
		return -EMFILE;
	rc = witness_open(witness, config);
	if (rc < 0)
		return rc;
	all->list[all->count].witness = *witness;
	all->list[all->count].udp_local = config->ports.udp_local;
	all->list[all->count++].udp_remote = config->ports.udp_remote;
	return 0;
}

int witnesses_attach(struct witnesses *all, const struct witness_config *config,
		     const struct view_config *view_config, struct view **view)
{
	struct witness *witness = find(all, &config->ports);
	int rc = 0;

	*view = NULL;
	if (!witness)
		rc = open_one(all, config, &witness);
	else if (!config->unstamped)
		witness_stamp(witness);
	return rc < 0 ? rc : witness_attach(witness, view_config, view);
}

uint64_t witnesses_lost(const struct witnesses *all)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < all->count; i++)
		lost += witness_lost_of_all(all->list[i].witness);
	return lost;
}
