/* SPDX-License-Identifier: MIT */
#include "diagnose/failed_call.h"

#include <errno.h>

#include "base/util.h"

struct finding diagnose_failed_call(const char *call, int error)
{
	return (struct finding){ .code = call && error_forbids(error) ? FINDING_CALL_FORBIDDEN
								      : FINDING_CALL_FAILED,
				 .basis = BASIS_CALL,
				 .call = call,
				 .error = error };
}

struct finding diagnose_failed_packet(int error)
{
	return (struct finding){
		.code = FINDING_CALL_FAILED, .basis = BASIS_CALL, .call = "sendmsg", .error = error
	};
}

struct finding diagnose_unsent(int error, uint8_t chunk)
{
	struct finding finding = diagnose_failed_packet(error);

	/*
	 * A filter makes the call fail with EPERM in the output hook, and with ENOBUFS behind it
	 * (tc, netdev egress), as a full queue does; a rule of type prohibit for this protocol,
	 * port or user, with EACCES. Few other things do.
	 */
	if (error == EPERM || error == ENOBUFS || error == EACCES) {
		finding.code = FINDING_OWN_OUTPUT_FILTER;
		finding.chunk = chunk;
	}
	return finding;
}

struct finding diagnose_interruption(int signal, int error)
{
	if (!signal)
		return diagnose_failed_call("ppoll", error);
	return (struct finding){ .code = FINDING_INTERRUPTED,
				 .basis = BASIS_CALL,
				 .signal = signal };
}

struct finding diagnose_unasked(const struct path_result *path, uint8_t chunk)
{
	struct finding unsent = { .code = FINDING_NONE };

	if (path->ask_call)
		unsent = diagnose_failed_call(path->ask_call, path->ask_error);
	else if (path->send_error)
		unsent = diagnose_unsent(path->send_error, chunk);
	unsent.address = path->path.address;
	return unsent;
}

void diagnose_take_unsent(const struct finding *unsent, struct finding *why)
{
	if (unsent->code &&
	    (!why->code || why->code == FINDING_NOT_SEEN || why->code == FINDING_OWN_OUTPUT_FILTER))
		*why = *unsent;
}
