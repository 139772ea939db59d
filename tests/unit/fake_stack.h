/* SPDX-License-Identifier: MIT */
/*
 * A stack whose behaviour each test writes as a script. Every open() and every successful accept()
 * makes an endpoint that follows one script. Its record of calls stays after its close.
 */
#ifndef FAKE_STACK_H
#define FAKE_STACK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stack/stack.h"

/* An initializer of union address: FAKE_V4(0x7f000001, 5000). */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FAKE_NETWORK(bits, n) __builtin_bswap##bits(n)
#else
#define FAKE_NETWORK(bits, n) (n)
#endif
#define FAKE_V4(host, port)                                        \
	{                                                          \
		.v4 = {                                            \
			.sin_family = AF_INET,                     \
			.sin_port = FAKE_NETWORK(16, port),        \
			.sin_addr.s_addr = FAKE_NETWORK(32, host), \
		},                                                 \
	}

/*
 * As the time of an event: it arrives between the poll and a soft_error() that returns its cause
 * first.
 */
#define FAKE_WITH_SOFT_ERROR (-1)

struct fake_event {
	int64_t at_us; /* since connect(), accept(), or, in closing, shutdown(); ascending */
	struct stack_event event; /* assoc NULL: that of the endpoint */
};

struct fake_soft_error {
	int64_t at_us; /* since connect() */
	int error;
};

/* The answer to the nth heartbeat (from 1; 0: every one) on the path-th path (from 0). */
#define FAKE_NEVER (-1)
struct fake_heartbeat {
	size_t path;
	unsigned nth;
	int64_t after_us; /* or FAKE_NEVER */
	int error;        /* heartbeat() fails with it, positive errno, or 0 */
};

struct fake_script;

struct fake_accept {
	int64_t at_us; /* since listen() */
	int error; /* accept() fails with it once, positive errno, or 0: it succeeds with script */
	const struct fake_script *script;
	union address from;
};

/* Errors are positive errnos. All zeros: an association that never comes up. */
struct fake_script {
	int open_error;
	struct stack_fault fault; /* of open() or connect(); call NULL: "socket", "sctp_connectx" */
	int listen_error;
	const struct fake_accept *accepts;
	size_t accept_count;

	int connect_error;
	uint32_t assoc;     /* 0: 3, the kernel's first */
	bool id_known_late; /* connect() does not know the id */
	int64_t returns_us; /* a blocking connect() comes back early then, or 0 */
	const struct fake_event *events;
	size_t event_count;
	const struct fake_soft_error *soft_errors;
	size_t soft_error_count;
	int send_error; /* of every packet to that address; AF_UNSPEC: to all */
	union address send_error_to;

	enum stack_assoc_state pending_state;
	int64_t received;
	int64_t checksum_errors; /* between the first time they are asked for and the second */

	int status_error;
	struct stack_status status;     /* id 0: established, 10 streams each way */
	const struct stack_path *paths; /* NULL: the addresses of connect(), the answered primary */
	size_t path_count;
	size_t answered;
	unsigned paths_good; /* how many calls of paths() succeed before paths_error */
	int paths_error;
	int path_error; /* of every path() */
	int local_error;
	int set_primary_error;
	const struct fake_heartbeat *heartbeats; /* others are answered after FAKE_RTT_US */
	size_t heartbeat_count;
	uint32_t rto_min_ms; /* 0: FAKE_RTO_MIN_MS */
	uint32_t rto_max_ms; /* 0: there is none */
	uint32_t rto_ms;     /* of every path at first, unless paths says; 0: 3000 */

	const int *sends; /* what each send() says; further ones succeed */
	size_t send_count;
	int room_error;  /* of make_room() */
	int64_t room_us; /* after -EAGAIN, when there is room again */
	uint32_t send_buffer;
	size_t incomplete; /* at any time */
	int shutdown_error;
	const struct fake_event *closing;
	size_t closing_count;
};

/* The round trip of a heartbeat if the script gives none. The stack measures it in ms. */
#define FAKE_RTT_US     400
#define FAKE_RTO_MIN_MS 1000

/* One call of send(). */
struct fake_sent {
	int error; /* its result, as a positive errno */
	char *data;
	size_t length;
	uint16_t stream;
	uint32_t ppid;
	bool unordered;
	int64_t at_us; /* on the clock, as all times of a record */
};

/* The calls on an endpoint. The time of a call that was not made is 0. */
struct fake_record {
	struct stack_config config; /* local is a copy */
	bool accepted;              /* made by accept(), not by open() */
	union address *peers;
	size_t peer_count;
	bool blocking;
	int64_t opened_us;
	int64_t connected_us;
	int64_t shutdown_us;
	int64_t closed_us;
	bool aborted; /* by close(), or by abort() */
	const char *abort_text;
	int backlog;
	unsigned shutdowns;
	unsigned primaries_set;
	union address primary; /* the newest one set */
	struct fake_sent *sent;
	size_t sent_count;
	size_t room;                 /* what make_room() was asked for last */
	unsigned heartbeats;         /* on all paths together */
	unsigned without_heartbeats; /* paths */
	uint32_t rto_min_ms;         /* as it is now */
	uint32_t rto_max_ms;         /* 0: it was not changed */
};

extern const struct stack fake_stack;

/* An association that is not that of the endpoint. Calls about it fail the test. */
extern struct stack_assoc fake_stranger;
#define FAKE_STRANGER_ID 999

/*
 * Resets everything. The next open() follows scripts[0], and so on; more opens than scripts fail
 * the test. The scripts outlive it.
 */
void fake_stack_reset(const struct fake_script *scripts, size_t count);

/* The n-th endpoint of open() and accept(), counted together. Beyond the last the test fails. */
const struct fake_record *fake_stack_record(size_t n);
size_t fake_stack_count(void);      /* endpoints made since the reset */
size_t fake_stack_open_count(void); /* and not closed yet */
/*
 * Endpoints with config.shared. They follow no script and have no record: each connect() there
 * follows the next script, and counts as an endpoint of its own above.
 */
size_t fake_stack_descriptor_count(void); /* what they take */
size_t fake_stack_shared_count(void);

/* For fake_loop.c. */
bool fake_stack_has(int fd); /* if not, the descriptor is a real one */
short fake_stack_ready(const struct pollfd *fd, int64_t now_us);
int64_t fake_stack_next_us(const struct pollfd *fd, int64_t now_us);

/* --- How scripts are written ------------------------------------------------------------------ */

#define LIST(type, ...)  ((const type[]){ __VA_ARGS__ })
#define COUNT(type, ...) (sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type))

#define EVENTS(...)                                     \
	.events = LIST(struct fake_event, __VA_ARGS__), \
	.event_count = COUNT(struct fake_event, __VA_ARGS__)
#define CLOSING(...)                                     \
	.closing = LIST(struct fake_event, __VA_ARGS__), \
	.closing_count = COUNT(struct fake_event, __VA_ARGS__)
#define AT(us, ...)                 \
	{                           \
		us,                 \
		{                   \
			__VA_ARGS__ \
		}                   \
	}

#endif
