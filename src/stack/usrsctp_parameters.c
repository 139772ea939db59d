/* SPDX-License-Identifier: MIT */
/*
 * The library's protocol parameters: of an endpoint, for its associations, and of an association.
 */
#include <errno.h>
#include <sys/param.h>

#include "stack/usrsctp_parts.h"

typedef struct socket *option_socket;
#include "stack/parameter_options.h"

/* Not in its public header (netinet/sctp.h, sctp_uio.h). */
#define PEER_ADDR_THLDS 0x00000023
struct thresholds {
	struct sockaddr_storage address;
	sctp_assoc_t assoc_id;
	uint16_t path_max_retrans;
	uint16_t pf_max_retrans;
	uint16_t cp_max_retrans;
};

#define NEVER_PF UINT16_MAX

/* An address of this family without more stands for all paths. */
#define ALL_PATHS AF_INET

/* Unlike the kernel the library wants RTO.Min <= RTO.Initial <= RTO.Max. */
static int set_rto(struct socket *socket, const struct stack_config *config)
{
	const struct stack_parameters *p = &config->parameters;
	struct sctp_rtoinfo rto = { 0 };
	int rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));

	if (rc < 0)
		return rc;
	rto.srto_min = value_or(p, PARAMETER_RTO_MIN, rto.srto_min);
	rto.srto_max = value_or(p, PARAMETER_RTO_MAX, rto.srto_max);
	/* That RTO.Min is lowered for the INIT must not hide it. */
	if (rto.srto_min > rto.srto_max)
		return -EINVAL;
	rto.srto_initial = MAX(MIN(rto.srto_initial, rto.srto_max), rto.srto_min);
	if (config->rto_initial_ms) {
		rto.srto_initial = config->rto_initial_ms;
		rto.srto_min = MIN(rto.srto_min, rto.srto_initial);
		rto.srto_max = MAX(rto.srto_max, rto.srto_initial);
	}
	return set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
}

/* assoc 0: of the socket. */
static int set_threshold(struct socket *socket, sctp_assoc_t assoc, uint16_t pf_max_retrans)
{
	struct thresholds t = { .address.ss_family = ALL_PATHS, .assoc_id = assoc };
	int rc = get_option(socket, PEER_ADDR_THLDS, &t, sizeof(t));

	if (rc < 0)
		return rc;
	t.address.ss_family = ALL_PATHS;
	t.assoc_id = assoc;
	t.pf_max_retrans = pf_max_retrans;
	return set_option(socket, PEER_ADDR_THLDS, &t, sizeof(t));
}

static int set_pf(struct socket *socket, const struct stack_parameters *p)
{
	(void)p;
	return set_threshold(socket, 0, NEVER_PF);
}

void us_set_pf(struct stack_assoc *assoc)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;

	if (endpoint->pf_max_retrans >= 0)
		(void)set_threshold(endpoint->socket, assoc->base.id,
				    (uint16_t)endpoint->pf_max_retrans);
}

int us_set_parameters(struct socket *socket, const struct stack_config *config,
		      struct stack_fault *fault)
{
	const struct stack_parameters *p = &config->parameters;
	bool min_or_max = p->known & (BIT(RTO_MIN) | BIT(RTO_MAX));
	int rc = min_or_max || config->rto_initial_ms ? set_rto(socket, config) : 0;

	if (rc < 0) {
		fault->call = min_or_max ? "setsockopt(SCTP_RTOINFO) for -o RTO.Min or RTO.Max"
					 : "setsockopt(SCTP_RTOINFO)";
		return rc;
	}
	return set_all_but_rto(socket, p, fault);
}

int us_parameters(struct stack_assoc *assoc, struct stack_parameters *p)
{
	struct socket *socket = assoc->base.endpoint->socket;
	uint32_t id = assoc->base.id;
	struct sctp_rtoinfo rto = { .srto_assoc_id = id };
	struct thresholds thresholds = { .address.ss_family = ALL_PATHS, .assoc_id = id };
	int rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));

	*p = (struct stack_parameters){ 0 };
	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	/* That of an association is raised to RTO.Min when it is up (usrsctp_event.c). */
	parameter_set(p, PARAMETER_RTO_INITIAL, assoc->base.endpoint->rto_initial_ms);
	parameter_set(p, PARAMETER_RTO_MIN, rto.srto_min);
	parameter_set(p, PARAMETER_RTO_MAX, rto.srto_max);
	read_common(socket, id, ALL_PATHS, p);
	/* The UDP datagrams of the library have the DSCP 0. */
	if (parameter_is_known(p, PARAMETER_DSCP) && encapsulated(&assoc->base.endpoint->ports.udp))
		parameter_set(p, PARAMETER_DSCP, 0);
	if (get_option(socket, PEER_ADDR_THLDS, &thresholds, sizeof(thresholds)) == 0)
		parameter_set(p, PARAMETER_PF_MAX_RETRANS, thresholds.pf_max_retrans);
	return 0;
}
