/* SPDX-License-Identifier: MIT */
/* The kernel's protocol parameters: of an endpoint, for its associations, and of an association. */
#include <string.h>
#include <sys/param.h>

#include "base/util.h"
#include "stack/kernel_parts.h"

/* The kernel has the DSCP where it is in the IP header. */
#define DSCP_SHIFT 2

static bool any(const struct stack_parameters *p, unsigned parameters)
{
	return p->known & parameters;
}

#define BIT(parameter) (1U << PARAMETER_##parameter)

static uint32_t value_or(const struct stack_parameters *p, enum stack_parameter parameter,
			 uint32_t otherwise)
{
	return parameter_is_known(p, parameter) ? p->value[parameter] : otherwise;
}

/* RTO.Initial is set before (kernel.c). It is not to be above RTO.Max, where no RTO returns to. */
static int set_rto(int fd, const struct stack_parameters *p)
{
	struct sctp_rtoinfo rto = { 0 };
	int rc = get_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));

	if (rc < 0)
		return rc;
	rto.srto_min = value_or(p, PARAMETER_RTO_MIN, rto.srto_min);
	rto.srto_max = value_or(p, PARAMETER_RTO_MAX, rto.srto_max);
	rto.srto_initial = MIN(rto.srto_initial, rto.srto_max);
	return set_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));
}

/* 0 leaves a value as it is. */
static int set_paths(int fd, const struct stack_parameters *p)
{
	struct sctp_paddrparams params = {
		.spp_pathmaxrxt = (uint16_t)value_or(p, PARAMETER_PATH_MAX_RETRANS, 0),
		.spp_hbinterval = value_or(p, PARAMETER_HB_INTERVAL, 0),
		.spp_dscp = (uint8_t)(value_or(p, PARAMETER_DSCP, 0) << DSCP_SHIFT),
	};

	if (any(p, BIT(HB_INTERVAL)))
		params.spp_flags |= SPP_HB_ENABLE;
	if (any(p, BIT(DSCP)))
		params.spp_flags |= SPP_DSCP;
	return set_option(fd, SCTP_PEER_ADDR_PARAMS, &params, sizeof(params));
}

static int set_association(int fd, const struct stack_parameters *p)
{
	struct sctp_assocparams params = {
		.sasoc_asocmaxrxt = (uint16_t)p->value[PARAMETER_ASSOCIATION_MAX_RETRANS],
	};

	return set_option(fd, SCTP_ASSOCINFO, &params, sizeof(params));
}

static int set_pf(int fd, const struct stack_parameters *p)
{
	struct sctp_paddrthlds thresholds = {
		.spt_pathpfthld = (uint16_t)p->value[PARAMETER_PF_MAX_RETRANS],
	};

	return set_option(fd, SCTP_PEER_ADDR_THLDS, &thresholds, sizeof(thresholds));
}

static int set_sack(int fd, const struct stack_parameters *p)
{
	struct sctp_sack_info sack = { .sack_delay = p->value[PARAMETER_SACK_DELAY] };

	return set_option(fd, SCTP_DELAYED_SACK, &sack, sizeof(sack));
}

static int set_burst(int fd, const struct stack_parameters *p)
{
	struct sctp_assoc_value burst = { .assoc_value = p->value[PARAMETER_MAX_BURST] };

	return set_option(fd, SCTP_MAX_BURST, &burst, sizeof(burst));
}

int kernel_set_parameters(int fd, const struct stack_parameters *p, struct stack_fault *fault)
{
	static const struct {
		unsigned parameters;
		int (*set)(int fd, const struct stack_parameters *p);
		const char *call;
	} calls[] = {
		{ BIT(RTO_MIN) | BIT(RTO_MAX), set_rto,
		  "setsockopt(SCTP_RTOINFO) for -o RTO.Min or RTO.Max" },
		{ BIT(PATH_MAX_RETRANS) | BIT(HB_INTERVAL) | BIT(DSCP), set_paths,
		  "setsockopt(SCTP_PEER_ADDR_PARAMS) for -o" },
		{ BIT(ASSOCIATION_MAX_RETRANS), set_association,
		  "setsockopt(SCTP_ASSOCINFO) for -o Association.Max.Retrans" },
		{ BIT(PF_MAX_RETRANS), set_pf,
		  "setsockopt(SCTP_PEER_ADDR_THLDS) for -o PotentiallyFailed.Max.Retrans" },
		{ BIT(SACK_DELAY), set_sack, "setsockopt(SCTP_DELAYED_SACK) for -o SACK.Delay" },
		{ BIT(MAX_BURST), set_burst, "setsockopt(SCTP_MAX_BURST) for -o Max.Burst" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		int rc = any(p, calls[i].parameters) ? calls[i].set(fd, p) : 0;

		if (rc == 0)
			continue;
		fault->call = calls[i].call;
		return rc;
	}
	return 0;
}

/* Not every kernel has all options: those that it does not have stay unknown. */
int kernel_parameters(struct stack_assoc *assoc, struct stack_parameters *p)
{
	sctp_assoc_t id = (sctp_assoc_t)assoc->base.id;
	int fd = assoc->base.endpoint->fd;
	struct sctp_rtoinfo rto = { .srto_assoc_id = id };
	struct sctp_assocparams params = { .sasoc_assoc_id = id };
	struct sctp_paddrparams paths = { .spp_assoc_id = id };
	struct sctp_paddrthlds thresholds = { .spt_assoc_id = id };
	struct sctp_sack_info sack = { .sack_assoc_id = id };
	struct sctp_assoc_value burst = { .assoc_id = id };
	int rc = get_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));

	*p = (struct stack_parameters){ 0 };
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	parameter_set(p, PARAMETER_RTO_INITIAL, rto.srto_initial);
	parameter_set(p, PARAMETER_RTO_MIN, rto.srto_min);
	parameter_set(p, PARAMETER_RTO_MAX, rto.srto_max);
	if (get_option(fd, SCTP_ASSOCINFO, &params, sizeof(params)) == 0)
		parameter_set(p, PARAMETER_ASSOCIATION_MAX_RETRANS, params.sasoc_asocmaxrxt);
	if (get_option(fd, SCTP_PEER_ADDR_PARAMS, &paths, sizeof(paths)) == 0) {
		parameter_set(p, PARAMETER_PATH_MAX_RETRANS, paths.spp_pathmaxrxt);
		parameter_set(p, PARAMETER_HB_INTERVAL, paths.spp_hbinterval);
		parameter_set(p, PARAMETER_DSCP, paths.spp_dscp >> DSCP_SHIFT);
	}
	if (get_option(fd, SCTP_PEER_ADDR_THLDS, &thresholds, sizeof(thresholds)) == 0)
		parameter_set(p, PARAMETER_PF_MAX_RETRANS, thresholds.spt_pathpfthld);
	if (get_option(fd, SCTP_DELAYED_SACK, &sack, sizeof(sack)) == 0)
		parameter_set(p, PARAMETER_SACK_DELAY, sack.sack_delay);
	if (get_option(fd, SCTP_MAX_BURST, &burst, sizeof(burst)) == 0)
		parameter_set(p, PARAMETER_MAX_BURST, burst.assoc_value);
	return 0;
}
