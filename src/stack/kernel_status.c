/* SPDX-License-Identifier: MIT */
/* The kernel's state of an association and its paths, and what can be set. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"
#include "stack/kernel_parts.h"
#include "stack/kernel_pending.h"
#include "stack/kernel_table.h"

/* So old may the counters of the host be; and those from before an attempt. */
#define COUNTERS_US     (5 * USEC_PER_MSEC)
#define OLD_COUNTERS_US (100 * USEC_PER_MSEC)

static bool has_ended(const struct stack_assoc *assoc)
{
	struct sctp_status status = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };

	return assoc->base.ended || get_option(assoc->base.endpoint->fd, SCTP_STATUS, &status,
					       sizeof(status)) == -EINVAL;
}

/*
 * The same for a call about one association. If that has ended, the kernel returns EINVAL, or
 * ENOTCONN for a one-to-one socket.
 */
int kernel_refused(struct stack_assoc *assoc, const char *call, int rc)
{
	bool gone = rc == -EINVAL || rc == -ENOTCONN || rc == -EPIPE || rc == -ESHUTDOWN ||
		    rc == -ECONNRESET;

	if (rc >= 0 || (gone && has_ended(assoc)))
		return rc < 0 ? -ENOTCONN : rc;
	return handle_failed(assoc->base.endpoint, call, rc);
}

/* Here the kernel numbers them from SCTP_CLOSED = 1. */
static enum stack_assoc_state assoc_state(int state)
{
	return kernel_table_state(state - SCTP_CLOSED);
}

enum stack_assoc_state kernel_pending_state(struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };
	int fd = assoc->base.endpoint->fd;

	/* There SCTP_STATUS fails as long as the association is pending. */
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_ONE)
		return kernel_state_by_socket(fd);
	return assoc->base.id && get_option(fd, SCTP_STATUS, &s, sizeof(s)) == 0
		       ? assoc_state(s.sstat_state)
		       : ASSOC_CLOSED;
}

/* Of this network namespace. Negative: not known. */
struct counters {
	int64_t read_us;
	int64_t checksum_errors, discards;
};

static int64_t counter(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoll(line + strlen(name), NULL, 10) : -1;
}

/*
 * Reading them costs more than a handshake, and many attempts begin and end together. The kernel
 * counts for all endpoints together, and so they are kept for the whole process.
 */
static struct counters read_counters(int64_t age_us)
{
	static struct counters newest;
	int64_t now_us = loop_now_us();
	char text[4096];
	ssize_t got = 0;
	int fd;

	if (newest.read_us && now_us < newest.read_us + age_us)
		return newest;
	fd = open("/proc/net/sctp/snmp", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		got = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[got > 0 ? got : 0] = '\0';
	newest = (struct counters){ now_us, counter(text, "SctpChecksumErrors"),
				    counter(text, "SctpInPktDiscards") };
	return newest;
}

int64_t kernel_checksum_errors(void)
{
	return read_counters(COUNTERS_US).checksum_errors;
}

int64_t kernel_discards(void)
{
	return read_counters(OLD_COUNTERS_US).discards;
}

int64_t kernel_received(struct stack_assoc *assoc)
{
	struct sctp_assoc_stats stats = { .sas_assoc_id = (sctp_assoc_t)assoc->base.id };
	int64_t discards = read_counters(COUNTERS_US).discards;

	if (discards < 0 || discards != assoc->discards_before ||
	    get_option(assoc->base.endpoint->fd, SCTP_GET_ASSOC_STATS, &stats, sizeof(stats)) < 0)
		return -1;
	return (int64_t)stats.sas_ipackets;
}

int kernel_extensions(struct stack_assoc *assoc, unsigned *found)
{
	static const struct {
		int option;
		enum stack_extension bit;
	} list[] = {
		{ SCTP_PR_SUPPORTED, EXTENSION_PR_SCTP },
		{ SCTP_AUTH_SUPPORTED, EXTENSION_AUTH },
		{ SCTP_ASCONF_SUPPORTED, EXTENSION_ASCONF },
		{ SCTP_RECONFIG_SUPPORTED, EXTENSION_RE_CONFIG },
		{ SCTP_INTERLEAVING_SUPPORTED, EXTENSION_I_DATA },
		{ SCTP_ECN_SUPPORTED, EXTENSION_ECN },
	};

	*found = 0;
	/* For an association these options tell what the peer supports, too (sctp_getsockopt_*). */
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct sctp_assoc_value value = { .assoc_id = (sctp_assoc_t)assoc->base.id };
		int rc =
			get_option(assoc->base.endpoint->fd, list[i].option, &value, sizeof(value));

		/* Not every kernel has all options. */
		if (rc < 0 && rc != -ENOPROTOOPT && rc != -EOPNOTSUPP)
			return kernel_refused(assoc, "getsockopt(SCTP_*_SUPPORTED)", rc);
		if (rc == 0 && value.assoc_value)
			*found |= list[i].bit;
	}
	return 0;
}

static enum stack_path_state path_state(unsigned state)
{
	switch (state) {
	case SCTP_ACTIVE:
		return PATH_ACTIVE;
	case SCTP_INACTIVE:
		return PATH_INACTIVE;
	case SCTP_PF:
		return PATH_POTENTIALLY_FAILED;
	case SCTP_UNCONFIRMED:
		return PATH_UNCONFIRMED;
	default:
		return PATH_UNKNOWN;
	}
}

static struct stack_path path_of(const struct sctp_paddrinfo *info, const union address *address)
{
	return (struct stack_path){
		.address = *address,
		.state = path_state((unsigned)info->spinfo_state),
		.srtt_us = info->spinfo_srtt * kernel_jiffy_us(),
		.rto_ms = info->spinfo_rto,
		.cwnd = info->spinfo_cwnd,
		.mtu = info->spinfo_mtu,
	};
}

/*
 * Those that only -o sets, and only before there is an association: what set_rto() changes in one
 * is not known here.
 */
static int read_limits(struct stack_assoc *assoc)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct sctp_rtoinfo rto = { .srto_assoc_id = (sctp_assoc_t)assoc->base.id };
	struct sctp_assocparams params = { .sasoc_assoc_id = (sctp_assoc_t)assoc->base.id };
	int rc;

	if (endpoint->limits_known)
		return 0;
	rc = get_option(endpoint->fd, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rc = get_option(endpoint->fd, SCTP_ASSOCINFO, &params, sizeof(params));
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_ASSOCINFO)", rc);
	endpoint->rto_min_ms = rto.srto_min;
	endpoint->rto_max_ms = rto.srto_max;
	endpoint->max_retrans = params.sasoc_asocmaxrxt;
	endpoint->limits_known = true;
	return 0;
}

static int read_status(struct stack_assoc *assoc, struct sctp_status *s, struct stack_path *primary)
{
	union address address;
	int rc;

	*s = (struct sctp_status){ .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };
	*primary = (struct stack_path){ .state = PATH_UNKNOWN };
	rc = get_option(assoc->base.endpoint->fd, SCTP_STATUS, s, sizeof(*s));
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_STATUS)", rc);
	if (address_from_sockaddr(&address,
				  (const struct sockaddr *)&s->sstat_primary.spinfo_address))
		*primary = path_of(&s->sstat_primary, &address);
	return 0;
}

int kernel_status(struct stack_assoc *assoc, struct stack_status *status)
{
	const struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct stack_path primary;
	struct sctp_status s;
	int rc = read_status(assoc, &s, &primary);

	if (rc == 0)
		rc = read_limits(assoc);
	if (rc < 0)
		return rc;
	*status = (struct stack_status){
		.rto_min_ms = endpoint->rto_min_ms,
		.rto_max_ms = endpoint->rto_max_ms,
		.max_retrans = endpoint->max_retrans,
		.id = (uint32_t)s.sstat_assoc_id,
		.state = assoc_state(s.sstat_state),
		.out_streams = s.sstat_outstrms,
		.in_streams = s.sstat_instrms,
		.peer_rwnd = s.sstat_rwnd,
		.primary = primary,
	};
	return 0;
}

/* Room for a list of addresses: 18 of IPv6 at first, and at most more than fit into any INIT. */
#define ADDRESSES_SIZE     512
#define ADDRESSES_SIZE_MAX (1 << 20)

/*
 * Like sctp_getpaddrs() and sctp_getladdrs(), but with memory that is initialized. The kernel
 * returns a length without the header (sctp_getsockopt_peer_addrs), so valgrind thinks that the
 * last bytes of libsctp's buffer are not written. Returns the count, or -errno.
 */
static int get_addresses(const struct stack_endpoint *endpoint, uint32_t assoc, int option,
			 union address **list)
{
	socklen_t size = ADDRESSES_SIZE / 2;
	struct sctp_getaddrs *got = NULL;
	const uint8_t *at;
	int rc;

	*list = NULL;
	do {
		free(got);
		size *= 2;
		got = xcalloc(1, size);
		got->assoc_id = (sctp_assoc_t)assoc;
		rc = get_option(endpoint->fd, option, got, size);
	} while (rc == -ENOMEM && size < ADDRESSES_SIZE_MAX); /* too small */
	if (rc == 0) {
		at = got->addrs;
		*list = xcalloc(got->addr_num, sizeof(**list));
		for (uint32_t i = 0; i < got->addr_num; i++) {
			address_from_sockaddr(&(*list)[i], (const struct sockaddr *)at);
			at += ((const struct sockaddr *)at)->sa_family == AF_INET
				      ? sizeof(struct sockaddr_in)
				      : sizeof(struct sockaddr_in6);
		}
		rc = (int)got->addr_num;
	}
	free(got);
	return rc;
}

int kernel_bound_addresses(struct stack_endpoint *endpoint, union address **list)
{
	int count = get_addresses(endpoint, 0, SCTP_GET_LOCAL_ADDRS, list);

	return count < 0 ? handle_failed(endpoint, "sctp_getladdrs", count) : count;
}

int kernel_local_addresses(struct stack_assoc *assoc, union address **list)
{
	return kernel_refused(
		assoc, "sctp_getladdrs",
		get_addresses(assoc->base.endpoint, assoc->base.id, SCTP_GET_LOCAL_ADDRS, list));
}

void kernel_put_address(void *to, const union address *peer)
{
	union address address = *peer;

	if (address_lacks_zone(&address))
		address.v6.sin6_scope_id = 1;
	memcpy(to, &address, sizeof(address));
}

int kernel_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path)
{
	struct sctp_paddrinfo info = { .spinfo_assoc_id = (sctp_assoc_t)assoc->base.id };
	int rc;

	kernel_put_address(&info.spinfo_address, peer);
	rc = get_option(assoc->base.endpoint->fd, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info));
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_GET_PEER_ADDR_INFO)", rc);
	*path = path_of(&info, peer);
	return 0;
}

/*
 * The peer may have removed the address, the association may have ended, and the kernel does not
 * tell of a potentially failed path if net.sctp.pf_expose says so.
 */
static bool is_unknown_path(int rc)
{
	return rc == -EINVAL || rc == -ENOTCONN || rc == -EACCES;
}

/* One of the list of paths. 0, or -errno. */
static int list_path(struct stack_assoc *assoc, const struct stack_path *primary,
		     const union address *address, struct stack_path *path)
{
	int rc;

	*path = (struct stack_path){ .address = *address };
	if (address_equal(&primary->address, address)) {
		*path = *primary;
		path->address = *address;
		path->primary = true;
		return 0;
	}
	rc = kernel_path(assoc, address, path);
	return is_unknown_path(rc) ? 0 : rc;
}

int kernel_paths(struct stack_assoc *assoc, const struct stack_path *known,
		 struct stack_path **list)
{
	struct stack_path primary;
	union address *addresses = NULL;
	struct sctp_status status;
	int count = get_addresses(assoc->base.endpoint, assoc->base.id, SCTP_GET_PEER_ADDRS,
				  &addresses);
	int rc = 0;

	if (count < 0)
		return kernel_refused(assoc, "sctp_getpaddrs", count);
	if (known)
		primary = *known;
	else
		rc = read_status(assoc, &status, &primary);
	*list = xcalloc((size_t)count, sizeof(**list));
	for (int i = 0; rc == 0 && i < count; i++)
		rc = list_path(assoc, &primary, &addresses[i], &(*list)[i]);
	free(addresses);
	if (rc == 0)
		return count;
	free(*list);
	*list = NULL;
	return rc;
}

int kernel_set_primary(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_prim prim = { .ssp_assoc_id = (sctp_assoc_t)assoc->base.id };

	memcpy(&prim.ssp_addr, peer, sizeof(*peer));
	return kernel_refused(
		assoc, "setsockopt(SCTP_PRIMARY_ADDR)",
		set_option(assoc->base.endpoint->fd, SCTP_PRIMARY_ADDR, &prim, sizeof(prim)));
}

/* peer NULL: all, as for the kernel the address of any host is. */
static int set_path(struct stack_assoc *assoc, const union address *peer, uint32_t flags)
{
	struct sctp_paddrparams params = {
		.spp_assoc_id = (sctp_assoc_t)assoc->base.id,
		.spp_flags = flags,
	};

	if (peer)
		kernel_put_address(&params.spp_address, peer);
	return kernel_refused(assoc, "setsockopt(SCTP_PEER_ADDR_PARAMS)",
			      set_option(assoc->base.endpoint->fd, SCTP_PEER_ADDR_PARAMS, &params,
					 sizeof(params)));
}

int kernel_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	return set_path(assoc, peer, SPP_HB_DEMAND);
}

int kernel_no_heartbeats(struct stack_assoc *assoc, const union address *peer)
{
	return set_path(assoc, peer, SPP_HB_DISABLE);
}

int kernel_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms)
{
	/* 0 leaves the other value unchanged. */
	struct sctp_rtoinfo rto = { .srto_assoc_id = (sctp_assoc_t)assoc->base.id,
				    .srto_min = min_ms,
				    .srto_max = max_ms };

	return kernel_refused(
		assoc, "setsockopt(SCTP_RTOINFO)",
		set_option(assoc->base.endpoint->fd, SCTP_RTOINFO, &rto, sizeof(rto)));
}
