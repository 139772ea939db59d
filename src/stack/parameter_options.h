/* SPDX-License-Identifier: MIT */
/*
 * The socket options of the protocol's parameters that both stacks have. Only kernel_parameters.c
 * and usrsctp_parameters.c include this, each after the SCTP header of its stack: the structures
 * have the same members there, in other places. They also say what an option_socket is.
 */
#ifndef STACK_PARAMETER_OPTIONS_H
#define STACK_PARAMETER_OPTIONS_H

#include "base/util.h"
#include "stack/stack.h"

#define BIT(parameter) (1U << PARAMETER_##parameter)

/* Where the DSCP is in the IP header. */
#define DSCP_SHIFT 2

/* By the file that includes this: PotentiallyFailed.Max.Retrans. 0 or -errno. */
static int set_pf(option_socket socket, const struct stack_parameters *p);

static uint32_t value_or(const struct stack_parameters *p, enum stack_parameter parameter,
			 uint32_t otherwise)
{
	return parameter_is_known(p, parameter) ? p->value[parameter] : otherwise;
}

/* 0 leaves a value as it is. */
static int set_paths(option_socket socket, const struct stack_parameters *p)
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

static int set_association(option_socket socket, const struct stack_parameters *p)
{
	struct sctp_assocparams params = {
		.sasoc_asocmaxrxt = (uint16_t)p->value[PARAMETER_ASSOCIATION_MAX_RETRANS],
	};

	return set_option(socket, SCTP_ASSOCINFO, &params, sizeof(params));
}

static int set_sack(option_socket socket, const struct stack_parameters *p)
{
	struct sctp_sack_info sack = { .sack_delay = p->value[PARAMETER_SACK_DELAY] };

	return set_option(socket, SCTP_DELAYED_SACK, &sack, sizeof(sack));
}

static int set_burst(option_socket socket, const struct stack_parameters *p)
{
	struct sctp_assoc_value burst = { .assoc_value = p->value[PARAMETER_MAX_BURST] };

	return set_option(socket, SCTP_MAX_BURST, &burst, sizeof(burst));
}

/* All but the RTO. 0, or -errno and fault->call. */
static int set_all_but_rto(option_socket socket, const struct stack_parameters *p,
			   struct stack_fault *fault)
{
	static const struct {
		unsigned parameters;
		int (*set)(option_socket socket, const struct stack_parameters *p);
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

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		int rc = p->known & calls[i].parameters ? calls[i].set(socket, p) : 0;

		if (rc == 0)
			continue;
		fault->call = calls[i].call;
		return rc;
	}
	return 0;
}

/*
 * Of an association: all but the RTO and PotentiallyFailed.Max.Retrans. all_paths is the family of
 * an address that stands for all paths. Not every stack has all options: those that it does not
 * have stay unknown.
 */
static void read_common(option_socket socket, uint32_t id, sa_family_t all_paths,
			struct stack_parameters *p)
{
	struct sctp_assocparams params = { .sasoc_assoc_id = (sctp_assoc_t)id };
	struct sctp_paddrparams paths = { .spp_assoc_id = (sctp_assoc_t)id,
					  .spp_address.ss_family = all_paths };
	struct sctp_sack_info sack = { .sack_assoc_id = (sctp_assoc_t)id };
	struct sctp_assoc_value burst = { .assoc_id = (sctp_assoc_t)id };

	if (get_option(socket, SCTP_ASSOCINFO, &params, sizeof(params)) == 0)
		parameter_set(p, PARAMETER_ASSOCIATION_MAX_RETRANS, params.sasoc_asocmaxrxt);
	if (get_option(socket, SCTP_PEER_ADDR_PARAMS, &paths, sizeof(paths)) == 0) {
		parameter_set(p, PARAMETER_PATH_MAX_RETRANS, paths.spp_pathmaxrxt);
		parameter_set(p, PARAMETER_HB_INTERVAL, paths.spp_hbinterval);
		parameter_set(p, PARAMETER_DSCP, paths.spp_dscp >> DSCP_SHIFT);
	}
	if (get_option(socket, SCTP_DELAYED_SACK, &sack, sizeof(sack)) == 0)
		parameter_set(p, PARAMETER_SACK_DELAY, sack.sack_delay);
	if (get_option(socket, SCTP_MAX_BURST, &burst, sizeof(burst)) == 0)
		parameter_set(p, PARAMETER_MAX_BURST, burst.assoc_value);
}

#endif
