/* SPDX-License-Identifier: MIT */
#include "diagnose/endpoint.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diagnose/failed_call.h"
#include "diagnose/parts.h"

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

/* For a call that binds local addresses. */
static enum finding_code code_of_bind(const struct stack_fault *fault, int error)
{
	bool any_port = fault->address.sa.sa_family && !address_port(&fault->address);

	switch (error) {
	case EADDRINUSE:
		return any_port ? FINDING_NO_FREE_PORT : FINDING_BIND_IN_USE;
	case EADDRNOTAVAIL:
		return FINDING_NOT_LOCAL;
	case EACCES:
		return FINDING_PRIVILEGED_PORT;
	case EINVAL:
		return FINDING_WILDCARD_NOT_ALONE;
	default:
		return FINDING_NONE;
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
		finding.code = code_of_bind(fault, error);
	if (!finding.code)
		finding.code = FINDING_CALL_FAILED;
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
