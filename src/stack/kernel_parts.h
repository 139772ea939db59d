/* SPDX-License-Identifier: MIT */
/*
 * What the files of the kernel's stack share: kernel.c (endpoints, connecting, sending),
 * kernel_event.c (events), kernel_status.c (the state of an association) and kernel_encaps.c. No
 * other file includes <netinet/sctp.h>.
 */
#ifndef STACK_KERNEL_PARTS_H
#define STACK_KERNEL_PARTS_H

#include <errno.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <sys/socket.h>

#include "stack/handle.h"

struct stack_endpoint {
	struct endpoint_base base;
	int fd;
	bool limits_known; /* rto_min_ms to max_retrans, with which all its associations begin */
	uint32_t rto_min_ms, rto_max_ms;
	uint16_t max_retrans;
	/* When the newest error came that may be about any association; 0: never. */
	int64_t unclear_us;
	int64_t error_read_us; /* when SO_ERROR was read for one of many associations */
};

struct stack_assoc {
	struct assoc_base base;
	int64_t connect_us;      /* when connect() was called; 0: the peer opened it */
	int64_t discards_before; /* at most so many packets had the kernel discarded before that */
	size_t address_count;    /* how many addresses connect() had */
	int connect_error;       /* the errno of a blocking connect, or 0 */
	int outcome; /* the newest SO_ERROR that can end an attempt, because reading clears it */
	bool unreachable; /* a path has become inactive */
};

static inline int set_option(int fd, int option, const void *value, socklen_t size)
{
	return setsockopt(fd, IPPROTO_SCTP, option, value, size) < 0 ? -errno : 0;
}

static inline int get_option(int fd, int option, void *value, socklen_t size)
{
	return getsockopt(fd, IPPROTO_SCTP, option, value, &size) < 0 ? -errno : 0;
}

/* --- kernel_encaps.c -------------------------------------------------------------------------- */

/*
 * The value of net.sctp.udp_port. 0: off. Negative: -errno of *call; -ENOENT: the kernel does not
 * have it.
 */
long kernel_udp_port(const char **call);

/*
 * Checks whether the kernel can encapsulate like this, and sets the options. 0, or -errno and
 * *fault.
 */
int kernel_check_encaps(const struct stack_encaps *udp, struct stack_fault *fault);
int kernel_set_encaps(int fd, const struct stack_config *config, struct stack_fault *fault);

/* --- kernel_parameters.c ---------------------------------------------------------------------- */

/* 0, or -errno and fault->call. */
int kernel_set_parameters(int fd, const struct stack_parameters *parameters,
			  struct stack_fault *fault);
int kernel_parameters(struct stack_assoc *assoc, struct stack_parameters *parameters);

/* --- kernel_event.c --------------------------------------------------------------------------- */

int kernel_next_event(struct stack_endpoint *endpoint, struct stack_event *event);
int kernel_soft_error(struct stack_assoc *assoc);
int kernel_send_error(struct stack_assoc *assoc, const union address *peer);

/* --- kernel_status.c -------------------------------------------------------------------------- */

/*
 * rc of a call about one association: -ENOTCONN if it has ended, else rc. If rc is an error,
 * fault() names the call.
 */
int kernel_refused(struct stack_assoc *assoc, const char *call, int rc);

/* A learned link-local address has no zone, and the kernel accepts any zone here. */
void kernel_put_address(void *to, const union address *peer);

enum stack_assoc_state kernel_pending_state(struct stack_assoc *assoc);
int64_t kernel_checksum_errors(void);
/* How many packets the host had discarded a moment ago. Negative: not known. */
int64_t kernel_discards(void);
int64_t kernel_received(struct stack_assoc *assoc);
int kernel_status(struct stack_assoc *assoc, struct stack_status *status);
int kernel_extensions(struct stack_assoc *assoc, unsigned *found);
int kernel_paths(struct stack_assoc *assoc, const struct stack_path *known,
		 struct stack_path **list);
int kernel_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path);
int kernel_bound_addresses(struct stack_endpoint *endpoint, union address **list);
int kernel_local_addresses(struct stack_assoc *assoc, union address **list);
int kernel_set_primary(struct stack_assoc *assoc, const union address *peer);
int kernel_heartbeat(struct stack_assoc *assoc, const union address *peer);
int kernel_no_heartbeats(struct stack_assoc *assoc, const union address *peer);
int kernel_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms);

#endif
