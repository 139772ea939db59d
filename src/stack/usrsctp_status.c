/* SPDX-License-Identifier: MIT */
/* The library's state of an association and its paths, and what can be set. */
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/util.h"
#include "stack/usrsctp_parts.h"

static bool has_ended(const struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };

	return assoc->base.ended ||
	       get_option(assoc->base.endpoint->socket, SCTP_STATUS, &s, sizeof(s)) < 0;
}

/* The same for a call about one association, which the library may no longer know. */
int us_refused(struct stack_assoc *assoc, const char *call, int rc)
{
	if (rc >= 0 || has_ended(assoc))
		return rc < 0 ? -ENOTCONN : rc;
	return handle_failed(assoc->base.endpoint, call, rc);
}

/* The library owns its lists, so they are copied and given back. */
static int copy_addresses(int count, const struct sockaddr *packed, union address **list)
{
	const uint8_t *at = (const uint8_t *)packed;

	*list = xcalloc((size_t)MAX(count, 0), sizeof(**list));
	for (int i = 0; i < count; i++) {
		const struct sockaddr *one = (const struct sockaddr *)at;

		address_from_sockaddr(&(*list)[i], one);
		at += one->sa_family == AF_INET ? sizeof(struct sockaddr_in)
						: sizeof(struct sockaddr_in6);
	}
	return count;
}

int us_addresses(struct socket *socket, uint32_t assoc, union address **list)
{
	struct sockaddr *packed = NULL;
	int count = usrsctp_getladdrs(socket, assoc, &packed);

	if (count < 0)
		return -errno;
	copy_addresses(count, packed, list);
	if (packed)
		usrsctp_freeladdrs(packed);
	/* The newest one comes first. */
	for (int i = 0, j = count - 1; i < j; i++, j--) {
		union address first = (*list)[i];

		(*list)[i] = (*list)[j];
		(*list)[j] = first;
	}
	return count;
}

uint16_t us_local_port(struct stack_endpoint *endpoint, uint32_t assoc)
{
	union address *local = NULL;
	uint16_t port = 0;

	if (us_addresses(endpoint->socket, assoc, &local) > 0)
		port = address_port(&local[0]);
	free(local);
	return port;
}

int us_bound_addresses(struct stack_endpoint *endpoint, union address **list)
{
	int count = us_addresses(endpoint->socket, 0, list);

	return count < 0 ? handle_failed(endpoint, "sctp_getladdrs", count) : count;
}

int us_local_addresses(struct stack_assoc *assoc, union address **list)
{
	return us_refused(assoc, "sctp_getladdrs",
			  us_addresses(assoc->base.endpoint->socket, assoc->base.id, list));
}

static enum stack_assoc_state assoc_state(int32_t state)
{
	switch (state) {
	case SCTP_COOKIE_WAIT:
		return ASSOC_COOKIE_WAIT;
	case SCTP_COOKIE_ECHOED:
		return ASSOC_COOKIE_ECHOED;
	case SCTP_ESTABLISHED:
		return ASSOC_ESTABLISHED;
	case SCTP_SHUTDOWN_PENDING:
		return ASSOC_SHUTDOWN_PENDING;
	case SCTP_SHUTDOWN_SENT:
		return ASSOC_SHUTDOWN_SENT;
	case SCTP_SHUTDOWN_RECEIVED:
		return ASSOC_SHUTDOWN_RECEIVED;
	case SCTP_SHUTDOWN_ACK_SENT:
		return ASSOC_SHUTDOWN_ACK_SENT;
	default:
		return ASSOC_CLOSED;
	}
}

enum stack_assoc_state us_pending_state(struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };

	if (get_option(assoc->base.endpoint->socket, SCTP_STATUS, &s, sizeof(s)) < 0)
		return ASSOC_CLOSED;
	return assoc_state(s.sstat_state);
}

int64_t us_checksum_errors(void)
{
	struct sctpstat stat;

	usrsctp_get_stat(&stat);
	return stat.sctps_badsum;
}

static enum stack_path_state path_state(int32_t state)
{
	if (state & SCTP_UNCONFIRMED)
		return PATH_UNCONFIRMED;
	if (state & SCTP_ACTIVE)
		return PATH_ACTIVE;
	return state & SCTP_INACTIVE ? PATH_INACTIVE : PATH_UNKNOWN;
}

/* Without I-DATA, because the library offers it only if a program asks for it. */
int us_extensions(struct stack_assoc *assoc, unsigned *found)
{
	static const struct {
		int option;
		enum stack_extension bit;
	} list[] = {
		{ SCTP_PR_SUPPORTED, EXTENSION_PR_SCTP },
		{ SCTP_AUTH_SUPPORTED, EXTENSION_AUTH },
		{ SCTP_ASCONF_SUPPORTED, EXTENSION_ASCONF },
		{ SCTP_RECONFIG_SUPPORTED, EXTENSION_RE_CONFIG },
		{ SCTP_ECN_SUPPORTED, EXTENSION_ECN },
	};

	*found = 0;
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct sctp_assoc_value value = { .assoc_id = assoc->base.id };

		if (get_option(assoc->base.endpoint->socket, list[i].option, &value,
			       sizeof(value)) == 0 &&
		    value.assoc_value)
			*found |= list[i].bit;
	}
	return 0;
}

int us_status(struct stack_assoc *assoc, struct stack_status *status)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };
	struct sctp_assocparams params = { .sasoc_assoc_id = assoc->base.id };
	int rc = get_option(socket, SCTP_STATUS, &s, sizeof(s));

	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_STATUS)", rc);
	rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rc = get_option(socket, SCTP_ASSOCINFO, &params, sizeof(params));
	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_ASSOCINFO)", rc);
	*status = (struct stack_status){
		.rto_min_ms = rto.srto_min,
		.rto_max_ms = rto.srto_max,
		.max_retrans = params.sasoc_asocmaxrxt,
		.id = assoc->base.id,
		.state = assoc_state(s.sstat_state),
		.out_streams = s.sstat_outstrms,
		.in_streams = s.sstat_instrms,
		.peer_rwnd = s.sstat_rwnd,
	};
	return 0;
}

/* The library reports the room for chunks only. */
static uint32_t path_mtu(const struct stack_endpoint *endpoint, const union address *peer,
			 uint32_t room)
{
	uint32_t ip = peer->sa.sa_family == AF_INET6 ? 40 : 20;
	uint32_t udp = encapsulated(&endpoint->ports.udp) ? 8 : 0;

	return room ? room + ip + udp + (uint32_t)sizeof(struct sctp_common_header) : 0;
}

int us_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct sctp_paddrinfo info = { .spinfo_assoc_id = assoc->base.id };
	int rc;

	memcpy(&info.spinfo_address, peer, sizeof(*peer));
	rc = get_option(endpoint->socket, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info));
	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_GET_PEER_ADDR_INFO)", rc);
	*path = (struct stack_path){
		.address = *peer,
		.state = path_state(info.spinfo_state),
		.srtt_us = (int64_t)info.spinfo_srtt * USEC_PER_MSEC,
		.rto_ms = info.spinfo_rto,
		.cwnd = info.spinfo_cwnd,
		.mtu = path_mtu(endpoint, peer, info.spinfo_mtu),
	};
	if (path->srtt_us == assoc->handshake.srtt_us &&
	    address_equal(peer, &assoc->handshake.address))
		path->srtt_us = 0;
	return 0;
}

int us_paths(struct stack_assoc *assoc, const struct stack_path *known, struct stack_path **list)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_status status = { .sstat_assoc_id = assoc->base.id };
	struct sockaddr *packed = NULL;
	union address *addresses, primary;
	bool has_primary;
	int count = usrsctp_getpaddrs(socket, assoc->base.id, &packed);

	(void)known; /* to ask is no system call */
	if (count < 0)
		return us_refused(assoc, "sctp_getpaddrs", -errno);
	copy_addresses(count, packed, &addresses);
	if (packed)
		usrsctp_freepaddrs(packed);
	has_primary =
		get_option(socket, SCTP_STATUS, &status, sizeof(status)) == 0 &&
		address_from_sockaddr(
			&primary, (const struct sockaddr *)&status.sstat_primary.spinfo_address);
	*list = xcalloc((size_t)count, sizeof(**list));
	for (int i = 0; i < count; i++) {
		struct stack_path *path = &(*list)[i];

		path->address = addresses[i];
		us_path(assoc, &addresses[i], path);
		path->primary = has_primary && address_equal(&primary, &addresses[i]);
	}
	free(addresses);
	return count;
}

int us_set_primary(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_setprim prim = { .ssp_assoc_id = assoc->base.id };

	memcpy(&prim.ssp_addr, peer, sizeof(*peer));
	return us_refused(
		assoc, "setsockopt(SCTP_PRIMARY_ADDR)",
		set_option(assoc->base.endpoint->socket, SCTP_PRIMARY_ADDR, &prim, sizeof(prim)));
}

static int set_path(struct stack_assoc *assoc, const union address *peer, uint32_t flags)
{
	struct sctp_paddrparams params = {
		.spp_assoc_id = assoc->base.id,
		.spp_flags = flags,
	};

	memcpy(&params.spp_address, peer, sizeof(*peer));
	return us_refused(assoc, "setsockopt(SCTP_PEER_ADDR_PARAMS)",
			  set_option(assoc->base.endpoint->socket, SCTP_PEER_ADDR_PARAMS, &params,
				     sizeof(params)));
}

int us_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	return set_path(assoc, peer, SPP_HB_DEMAND);
}

int us_no_heartbeats(struct stack_assoc *assoc, const union address *peer)
{
	return set_path(assoc, peer, SPP_HB_DISABLE);
}

int us_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };
	int rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));

	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rto.srto_assoc_id = assoc->base.id;
	rto.srto_min = min_ms;
	rto.srto_max = max_ms;
	rto.srto_initial = MIN(MAX(rto.srto_initial, min_ms), max_ms); /* it must be */
	return us_refused(assoc, "setsockopt(SCTP_RTOINFO)",
			  set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)));
}
