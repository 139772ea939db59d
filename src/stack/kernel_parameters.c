/* SPDX-License-Identifier: MIT */
/* The kernel's protocol parameters: of an endpoint, for its associations, and of an association. */
#include <sys/param.h>

#include "stack/kernel_parts.h"

typedef int option_socket;
#include "stack/parameter_options.h"

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

static int set_pf(int fd, const struct stack_parameters *p)
{
	struct sctp_paddrthlds thresholds = {
		.spt_pathpfthld = (uint16_t)p->value[PARAMETER_PF_MAX_RETRANS],
	};

	return set_option(fd, SCTP_PEER_ADDR_THLDS, &thresholds, sizeof(thresholds));
}

int kernel_set_parameters(int fd, const struct stack_parameters *p, struct stack_fault *fault)
{
	int rc = p->known & (BIT(RTO_MIN) | BIT(RTO_MAX)) ? set_rto(fd, p) : 0;

	if (rc < 0) {
		fault->call = "setsockopt(SCTP_RTOINFO) for -o RTO.Min or RTO.Max";
		return rc;
	}
	return set_all_but_rto(fd, p, fault);
}

int kernel_parameters(struct stack_assoc *assoc, struct stack_parameters *p)
{
	sctp_assoc_t id = (sctp_assoc_t)assoc->base.id;
	int fd = assoc->base.endpoint->fd;
	struct sctp_rtoinfo rto = { .srto_assoc_id = id };
	struct sctp_paddrthlds thresholds = { .spt_assoc_id = id };
	int rc = get_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));

	*p = (struct stack_parameters){ 0 };
	if (rc < 0)
		return kernel_refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	parameter_set(p, PARAMETER_RTO_INITIAL, rto.srto_initial);
	parameter_set(p, PARAMETER_RTO_MIN, rto.srto_min);
	parameter_set(p, PARAMETER_RTO_MAX, rto.srto_max);
	read_common(fd, assoc->base.id, AF_UNSPEC, p);
	if (get_option(fd, SCTP_PEER_ADDR_THLDS, &thresholds, sizeof(thresholds)) == 0)
		parameter_set(p, PARAMETER_PF_MAX_RETRANS, thresholds.spt_pathpfthld);
	return 0;
}
