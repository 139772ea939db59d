/* SPDX-License-Identifier: MIT */
/* What to do, and how: the command line without its syntax. */
#ifndef ENGINE_SETTINGS_H
#define ENGINE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/reporter.h"
#include "report/result.h"
#include "stack/stack.h"
#include "target/target.h"

struct capture;
struct names;
struct pool;
struct witnesses;

enum action {
	ACTION_CONNECT,
	ACTION_LISTEN,
	ACTION_SHOW,
	ACTION_EXPLAIN,
	ACTION_LIST,
	ACTION_HELP,
	ACTION_VERSION,
};

/* The longest message; longer ones of the peer come in parts (stack.h). */
#define PAYLOAD_MAX (16u << 20)

/* What --listen does with messages. */
enum drill {
	DRILL_ECHO,
	DRILL_REPLY,
	DRILL_DISCARD,
	DRILL_SILENT,
	DRILL_RELAY,
	DRILL_COUNT,
};

struct payload {
	uint8_t *bytes; /* owned */
	size_t length;
};

/* Strings point into argv. Zero means "not given" unless the comment gives a default. */
struct options {
	enum action action;

	const char **addresses; /* -a, in order; owned */
	size_t address_count;
	const char **binds; /* -b, in order; owned */
	size_t bind_count;
	const char *port; /* -p */
	int family;       /* AF_UNSPEC, or AF_INET after -4, AF_INET6 after -6 */

	const struct stack *stack; /* --stack; NULL: auto */
	struct stack_encaps udp;   /* -u */
	enum stack_style style;
	bool one_to_one;     /* --targets: an endpoint for each; else they share some */
	struct pool *pool;   /* the endpoints that this target may share; NULL: none. Not owned */
	struct names *names; /* the same of look-ups */
	bool blocking;
	int64_t timeout_us; /* default 5 s */
	int64_t wait_us;
	uint16_t init_attempts;
	uint32_t init_timeout_ms;
	uint32_t rto_initial_ms;
	struct stack_parameters parameters; /* -o; RTO.Initial is in rto_initial_ms, too */
	uint16_t out_streams;
	uint16_t in_streams;

	bool no_witness;
	const char *pcap;            /* --pcap: the name of its file */
	uint16_t snaplen;            /* so many bytes of each packet */
	struct witnesses *witnesses; /* of this process; NULL: none. Not owned */
	struct capture *capture;     /* where the packets go; NULL: to no file. Not owned */
	bool no_routes;              /* nobody will see the routes of the paths (each.c) */
	int64_t hold_us;             /* default 200 ms */
	unsigned at_once; /* --each: so many associations with the peer come up together */
	bool no_probe;
	int64_t probe_timeout_us; /* default 1 s */
	uint64_t require;         /* default 1; REQUIRE_ALL */
	uint64_t links;           /* verified paths must leave by so many */
	bool each;

	bool monitor;        /* -M */
	int64_t monitor_us;  /* its TIME */
	int64_t interval_us; /* default 1 s */

	struct payload *sends; /* --send, in order; owned */
	size_t send_count;
	uint64_t expect;          /* so many messages of the peer; default 1 with --send */
	int64_t reply_timeout_us; /* default 2 s */
	uint16_t stream;          /* of what is sent; also the next two */
	uint32_t ppid;            /* host byte order */
	bool unordered;
	const char *targets; /* -T: a file, or "-" */
	uint64_t parallel;   /* --targets: so many attempts at a time; default 1000 */
	uint64_t rate;       /* --targets: so many new attempts a second */

	bool relay;
	bool lines; /* --relay: each line of the input is one message */
	enum drill drill;
	struct payload reply; /* --reply */
	int64_t close_after_us;
	int64_t abort_after_us;
	const char *abort_text; /* or NULL */

	uint64_t count; /* --listen: associations until it ends; --monitor: rounds */

	const char *metrics; /* a file, or "-" */

	bool no_sandbox; /* keep all rights */
	enum format format;
	bool quiet;
	bool verbose;
	enum color color;
	const char *explain;
	const char *list;

	uint64_t given; /* a bit for each row of the table of options that was given */
};

/* The targets of -a and of -b, as target_parse_*() make them; -p is the peer's, or a listener's. */
int settings_peer(const struct options *options, struct target *peer, struct message *why);
int settings_local(const struct options *options, struct target *local, struct message *why);

/* Outgoing streams to ask for: enough for --stream, unless -O says how many. 0: the default. */
uint16_t settings_out_streams(const struct options *options);

#endif
