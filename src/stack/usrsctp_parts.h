/* SPDX-License-Identifier: MIT */
/*
 * What the files of the stack in user space share: usrsctp.c (endpoints, connecting),
 * usrsctp_bind.c, usrsctp_send.c (sending, and the end), usrsctp_event.c (events) and
 * usrsctp_status.c (the state of an association). Only they, usrsctp_library.c and usrsctp_gate.c
 * include <usrsctp.h>.
 */
#ifndef STACK_USRSCTP_PARTS_H
#define STACK_USRSCTP_PARTS_H

#include <errno.h>
#include <usrsctp.h>

#include "stack/handle.h"
#include "stack/usrsctp_attempt.h"
#include "stack/usrsctp_library.h"

/* RFC 9260 section 16. */
#define RTO_MIN_MS 1000

struct stack_endpoint {
	struct endpoint_base base;
	struct socket *socket;
	struct bell *bell;
	struct port_claim *claim;   /* NULL: it has that of the endpoint that accepted it */
	bool bound;                 /* not to all addresses */
	struct attempt_ports ports; /* sctp 0: not known yet */
	struct attempts attempts;
	uint32_t rto_min_ms;     /* an association gets it back when it is up */
	uint32_t rto_initial_ms; /* that an association begins with */
	int pf_max_retrans;      /* that it gets when it is up; -1: it keeps what it has */
};

struct stack_assoc {
	struct assoc_base base;
	bool up;
	bool unreachable;            /* one of its paths was given up */
	struct us_attempt *attempt;  /* NULL: not pending, or the peer opened it */
	struct stack_path handshake; /* what its handshake measured */
};

static inline int set_option(struct socket *socket, int option, const void *value, socklen_t size)
{
	return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, size) < 0 ? -errno : 0;
}

static inline int get_option(struct socket *socket, int option, void *value, socklen_t size)
{
	return usrsctp_getsockopt(socket, IPPROTO_SCTP, option, value, &size) < 0 ? -errno : 0;
}

static inline void us_forget_attempt(struct stack_assoc *assoc)
{
	attempt_forget(assoc->attempt);
	assoc->attempt = NULL;
}

/* --- usrsctp_send.c --------------------------------------------------------------------------- */

int us_send(struct stack_assoc *assoc, const void *bytes, size_t length, uint16_t stream,
	    uint32_t ppid, bool unordered);
uint32_t us_send_buffer(const struct stack_assoc *assoc);
int us_make_room(struct stack_assoc *assoc, size_t length);
int us_shutdown(struct stack_assoc *assoc);
int us_abort(struct stack_assoc *assoc, const char *text);

/*
 * Ends an attempt on a one-to-many endpoint, which has no more events from then on. The library
 * aborts only associations that are up: a pending one is peeled off, and its socket is closed.
 */
void us_abandon(struct stack_assoc *assoc);

/* --- usrsctp_parameters.c --------------------------------------------------------------------- */

/*
 * 0, or -errno and fault->call. PotentiallyFailed.Max.Retrans only has to be possible: if a path is
 * potentially failed during the handshake, the library sends a HEARTBEAT there, which a peer that
 * has not seen the COOKIE-ECHO answers with ABORT. us_set_pf() of an association that is up.
 */
int us_set_parameters(struct socket *socket, const struct stack_config *config,
		      struct stack_fault *fault);
void us_set_pf(struct stack_assoc *assoc);
int us_parameters(struct stack_assoc *assoc, struct stack_parameters *parameters);

/* --- usrsctp_event.c -------------------------------------------------------------------------- */

int us_next_event(struct stack_endpoint *endpoint, struct stack_event *event);
int us_soft_error(struct stack_assoc *assoc);
int us_send_error(struct stack_assoc *assoc, const union address *peer);

/* --- usrsctp_status.c ------------------------------------------------------------------------- */

/*
 * rc of a call about one association: -ENOTCONN if it has ended, else rc. If rc is an error,
 * fault() names the call.
 */
int us_refused(struct stack_assoc *assoc, const char *call, int rc);

/* The addresses of one association, or (0) of the socket. Returns the count, or -errno. */
int us_addresses(struct socket *socket, uint32_t assoc, union address **list);
/* The port of those addresses, or 0. */
uint16_t us_local_port(struct stack_endpoint *endpoint, uint32_t assoc);

enum stack_assoc_state us_pending_state(struct stack_assoc *assoc);
int64_t us_checksum_errors(void);
int us_status(struct stack_assoc *assoc, struct stack_status *status);
int us_extensions(struct stack_assoc *assoc, unsigned *found);
int us_paths(struct stack_assoc *assoc, const struct stack_path *known, struct stack_path **list);
int us_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path);
int us_bound_addresses(struct stack_endpoint *endpoint, union address **list);
int us_local_addresses(struct stack_assoc *assoc, union address **list);
int us_set_primary(struct stack_assoc *assoc, const union address *peer);
int us_heartbeat(struct stack_assoc *assoc, const union address *peer);
int us_no_heartbeats(struct stack_assoc *assoc, const union address *peer);
int us_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms);

#endif
