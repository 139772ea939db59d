/* SPDX-License-Identifier: MIT */
/*
 * The driver of the platform tests: reads one step per line from standard input, does it, and
 * writes the line again with what the kernel answered behind " = ":
 *
 *	connectx c 127.0.0.1:9   = -1 EINPROGRESS id set
 *
 * The text after " = " in the input is ignored, so a test is a transcript: input and output are
 * the same if the kernel behaves as expected (see helper.bash). A step that only prepares says
 * nothing unless it fails or the line has a " = ".
 *
 * A socket has a name. One process plays every side: "ns NAME" enters the network namespace
 * $TOPO-NAME, where the sockets opened from then on stay. Addresses are HOST[:PORT]: PORT may be
 * the name of a socket, whose port is meant; without it the port of the address before counts.
 * ADDRESS+N stands for N addresses that count up from it (IPv4).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Every step takes its words and their number, and few look at the number. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

/* For whatever must come: no test is decided by it, it ends one that hangs. */
#define PATIENCE_MS   30000
#define MAX_SOCKETS   64
#define MAX_WORDS     32
#define MAX_ADDRESSES 2000
#define MAX_PACKETS   400
/* What no kernel writes: shows whether an id was written at all. */
#define ID_UNTOUCHED (-7777)

struct sock {
	char name[16];
	int fd; /* -1: closed */
	int type;
	sctp_assoc_t id;       /* from connectx, or else from the first event */
	sctp_assoc_t event_id; /* from the newest event */
};

struct packet {
	int64_t us;
	bool sent;
	uint8_t chunk;
	char peer[INET6_ADDRSTRLEN];
};

struct step {
	const char *name;
	int min_words; /* with the name */
	void (*run)(char **word, int words);
};

static struct sock socks[MAX_SOCKETS];
static size_t sock_count;
static int errno_before; /* what errno is when sctp_connectx is called */
static int64_t started_us;
static bool expectation; /* the line has a " = " */
static char result[65536];

static struct packet packets[MAX_PACKETS];
static size_t packet_count;

/* --- What a step says ----------------------------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	size_t used = strlen(result);
	va_list args;

	va_start(args, format);
	vsnprintf(result + used, sizeof(result) - used, format, args);
	va_end(args);
}

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	va_list args;

	fputs("probe: ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	exit(1);
}

static const char *error_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "0";

	return name ? name : "of no name";
}

/* Of a call as it returned, errno still in place. */
static void say_rc(int rc)
{
	if (rc < 0)
		say("-1 %s", error_name(errno));
	else
		say("%d", rc);
}

/* Of a call that only prepares something. */
static void prepared(int rc)
{
	if (rc < 0 || expectation)
		say_rc(rc);
}

static void say_list(const char *word)
{
	say("%s%s", *result ? " " : "", word);
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* --- Words ---------------------------------------------------------------------------------- */

static long number(const char *word)
{
	char *end;
	long value = strtol(word, &end, 0);

	if (end == word || *end)
		die("'%s' is not a number", word);
	return value;
}

static struct sock *find_sock(const char *name)
{
	for (size_t i = 0; i < sock_count; i++)
		if (!strcmp(socks[i].name, name))
			return &socks[i];
	return NULL;
}

static struct sock *sock(const char *name)
{
	struct sock *s = find_sock(name);

	if (!s)
		die("no socket is called '%s'", name);
	return s;
}

static struct sock *new_sock(const char *name, int fd, int type)
{
	struct sock *s = find_sock(name);

	if (!s) {
		if (sock_count == MAX_SOCKETS)
			die("too many sockets");
		s = &socks[sock_count++];
	}
	*s = (struct sock){ .fd = fd, .type = type };
	snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

static bool has_word(char **word, int words, const char *wanted)
{
	for (int i = 0; i < words; i++)
		if (!strcmp(word[i], wanted))
			return true;
	return false;
}

/* --- Addresses ------------------------------------------------------------------------------ */

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_length(const union address *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->v6) : sizeof(a->v4);
}

static const char *address_text(const void *address, char text[INET6_ADDRSTRLEN])
{
	union address a;

	memcpy(&a.sa, address, sizeof(a.sa));
	memcpy(&a, address, address_length(&a));
	if (a.sa.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &a.v6.sin6_addr, text, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET, &a.v4.sin_addr, text, INET6_ADDRSTRLEN);
	return text;
}

static uint16_t port_of_sock(const struct sock *s)
{
	union address a = { 0 };
	socklen_t size = sizeof(a);

	if (getsockname(s->fd, &a.sa, &size) < 0)
		die("getsockname of '%s': %s", s->name, error_name(errno));
	return ntohs(a.sa.sa_family == AF_INET6 ? a.v6.sin6_port : a.v4.sin_port);
}

static uint16_t parse_port(const char *word)
{
	const struct sock *s = find_sock(word);

	return s ? port_of_sock(s) : (uint16_t)number(word);
}

/* HOST:PORT, [HOST]:PORT or HOST; *port is the one to use without, and is kept. */
static union address parse_address(const char *word, uint16_t *port)
{
	union address a = { 0 };
	char host[64], *colon, *zone, *end;

	snprintf(host, sizeof(host), "%s", word + (*word == '['));
	end = strchr(host, ']');
	colon = end ? strchr(end, ':') : strchr(host, ':');
	if (!end && colon && strchr(colon + 1, ':'))
		colon = NULL; /* plain IPv6 */
	if (colon) {
		*port = parse_port(colon + 1);
		*colon = '\0';
	}
	if (end)
		*end = '\0';
	zone = strchr(host, '%');
	if (zone) {
		a.v6.sin6_scope_id = if_nametoindex(zone + 1);
		*zone = '\0';
	}
	if (inet_pton(AF_INET, host, &a.v4.sin_addr) == 1) {
		a.v4.sin_family = AF_INET;
		a.v4.sin_port = htons(*port);
	} else if (inet_pton(AF_INET6, host, &a.v6.sin6_addr) == 1) {
		a.v6.sin6_family = AF_INET6;
		a.v6.sin6_port = htons(*port);
	} else {
		die("'%s' is not an address", word);
	}
	return a;
}

static union address one_address(const char *word)
{
	uint16_t port = 0;

	return parse_address(word, &port);
}

struct packed {
	char bytes[MAX_ADDRESSES * sizeof(struct sockaddr_in6)];
	socklen_t length;
	int count;
};

static void pack_one(struct packed *packed, const union address *a)
{
	socklen_t length = address_length(a);

	if (packed->count == MAX_ADDRESSES)
		die("too many addresses");
	memcpy(packed->bytes + packed->length, a, length);
	packed->length += length;
	packed->count++;
}

/* Also "family=N" (changes that of the first) and "count=N" (what the call is told). */
static struct packed *pack(char **word, int words)
{
	static struct packed packed;
	uint16_t port = 0, family;

	packed.length = 0;
	packed.count = 0;
	for (int i = 0; i < words; i++) {
		char *plus = strchr(word[i], '+');
		union address a;
		long more = 1;

		if (!strncmp(word[i], "family=", 7)) {
			family = (uint16_t)number(word[i] + 7);
			memcpy(packed.bytes, &family, sizeof(family));
			continue;
		}
		if (!strncmp(word[i], "count=", 6)) {
			packed.count = (int)number(word[i] + 6);
			continue;
		}
		if (plus) {
			more = number(plus + 1);
			*plus = '\0';
		}
		a = parse_address(word[i], &port);
		while (more--) {
			pack_one(&packed, &a);
			a.v4.sin_addr.s_addr = htonl(ntohl(a.v4.sin_addr.s_addr) + 1);
		}
	}
	return &packed;
}

/* --- Sockets and their options -------------------------------------------------------------- */

static int set_option(const struct sock *s, int option, const void *value, socklen_t size)
{
	return setsockopt(s->fd, IPPROTO_SCTP, option, value, size);
}

static int get_option(const struct sock *s, int option, void *value, socklen_t size)
{
	return getsockopt(s->fd, IPPROTO_SCTP, option, value, &size);
}

/* What src/stack/kernel.c subscribes. */
static int subscribe(const struct sock *s)
{
	struct sctp_event_subscribe events = {
		.sctp_data_io_event = 1,
		.sctp_association_event = 1,
		.sctp_address_event = 1,
		.sctp_peer_error_event = 1,
		.sctp_shutdown_event = 1,
	};

	return set_option(s, SCTP_EVENTS, &events, sizeof(events));
}

/* open NAME 1|N [6] [block] [quiet]: quiet: no events are subscribed */
static void step_open(char **word, int words)
{
	int type = *word[2] == 'N' ? SOCK_SEQPACKET : SOCK_STREAM;
	int family = has_word(word, words, "6") ? AF_INET6 : AF_INET;
	int flags = has_word(word, words, "block") ? 0 : SOCK_NONBLOCK;
	int fd = socket(family, type | flags, IPPROTO_SCTP);
	struct sock *s;

	prepared(fd < 0 ? -1 : 0);
	s = new_sock(word[1], fd, type);
	if (fd >= 0 && !has_word(word, words, "quiet") && subscribe(s) < 0)
		say_rc(-1);
}

/* foreign NAME tcp|udp|unix|file|bad: a descriptor that is no SCTP socket */
static void step_foreign(char **word, int words)
{
	int fd = -1;

	if (!strcmp(word[2], "tcp"))
		fd = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	else if (!strcmp(word[2], "udp"))
		fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	else if (!strcmp(word[2], "unix"))
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
	else if (!strcmp(word[2], "file"))
		fd = open("/dev/null", O_RDONLY);
	new_sock(word[1], fd, SOCK_STREAM);
}

/* block NAME 0|1 */
static void step_block(char **word, int words)
{
	int fd = sock(word[1])->fd, flags = fcntl(fd, F_GETFL);

	flags = number(word[2]) ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
	prepared(fcntl(fd, F_SETFL, flags));
}

/* initmsg NAME ATTEMPTS MAX_INIT_TIMEO [OUT IN] */
static void step_initmsg(char **word, int words)
{
	struct sctp_initmsg init = {
		.sinit_max_attempts = (uint16_t)number(word[2]),
		.sinit_max_init_timeo = (uint16_t)number(word[3]),
		.sinit_num_ostreams = words > 4 ? (uint16_t)number(word[4]) : 0,
		.sinit_max_instreams = words > 5 ? (uint16_t)number(word[5]) : 0,
	};

	prepared(set_option(sock(word[1]), SCTP_INITMSG, &init, sizeof(init)));
}

/* rto NAME INITIAL [MAX MIN] */
static void step_rto(char **word, int words)
{
	struct sctp_rtoinfo rto = {
		.srto_initial = (uint32_t)number(word[2]),
		.srto_max = words > 3 ? (uint32_t)number(word[3]) : 0,
		.srto_min = words > 4 ? (uint32_t)number(word[4]) : 0,
	};

	prepared(set_option(sock(word[1]), SCTP_RTOINFO, &rto, sizeof(rto)));
}

/* heartbeats NAME INTERVAL PATHMAXRXT: of every path that the socket will have */
static void step_heartbeats(char **word, int words)
{
	struct sctp_paddrparams p = {
		.spp_hbinterval = (uint32_t)number(word[2]),
		.spp_pathmaxrxt = (uint16_t)number(word[3]),
		.spp_flags = SPP_HB_ENABLE,
	};

	prepared(set_option(sock(word[1]), SCTP_PEER_ADDR_PARAMS, &p, sizeof(p)));
}

/* option NAME OPTION VALUE: sets an int, milliseconds for sndtimeo */
static void step_option(char **word, int words)
{
	static const struct {
		const char *name;
		int level, option;
	} ints[] = {
		{ "mapped", IPPROTO_SCTP, SCTP_I_WANT_MAPPED_V4_ADDR },
		{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY },
		{ "recverr", IPPROTO_IP, IP_RECVERR },
		{ "recverr6", IPPROTO_IPV6, IPV6_RECVERR },
		{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
		{ "reuseport", IPPROTO_SCTP, SCTP_REUSE_PORT },
	};
	int fd = sock(word[1])->fd, value = (int)number(word[3]);
	struct linger linger = { .l_onoff = 1, .l_linger = value };
	struct timeval time = { .tv_sec = value / 1000, .tv_usec = value % 1000 * 1000 };
	struct sctp_assoc_value assoc_value = { .assoc_value = (uint32_t)value };

	if (!strcmp(word[2], "linger")) {
		prepared(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
		return;
	}
	if (!strcmp(word[2], "sndtimeo")) {
		prepared(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)));
		return;
	}
	if (!strcmp(word[2], "pfstate")) {
		prepared(setsockopt(fd, IPPROTO_SCTP, SCTP_EXPOSE_POTENTIALLY_FAILED_STATE,
				    &assoc_value, sizeof(assoc_value)));
		return;
	}
	if (!strcmp(word[2], "assocmaxrxt")) {
		struct sctp_assocparams p = { .sasoc_asocmaxrxt = (uint16_t)value };

		prepared(setsockopt(fd, IPPROTO_SCTP, SCTP_ASSOCINFO, &p, sizeof(p)));
		return;
	}
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++) {
		if (!strcmp(word[2], ints[i].name)) {
			prepared(setsockopt(fd, ints[i].level, ints[i].option, &value,
					    sizeof(value)));
			return;
		}
	}
	die("no option is called '%s'", word[2]);
}

/* bindx NAME ADDRESS... */
static void step_bindx(char **word, int words)
{
	struct packed *packed = pack(word + 2, words - 2);

	prepared(sctp_bindx(sock(word[1])->fd, (struct sockaddr *)packed->bytes, packed->count,
			    SCTP_BINDX_ADD_ADDR));
}

/* listen NAME BACKLOG */
static void step_listen(char **word, int words)
{
	prepared(listen(sock(word[1])->fd, (int)number(word[2])));
}

static short poll_for(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t end = now_us() + (int64_t)ms * 1000;

	while (poll(&p, 1, ms) < 0) {
		if (errno != EINTR)
			die("poll: %s", error_name(errno));
		ms = (int)MAX((end - now_us()) / 1000, 0);
	}
	return p.revents;
}

/* accept LISTENER NAME: waits for one */
static void step_accept(char **word, int words)
{
	struct sock *s = sock(word[1]);
	int fd;

	poll_for(s->fd, POLLIN, PATIENCE_MS);
	fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK);
	prepared(fd < 0 ? -1 : 0);
	new_sock(word[2], fd, SOCK_STREAM);
}

/* peeloff NAME NEW */
static void step_peeloff(char **word, int words)
{
	struct sock *s = sock(word[1]);
	int fd = sctp_peeloff(s->fd, s->id);

	prepared(fd < 0 ? -1 : 0);
	new_sock(word[2], fd, SOCK_STREAM)->id = s->id;
}

/* close NAME */
static void step_close(char **word, int words)
{
	struct sock *s = sock(word[1]);

	prepared(close(s->fd));
	s->fd = -1;
}

/* shutdown NAME: SHUT_WR */
static void step_shutdown(char **word, int words)
{
	prepared(shutdown(sock(word[1])->fd, SHUT_WR));
}

/* --- Connecting ----------------------------------------------------------------------------- */

/* errno NAME: what errno is before every connectx from now on; NAME: ENOPROTOOPT or 0 */
static void step_errno(char **word, int words)
{
	errno_before = strcmp(word[1], "ENOPROTOOPT") ? 0 : ENOPROTOOPT;
}

static void say_id(sctp_assoc_t id)
{
	if (id == ID_UNTOUCHED)
		say(" id untouched");
	else if (id >= 3)
		say(" id set");
	else
		say(" id %d", id);
}

/* connectx NAME ADDRESS... [count=N] [family=N] */
static void step_connectx(char **word, int words)
{
	struct sock *s = sock(word[1]);
	struct packed *packed = pack(word + 2, words - 2);
	sctp_assoc_t id = ID_UNTOUCHED;
	int64_t before_us = started_us;
	int rc;

	started_us = now_us();
	errno = errno_before;
	rc = sctp_connectx(s->fd, (struct sockaddr *)packed->bytes, packed->count, &id);
	if (rc < 0 && errno == EALREADY)
		started_us = before_us; /* nothing was started */
	say_rc(rc);
	say_id(id);
	if (id > 0)
		s->id = id;
}

/* connectx110 NAME ADDRESS...: the setsockopt that came before; a positive value is an id */
static void step_connectx110(char **word, int words)
{
	struct sock *s = sock(word[1]);
	struct packed *packed = pack(word + 2, words - 2);
	int rc;

	started_us = now_us();
	rc = set_option(s, SCTP_SOCKOPT_CONNECTX, packed->bytes, packed->length);
	if (rc >= 3)
		say("an id");
	else
		say_rc(rc);
}

/* connectx3 NAME LENGTH ADDRESS...: the getsockopt under sctp_connectx, LENGTH bytes of it */
static void step_connectx3(char **word, int words)
{
	struct sock *s = sock(word[1]);
	struct packed *packed = pack(word + 3, words - 3);
	struct sctp_getaddrs_old {
		sctp_assoc_t assoc_id;
		int addr_num;
		struct sockaddr *addrs;
	} param = { .addr_num = (int)number(word[2]), .addrs = (void *)packed->bytes };
	socklen_t size = sizeof(param);

	say_rc(getsockopt(s->fd, IPPROTO_SCTP, SCTP_SOCKOPT_CONNECTX3, &param, &size));
}

/* connect NAME ADDRESS: connect(2) */
static void step_connect(char **word, int words)
{
	union address a = one_address(word[2]);

	started_us = now_us();
	say_rc(connect(sock(word[1])->fd, &a.sa, address_length(&a)));
}

/* route ADDRESS: what connect(2) of a UDP socket says of it, which sends nothing */
static void step_route(char **word, int words)
{
	uint16_t port = 9;
	union address a = parse_address(word[1], &port);
	int fd = socket(a.sa.sa_family, SOCK_DGRAM, 0);

	say_rc(connect(fd, &a.sa, address_length(&a)));
	close(fd);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static char process_state(pid_t pid)
{
	char path[64], text[256] = "", *end;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return '?';
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : '?';
}

static void wait_for_state(pid_t pid, char state)
{
	for (int64_t end = now_us() + PATIENCE_MS * 1000; now_us() < end;) {
		if (process_state(pid) == state)
			return;
		poll(NULL, 0, 2);
	}
}

/*
 * when-blocked signal|restart|stop: when the next step sleeps in its call: a signal whose handler
 * has no SA_RESTART, one whose handler has it, or SIGSTOP and then SIGCONT
 */
static void step_when_blocked(char **word, int words)
{
	bool stop = !strcmp(word[1], "stop");
	struct sigaction action = { .sa_handler = on_alarm };
	pid_t parent = getpid(), child;

	if (!strcmp(word[1], "restart"))
		action.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &action, NULL);
	fflush(stdout);
	child = fork();
	if (child)
		return;
	wait_for_state(parent, 'S');
	kill(parent, stop ? SIGSTOP : SIGALRM);
	if (stop) {
		wait_for_state(parent, 'T');
		kill(parent, SIGCONT);
	}
	_exit(0);
}

/* took MIN MAX: milliseconds since the newest connect call began */
static void step_took(char **word, int words)
{
	int64_t us = now_us() - started_us;

	if (us >= number(word[1]) * 1000 && us <= number(word[2]) * 1000)
		say("yes");
	else
		say("no: %" PRId64 " ms", us / 1000);
}

/* --- What is to be seen of it --------------------------------------------------------------- */

static const struct {
	short bit;
	const char *name;
} poll_bits[] = {
	{ POLLIN, "IN" },   { POLLOUT, "OUT" }, { POLLPRI, "PRI" },
	{ POLLERR, "ERR" }, { POLLHUP, "HUP" }, { POLLRDHUP, "RDHUP" },
};

/* poll NAME IN|OUT|... [MS]: until one of them, ERR or HUP comes, or MS are over */
static void step_poll(char **word, int words)
{
	short events = 0, revents;
	char *rest = NULL;
	int ms = words > 3 ? (int)number(word[3]) : PATIENCE_MS;

	for (char *w = strtok_r(word[2], "|", &rest); w; w = strtok_r(NULL, "|", &rest))
		for (size_t i = 0; i < sizeof(poll_bits) / sizeof(*poll_bits); i++)
			if (!strcmp(w, poll_bits[i].name))
				events |= poll_bits[i].bit;
	revents = poll_for(sock(word[1])->fd, events, ms);
	for (size_t i = 0; i < sizeof(poll_bits) / sizeof(*poll_bits); i++)
		if (revents & poll_bits[i].bit)
			say("%s%s", *result ? "|" : "", poll_bits[i].name);
	if (!revents)
		say("nothing");
}

/* so_error NAME [ERRNO]: with ERRNO, waits until SO_ERROR is that */
static void step_so_error(char **word, int words)
{
	int64_t end = now_us() + PATIENCE_MS * 1000;
	int error;

	do {
		socklen_t size = sizeof(error);

		error = 0;
		if (getsockopt(sock(word[1])->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
			die("SO_ERROR: %s", error_name(errno));
	} while (words > 2 && strcmp(error_name(error), word[2]) && now_us() < end &&
		 poll(NULL, 0, 5) == 0);
	say("%s", error_name(error));
}

static const char *name_of(const char *const *names, size_t count, int value)
{
	return value >= 0 && (size_t)value < count && names[value] ? names[value] : "of no name";
}

#define NAME_OF(names, value) name_of(names, sizeof(names) / sizeof(*(names)), (int)(value))

static void say_assoc_change(const struct sctp_assoc_change *change, size_t length)
{
	static const char *const names[] = {
		[SCTP_COMM_UP] = "COMM_UP",
		[SCTP_COMM_LOST] = "COMM_LOST",
		[SCTP_RESTART] = "RESTART",
		[SCTP_SHUTDOWN_COMP] = "SHUTDOWN_COMP",
		[SCTP_CANT_STR_ASSOC] = "CANT_STR_ASSOC",
	};

	say("%s error %u", NAME_OF(names, change->sac_state), change->sac_error);
	if (length > sizeof(*change))
		say(" info");
	for (size_t i = 0; sizeof(*change) + i < length; i++)
		say(" %02x", change->sac_info[i]);
}

static void say_path_change(const struct sctp_paddr_change *change)
{
	static const char *const names[] = {
		[SCTP_ADDR_AVAILABLE] = "ADDR_AVAILABLE",
		[SCTP_ADDR_UNREACHABLE] = "ADDR_UNREACHABLE",
		[SCTP_ADDR_REMOVED] = "ADDR_REMOVED",
		[SCTP_ADDR_ADDED] = "ADDR_ADDED",
		[SCTP_ADDR_MADE_PRIM] = "ADDR_MADE_PRIM",
		[SCTP_ADDR_CONFIRMED] = "ADDR_CONFIRMED",
		[SCTP_ADDR_PF] = "ADDR_PF",
	};
	char text[INET6_ADDRSTRLEN];

	say("%s %s", NAME_OF(names, change->spc_state), address_text(&change->spc_aaddr, text));
}

static void note_id(struct sock *s, sctp_assoc_t id)
{
	s->event_id = id;
	if (!s->id)
		s->id = id;
}

static void say_notification(struct sock *s, const union sctp_notification *n, size_t length)
{
	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		note_id(s, n->sn_assoc_change.sac_assoc_id);
		say_assoc_change(&n->sn_assoc_change, length);
		break;
	case SCTP_PEER_ADDR_CHANGE:
		note_id(s, n->sn_paddr_change.spc_assoc_id);
		say_path_change(&n->sn_paddr_change);
		break;
	case SCTP_SHUTDOWN_EVENT:
		note_id(s, n->sn_shutdown_event.sse_assoc_id);
		say("SHUTDOWN_EVENT");
		break;
	default:
		say("notification %#x", n->sn_header.sn_type);
	}
}

/* event NAME [MS]: the next notification, message, end of file or error; waits for it */
static void step_event(char **word, int words)
{
	static union {
		union sctp_notification notification;
		char bytes[4096];
	} buffer;
	int64_t end = now_us() + (words > 2 ? number(word[2]) : PATIENCE_MS) * 1000;
	struct iovec iov = { .iov_base = &buffer, .iov_len = sizeof(buffer) };
	struct sock *s = sock(word[1]);
	struct msghdr msg;
	ssize_t got;

	for (;;) {
		int64_t left = end - now_us();

		msg = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
		got = recvmsg(s->fd, &msg, MSG_DONTWAIT);
		if (got >= 0 || errno != EAGAIN)
			break;
		if (left <= 0) {
			say("nothing");
			return;
		}
		poll_for(s->fd, POLLIN, (int)(left / 1000 + 1));
	}
	if (got < 0)
		say_rc(-1);
	else if (msg.msg_flags & MSG_NOTIFICATION)
		say_notification(s, &buffer.notification, (size_t)got);
	else if (got == 0)
		say("end of file");
	else
		say("data %.*s", (int)got, buffer.bytes);
}

/* receive NAME SIZE: up to SIZE bytes of a message, and whether that is its end */
static void step_receive(char **word, int words)
{
	char bytes[4096];
	struct iovec iov = { .iov_base = bytes,
			     .iov_len = MIN((size_t)number(word[2]), sizeof(bytes)) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct sock *s = sock(word[1]);
	ssize_t got;

	poll_for(s->fd, POLLIN, PATIENCE_MS);
	got = recvmsg(s->fd, &msg, MSG_DONTWAIT);
	if (got < 0)
		say_rc(-1);
	else
		say("%s%.*s%s", msg.msg_flags & MSG_NOTIFICATION ? "notification" : "",
		    msg.msg_flags & MSG_NOTIFICATION ? 0 : (int)got, bytes,
		    msg.msg_flags & MSG_EOR ? " end" : "");
}

/* event-id NAME: is the id of its newest event that of connectx? */
static void step_event_id(char **word, int words)
{
	const struct sock *s = sock(word[1]);

	say("%s", s->event_id == s->id ? "same" : "other");
}

/* ids NAME NAME...: how the ids rise, by one each or not */
static void step_ids(char **word, int words)
{
	for (int i = 1; i < words; i++) {
		sctp_assoc_t id = sock(word[i])->id;

		if (i == 1)
			say("%s", id >= 3 ? "at least 3" : "less than 3");
		else
			say(", %+d", id - sock(word[i - 1])->id);
	}
}

static sctp_assoc_t id_word(const struct sock *s, char **word, int words, int at)
{
	return words > at ? (sctp_assoc_t)number(word[at]) : s->id;
}

/* status NAME [ID]: state and primary address */
static void step_status(char **word, int words)
{
	static const char *const names[] = {
		[SCTP_EMPTY] = "EMPTY",
		[SCTP_CLOSED] = "CLOSED",
		[SCTP_COOKIE_WAIT] = "COOKIE_WAIT",
		[SCTP_COOKIE_ECHOED] = "COOKIE_ECHOED",
		[SCTP_ESTABLISHED] = "ESTABLISHED",
		[SCTP_SHUTDOWN_PENDING] = "SHUTDOWN_PENDING",
		[SCTP_SHUTDOWN_SENT] = "SHUTDOWN_SENT",
		[SCTP_SHUTDOWN_RECEIVED] = "SHUTDOWN_RECEIVED",
		[SCTP_SHUTDOWN_ACK_SENT] = "SHUTDOWN_ACK_SENT",
	};
	const struct sock *s = sock(word[1]);
	struct sctp_status status = { .sstat_assoc_id = id_word(s, word, words, 2) };
	char text[INET6_ADDRSTRLEN];

	if (get_option(s, SCTP_STATUS, &status, sizeof(status)) < 0) {
		say_rc(-1);
		return;
	}
	say("%s primary %s", NAME_OF(names, status.sstat_state),
	    address_text(&status.sstat_primary.spinfo_address, text));
}

/* How many packets have come for the association, or -1. */
static int64_t packets_heard(const struct sock *s)
{
	struct sctp_assoc_stats stats = { .sas_assoc_id = s->id };

	return get_option(s, SCTP_GET_ASSOC_STATS, &stats, sizeof(stats)) < 0
		       ? -1
		       : (int64_t)stats.sas_ipackets;
}

/* heard NAME yes|no: has any packet come for the association? yes: waits for one */
static void step_heard(char **word, int words)
{
	int64_t end = now_us() + PATIENCE_MS * 1000, heard = packets_heard(sock(word[1]));

	(void)words;
	while (!heard && !strcmp(word[2], "yes") && now_us() < end && poll(NULL, 0, 5) == 0)
		heard = packets_heard(sock(word[1]));
	if (heard < 0)
		say_rc(-1);
	else
		say(heard ? "yes" : "no");
}

/* timers NAME: SCTP_RTOINFO and SCTP_INITMSG */
static void step_timers(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_rtoinfo rto = { 0 };
	struct sctp_initmsg init = { 0 };

	if (get_option(s, SCTP_RTOINFO, &rto, sizeof(rto)) < 0 ||
	    get_option(s, SCTP_INITMSG, &init, sizeof(init)) < 0)
		say_rc(-1);
	else
		say("rto %u max %u min %u, %u attempts, init timeout %u", rto.srto_initial,
		    rto.srto_max, rto.srto_min, init.sinit_max_attempts, init.sinit_max_init_timeo);
}

/* streams NAME: out and in, as agreed on */
static void step_streams(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_status status = { .sstat_assoc_id = s->id };

	if (get_option(s, SCTP_STATUS, &status, sizeof(status)) < 0)
		say_rc(-1);
	else
		say("%u out %u in", status.sstat_outstrms, status.sstat_instrms);
}

static void say_addresses(struct sockaddr *packed, int count)
{
	const char *at = (const char *)packed;
	char text[INET6_ADDRSTRLEN];

	if (count < 0)
		say_rc(-1);
	for (int i = 0; i < count; i++) {
		union address a;

		memcpy(&a.sa, at, sizeof(a.sa));
		memcpy(&a, at, address_length(&a));
		say_list(address_text(&a, text));
		at += address_length(&a);
	}
}

/* peers NAME [ID]: the addresses of the peer */
static void step_peers(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sockaddr *packed = NULL;
	int count = sctp_getpaddrs(s->fd, id_word(s, word, words, 2), &packed);

	say_addresses(packed, count);
	if (count > 0)
		sctp_freepaddrs(packed);
}

static int path_info(const struct sock *s, const char *word, uint16_t port,
		     struct sctp_paddrinfo *info)
{
	union address a = parse_address(word, &port);

	*info = (struct sctp_paddrinfo){ .spinfo_assoc_id = s->id };
	memcpy(&info->spinfo_address, &a, sizeof(a));
	return get_option(s, SCTP_GET_PEER_ADDR_INFO, info, sizeof(*info));
}

/* among NAME ADDRESS...: is each of them an address of the peer? */
static void step_among(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_paddrinfo info;
	uint16_t port = 0;

	parse_address(word[2], &port);
	for (int i = 2; i < words; i++)
		say_list(path_info(s, word[i], port, &info) < 0 ? "no" : "yes");
}

/* zones NAME: how many of the peer addresses have one */
static void step_zones(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sockaddr *packed = NULL;
	int count = sctp_getpaddrs(s->fd, s->id, &packed), zoned = 0;
	const char *at = (const char *)packed;

	for (int i = 0; i < count; i++) {
		union address a;

		memcpy(&a.sa, at, sizeof(a.sa));
		memcpy(&a, at, address_length(&a));
		at += address_length(&a);
		zoned += a.sa.sa_family == AF_INET6 && a.v6.sin6_scope_id;
	}
	say("%d", zoned);
	if (count > 0)
		sctp_freepaddrs(packed);
}

/* locals NAME: our addresses */
static void step_locals(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sockaddr *packed = NULL;
	int count = sctp_getladdrs(s->fd, s->id, &packed);

	say_addresses(packed, count);
	if (count > 0)
		sctp_freeladdrs(packed);
}

/* ports NAME: how many different ones its local addresses have */
static void step_ports(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sockaddr *packed = NULL;
	int count = sctp_getladdrs(s->fd, s->id, &packed);
	const char *at = (const char *)packed;
	in_port_t first = 0;
	int different = 0;

	for (int i = 0; i < count; i++) {
		struct sockaddr_in a; /* its port is where that of IPv6 is too */

		memcpy(&a, at, sizeof(a));
		different += !i || a.sin_port != first;
		if (!i)
			first = a.sin_port;
		at += a.sin_family == AF_INET ? sizeof(struct sockaddr_in)
					      : sizeof(struct sockaddr_in6);
	}
	say("%d addresses, %d port%s%s", count, different, different == 1 ? "" : "s",
	    first ? "" : ", 0");
	if (count > 0)
		sctp_freeladdrs(packed);
}

/* peername NAME */
static void step_peername(char **word, int words)
{
	union address a = { 0 };
	socklen_t size = sizeof(a);
	char text[INET6_ADDRSTRLEN];

	if (getpeername(sock(word[1])->fd, &a.sa, &size) < 0)
		say_rc(-1);
	else
		say("%s", address_text(&a, text));
}

static const char *path_state_name(int state)
{
	switch (state) {
	case SCTP_INACTIVE:
		return "INACTIVE";
	case SCTP_PF:
		return "PF";
	case SCTP_ACTIVE:
		return "ACTIVE";
	case SCTP_UNCONFIRMED:
		return "UNCONFIRMED";
	default:
		return "of no name";
	}
}

static int64_t tick_us(void)
{
	struct timespec tick;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	return (tick.tv_nsec + 500) / 1000;
}

/*
 * path NAME ADDRESS [FIELD [MIN MAX]]: state, srtt (in jiffies), srtt_ms, rto, cwnd, mtu. With MIN
 * and MAX, waits until it lies between them and then says so.
 */
static void step_path(char **word, int words)
{
	const char *field = words > 3 ? word[3] : "state";
	int64_t end = now_us() + PATIENCE_MS * 1000, value = 0;
	struct sctp_paddrinfo info;

	do {
		if (path_info(sock(word[1]), word[2], 0, &info) < 0) {
			say_rc(-1);
			return;
		}
		if (!strcmp(field, "state")) {
			say("%s", path_state_name(info.spinfo_state));
			return;
		}
		value = !strcmp(field, "srtt")      ? info.spinfo_srtt
			: !strcmp(field, "srtt_ms") ? info.spinfo_srtt * tick_us() / 1000
			: !strcmp(field, "rto")     ? info.spinfo_rto
			: !strcmp(field, "cwnd")    ? info.spinfo_cwnd
						    : info.spinfo_mtu;
		if (words <= 5 || (value >= number(word[4]) && value <= number(word[5]))) {
			say(words > 5 ? "yes" : "%" PRId64, value);
			return;
		}
	} while (now_us() < end && poll(NULL, 0, 5) == 0);
	say("no: %" PRId64, value);
}

/* becomes NAME ADDRESS STATE: waits until the path is in that state */
static void step_becomes(char **word, int words)
{
	int64_t end = now_us() + PATIENCE_MS * 1000;
	struct sctp_paddrinfo info;

	do {
		if (path_info(sock(word[1]), word[2], 0, &info) < 0) {
			say_rc(-1);
			return;
		}
	} while (strcmp(path_state_name(info.spinfo_state), word[3]) && now_us() < end &&
		 poll(NULL, 0, 5) == 0);
	say("%s", path_state_name(info.spinfo_state));
}

/* primary NAME ADDRESS: sets it */
static void step_primary(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_prim prim = { .ssp_assoc_id = s->id };
	union address a = one_address(word[2]);

	memcpy(&prim.ssp_addr, &a, sizeof(a));
	prepared(set_option(s, SCTP_PRIMARY_ADDR, &prim, sizeof(prim)));
}

/* heartbeat NAME ADDRESS: one, now */
static void step_heartbeat(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_paddrparams p = { .spp_assoc_id = s->id, .spp_flags = SPP_HB_DEMAND };
	union address a = one_address(word[2]);

	memcpy(&p.spp_address, &a, sizeof(a));
	prepared(set_option(s, SCTP_PEER_ADDR_PARAMS, &p, sizeof(p)));
}

/* extensions NAME [ID]: those that SCTP_*_SUPPORTED affirms */
static void step_extensions(char **word, int words)
{
	static const struct {
		int option;
		const char *name;
	} list[] = {
		{ SCTP_PR_SUPPORTED, "PR" },
		{ SCTP_AUTH_SUPPORTED, "AUTH" },
		{ SCTP_ASCONF_SUPPORTED, "ASCONF" },
		{ SCTP_RECONFIG_SUPPORTED, "RECONFIG" },
		{ SCTP_INTERLEAVING_SUPPORTED, "INTERLEAVING" },
		{ SCTP_ECN_SUPPORTED, "ECN" },
	};
	const struct sock *s = sock(word[1]);

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct sctp_assoc_value value = { .assoc_id = id_word(s, word, words, 2) };

		if (get_option(s, list[i].option, &value, sizeof(value)) < 0) {
			say_list(list[i].name);
			say(":-1 %s", error_name(errno));
		} else if (value.assoc_value) {
			say_list(list[i].name);
		}
	}
	if (!*result)
		say("none");
}

/* send NAME TEXT [FLAG]: FLAG: eof, abort */
static void step_send(char **word, int words)
{
	const struct sock *s = sock(word[1]);
	struct sctp_sndrcvinfo info = { .sinfo_assoc_id = s->id };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(info))];
	} control = { 0 };
	struct iovec iov = { .iov_base = word[2], .iov_len = strlen(word[2]) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t rc;

	if (has_word(word, words, "eof"))
		info.sinfo_flags = SCTP_EOF;
	if (has_word(word, words, "abort"))
		info.sinfo_flags = SCTP_ABORT;
	if (info.sinfo_flags)
		msg.msg_iovlen = 0;
	c->cmsg_level = IPPROTO_SCTP;
	c->cmsg_type = SCTP_SNDRCV;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	rc = sendmsg(s->fd, &msg, MSG_NOSIGNAL);
	prepared(rc < 0 ? -1 : 0);
}

static int count_associations(void)
{
	FILE *f = fopen("/proc/net/sctp/assocs", "r");
	int lines = -1, c;

	if (!f)
		die("/proc/net/sctp/assocs: %s", error_name(errno));
	while ((c = getc(f)) != EOF)
		lines += c == '\n';
	fclose(f);
	return lines;
}

/* associations N: waits until the namespace has N, in any state, and says how many it has */
static void step_associations(char **word, int words)
{
	int64_t end = now_us() + PATIENCE_MS * 1000;
	int count;

	do {
		count = count_associations();
	} while (count != number(word[1]) && now_us() < end && poll(NULL, 0, 5) == 0);
	say("%d", count);
}

/* tick: the jiffy, from the resolution of the coarse clock */
static void step_tick(char **word, int words)
{
	int64_t us = tick_us();

	say("%s", us == 1000 || us == 3333 || us == 4000 || us == 10000 ? "of a known HZ"
									: "of no known HZ");
}

/* --- What is on the wire -------------------------------------------------------------------- */

static int64_t timestamp_us(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		struct timespec t;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	}
	return 0;
}

/* Does a datagram over loopback carry an earlier time than that of its reading? */
static bool is_stamped(int fd, const struct sockaddr_in *self)
{
	char byte = 0, control[256];
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct timespec read;

	if (sendto(fd, &byte, 1, 0, (const struct sockaddr *)self, sizeof(*self)) < 0)
		die("loopback: %s", error_name(errno));
	poll_for(fd, POLLIN, PATIENCE_MS);
	clock_gettime(CLOCK_REALTIME, &read);
	if (recvmsg(fd, &msg, MSG_DONTWAIT) < 0)
		die("loopback: %s", error_name(errno));
	return timestamp_us(&msg) < (int64_t)read.tv_sec * 1000000 + read.tv_nsec / 1000;
}

/*
 * The kernel begins to stamp packets some time after it was asked to, by a work queue
 * (net/core/dev.c net_enable_timestamp()); one without a stamp gets the time of its reading.
 */
static void wait_for_stamps(void)
{
	struct sockaddr_in self = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int64_t end = now_us() + PATIENCE_MS * 1000;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	socklen_t size = sizeof(self);

	if (bind(fd, (struct sockaddr *)&self, size) < 0 ||
	    getsockname(fd, (struct sockaddr *)&self, &size) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0)
		die("loopback: %s", error_name(errno));
	while (!is_stamped(fd, &self))
		if (now_us() > end)
			die("packets carry no time");
	close(fd);
}

/* trace NAME: begins to note the SCTP packets that the namespace sends and receives */
static void step_trace(char **word, int words)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, htons(ETH_P_ALL)), on = 1;
	int size = 4 << 20;

	prepared(fd < 0 ? -1 : 0);
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	wait_for_stamps();
	new_sock(word[1], fd, SOCK_RAW);
	packet_count = 0;
}

static void note_packet(const uint8_t *p, size_t length, const struct sockaddr_ll *link, int64_t us)
{
	struct packet *packet = &packets[packet_count];
	bool sent = link->sll_pkttype == PACKET_OUTGOING;
	size_t header;

	if (link->sll_protocol == htons(ETH_P_IP) && length >= 20 && p[9] == IPPROTO_SCTP) {
		header = (size_t)(p[0] & 15) * 4;
		inet_ntop(AF_INET, p + (sent ? 16 : 12), packet->peer, sizeof(packet->peer));
	} else if (link->sll_protocol == htons(ETH_P_IPV6) && length >= 40 &&
		   p[6] == IPPROTO_SCTP) {
		header = 40;
		inet_ntop(AF_INET6, p + (sent ? 24 : 8), packet->peer, sizeof(packet->peer));
	} else {
		return;
	}
	if (length < header + 13 || packet_count + 1 == MAX_PACKETS)
		return;
	packet->sent = sent;
	packet->chunk = p[header + 12]; /* after the common header */
	packet->us = us;
	packet_count++;
}

static void read_trace(const struct sock *s)
{
	static uint8_t bytes[65536];

	for (;;) {
		char control[256];
		struct sockaddr_ll link = { 0 };
		struct iovec iov = { .iov_base = bytes, .iov_len = sizeof(bytes) };
		struct msghdr msg = {
			.msg_name = &link,
			.msg_namelen = sizeof(link),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t got = recvmsg(s->fd, &msg, 0);

		if (got < 0)
			return;
		note_packet(bytes, (size_t)got, &link, timestamp_us(&msg));
	}
}

static const char *chunk_name(int chunk)
{
	static const char *const names[] = {
		"DATA",          "INIT",       "INIT-ACK", "SACK",         "HEARTBEAT",
		"HEARTBEAT-ACK", "ABORT",      "SHUTDOWN", "SHUTDOWN-ACK", "ERROR",
		"COOKIE-ECHO",   "COOKIE-ACK", "ECNE",     "CWR",          "SHUTDOWN-COMPLETE",
	};

	return NAME_OF(names, chunk);
}

/*
 * packets NAME [CHUNK]: what passed since "trace" or the last "packets": > sent, < received. With
 * CHUNK, waits until the last one is that.
 */
static void step_packets(char **word, int words)
{
	int64_t end = now_us() + PATIENCE_MS * 1000;

	do {
		read_trace(sock(word[1]));
	} while (words > 2 && now_us() < end &&
		 (!packet_count || strcmp(chunk_name(packets[packet_count - 1].chunk), word[2])) &&
		 poll(NULL, 0, 5) == 0);
	for (size_t i = 0; i < packet_count; i++) {
		say_list(packets[i].sent ? ">" : "<");
		say("%s", chunk_name(packets[i].chunk));
	}
	if (!packet_count)
		say("none");
	packet_count = 0;
}

/* inits NAME: where the INITs went that were sent since "trace" */
static void step_inits(char **word, int words)
{
	read_trace(sock(word[1]));
	for (size_t i = 0; i < packet_count; i++)
		if (packets[i].sent && packets[i].chunk == 1)
			say_list(packets[i].peer);
}

/*
 * gaps NAME MS...: are the times between these INITs so long, and less than three times that?
 * Timers never fire early, but what they send may be late, and the next one is on time: so each
 * INIT is measured from the first one, which may be late as well: its timer starts before it
 * leaves.
 */
static void step_gaps(char **word, int words)
{
	int64_t first = 0, last = 0, least_ms = 0;
	bool as_given = true;
	int at = 2;

	read_trace(sock(word[1]));
	for (size_t i = 0; i < packet_count; i++) {
		int64_t us = packets[i].us, gap_ms = (us - last) / 1000;
		char text[32];

		if (!packets[i].sent || packets[i].chunk != 1)
			continue;
		if (last) {
			if (at < words)
				least_ms += number(word[at]);
			as_given &= at < words && (us - first) / 1000 >= least_ms * 3 / 4 &&
				    gap_ms < 3 * number(word[at]);
			at++;
			snprintf(text, sizeof(text), "%" PRId64, gap_ms);
			say_list(text);
		} else {
			first = us;
		}
		last = us;
	}
	if (as_given && at == words)
		snprintf(result, sizeof(result), "as given");
}

/* --- Around it ------------------------------------------------------------------------------ */

/* ns NAME: sockets are opened in $TOPO-NAME from now on */
static void step_ns(char **word, int words)
{
	const char *topo = getenv("TOPO");
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s-%s", topo ? topo : "", word[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET) < 0)
		die("%s: %s", path, error_name(errno));
	close(fd);
}

/* user ID: the effective user from now on */
static void step_user(char **word, int words)
{
	prepared(seteuid((uid_t)number(word[1])));
}

/* shell COMMAND...: in bash, with the functions of topology.bash; must succeed */
static void step_shell(char **word, int words)
{
	char command[1024] = "";
	int status = 0;
	pid_t child;

	for (int i = 1; i < words; i++) {
		size_t used = strlen(command);

		snprintf(command + used, sizeof(command) - used, "%s ", word[i]);
	}
	fflush(stdout);
	child = fork();
	if (!child) {
		execl("/bin/bash", "bash", "-c", command, (char *)NULL);
		_exit(127);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		say("wait status %#x", (unsigned)status);
}

static const struct step steps[] = {
	{ "accept", 3, step_accept },
	{ "among", 3, step_among },
	{ "associations", 2, step_associations },
	{ "becomes", 4, step_becomes },
	{ "bindx", 3, step_bindx },
	{ "block", 3, step_block },
	{ "close", 2, step_close },
	{ "connect", 3, step_connect },
	{ "connectx", 2, step_connectx },
	{ "connectx110", 3, step_connectx110 },
	{ "connectx3", 3, step_connectx3 },
	{ "errno", 2, step_errno },
	{ "event", 2, step_event },
	{ "event-id", 2, step_event_id },
	{ "extensions", 2, step_extensions },
	{ "foreign", 3, step_foreign },
	{ "gaps", 2, step_gaps },
	{ "heard", 3, step_heard },
	{ "heartbeat", 3, step_heartbeat },
	{ "heartbeats", 4, step_heartbeats },
	{ "ids", 2, step_ids },
	{ "initmsg", 4, step_initmsg },
	{ "inits", 2, step_inits },
	{ "listen", 3, step_listen },
	{ "locals", 2, step_locals },
	{ "ns", 2, step_ns },
	{ "open", 3, step_open },
	{ "option", 4, step_option },
	{ "packets", 2, step_packets },
	{ "path", 3, step_path },
	{ "peeloff", 3, step_peeloff },
	{ "peername", 2, step_peername },
	{ "peers", 2, step_peers },
	{ "poll", 3, step_poll },
	{ "ports", 2, step_ports },
	{ "primary", 3, step_primary },
	{ "receive", 3, step_receive },
	{ "route", 2, step_route },
	{ "rto", 3, step_rto },
	{ "send", 3, step_send },
	{ "shell", 2, step_shell },
	{ "shutdown", 2, step_shutdown },
	{ "so_error", 2, step_so_error },
	{ "status", 2, step_status },
	{ "streams", 2, step_streams },
	{ "tick", 1, step_tick },
	{ "timers", 2, step_timers },
	{ "took", 3, step_took },
	{ "trace", 2, step_trace },
	{ "user", 2, step_user },
	{ "when-blocked", 2, step_when_blocked },
	{ "zones", 2, step_zones },
};

static void run_step(char *text)
{
	char *word[MAX_WORDS] = { NULL }, *rest = NULL;
	int words = 0;

	for (char *w = strtok_r(text, " \t", &rest); w && words < MAX_WORDS;
	     w = strtok_r(NULL, " \t", &rest))
		word[words++] = w;
	if (!words)
		return;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (strcmp(steps[i].name, word[0]) != 0)
			continue;
		if (words < steps[i].min_words)
			die("'%s' needs %d words more", word[0], steps[i].min_words - words);
		steps[i].run(word, words);
		return;
	}
	die("no step is called '%s'", word[0]);
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	/* A step that forks must not have the rest of the script read twice. */
	setvbuf(stdin, NULL, _IOFBF, 1 << 20);
	while ((length = getline(&line, &size, stdin)) > 0) {
		char *text, *expected;
		int column;

		line[strcspn(line, "\n")] = '\0';
		expected = strstr(line, " = ");
		column = (int)(expected ? expected - line : (ssize_t)strlen(line));
		expectation = expected != NULL;
		result[0] = '\0';
		text = strndup(line, (size_t)column);
		if (*text != '#')
			run_step(text);
		free(text);
		printf("%.*s", column, line);
		if (*result)
			printf(" = %s", result);
		putchar('\n');
	}
	free(line);
	return 0;
}
