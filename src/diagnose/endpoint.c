/* SPDX-License-Identifier: MIT */
#include "diagnose/endpoint.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/failed_call.h"
#include "diagnose/parts.h"
#include "host/local.h"
#include "host/modprobe.h"

static enum finding_code code_of_name(enum unresolved_fault fault)
{
	switch (fault) {
	case UNRESOLVED_NO_NAME:
		return FINDING_NAME_NOT_FOUND;
	case UNRESOLVED_NO_ADDRESS:
		return FINDING_NAME_WITHOUT_ADDRESS;
	case UNRESOLVED_SERVER_SILENT:
		return FINDING_NAME_SERVER_SILENT;
	case UNRESOLVED_SERVER_FAILED:
		return FINDING_NAME_SERVER_FAILED;
	case UNRESOLVED_LATE:
		return FINDING_NAME_SERVER_LATE;
	case UNRESOLVED_CALL:
	case UNRESOLVED_NOT:
		break;
	}
	return FINDING_LOOKUP_FAILED;
}

struct finding finding_of_unresolved(const struct unresolved *unresolved)
{
	struct finding finding = { .code = code_of_name(unresolved->fault),
				   .basis = unresolved->call ? BASIS_CALL : BASIS_RESOLVER,
				   .call = unresolved->call,
				   .error = unresolved->error,
				   .family = unresolved->family,
				   .time_us = unresolved->waited_us };

	static_assert(sizeof(finding.name) >= sizeof(unresolved->names), "names are not cut");
	static_assert(sizeof(finding.detail) >= sizeof(unresolved->detail), "nor is the detail");
	strcpy(finding.name, unresolved->names);
	strcpy(finding.detail, unresolved->detail);
	return finding;
}

struct finding finding_of_left_out(const struct unresolved *unresolved)
{
	struct finding finding = finding_of_unresolved(unresolved);

	finding.code = FINDING_NAMES_LEFT_OUT;
	return finding;
}

static struct finding no_sctp_here(int error)
{
	struct finding finding = { .code = FINDING_NO_SCTP_HERE,
				   .basis = BASIS_CALL,
				   .error = error };
	struct message block;

	if (module_blocked("sctp", &block))
		snprintf(finding.detail, sizeof(finding.detail), "%.*s",
			 (int)sizeof(finding.detail) - 1, block.text);
	return finding;
}

static enum finding_code code_of_lack(enum stack_lack lack)
{
	switch (lack) {
	case LACKS_NOTHING:
		break;
	case LACKS_SCTP:
		return FINDING_NO_SCTP_HERE;
	case LACKS_ENCAPS:
		return FINDING_ENCAPS_UNSUPPORTED;
	case LACKS_ENCAPS_SETTING:
		return FINDING_ENCAPS_OFF;
	case LACKS_ENCAPS_PORT:
		return FINDING_ENCAPS_OTHER_PORT;
	case LACKS_HOST_OF_ITS_OWN:
		return FINDING_USRSCTP_BESIDE_KERNEL;
	case LACKS_RAW_PRIVILEGE:
		return FINDING_RAW_PRIVILEGE;
	case LACKS_FREE_UDP_PORT:
		return FINDING_UDP_PORT_IN_USE;
	case LACKS_ANY_UDP_PORT:
		return FINDING_NO_FREE_PORT;
	case LACKS_UDP_PRIVILEGE:
		return FINDING_UDP_PORT_PRIVILEGED;
	case LACKS_LINK_LOCAL:
		return FINDING_NO_LINK_LOCAL;
	case LACKS_THREADS:
		return FINDING_USRSCTP_THREADS;
	case LACKS_ADDRESSES:
		return FINDING_USRSCTP_ADDRESSES;
	case LACKS_IPV6:
		return FINDING_NO_IPV6;
	case LACKS_LOCAL_FAMILY:
		return FINDING_BIND_WRONG_FAMILY;
	}
	return FINDING_NONE;
}

struct finding finding_of_local(const struct local_address *local)
{
	static const enum finding_code codes[] = {
		[LOCAL_ABSENT] = FINDING_NOT_LOCAL,
		[LOCAL_BY_ROUTE] = FINDING_LOCAL_BY_ROUTE,
		[LOCAL_TENTATIVE] = FINDING_LOCAL_TENTATIVE,
		[LOCAL_DUPLICATE] = FINDING_LOCAL_DUPLICATE,
		[LOCAL_ON_OTHER_LINK] = FINDING_LOCAL_ON_OTHER_LINK,
		[LOCAL_IN_VRF] = FINDING_LOCAL_IN_VRF,
		[LOCAL_OUTSIDE_VRF] = FINDING_LOCAL_OUTSIDE_VRF,
		[LOCAL_LINK_DOWN] = FINDING_LOCAL_LINK_DOWN,
		[LOCAL_USABLE] = FINDING_NONE,
	};
	static_assert(ARRAY_SIZE(codes) == LOCAL_STATE_COUNT, "a state without a code");
	struct finding finding = { .code = codes[local->state],
				   .basis = BASIS_SYSTEM,
				   .address = local->address };

	strcpy(finding.link, local->link);
	strcpy(finding.other_link, local->vrf);
	return finding;
}

static void why_not_local(struct finding *finding)
{
	struct local_address local;
	struct finding why;

	finding->code = FINDING_NOT_LOCAL;
	if (!finding->address.sa.sa_family)
		return;
	local = local_look_up(&finding->address);
	why = finding_of_local(&local);
	/* The stack in user space knows only the addresses that there were when it started. */
	if (local.state == LOCAL_USABLE)
		finding->code = *local.link ? FINDING_CALL_FAILED : FINDING_LOCAL_UNTOLD;
	if (local.state == LOCAL_IN_VRF && local_runs_in(local.vrf, why.other_link))
		why.flags |= FINDING_INSIDE;
	if (!why.code || why.code == FINDING_NOT_LOCAL)
		return;
	why.call = finding->call;
	why.error = finding->error;
	*finding = why;
}

static void who_has_the_port(struct finding *finding)
{
	finding->code = FINDING_BIND_IN_USE;
	if (!finding->address.sa.sa_family)
		return;
	if (!address_port(&finding->address)) {
		finding->code = FINDING_NO_FREE_PORT;
	} else if (local_port_closing(&finding->address, &finding->other)) {
		finding->code = FINDING_BIND_CLOSING;
		finding->basis = BASIS_SYSTEM;
	}
}

static void who_forbids_the_port(struct finding *finding)
{
	uint16_t port = address_port(&finding->address);

	finding->other_port = local_unprivileged_port();
	finding->code = port && !local_may_have_port(port) ? FINDING_PRIVILEGED_PORT
							   : FINDING_BIND_FORBIDDEN;
}

/* For a call that binds local addresses. */
static void why_not_bound(struct finding *finding)
{
	switch (finding->error) {
	case EADDRINUSE:
		who_has_the_port(finding);
		break;
	case EADDRNOTAVAIL:
		why_not_local(finding);
		break;
	case EACCES:
	case EPERM:
		who_forbids_the_port(finding);
		break;
	case EINVAL:
		finding->code = FINDING_WILDCARD_NOT_ALONE;
		break;
	}
}

struct finding finding_of_fault(const struct stack_fault *fault, int error)
{
	struct finding finding = { .code = code_of_lack(fault->lack),
				   .basis = fault->lack ? BASIS_SYSTEM : BASIS_CALL,
				   .call = fault->call,
				   .error = error,
				   .address = fault->address,
				   .port = fault->port,
				   .other_port = fault->other_port,
				   .started = fault->started,
				   .expected = fault->expected };

	if (finding.code == FINDING_NO_SCTP_HERE || error == EPROTONOSUPPORT ||
	    error == ESOCKTNOSUPPORT)
		return no_sctp_here(error);
	if (!finding.code && fault->binds)
		why_not_bound(&finding);
	/* The library does not say why: its calls were tried again. */
	if (finding.code == FINDING_USRSCTP_THREADS &&
	    diagnose_failed_call(fault->call, error).code == FINDING_CALL_FORBIDDEN)
		finding.code = FINDING_CALL_FORBIDDEN;
	if (finding.code == FINDING_NO_IPV6 && (error != EAFNOSUPPORT || local_has_ipv6()))
		finding.code = FINDING_IPV6_FORBIDDEN;
	if (!finding.code)
		finding.code = diagnose_failed_call(fault->call, error).code;
	return finding;
}

void diagnose_no_stack(struct result *result, int error)
{
	const struct finding cause = no_sctp_here(error);

	diagnose_conclude(result, error, &cause);
}

void diagnose_open(struct result *result, const struct evidence *evidence)
{
	const struct finding cause = finding_of_fault(&evidence->fault, evidence->error);

	diagnose_conclude(result, evidence->error, &cause);
}

void diagnose_call(struct result *result, const struct evidence *evidence)
{
	struct finding cause = diagnose_failed_call(evidence->fault.call, evidence->error);

	/* What a call before that one says has nothing to do with addresses. */
	if (!evidence->fault.connects) {
		diagnose_conclude(result, evidence->error, &cause);
		return;
	}
	if (diagnose_mark_unreachable(result, evidence) == evidence->order_count &&
	    evidence->order_count) {
		diagnose_unreachable(result, evidence);
		return;
	}
	/* Not about routes: net/sctp/bind_addr.c sctp_bind_addr_copy found no local address. */
	if (evidence->error == ENETUNREACH && evidence->order_count) {
		cause.code = FINDING_SCOPE_TOO_NARROW;
		cause.address = diagnose_nth(result, evidence, 0)->path.address;
	} else if (evidence->error == EAGAIN) {
		cause.code = FINDING_NO_FREE_PORT;
	}
	diagnose_conclude(result, evidence->error, &cause);
}
