/* SPDX-License-Identifier: MIT */
#include "diagnose/diagnose.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/names.h"
#include "diagnose/parts.h"
#include "report/explain.h"

void evidence_add_soft_error(struct evidence *evidence, int error)
{
	if (!error || evidence->soft_error_count == EVIDENCE_ERRORS_MAX)
		return;
	for (size_t i = 0; i < evidence->soft_error_count; i++)
		if (evidence->soft_errors[i] == error)
			return;
	evidence->soft_errors[evidence->soft_error_count++] = error;
}

static void diagnose_no_stack(struct result *result, const struct evidence *evidence)
{
	struct message block;

	diagnose_set(result, RESULT_UNSUPPORTED, evidence->error, STATUS_HOST);
	message_set(&result->reason, 0, "this host's kernel has no SCTP");
	if (module_blocked("sctp", &block)) {
		message_set(&result->hint, 0, "the module may not be loaded here: %s", block.text);
		return;
	}
	message_set(&result->hint, 0,
		    "as root: modprobe sctp (a blacklist in /etc/modprobe.d, or a kernel package "
		    "without extra modules, may be why it is not there)");
}

/* The first socket call that failed, in words that name what it was about. */
static void diagnose_open(struct result *result, const struct evidence *evidence)
{
	char text[ADDRESS_TEXT_MAX];
	const struct explanation *row = explain_errno(evidence->error);
	const union address *local = &evidence->fault.address;
	const char *where = "the address after -b";
	bool binding = !strcmp(evidence->fault.call, "sctp_bindx") ||
		       !strcmp(evidence->fault.call, "listen");

	diagnose_set(result, RESULT_FAILED, evidence->error, STATUS_HOST);
	if (local->sa.sa_family)
		where = address_port(local) ? address_text(local, text)
					    : address_host_text(local, text);
	if (evidence->fault.why.text[0]) {
		result->reason = evidence->fault.why;
		result->hint = evidence->fault.hint;
	} else if (evidence->error == EPROTONOSUPPORT || evidence->error == ESOCKTNOSUPPORT) {
		diagnose_no_stack(result, evidence);
	} else if (binding && evidence->error == EADDRINUSE && local->sa.sa_family &&
		   !address_port(local)) {
		message_set(&result->reason, 0, "no local port is free");
		message_set(&result->hint, 0, "sysctl net.ipv4.ip_local_port_range");
	} else if (binding && evidence->error == EADDRINUSE) {
		message_set(&result->reason, 0, "%s: the port is in use on this host", where);
		message_set(&result->hint, 0, "ss -Sanp shows who has it; port 0 takes a free one");
	} else if (binding && evidence->error == EADDRNOTAVAIL) {
		message_set(&result->reason, 0, "%s is not an address of this host", where);
		message_set(&result->hint, 0, "ip addr shows the addresses of this host");
	} else if (binding && evidence->error == EACCES) {
		message_set(&result->reason, 0, "%s: ports below 1024 need CAP_NET_BIND_SERVICE",
			    where);
		message_set(&result->hint, 0,
			    "use a port from 1024 on, run as root, or see sysctl "
			    "net.ipv4.ip_unprivileged_port_start");
	} else if (binding && evidence->error == EINVAL) {
		message_set(&result->reason, 0, "%s cannot be bound together with the others",
			    where);
		message_set(&result->hint, 0, "a wildcard address (0.0.0.0 or ::) is given alone");
	} else if (evidence->error == EAFNOSUPPORT && !strcmp(evidence->fault.call, "bind")) {
		message_set(&result->reason, 0,
			    "none of the -b addresses is of the family of the peer's addresses");
		message_set(&result->hint, 0,
			    "give a local address of the same family, or no -b at all");
	} else if (evidence->error == EAFNOSUPPORT) {
		message_set(&result->reason, 0, "this host has no IPv6, and what is left needs it");
		message_set(&result->hint, 0,
			    "sysctl net.ipv6.conf.all.disable_ipv6, and ipv6.disable= on the "
			    "kernel's command line");
	} else {
		message_set(&result->reason, 0, "%s: %s: %s", evidence->fault.call,
			    errno_name(evidence->error),
			    row ? row->meaning : strerror(evidence->error));
		message_set(&result->hint, 0, "sctp-connect --explain %s",
			    errno_name(evidence->error));
	}
}

static void diagnose_call(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	char text[ADDRESS_TEXT_MAX];

	diagnose_mark_untried(result, evidence, 0, "");
	if (diagnose_mark_unreachable(result, evidence) == evidence->order_count &&
	    evidence->order_count) {
		diagnose_unreachable(result, evidence);
		return;
	}
	diagnose_set(result, RESULT_FAILED, evidence->error, STATUS_HOST);
	if (evidence->error == ENETUNREACH)
		/* Not about routes: net/sctp/bind_addr.c sctp_bind_addr_copy found none. */
		message_set(
			&result->reason, 0,
			"this host has, or -b leaves, no local address whose scope reaches %s, "
			"the first of the call",
			address_host_text(&diagnose_nth(result, evidence, 0)->path.address, text));
	else if (evidence->error == EAGAIN)
		message_set(&result->reason, 0,
			    "no local port is free (sysctl net.ipv4.ip_local_port_range)");
	else
		message_set(&result->reason, 0, "sctp_connectx: %s: %s",
			    errno_name(evidence->error),
			    row ? row->meaning : strerror(evidence->error));
	message_set(&result->hint, 0, "sctp-connect --explain %s", errno_name(evidence->error));
}

/* It says nothing about the peer or the network. */
static void diagnose_fault(struct result *result, const struct evidence *evidence)
{
	const struct explanation *row = explain_errno(evidence->error);
	struct association *a = &result->association;
	size_t tried = diagnose_tried_surely(evidence);

	diagnose_set(result, RESULT_FAILED, evidence->error, STATUS_HOST);
	message_set(&result->reason, 0, "%s: %s: %s", evidence->fault.call,
		    errno_name(evidence->error), row ? row->meaning : strerror(evidence->error));
	message_set(&result->hint, 0, "sctp-connect --explain %s", errno_name(evidence->error));
	for (size_t i = 0; i < evidence->order_count && !a->known; i++)
		diagnose_nth(result, evidence, i)->verdict = i < tried ? VERDICT_TRIED
								       : VERDICT_UNTRIED;
	for (size_t i = 0; i < a->path_count; i++)
		if (a->paths[i].answered)
			a->paths[i].verdict = VERDICT_VERIFIED;
}

void diagnose(struct result *result, const struct evidence *evidence)
{
	if (result->signal && evidence->phase != PHASE_UP) {
		diagnose_set(result, RESULT_FAILED, EINTR, STATUS_SIGNAL + result->signal);
		if (evidence->phase == PHASE_RESOLVE)
			message_set(&result->reason, 0, "ended by %s while names were looked up",
				    signal_name(result->signal));
		else
			message_set(&result->reason, 0,
				    "ended by %s after %.1f ms, with no answer until then",
				    signal_name(result->signal), MS(evidence->elapsed_us));
		if (evidence->phase == PHASE_PENDING)
			diagnose_mark_unanswered(result, evidence);
		else
			diagnose_mark_untried(result, evidence, 0, "");
		return;
	}
	switch (evidence->phase) {
	case PHASE_STACK:
		diagnose_no_stack(result, evidence);
		break;
	case PHASE_RESOLVE:
		diagnose_set(result,
			     evidence->status == STATUS_UNRESOLVED ? RESULT_UNRESOLVED
								   : RESULT_FAILED,
			     0, evidence->status);
		result->reason = evidence->failed;
		break;
	case PHASE_OPEN:
		diagnose_open(result, evidence);
		diagnose_mark_untried(result, evidence, 0, "");
		break;
	case PHASE_CALL:
		diagnose_call(result, evidence);
		break;
	case PHASE_PENDING:
		if (evidence->ended && evidence->error != ETIMEDOUT)
			diagnose_refused(result, evidence);
		else
			diagnose_silence(result, evidence);
		break;
	case PHASE_UP:
		diagnose_up(result, evidence);
		break;
	case PHASE_FAULT:
		diagnose_fault(result, evidence);
		break;
	}
}
