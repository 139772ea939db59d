/* SPDX-License-Identifier: MIT */
/*
 * The library's protocol parameters: of an endpoint, for its associations, and of an association.
 */
#include <string.h>
#include <sys/param.h>

#include "base/util.h"
#include "stack/usrsctp_parts.h"

#define DSCP_SHIFT 2

/* Not in its public header (netinet/sctp.h, sctp_uio.h). */
#define PEER_ADDR_THLDS 0x00000023
struct thresholds {
	struct sockaddr_storage address;
	sctp_assoc_t assoc_id;
	uint16_t path_max_retrans;
	uint16_t pf_max_retrans;
	uint16_t cp_max_retrans;
};

/* An address that stands for all paths. */
static void put_any(struct sockaddr_storage *address)
{
	address->ss_family = AF_INET;
}

static uint32_t value_or(const struct stack_parameters *p, enum stack_parameter parameter,
			 uint32_t otherwise)
{
	return parameter_is_known(p, parameter) ? p->value[parameter] : otherwise;
}

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
	rto.srto_initial = MAX(MIN(rto.srto_initial, rto.srto_max), rto.srto_min);
	if (config->rto_initial_ms) {
		rto.srto_initial = config->rto_initial_ms;
		rto.srto_min = MIN(rto.srto_min, rto.srto_initial);
		rto.srto_max = MAX(rto.srto_max, rto.srto_initial);
	}
	return set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
}

static int set_paths(struct socket *socket, const struct stack_parameters *p)
{
	struct sctp_paddrparams params = {
		.spp_pathmaxrxt = (uint16_t)value_or(p, PARAMETER_PATH_MAX_RETRANS, 0),
		.spp_hbinterval = value_or(p, PARAMETER_HB_INTERVAL, 0),
		.spp_dscp = (uint8_t)(value_or(p, PARAMETER_DSCP, 0) << DSCP_SHIFT),
	};

	if (parameter_is_known(p, PARAMETER_HB_INTERVAL))
		params.spp_flags |= SPP_HB_ENABLE;
	if (parameter_is_known(p, PARAMETER_DSCP))
		params.spp_flags |= SPP_DSCP;
	return set_option(socket, SCTP_PEER_ADDR_PARAMS, &params, sizeof(params));
}

static int set_association(struct socket *socket, const struct stack_parameters *p)
{
	struct sctp_assocparams params = {
		.sasoc_asocmaxrxt = (uint16_t)p->value[PARAMETER_ASSOCIATION_MAX_RETRANS],
	};

	return set_option(socket, SCTP_ASSOCINFO, &params, sizeof(params));
}

static int set_sack(struct socket *socket, const struct stack_parameters *p)
{
	struct sctp_sack_info sack = { .sack_delay = p->value[PARAMETER_SACK_DELAY] };

	return set_option(socket, SCTP_DELAYED_SACK, &sack, sizeof(sack));
}

static int set_burst(struct socket *socket, const struct stack_parameters *p)
{
	struct sctp_assoc_value burst = { .assoc_value = p->value[PARAMETER_MAX_BURST] };

	return set_option(socket, SCTP_MAX_BURST, &burst, sizeof(burst));
}

static int set_pf(struct socket *socket, const struct stack_parameters *p)
{
	struct thresholds t = { 0 };
	int rc;

	put_any(&t.address);
	rc = get_option(socket, PEER_ADDR_THLDS, &t, sizeof(t));
	if (rc < 0)
		return rc;
	put_any(&t.address);
	t.pf_max_retrans = (uint16_t)p->value[PARAMETER_PF_MAX_RETRANS];
	return set_option(socket, PEER_ADDR_THLDS, &t, sizeof(t));
}

#define BIT(parameter) (1U << PARAMETER_##parameter)

int us_set_parameters(struct socket *socket, const struct stack_config *config,
		      struct stack_fault *fault)
{
	const struct stack_parameters *p = &config->parameters;
	static const struct {
		unsigned parameters;
		int (*set)(struct socket *socket, const struct stack_parameters *p);
		const char *call;
	} calls[] = {
		{ BIT(PATH_MAX_RETRANS) | BIT(HB_INTERVAL) | BIT(DSCP), set_paths,
		  "setsockopt(SCTP_PEER_ADDR_PARAMS) for -o" },
		{ BIT(ASSOCIATION_MAX_RETRANS), set_association,
		  "setsockopt(SCTP_ASSOCINFO) for -o Association.Max.Retrans" },
		{ BIT(PF_MAX_RETRANS), set_pf,
		  "setsockopt(SCTP_PEER_ADDR_THLDS) for -o PotentiallyFailed.Max.Retrans" },
		{ BIT(SACK_DELAY), set_sack, "setsockopt(SCTP_DELAYED_SACK) for -o SACK.Delay" },
		{ BIT(MAX_BURST), set_burst, "setsockopt(SCTP_MAX_BURST) for -o Max.Burst" },
	};

	int rc = 0;

	if (config->rto_initial_ms || p->known & (BIT(RTO_MIN) | BIT(RTO_MAX))) {
		fault->call = p->known & (BIT(RTO_MIN) | BIT(RTO_MAX))
				      ? "setsockopt(SCTP_RTOINFO) for -o RTO.Min or RTO.Max"
				      : "setsockopt(SCTP_RTOINFO)";
		rc = set_rto(socket, config);
	}
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(calls); i++) {
		rc = p->known & calls[i].parameters ? calls[i].set(socket, p) : 0;
		if (rc < 0)
			fault->call = calls[i].call;
	}
	return rc;
}

int us_parameters(struct stack_assoc *assoc, struct stack_parameters *p)
{
	struct socket *socket = assoc->base.endpoint->socket;
	bool in_udp = encapsulated(&assoc->base.endpoint->ports.udp);
	uint32_t id = assoc->base.id;
	struct sctp_rtoinfo rto = { .srto_assoc_id = id }, for_init = { 0 };
	struct sctp_assocparams params = { .sasoc_assoc_id = id };
	struct sctp_paddrparams paths = { .spp_assoc_id = id };
	struct sctp_sack_info sack = { .sack_assoc_id = id };
	struct sctp_assoc_value burst = { .assoc_id = id };
	struct thresholds thresholds = { .assoc_id = id };
	int rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));

	*p = (struct stack_parameters){ 0 };
	if (rc < 0)
		return us_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	/* That of an association is raised to RTO.Min when it is up (usrsctp_event.c). */
	if (get_option(socket, SCTP_RTOINFO, &for_init, sizeof(for_init)) == 0)
		parameter_set(p, PARAMETER_RTO_INITIAL, for_init.srto_initial);
	parameter_set(p, PARAMETER_RTO_MIN, rto.srto_min);
	parameter_set(p, PARAMETER_RTO_MAX, rto.srto_max);
	if (get_option(socket, SCTP_ASSOCINFO, &params, sizeof(params)) == 0)
		parameter_set(p, PARAMETER_ASSOCIATION_MAX_RETRANS, params.sasoc_asocmaxrxt);
	put_any(&paths.spp_address);
	if (get_option(socket, SCTP_PEER_ADDR_PARAMS, &paths, sizeof(paths)) == 0) {
		parameter_set(p, PARAMETER_PATH_MAX_RETRANS, paths.spp_pathmaxrxt);
		parameter_set(p, PARAMETER_HB_INTERVAL, paths.spp_hbinterval);
		/* The UDP datagrams of the library have the DSCP 0. */
		parameter_set(p, PARAMETER_DSCP, in_udp ? 0 : paths.spp_dscp >> DSCP_SHIFT);
	}
	put_any(&thresholds.address);
	if (get_option(socket, PEER_ADDR_THLDS, &thresholds, sizeof(thresholds)) == 0)
		parameter_set(p, PARAMETER_PF_MAX_RETRANS, thresholds.pf_max_retrans);
	if (get_option(socket, SCTP_DELAYED_SACK, &sack, sizeof(sack)) == 0)
		parameter_set(p, PARAMETER_SACK_DELAY, sack.sack_delay);
	if (get_option(socket, SCTP_MAX_BURST, &burst, sizeof(burst)) == 0)
		parameter_set(p, PARAMETER_MAX_BURST, burst.assoc_value);
	return 0;
}
