/* SPDX-License-Identifier: MIT */
#include "stack/kernel_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/util.h"

#define ASSOCS  "/proc/net/sctp/assocs"
#define REMADDR "/proc/net/sctp/remaddr"

/* net/sctp/socket.c: enum sctp_socket_type. */
#define STYLE_UDP 0

void kernel_table_free_assoc(struct table_assoc *assoc)
{
	free(assoc->local);
	free(assoc->paths);
	*assoc = (struct table_assoc){ 0 };
}

void kernel_table_free(struct table *table)
{
	for (size_t i = 0; i < table->count; i++)
		kernel_table_free_assoc(&table->list[i]);
	free(table->list);
	*table = (struct table){ 0 };
}

enum stack_assoc_state kernel_table_state(int state)
{
	/*
	 * CLOSED, COOKIE_WAIT, COOKIE_ECHOED, ESTABLISHED, ...: the order of enum
	 * stack_assoc_state.
	 */
	return state > 0 && state < ASSOC_STATE_COUNT ? (enum stack_assoc_state)state
						      : ASSOC_CLOSED;
}

bool kernel_table_is_degraded(const struct table_assoc *assoc)
{
	for (size_t i = 0; i < assoc->path_count; i++)
		if (assoc->paths[i].state == PATH_INACTIVE ||
		    assoc->paths[i].state == PATH_POTENTIALLY_FAILED)
			return true;
	return false;
}

/* --- /proc/net/sctp/assocs (net/sctp/proc.c sctp_assocs_seq_show) ----------------------------- */

static bool take_address(const char *word, uint16_t port, union address *address)
{
	if (!address_from_text(address, word))
		return false;
	address_set_port(address, port);
	return true;
}

static void add_local(struct table_assoc *a, const union address *address)
{
	a->local = xreallocarray(a->local, a->local_count + 1, sizeof(*a->local));
	a->local[a->local_count++] = *address;
}

static void add_path(struct table_assoc *a, const union address *address, bool primary)
{
	a->paths = xreallocarray(a->paths, a->path_count + 1, sizeof(*a->paths));
	a->paths[a->path_count++] = (struct table_path){ .address = *address, .primary = primary };
}

/*
 * "10.1.1.1 10.1.2.1 <-> *10.1.1.2 10.1.2.2", and then numbers. The primary address has the star.
 */
static bool take_addresses(char **rest, struct table_assoc *a, uint16_t port, uint16_t peer_port)
{
	union address address;
	bool peers = false;
	char *word;

	while ((word = strsep(rest, " \t\n"))) {
		bool primary = word[0] == '*';

		if (!strcmp(word, "<->"))
			peers = true;
		else if (!take_address(word + primary, peers ? peer_port : port, &address)) {
			if (*word && peers)
				break; /* the heartbeat interval */
		} else if (peers) {
			add_path(a, &address, primary);
		} else {
			add_local(a, &address);
		}
	}
	return peers && a->path_count;
}

size_t kernel_table_numbers(const char *line, struct table_assoc *assoc, uint16_t *port,
			    uint16_t *peer_port)
{
	unsigned style, id, uid, local, remote;
	unsigned long long inode;
	int state, used = 0;

	/* ASSOC SOCK STY SST ST HBKT ASSOC-ID TX_QUEUE RX_QUEUE UID INODE LPORT RPORT */
	if (sscanf(line, "%*s %*s %u %*s %d %*s %u %*s %*s %u %llu %u %u%n", &style, &state, &id,
		   &uid, &inode, &local, &remote, &used) != 7 ||
	    local > UINT16_MAX || remote > UINT16_MAX)
		return 0;
	*assoc = (struct table_assoc){
		.id = id,
		.state = kernel_table_state(state),
		.style = style == STYLE_UDP ? STACK_ONE_TO_MANY : STACK_ONE_TO_ONE,
		.uid = uid,
		.inode = inode,
	};
	*port = (uint16_t)local;
	*peer_port = (uint16_t)remote;
	return (size_t)used;
}

bool kernel_table_assoc(char *line, struct table_assoc *assoc)
{
	uint16_t port, peer_port;
	size_t used = kernel_table_numbers(line, assoc, &port, &peer_port);
	char *rest = line + used;
	unsigned in, out;

	if (!used)
		return false;
	if (!take_addresses(&rest, assoc, port, peer_port)) {
		kernel_table_free_assoc(assoc);
		return false;
	}
	/* HBINT is taken: INS OUTS */
	if (rest && sscanf(rest, "%u %u", &in, &out) == 2) {
		assoc->in_streams = (uint16_t)in;
		assoc->out_streams = (uint16_t)out;
	}
	return true;
}

/* --- /proc/net/sctp/remaddr (sctp_remaddr_seq_show) ------------------------------------------- */

/* net/sctp: enum sctp_spinfo_state. */
static enum stack_path_state path_state(int state)
{
	static const enum stack_path_state states[] = { PATH_INACTIVE, PATH_POTENTIALLY_FAILED,
							PATH_ACTIVE, PATH_UNCONFIRMED };

	return state >= 0 && (size_t)state < ARRAY_SIZE(states) ? states[state] : PATH_UNKNOWN;
}

int64_t kernel_jiffy_us(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0)
		return 0;
	return (int64_t)tick.tv_sec * USEC_PER_SEC + (tick.tv_nsec + 500) / 1000;
}

bool kernel_table_path(const char *line, uint32_t *assoc, struct table_path *path)
{
	unsigned id, rto;
	char address[64];
	int state;

	/* ADDR ASSOC_ID HB_ACT RTO MAX_PATH_RTX REM_ADDR_RTX START STATE */
	if (sscanf(line, "%63s %u %*s %u %*s %*s %*s %d", address, &id, &rto, &state) != 4 ||
	    !address_from_text(&path->address, address))
		return false;
	*assoc = id;
	path->rto_ms = (uint32_t)(rto * kernel_jiffy_us() / USEC_PER_MSEC);
	path->state = path_state(state);
	return true;
}

/* --- Both ------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct table_assoc *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

struct table_assoc *kernel_table_find(const struct table *table, uint32_t id)
{
	const struct table_assoc key = { .id = id };

	if (!table->count)
		return NULL;
	return bsearch(&key, table->list, table->count, sizeof(*table->list), by_id);
}

static int read_lines(const char *name, void (*take)(struct table *table, char *line),
		      struct table *table)
{
	FILE *file = fopen(name, "re");
	char *line = NULL;
	size_t size = 0;
	int rc;

	if (!file)
		return -errno;
	while (!table->more && getline(&line, &size, file) > 0)
		take(table, line);
	/* Without memory for the line, too. */
	rc = table->more || feof(file) ? 0 : -errno;
	free(line);
	fclose(file);
	return rc;
}

static void take_assoc(struct table *table, char *line)
{
	struct table_assoc one;

	if (!kernel_table_assoc(line, &one))
		return;
	if (table->count % 64 == 0)
		table->list = xreallocarray(table->list, table->count + 64, sizeof(*table->list));
	table->list[table->count++] = one;
	table->more = table->count == TABLE_MAX;
}

static void take_path(struct table *table, char *line)
{
	struct table_assoc *assoc;
	struct table_path path = { 0 };
	uint32_t id;

	if (!kernel_table_path(line, &id, &path))
		return;
	assoc = kernel_table_find(table, id);
	for (size_t i = 0; assoc && i < assoc->path_count; i++) {
		if (!address_equal(&assoc->paths[i].address, &path.address))
			continue;
		assoc->paths[i].state = path.state;
		assoc->paths[i].rto_ms = path.rto_ms;
	}
}

/* The file lists an association once for each of its paths (before Linux 3.18). */
static void drop_repeats(struct table *table)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (kept && table->list[kept - 1].id == table->list[i].id)
			kernel_table_free_assoc(&table->list[i]);
		else
			table->list[kept++] = table->list[i];
	}
	table->count = kept;
}

int kernel_table_read(struct table *table, const char **file)
{
	bool more;
	int rc;

	*table = (struct table){ 0 };
	*file = ASSOCS;
	rc = read_lines(ASSOCS, take_assoc, table);
	if (rc == 0) {
		if (table->count)
			qsort(table->list, table->count, sizeof(*table->list), by_id);
		drop_repeats(table);
		more = table->more;
		table->more = false;
		*file = REMADDR;
		rc = read_lines(REMADDR, take_path, table);
		table->more = more;
	}
	if (rc < 0)
		kernel_table_free(table);
	return rc;
}
