/* SPDX-License-Identifier: MIT */
/*
 * The seam between the program and its SCTP stacks. No SCTP header is included here, because the
 * kernel's and usrsctp's cannot be included together: the same names have different values.
 *
 * An endpoint is a port and a set of local addresses: one descriptor. An association lives on an
 * endpoint; on a one-to-one endpoint there is at most one, on a one-to-many endpoint any number.
 * Both are handles. connect() and accept() return the handle of an association at once. On a
 * listening one-to-many endpoint EVENT_UP brings a new one. It is good until release() or until its
 * endpoint is closed, also when the association has ended.
 *
 * All calls are made from the main thread; none blocks but connect() when told to. Functions return
 * 0 or -errno unless they say otherwise. Calls about an association that has ended say -ENOTCONN;
 * an event says how it ended, now or at the next next_event(). Any other -errno is a call that
 * failed on this host, and fault() names it. It says nothing about the peer or the network.
 *
 * Every list returned here is malloc'd, and the caller frees it.
 */
#ifndef STACK_STACK_H
#define STACK_STACK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/address.h"
#include "packet/chunk.h"
#include "packet/sctp.h"
#include "stack/parameter.h"

struct stack_endpoint; /* each stack's own */
struct stack_assoc;    /* each stack's own */

enum stack_style {
	STACK_ONE_TO_ONE,  /* SOCK_STREAM */
	STACK_ONE_TO_MANY, /* SOCK_SEQPACKET */
	STACK_STYLE_COUNT,
};

/*
 * UDP encapsulation (RFC 6951): every packet travels in a UDP datagram. Both 0: off.
 */
struct stack_encaps {
	/* The UDP port of this end. 0: a free port, or the one that the host is set to. */
	uint16_t local;
	/* The UDP port of the peer. 0 for a listener, which answers to the port of the packet. */
	uint16_t remote;
};

static inline bool encapsulated(const struct stack_encaps *udp)
{
	return udp->local || udp->remote;
}

/* Longer messages come in parts. */
#define STACK_MESSAGE_MAX ((size_t)16 << 20)

/*
 * How many bytes of long messages endpoints may still hold, all that have the same. A message that
 * has no room comes in parts.
 */
struct stack_budget {
	size_t left;
};

/* How to open an endpoint. 0 means the stack's default. */
struct stack_config {
	enum stack_style style;
	struct stack_encaps udp;
	bool ipv6;      /* IPv6 and IPv4, else IPv4 only */
	bool listening; /* listen() will follow */
	/*
	 * One-to-many, for some hundreds of associations: has room for their events, and one of
	 * them does not hold up the others. Messages come in the pieces that arrive.
	 */
	bool shared;
	/* Of it and of those that it accepts. It outlives them. NULL: there is none. */
	struct stack_budget *budget;
	const union address *local; /* to bind; all with the same port, which may be 0 */
	size_t local_count;
	const union address *peers; /* the addresses for connect(), if they are known */
	size_t peer_count;
	uint16_t out_streams;
	uint16_t max_in_streams;
	uint16_t init_attempts;   /* INIT retransmissions over all addresses together */
	uint32_t init_timeout_ms; /* the longest wait for the answer to one INIT */
	uint32_t rto_initial_ms;  /* the wait for the answer to the first INIT */
	/* The others that the endpoint's associations begin with, and RTO.Initial again. */
	struct stack_parameters parameters;
};

/* What this host lacks, if that is known better than from the errno of a call. */
enum stack_lack {
	LACKS_NOTHING,         /* only call and errno are known */
	LACKS_SCTP,            /* the kernel has no SCTP */
	LACKS_ENCAPS,          /* the kernel has no UDP encapsulation */
	LACKS_ENCAPS_SETTING,  /* it is switched off; port: what to set */
	LACKS_ENCAPS_PORT,     /* it is set to other_port, not to port */
	LACKS_HOST_OF_ITS_OWN, /* the kernel's SCTP would abort usrsctp's associations */
	LACKS_RAW_PRIVILEGE,   /* CAP_NET_RAW */
	LACKS_FREE_UDP_PORT,   /* port is in use */
	LACKS_ANY_UDP_PORT,    /* all that the host gives without being asked for one are in use */
	LACKS_UDP_PRIVILEGE,   /* port is below other_port */
	LACKS_LINK_LOCAL,      /* the stack does not support such addresses */
	LACKS_THREADS,         /* usrsctp started too few threads; call NULL: it is not known why */
	LACKS_ADDRESSES,       /* usrsctp could not read this host's addresses, nor says why */
	LACKS_IPV6,            /* the host has no IPv6, or forbids it */
	LACKS_LOCAL_FAMILY,    /* no local address has the family of a peer address */
};

/* Which call failed. */
struct stack_fault {
	const char *call;      /* "socket", "sctp_bindx", "listen", "setsockopt(SCTP_RTOINFO)" */
	bool binds;            /* the call binds local addresses */
	bool connects;         /* the call is the one that asks for the association */
	union address address; /* the local address that it failed on, or sa_family 0 */
	enum stack_lack lack;
	uint16_t port, other_port;
	unsigned started, expected;
};

enum stack_path_state {
	PATH_UNKNOWN, /* the stack did not say */
	PATH_ACTIVE,  /* also every address given to connect(), before it has answered */
	PATH_INACTIVE,
	PATH_POTENTIALLY_FAILED,
	PATH_UNCONFIRMED,
	PATH_STATE_COUNT,
};

/* One peer address of an association (SCTP_GET_PEER_ADDR_INFO). */
struct stack_path {
	union address address;
	bool primary;
	enum stack_path_state state;
	int64_t srtt_us; /* 0: never measured (the handshake does not count, RFC 9260 6.3.1) */
	uint32_t rto_ms;
	uint32_t cwnd; /* bytes */
	uint32_t mtu;  /* bytes */
};

struct stack_status {
	uint32_t id;
	enum stack_assoc_state state;
	uint16_t out_streams;
	uint16_t in_streams;
	uint32_t peer_rwnd; /* bytes */
	uint32_t rto_min_ms, rto_max_ms;
	uint16_t max_retrans; /* so many failures in a row, over all paths, end it (Max.Retrans) */
	struct stack_path primary; /* sa_family 0: only paths() tells it */
	unsigned extensions;       /* of both ends; enum stack_extension. Of extensions() */
};

enum stack_event_type {
	EVENT_NONE,
	EVENT_UP,       /* the association is established, or was for a moment */
	EVENT_RESTART,  /* the peer replaced the association by a new one */
	EVENT_FAILED,   /* it was never established; error and cause say why */
	EVENT_LOST,     /* established, then aborted or given up; error and cause say why */
	EVENT_SHUTDOWN, /* the peer began a graceful close */
	EVENT_CLOSED,   /* a graceful close is complete */
	EVENT_PATH,     /* address is now in path_state */
	/* The peer may have other addresses now, or have asked for another primary (RFC 5061). */
	EVENT_ADDRESSES,
	EVENT_DATA,
	EVENT_DRY, /* the peer has acknowledged everything that was sent */
	/*
	 * A call failed on this host: error is its errno, and fault() names it. What else happened
	 * to the association, or with assoc NULL to all of the endpoint, cannot be known any more.
	 */
	EVENT_FAULT,
	EVENT_TYPE_COUNT,
};

/* What happened to one association. The data of EVENT_DATA is good until the next next_event(). */
struct stack_event {
	enum stack_event_type type;
	struct stack_assoc *assoc;
	int error; /* FAILED, LOST, FAULT: positive errno: ECONNREFUSED, ETIMEDOUT, ... */
	/*
	 * FAILED, LOST: the causes in the ABORT. If FAILED and not aborted, it may be the ABORT of
	 * this end: some stacks do not say whose it is.
	 */
	struct cause cause;
	bool aborted; /* FAILED: certainly by an ABORT of the peer; not every stack says so */
	union address address;
	enum stack_path_state path_state;
	const void *data;
	size_t length;
	/*
	 * DATA: the message goes on in the next EVENT_DATA of this association. Only messages that
	 * are longer than STACK_MESSAGE_MAX, or than what the budget has left, come in parts. If
	 * the association ends before the last part, its end comes instead.
	 */
	bool more;
	uint16_t stream;
	uint32_t ppid; /* network byte order, as received */
	bool unordered;
};

struct stack {
	const char *name;             /* the word of --stack */
	const char *description;      /* for --version: "Linux kernel SCTP through libsctp" */
	const char *(*version)(void); /* of the library */
	/*
	 * Attempts may share an endpoint (config.shared). libusrsctp 0.9.5 comes to a deadlock when
	 * an INIT-ACK lists an address that another attempt on the endpoint has
	 * (sctp_load_addresses_from_init() aborts that one with the locks of its own).
	 */
	bool shares;
	/*
	 * heartbeat() and no_heartbeats() without an address are about all paths, and
	 * no_heartbeats() also about those to come; without heartbeats of its own, the stack still
	 * counts those of heartbeat() that are not answered.
	 */
	bool asks_all;
	/*
	 * It is a part of the host's kernel. So net.sctp's sysctls are its settings, it makes
	 * buffers longer with CAP_NET_ADMIN, and it needs no raw sockets. Its packets take the
	 * routes of root, even if another user runs the program (rules with uidrange):
	 * net/sctp/protocol.c sctp_v4_get_dst() says nothing of the socket's owner.
	 */
	bool in_kernel;
	/* It sends from no link-local address (sctputil.c sctp_is_address_in_scope()). */
	bool no_link_local;

	/*
	 * Can this process use the stack here at all, packed so? 0, or -errno and *fault says why.
	 */
	int (*available)(const struct stack_encaps *udp, struct stack_fault *fault);

	/*
	 * Opens and binds an endpoint. On failure *fault names the call. The events of struct
	 * stack_event are subscribed.
	 */
	int (*open)(struct stack_endpoint **endpoint, const struct stack_config *config,
		    struct stack_fault *fault);
	int (*listen)(struct stack_endpoint *endpoint, int backlog);

	/*
	 * For a listening one-to-one endpoint that is ready: the next association, on a new
	 * endpoint whose first event is EVENT_UP, and the address it came from. -EAGAIN: there are
	 * no more. A caller that stops asking before that finds the endpoint ready again.
	 */
	int (*accept)(struct stack_endpoint *endpoint, struct stack_endpoint **accepted,
		      struct stack_assoc **assoc, union address *from);

	/*
	 * Starts an association with one peer, with all addresses in one call. 0: the attempt was
	 * made, and EVENT_UP or EVENT_FAILED reports its outcome. If blocking, the call returns
	 * when there is an outcome, when a signal came (the attempt then goes on), or, for a stack
	 * that cannot block, at once. -errno: the request was rejected, nothing was sent, and there
	 * is no *assoc.
	 */
	int (*connect)(struct stack_endpoint *endpoint, const union address *peers, size_t count,
		       bool blocking, struct stack_assoc **assoc);

	/*
	 * The ports of this end, after connect(). A port that is not known stays unchanged. udp: of
	 * the encapsulation. 0, or -errno and the call's name if the one of SCTP could not be read.
	 */
	int (*ports)(const struct stack_endpoint *endpoint, uint16_t *sctp, uint16_t *udp,
		     const char **call);
	/* The addresses that the endpoint is bound to. Returns the count of *list, or -errno. */
	int (*bound_addresses)(struct stack_endpoint *endpoint, union address **list);

	/*
	 * The descriptor and events to poll. The descriptor stays the same for the life of the
	 * endpoint.
	 */
	struct pollfd (*pollfd)(const struct stack_endpoint *endpoint);
	/*
	 * The event to poll that descriptor for after send() returned -EAGAIN. When it is ready,
	 * send again, then ask for events, whatever poll() said about those.
	 */
	short room_event;

	/*
	 * 1 and *event, or 0 if there are no more events now. One call does a bounded amount of
	 * work. A caller may stop asking at any time: until it gets 0, the descriptor is ready, or
	 * becomes ready at once.
	 */
	int (*next_event)(struct stack_endpoint *endpoint, struct stack_event *event);

	/*
	 * The newest call on this endpoint, or about an association on it, that failed on this
	 * host. Valid until the next call. Its member call is NULL if none has failed.
	 */
	const struct stack_fault *(*fault)(const struct stack_endpoint *endpoint);

	/*
	 * How many packets with a bad checksum have arrived so far: in this network namespace
	 * (kernel), or for this process (usrsctp). Negative: not known.
	 */
	int64_t (*checksum_errors)(void);

	/* --- Of one association ------------------------------------------------------------- */

	/* The stack's number for it, for reports. 0: not known before it is up. */
	uint32_t (*id)(const struct stack_assoc *assoc);
	struct stack_endpoint *(*endpoint)(const struct stack_assoc *assoc);
	/* Whatever the caller wants to find again when an event names the association. */
	void (*set_owner)(struct stack_assoc *assoc, void *owner);
	void *(*owner)(const struct stack_assoc *assoc);

	/*
	 * While an attempt is pending: the newest network error (ICMP, ARP) that the stack received
	 * and did not act on, as a positive errno, or 0. Reading clears it. Negative: one has come
	 * since connect(), and the stack cannot tell which association on the endpoint it is about.
	 */
	int (*soft_error)(struct stack_assoc *assoc);

	/*
	 * The newest packet to that address of the peer could not be sent: a positive errno, as
	 * sendmsg() gave it. 0: it was sent, there was none, there is no route, or the stack is not
	 * told. Good also when the association has ended.
	 */
	int (*send_error)(struct stack_assoc *assoc, const union address *peer);

	/* How far a pending attempt got. ASSOC_CLOSED: not known. */
	enum stack_assoc_state (*pending_state)(struct stack_assoc *assoc);

	/*
	 * How many packets have come for a pending attempt on a shared endpoint. Negative: not
	 * known, also because the host has discarded packets since connect() and some of them may
	 * have been for it. NULL if shares is false.
	 */
	int64_t (*received)(struct stack_assoc *assoc);

	/* All but extensions, which are a call of their own: some stacks are asked for each. */
	int (*status)(struct stack_assoc *assoc, struct stack_status *status);
	int (*extensions)(struct stack_assoc *assoc, unsigned *extensions);
	/*
	 * Return the count of *list, or -errno. primary: of status(), which was called just now, so
	 * that it is not asked for again; NULL: it was not.
	 */
	int (*paths)(struct stack_assoc *assoc, const struct stack_path *primary,
		     struct stack_path **list);
	int (*local_addresses)(struct stack_assoc *assoc, union address **list);
	/* One of the paths, all but primary. */
	int (*path)(struct stack_assoc *assoc, const union address *peer, struct stack_path *path);
	int (*set_primary)(struct stack_assoc *assoc, const union address *peer);

	/*
	 * Sends a HEARTBEAT on one path at once (RFC 9260 section 8.3). If it is sent before the
	 * answer to the previous one, it counts as a failure of the path: the RTO doubles, and a
	 * path that works may be called potentially failed. No event reports an answer; see
	 * heartbeat.h. peer NULL: on all paths, if asks_all is true; whether one of them could not
	 * be sent is then not told.
	 */
	int (*heartbeat)(struct stack_assoc *assoc, const union address *peer);
	/*
	 * From now on the stack sends no heartbeats of its own on that path. peer NULL: on none, if
	 * asks_all is true.
	 */
	int (*no_heartbeats)(struct stack_assoc *assoc, const union address *peer);
	/*
	 * Sets RTO.Min and RTO.Max from the next measurement on. Until then the paths' RTOs stay as
	 * they are.
	 */
	int (*set_rto)(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms);

	/* Those in force, as far as the stack tells them. */
	int (*parameters)(struct stack_assoc *assoc, struct stack_parameters *parameters);

	/*
	 * -EAGAIN: the send buffer is full, wait for room_event. -EMSGSIZE: the message is longer
	 * than the buffer. -ENOTCONN also if the peer is closing it. ppid in network byte order.
	 */
	int (*send)(struct stack_assoc *assoc, const void *data, size_t length, uint16_t stream,
		    uint32_t ppid, bool unordered);
	/* The size of that buffer, in bytes. 0: not known. */
	uint32_t (*send_buffer)(const struct stack_assoc *assoc);
	/* How many bytes of a message have arrived whose rest has not. */
	size_t (*incomplete)(const struct stack_assoc *assoc);

	/* Makes the send buffer long enough for that message. -EMSGSIZE: it cannot be. */
	int (*make_room)(struct stack_assoc *assoc, size_t length);

	/* Begins a graceful close (SHUTDOWN); EVENT_CLOSED or EVENT_LOST ends it. */
	int (*shutdown)(struct stack_assoc *assoc);

	/*
	 * Ends it with an ABORT, whose cause has that text, or none if it is NULL, without touching
	 * others on the endpoint. EVENT_FAILED or EVENT_LOST with ECONNABORTED follows.
	 * -EOPNOTSUPP on a one-to-one endpoint: use close(), which has no text.
	 */
	int (*abort)(struct stack_assoc *assoc, const char *text);

	/* Frees the handle. If the association has not ended, it goes on, without events. */
	void (*release)(struct stack_assoc *assoc);

	/* --- The end ------------------------------------------------------------------------ */

	/*
	 * Frees the endpoint and the handles of its associations. With abort, an association that
	 * is still on it, pending or established, is ended with an ABORT. Without, it closes in the
	 * background.
	 */
	void (*close)(struct stack_endpoint *endpoint, bool abort);

	/*
	 * To be called once, when all endpoints are closed and the program ends: gives associations
	 * that are still closing a moment to do so. NULL: nothing to do.
	 */
	void (*finish)(void);
};

extern const struct stack stack_kernel;
/* If the build includes it. */
extern const struct stack stack_usrsctp;

/* Every stack of this build, best first, ended by NULL: the only place that knows the choice. */
extern const struct stack *const stacks[];

/* For --version: one line for each stack, and one for a stack that the build leaves out. */
void stack_print_versions(FILE *out);

/* By name, or NULL. */
const struct stack *stack_find(const char *name);

/*
 * The first stack that can be used here. If none can: the last one, whose open() says why, if
 * there are several, else NULL. *error is the positive errno of the best stack, and *fault is why
 * it cannot be used; 0 if it can.
 */
const struct stack *stack_choose(const struct stack_encaps *udp, int *error,
				 struct stack_fault *fault);

/* Names, as reports have them. */
const char *assoc_state_name(enum stack_assoc_state state);
const char *path_state_name(enum stack_path_state state);
const char *style_name(enum stack_style style);
/* The name of one extension bit; NULL: unknown bit. Loop over 1 << 0, 1 << 1, ... */
const char *extension_name(unsigned extension);

#endif
