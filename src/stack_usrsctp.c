/* SPDX-License-Identifier: MIT */
/*
 * usrsctp, FreeBSD's SCTP in user space: the only file that includes <usrsctp.h>.
 *
 * The library runs threads of its own: one for timers, one per socket it reads from. They call back
 * into ring() and into nothing else. It does not block, has no descriptor to poll, and reads no
 * ICMP: endpoints here are an epoll descriptor over an eventfd (the bell) and raw ICMP sockets; and
 * a timer, for what its own timers find out is not called back (sctputil.c sctp_timeout_handler():
 * only for an error of the socket, which a one-to-many one never has, nor a path that has failed).
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/param.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <usrsctp.h>

#include "icmp.h"
#include "loop.h"
#include "stack.h"
#include "util.h"

/* usrsctp's internal option behind usrsctp_connectx(), which has room for 2048 bytes only. */
#define CONNECT_X 0x00008007

/* RFC 9260 section 16, and what an association gets back once it is up. */
#define RTO_MIN_MS 1000
#define RTO_MAX_MS 60000

/* Fits every notification; grows for messages. */
#define BUFFER_INITIAL 2048
#define BUFFER_MAX     (16 << 20)

/* For closing associations, when the program ends; two threads then take up to 100 ms each to end.
 */
#define FINISH_BOUND_US (80 * USEC_PER_MSEC)
#define FINISH_STEP_US  (2 * USEC_PER_MSEC)

#define PORT_TRIES 16

/* How often to look for what the library adds without a call back. */
#define LOOK_INTERVAL_NS (50 * 1000 * 1000)

/*
 * What a thread of the library may ring at any time, even when the socket was closed meanwhile: so
 * it is not freed, but used again, until the threads have ended.
 */
struct bell {
	int fd;
	bool used;
	struct bell *next;
};

/* An association on its way up: whose ICMP errors matter. */
struct attempt {
	uint32_t assoc;
	union address *peers;
	size_t count;
	int final_error; /* the network's last word on it; EVENT_FAILED is still to be given */
};

struct stack_endpoint {
	struct socket *socket;
	enum stack_style style;
	struct stack_encaps udp;
	struct bell *bell;
	int epoll;
	int icmp4; /* -1: not open */
	int icmp6;
	uint16_t port; /* once connect() was called */
	struct attempt *attempts;
	size_t attempt_count;
	struct stack_path handshake; /* of the newest association: what its handshake measured */
	int soft_error;
	uint8_t *buffer; /* one notification or message */
	size_t buffer_size;
	size_t partial; /* bytes of a message in buffer whose end has not come yet */
};

/* usrsctp is one per process, and so is this. */
static struct {
	bool started;
	struct stack_encaps udp;
	struct bell *bells;
	int looks; /* a timer, in the epoll of every endpoint */
} library;

static int set_option(struct socket *socket, int option, const void *value, socklen_t size)
{
	return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, size) < 0 ? -errno : 0;
}

static int get_option(struct socket *socket, int option, void *value, socklen_t size)
{
	return usrsctp_getsockopt(socket, IPPROTO_SCTP, option, value, &size) < 0 ? -errno : 0;
}

static const char *us_version(void)
{
	return "libusrsctp " USRSCTP_VERSION;
}

static bool encapsulated(const struct stack_encaps *udp)
{
	return udp->local || udp->remote;
}

/* --- Starting and ending the library --------------------------------------------------------- */

static bool can_open(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int us_available(const struct stack_encaps *udp, struct stack_fault *fault)
{
	*fault = (struct stack_fault){ .call = "socket(SOCK_RAW)" };
	if (encapsulated(udp))
		return 0;
	/* There once the module is loaded, also in a network namespace. */
	if (access("/proc/net/sctp", F_OK) == 0) {
		message_set(&fault->hint, 0, "--stack kernel, or --udp-encaps with this one");
		return message_set(&fault->why, -EBUSY,
				   "usrsctp beside the kernel's own SCTP: the kernel aborts every "
				   "association that it does not know");
	}
	if (can_open(AF_INET, SOCK_RAW, IPPROTO_SCTP))
		return 0;
	message_set(&fault->hint, 0,
		    "as root: setcap cap_net_raw+ep the program, or run it as root; --udp-encaps "
		    "PORT needs no privilege, where the peer speaks it too");
	return message_set(&fault->why, -EPERM,
			   "SCTP in user space sends raw packets, which needs CAP_NET_RAW");
}

/* A UDP socket as the library will open it. Port 0: a free one. */
static int bind_udp(int family, uint16_t port)
{
	union address any = { .sa.sa_family = (sa_family_t)family };
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1, error;

	if (fd < 0)
		return -errno;
	address_set_port(&any, port);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &any.sa, address_length(&any)) == 0)
		return fd;
	error = errno;
	close(fd);
	return -error;
}

/* Can the library have this port in both families, as far as the host has them? */
static int try_port(uint16_t *port)
{
	union address bound = { 0 };
	socklen_t size = sizeof(bound);
	int v4 = bind_udp(AF_INET, *port), v6;

	if (v4 < 0)
		return v4;
	getsockname(v4, &bound.sa, &size);
	*port = address_port(&bound);
	v6 = bind_udp(AF_INET6, *port);
	close(v4);
	if (v6 >= 0)
		close(v6);
	return v6 < 0 && v6 != -EAFNOSUPPORT && v6 != -EADDRNOTAVAIL ? v6 : 0;
}

/* The library says nothing when its UDP port cannot be bound: look first. */
static int find_port(struct stack_encaps *udp, struct stack_fault *fault)
{
	uint16_t port = udp->local;
	int rc = try_port(&port);

	for (int i = 1; !udp->local && rc == -EADDRINUSE && i < PORT_TRIES; i++) {
		port = 0;
		rc = try_port(&port);
	}
	fault->call = "bind(UDP)";
	if (rc == -EADDRINUSE && udp->local) {
		message_set(&fault->hint, 0, "ss -uanp shows who has it");
		message_set(&fault->why, 0, "UDP port %u is in use on this host", udp->local);
	} else if (rc == -EACCES && udp->local) {
		message_set(&fault->hint, 0, "use a port from 1024 on, or run as root");
		message_set(&fault->why, 0,
			    "UDP port %u: ports below 1024 need CAP_NET_BIND_SERVICE", udp->local);
	}
	udp->local = port;
	return rc;
}

/*
 * The library opens raw sockets whenever it may. In UDP mode they would hear the SCTP of others on
 * this host, the kernel's included, and answer it with ABORT: so it may not, while it starts.
 */
static void start_without_raw(uint16_t port)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3];
	struct __user_cap_data_struct less[_LINUX_CAPABILITY_U32S_3];
	bool known = syscall(SYS_capget, &header, before) == 0;

	if (known) {
		memcpy(less, before, sizeof(less));
		less[0].effective &= ~(1u << CAP_NET_RAW);
		syscall(SYS_capset, &header, less);
	}
	usrsctp_init(port, NULL, NULL);
	if (known)
		syscall(SYS_capset, &header, before);
}

static int start_looking(void)
{
	struct itimerspec interval = {
		.it_interval.tv_nsec = LOOK_INTERVAL_NS,
		.it_value.tv_nsec = LOOK_INTERVAL_NS,
	};

	library.looks = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (library.looks < 0 || timerfd_settime(library.looks, 0, &interval, NULL) < 0)
		return -errno;
	return 0;
}

static int start_library(const struct stack_encaps *udp, struct stack_fault *fault)
{
	struct stack_encaps wanted = *udp;
	int rc;

	if (library.started)
		return 0;
	if (!encapsulated(udp)) {
		usrsctp_init(0, NULL, NULL);
		/*
		 * A raw socket hears the SCTP of all programs on this host: what is not ours is not
		 * answered. Nor are INITs to ports where nobody listens.
		 */
		usrsctp_sysctl_set_sctp_blackhole(2);
	} else {
		rc = find_port(&wanted, fault);
		if (rc < 0)
			return rc;
		start_without_raw(wanted.local);
		usrsctp_sysctl_set_sctp_blackhole(0);
		rc = bind_udp(AF_INET, wanted.local);
		if (rc >= 0) { /* still free: somebody had it just then */
			close(rc);
			usrsctp_finish();
			return message_set(&fault->why, -EADDRINUSE,
					   "UDP port %u was in use on this host", wanted.local);
		}
	}
	/* Other stacks check the checksum on every interface. */
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	library.udp = wanted;
	library.started = true;
	fault->call = "timerfd_create";
	return start_looking();
}

static void us_finish(void)
{
	int64_t until = loop_now_us() + FINISH_BOUND_US;

	if (!library.started)
		return;
	while (usrsctp_finish() != 0) {
		if (loop_now_us() >= until)
			return; /* its threads may still ring */
		usleep(FINISH_STEP_US);
	}
	library.started = false;
	close(library.looks);
	while (library.bells) {
		struct bell *bell = library.bells;

		library.bells = bell->next;
		close(bell->fd);
		free(bell);
	}
}

/* --- Bells: what wakes the poll loop --------------------------------------------------------- */

/* On a thread of the library. */
static void ring(struct socket *socket, void *arg, int wait)
{
	struct bell *bell = arg;

	(void)socket;
	(void)wait;
	eventfd_write(bell->fd, 1);
}

/* And the timer, which all endpoints see in the same round of the poll loop. */
static void silence(struct bell *bell)
{
	uint64_t count;

	while (read(bell->fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	while (read(library.looks, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

static struct bell *take_bell(void)
{
	struct bell *bell = library.bells;

	while (bell && bell->used)
		bell = bell->next;
	if (!bell) {
		int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0)
			return NULL;
		bell = xcalloc(1, sizeof(*bell));
		bell->fd = fd;
		bell->next = library.bells;
		library.bells = bell;
	}
	bell->used = true;
	return bell;
}

static bool watch(int epoll, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* --- Endpoints -------------------------------------------------------------------------------- */

static void free_endpoint(struct stack_endpoint *endpoint)
{
	if (endpoint->socket)
		usrsctp_close(endpoint->socket);
	if (endpoint->bell)
		endpoint->bell->used = false;
	if (endpoint->epoll >= 0)
		close(endpoint->epoll);
	if (endpoint->icmp4 >= 0)
		close(endpoint->icmp4);
	if (endpoint->icmp6 >= 0)
		close(endpoint->icmp6);
	for (size_t i = 0; i < endpoint->attempt_count; i++)
		free(endpoint->attempts[i].peers);
	free(endpoint->attempts);
	free(endpoint->buffer);
	free(endpoint);
}

/* Takes the socket, also when it fails: NULL and errno. */
static struct stack_endpoint *new_endpoint(struct socket *socket, enum stack_style style)
{
	struct stack_endpoint *endpoint = xcalloc(1, sizeof(*endpoint));

	endpoint->socket = socket;
	endpoint->style = style;
	endpoint->udp = library.udp;
	endpoint->icmp4 = -1;
	endpoint->icmp6 = -1;
	endpoint->buffer_size = BUFFER_INITIAL;
	endpoint->buffer = xcalloc(1, endpoint->buffer_size);
	endpoint->epoll = epoll_create1(EPOLL_CLOEXEC);
	endpoint->bell = take_bell();
	if (endpoint->epoll < 0 || !endpoint->bell || !watch(endpoint->epoll, endpoint->bell->fd) ||
	    !watch(endpoint->epoll, library.looks) || usrsctp_set_non_blocking(socket, 1) < 0 ||
	    usrsctp_set_upcall(socket, ring, endpoint->bell) < 0) {
		int error = errno;

		free_endpoint(endpoint);
		errno = error;
		return NULL;
	}
	return endpoint;
}

static int subscribe(struct socket *socket)
{
	static const uint16_t types[] = { SCTP_ASSOC_CHANGE, SCTP_PEER_ADDR_CHANGE,
					  SCTP_REMOTE_ERROR, SCTP_SHUTDOWN_EVENT };
	int on = 1, rc = set_option(socket, SCTP_RECVRCVINFO, &on, sizeof(on));

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(types); i++) {
		struct sctp_event event = {
			.se_assoc_id = SCTP_FUTURE_ASSOC,
			.se_type = types[i],
			.se_on = 1,
		};

		rc = set_option(socket, SCTP_EVENT, &event, sizeof(event));
	}
	return rc;
}

static int configure(struct socket *socket, const struct stack_config *config,
		     struct stack_fault *fault)
{
	struct sctp_initmsg init = {
		.sinit_num_ostreams = config->out_streams,
		.sinit_max_instreams = config->max_in_streams,
		.sinit_max_attempts = config->init_attempts,
		.sinit_max_init_timeo = (uint16_t)MIN(config->init_timeout_ms, UINT16_MAX),
	};
	/* Unlike the kernel it holds initial to [min, max], so these go along until it is up. */
	struct sctp_rtoinfo rto = {
		.srto_initial = config->rto_initial_ms,
		.srto_min = MIN(config->rto_initial_ms, RTO_MIN_MS),
		.srto_max = MAX(config->rto_initial_ms, RTO_MAX_MS),
	};
	struct sctp_udpencaps encaps = { .sue_port = htons(config->udp.remote) };
	int off = 0, rc;

	fault->call = "setsockopt(SCTP_EVENT)";
	rc = subscribe(socket);
	if (rc < 0)
		return rc;
	fault->call = "setsockopt(SCTP_INITMSG)";
	rc = set_option(socket, SCTP_INITMSG, &init, sizeof(init));
	if (rc < 0)
		return rc;
	if (rto.srto_initial) {
		fault->call = "setsockopt(SCTP_RTOINFO)";
		rc = set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
		if (rc < 0)
			return rc;
	}
	if (config->udp.remote) {
		encaps.sue_address.ss_family = config->ipv6 ? AF_INET6 : AF_INET;
		fault->call = "setsockopt(SCTP_REMOTE_UDP_ENCAPS_PORT)";
		rc = set_option(socket, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
		if (rc < 0)
			return rc;
	}
	if (!config->ipv6)
		return 0;
	fault->call = "setsockopt(SCTP_I_WANT_MAPPED_V4_ADDR)";
	return set_option(socket, SCTP_I_WANT_MAPPED_V4_ADDR, &off, sizeof(off));
}

static int bind_all(struct socket *socket, const union address *list, size_t count,
		    struct stack_fault *fault)
{
	fault->call = "sctp_bindx";
	for (size_t i = 0; i < count; i++) {
		union address one = list[i];

		if (usrsctp_bindx(socket, &one.sa, 1, SCTP_BINDX_ADD_ADDR) < 0) {
			int error = errno;

			fault->address = list[i];
			return -error;
		}
	}
	return 0;
}

/* Where the routing table would send from. False: it has no way to that peer. */
static bool source_address(const union address *peer, union address *source)
{
	int fd = socket(peer->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(*source);
	bool found;

	if (fd < 0)
		return false;
	found = connect(fd, &peer->sa, address_length(peer)) == 0 &&
		getsockname(fd, &source->sa, &size) == 0;
	close(fd);
	address_set_port(source, 0);
	return found;
}

/*
 * Left to itself, raw, the library sends from any address of this host, whatever the routes are
 * (sctp_os_userspace.h has interface 1 hard-wired): give it those that can reach the peer only.
 */
static int bind_sources(struct socket *socket, const struct stack_config *config,
			struct stack_fault *fault)
{
	union address *list = xcalloc(config->peer_count, sizeof(*list));
	size_t count = 0;
	int rc;

	for (size_t i = 0; i < config->peer_count; i++) {
		union address source = { 0 };
		bool known = !source_address(&config->peers[i], &source);

		for (size_t j = 0; j < count && !known; j++)
			known = address_equal(&list[j], &source);
		if (!known)
			list[count++] = source;
	}
	rc = bind_all(socket, list, count, fault);
	free(list);
	return rc;
}

/* Tried: raw packets of the library never arrive there. */
static bool only_loopback(const union address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_scope(&list[i]) != SCOPE_LOOPBACK)
			return false;
	return count > 0;
}

static int us_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		   struct stack_fault *fault)
{
	int type = config->style == STACK_ONE_TO_ONE ? SOCK_STREAM : SOCK_SEQPACKET;
	struct socket *socket;
	int rc = us_available(&config->udp, fault);

	if (rc < 0)
		return rc;
	if (!encapsulated(&config->udp) && (only_loopback(config->peers, config->peer_count) ||
					    only_loopback(config->local, config->local_count))) {
		message_set(&fault->hint, 0, "--udp-encaps [LOCAL:]REMOTE works there");
		return message_set(&fault->why, -EADDRNOTAVAIL,
				   "SCTP in user space cannot send raw packets over loopback");
	}
	fault->call = "socket";
	if (config->ipv6 && !can_open(AF_INET6, SOCK_DGRAM, 0))
		return -EAFNOSUPPORT;
	rc = start_library(&config->udp, fault);
	if (rc < 0)
		return rc;
	fault->call = "socket";
	socket = usrsctp_socket(config->ipv6 ? AF_INET6 : AF_INET, type, IPPROTO_SCTP, NULL, NULL,
				0, NULL);
	if (!socket)
		return -errno;
	rc = configure(socket, config, fault);
	if (rc == 0 && config->local_count)
		rc = bind_all(socket, config->local, config->local_count, fault);
	else if (rc == 0 && !encapsulated(&config->udp))
		rc = bind_sources(socket, config, fault);
	if (rc < 0) {
		usrsctp_close(socket);
		return rc;
	}
	*endpoint = new_endpoint(socket, config->style);
	return *endpoint ? 0 : -errno;
}

static int us_listen(struct stack_endpoint *endpoint, int backlog)
{
	return usrsctp_listen(endpoint->socket, backlog) < 0 ? -errno : 0;
}

static int us_accept(struct stack_endpoint *endpoint, struct stack_endpoint **accepted,
		     union address *from)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof(peer);
	struct socket *socket;

	silence(endpoint->bell);
	socket = usrsctp_accept(endpoint->socket, (struct sockaddr *)&peer, &size);
	if (!socket)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (!address_from_sockaddr(from, (struct sockaddr *)&peer))
		*from = (union address){ 0 };
	*accepted = new_endpoint(socket, STACK_ONE_TO_ONE);
	if (!*accepted)
		return -errno;
	ring(socket, (*accepted)->bell, 0); /* for what came before there was an upcall */
	return 0;
}

static struct pollfd us_pollfd(const struct stack_endpoint *endpoint)
{
	return (struct pollfd){ .fd = endpoint->epoll, .events = POLLIN };
}

/* Lists belong to the library: copied, and given back. */
static int copy_addresses(int count, const struct sockaddr *packed, union address **list)
{
	const uint8_t *at = (const uint8_t *)packed;

	*list = xcalloc((size_t)MAX(count, 0), sizeof(**list));
	for (int i = 0; i < count; i++) {
		const struct sockaddr *one = (const struct sockaddr *)at;

		address_from_sockaddr(&(*list)[i], one);
		at += one->sa_family == AF_INET ? sizeof(struct sockaddr_in)
						: sizeof(struct sockaddr_in6);
	}
	return count;
}

static int us_local_addresses(struct stack_endpoint *endpoint, uint32_t assoc, union address **list)
{
	struct sockaddr *packed = NULL;
	int count = usrsctp_getladdrs(endpoint->socket, assoc, &packed);

	if (count < 0)
		return -errno;
	copy_addresses(count, packed, list);
	if (packed)
		usrsctp_freeladdrs(packed);
	/* The newest one stands first there. */
	for (int i = 0, j = count - 1; i < j; i++, j--) {
		union address first = (*list)[i];

		(*list)[i] = (*list)[j];
		(*list)[j] = first;
	}
	return count;
}

/* --- Connecting ------------------------------------------------------------------------------- */

/* Before the INIT: the answer to it may be there sooner than the call returns. */
static void watch_icmp(struct stack_endpoint *endpoint, const union address *peers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int family = peers[i].sa.sa_family;
		int *fd = family == AF_INET6 ? &endpoint->icmp6 : &endpoint->icmp4;

		if (*fd >= 0)
			continue;
		*fd = icmp_open(family); /* without the privilege there is no such evidence */
		if (*fd >= 0)
			watch(endpoint->epoll, *fd);
	}
}

static uint16_t local_port(struct stack_endpoint *endpoint, uint32_t assoc)
{
	union address *local = NULL;
	uint16_t port = 0;

	if (us_local_addresses(endpoint, assoc, &local) > 0)
		port = address_port(&local[0]);
	free(local);
	return port;
}

static void remember_attempt(struct stack_endpoint *endpoint, uint32_t assoc,
			     const union address *peers, size_t count)
{
	struct attempt *attempt;

	endpoint->attempts = xreallocarray(endpoint->attempts, endpoint->attempt_count + 1,
					   sizeof(*endpoint->attempts));
	attempt = &endpoint->attempts[endpoint->attempt_count++];
	*attempt = (struct attempt){ .assoc = assoc, .count = count };
	attempt->peers = xcalloc(count, sizeof(*peers));
	memcpy(attempt->peers, peers, count * sizeof(*peers));
	endpoint->port = local_port(endpoint, assoc);
}

static void forget_attempt(struct stack_endpoint *endpoint, uint32_t assoc)
{
	for (size_t i = 0; i < endpoint->attempt_count; i++) {
		if (endpoint->attempts[i].assoc != assoc)
			continue;
		free(endpoint->attempts[i].peers);
		endpoint->attempts[i] = endpoint->attempts[--endpoint->attempt_count];
		return;
	}
}

static size_t packed_size(const union address *list, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += address_length(&list[i]);
	return size;
}

static int us_connect(struct stack_endpoint *endpoint, const union address *peers, size_t count,
		      bool blocking, uint32_t *assoc)
{
	size_t size = packed_size(peers, count);
	void *packed = address_pack(peers, count);
	uint8_t *request = xcalloc(1, sizeof(uint32_t) + size);
	uint32_t value = (uint32_t)count;
	int rc;

	(void)blocking; /* it never blocks: the outcome comes as an event */
	watch_icmp(endpoint, peers, count);
	/* The count, then the addresses; the id of the association comes back in its place. */
	memcpy(request, &value, sizeof(value));
	memcpy(request + sizeof(value), packed, size);
	rc = set_option(endpoint->socket, CONNECT_X, request, (socklen_t)(sizeof(value) + size));
	memcpy(&value, request, sizeof(value));
	free(packed);
	free(request);
	if (rc < 0)
		return rc;
	*assoc = value;
	remember_attempt(endpoint, value, peers, count);
	return 0;
}

/* --- ICMP ------------------------------------------------------------------------------------- */

/* Does the quoted packet come from this endpoint, and go to an address of this attempt? */
static bool is_about(const struct stack_endpoint *endpoint, const struct attempt *attempt,
		     const struct icmp_error *error)
{
	uint16_t to = address_port(&error->destination);
	bool udp = error->protocol == IPPROTO_UDP;

	if (udp != encapsulated(&endpoint->udp) ||
	    error->source_port != (udp ? endpoint->udp.local : endpoint->port))
		return false;
	for (size_t i = 0; i < attempt->count; i++)
		if (address_equal(&attempt->peers[i], &error->destination) &&
		    to == (udp ? endpoint->udp.remote : address_port(&attempt->peers[i])))
			return true;
	return false;
}

static void take_icmp(struct stack_endpoint *endpoint, int fd, int family)
{
	struct icmp_error error;

	while (fd >= 0 && icmp_read(fd, family, &error)) {
		for (size_t i = 0; i < endpoint->attempt_count; i++) {
			struct attempt *attempt = &endpoint->attempts[i];

			if (!is_about(endpoint, attempt, &error))
				continue;
			/* As net/sctp/input.c sctp_icmp_proto_unreachable: that ends it. */
			if (error.error == ENOPROTOOPT && error.protocol == IPPROTO_SCTP)
				attempt->final_error = error.error;
			else
				endpoint->soft_error = error.error;
		}
	}
}

static void take_all_icmp(struct stack_endpoint *endpoint)
{
	take_icmp(endpoint, endpoint->icmp4, AF_INET);
	take_icmp(endpoint, endpoint->icmp6, AF_INET6);
}

static bool final_icmp(struct stack_endpoint *endpoint, struct stack_event *event)
{
	take_all_icmp(endpoint);
	for (size_t i = 0; i < endpoint->attempt_count; i++) {
		const struct attempt *attempt = &endpoint->attempts[i];

		if (!attempt->final_error)
			continue;
		*event = (struct stack_event){
			.type = EVENT_FAILED,
			.assoc = attempt->assoc,
			.error = attempt->final_error,
		};
		forget_attempt(endpoint, event->assoc);
		return true;
	}
	return false;
}

static int us_soft_error(struct stack_endpoint *endpoint)
{
	int error;

	take_all_icmp(endpoint);
	error = endpoint->soft_error;
	endpoint->soft_error = 0;
	return error;
}

/* --- What is known of an association ---------------------------------------------------------- */

static enum stack_assoc_state assoc_state(int32_t state)
{
	switch (state) {
	case SCTP_COOKIE_WAIT:
		return ASSOC_COOKIE_WAIT;
	case SCTP_COOKIE_ECHOED:
		return ASSOC_COOKIE_ECHOED;
	case SCTP_ESTABLISHED:
		return ASSOC_ESTABLISHED;
	case SCTP_SHUTDOWN_PENDING:
		return ASSOC_SHUTDOWN_PENDING;
	case SCTP_SHUTDOWN_SENT:
		return ASSOC_SHUTDOWN_SENT;
	case SCTP_SHUTDOWN_RECEIVED:
		return ASSOC_SHUTDOWN_RECEIVED;
	case SCTP_SHUTDOWN_ACK_SENT:
		return ASSOC_SHUTDOWN_ACK_SENT;
	default:
		return ASSOC_CLOSED;
	}
}

static enum stack_path_state path_state(int32_t state)
{
	if (state & SCTP_UNCONFIRMED)
		return PATH_UNCONFIRMED;
	if (state & SCTP_ACTIVE)
		return PATH_ACTIVE;
	return state & SCTP_INACTIVE ? PATH_INACTIVE : PATH_UNKNOWN;
}

/* I-DATA is not among them: the library offers it only where a program asks for it. */
static unsigned extensions(struct stack_endpoint *endpoint, uint32_t assoc)
{
	static const struct {
		int option;
		enum stack_extension bit;
	} list[] = {
		{ SCTP_PR_SUPPORTED, EXTENSION_PR_SCTP },
		{ SCTP_AUTH_SUPPORTED, EXTENSION_AUTH },
		{ SCTP_ASCONF_SUPPORTED, EXTENSION_ASCONF },
		{ SCTP_RECONFIG_SUPPORTED, EXTENSION_RE_CONFIG },
		{ SCTP_ECN_SUPPORTED, EXTENSION_ECN },
	};
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct sctp_assoc_value value = { .assoc_id = assoc };

		if (get_option(endpoint->socket, list[i].option, &value, sizeof(value)) == 0 &&
		    value.assoc_value)
			found |= list[i].bit;
	}
	return found;
}

static int us_status(struct stack_endpoint *endpoint, uint32_t assoc, struct stack_status *status)
{
	struct sctp_status s = { .sstat_assoc_id = assoc };
	int rc = get_option(endpoint->socket, SCTP_STATUS, &s, sizeof(s));

	if (rc < 0)
		return rc;
	*status = (struct stack_status){
		.id = assoc,
		.state = assoc_state(s.sstat_state),
		.out_streams = s.sstat_outstrms,
		.in_streams = s.sstat_instrms,
		.peer_rwnd = s.sstat_rwnd,
		.extensions = extensions(endpoint, assoc),
	};
	return 0;
}

/* The library tells what is left of it for chunks. */
static uint32_t path_mtu(const struct stack_endpoint *endpoint, const union address *peer,
			 uint32_t room)
{
	uint32_t ip = peer->sa.sa_family == AF_INET6 ? 40 : 20;
	uint32_t udp = encapsulated(&endpoint->udp) ? 8 : 0;

	return room ? room + ip + udp + (uint32_t)sizeof(struct sctp_common_header) : 0;
}

static void fill_path(struct stack_endpoint *endpoint, uint32_t assoc, struct stack_path *path)
{
	struct sctp_paddrinfo info = { .spinfo_assoc_id = assoc };

	memcpy(&info.spinfo_address, &path->address, sizeof(path->address));
	if (get_option(endpoint->socket, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info)) < 0)
		return;
	path->state = path_state(info.spinfo_state);
	path->srtt_us = (int64_t)info.spinfo_srtt * USEC_PER_MSEC;
	if (path->srtt_us == endpoint->handshake.srtt_us &&
	    address_equal(&path->address, &endpoint->handshake.address))
		path->srtt_us = 0;
	path->rto_ms = info.spinfo_rto;
	path->cwnd = info.spinfo_cwnd;
	path->mtu = path_mtu(endpoint, &path->address, info.spinfo_mtu);
}

static int us_paths(struct stack_endpoint *endpoint, uint32_t assoc, struct stack_path **list)
{
	struct sctp_status status = { .sstat_assoc_id = assoc };
	struct sockaddr *packed = NULL;
	union address *addresses, primary;
	bool has_primary;
	int count = usrsctp_getpaddrs(endpoint->socket, assoc, &packed);

	if (count < 0)
		return -errno;
	copy_addresses(count, packed, &addresses);
	if (packed)
		usrsctp_freepaddrs(packed);
	has_primary =
		get_option(endpoint->socket, SCTP_STATUS, &status, sizeof(status)) == 0 &&
		address_from_sockaddr(
			&primary, (const struct sockaddr *)&status.sstat_primary.spinfo_address);
	*list = xcalloc((size_t)count, sizeof(**list));
	for (int i = 0; i < count; i++) {
		struct stack_path *path = &(*list)[i];

		path->address = addresses[i];
		path->primary = has_primary && address_equal(&primary, &addresses[i]);
		fill_path(endpoint, assoc, path);
	}
	free(addresses);
	return count;
}

/*
 * The library counts the handshake as a round trip, from the first INIT on: after a dead first
 * address that is the time it was waited for, and no measurement of any path (RFC 9260 6.3.1, C4).
 */
static void note_handshake(struct stack_endpoint *endpoint, uint32_t assoc)
{
	struct stack_path *list = NULL;
	int count;

	endpoint->handshake = (struct stack_path){ 0 };
	count = us_paths(endpoint, assoc, &list);
	for (int i = 0; i < count; i++)
		if (list[i].srtt_us)
			endpoint->handshake = list[i];
	free(list);
}

static int us_set_primary(struct stack_endpoint *endpoint, uint32_t assoc,
			  const union address *peer)
{
	struct sctp_setprim prim = { .ssp_assoc_id = assoc };

	memcpy(&prim.ssp_addr, peer, sizeof(*peer));
	return set_option(endpoint->socket, SCTP_PRIMARY_ADDR, &prim, sizeof(prim));
}

/* --- Events ----------------------------------------------------------------------------------- */

/* What configure() lowered for the INIT is not for the time after it. */
static void restore_rto(struct stack_endpoint *endpoint, uint32_t assoc)
{
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc };

	if (get_option(endpoint->socket, SCTP_RTOINFO, &rto, sizeof(rto)) < 0)
		return;
	rto.srto_assoc_id = assoc;
	rto.srto_initial = MAX(rto.srto_initial, RTO_MIN_MS);
	rto.srto_min = RTO_MIN_MS;
	set_option(endpoint->socket, SCTP_RTOINFO, &rto, sizeof(rto));
}

/* The first error cause of the ABORT chunk that a notification carries, 0 if there is none. */
static uint16_t abort_cause(const uint8_t *info, size_t length)
{
	/* Chunk header, then cause code and length (RFC 9260 section 3.3.7). */
	return length >= 8 ? (uint16_t)(info[4] << 8 | info[5]) : 0;
}

/*
 * Which errno: the peer's ABORT comes along whole; without it the attempts or retransmissions are
 * used up, or, with an error, this end has given up for a reason of its own.
 */
static int down_error(const struct sctp_assoc_change *change, size_t info, int aborted)
{
	if (info)
		return aborted;
	return change->sac_error ? ECONNABORTED : ETIMEDOUT;
}

static bool assoc_change(struct stack_endpoint *endpoint, const struct sctp_assoc_change *change,
			 size_t length, struct stack_event *event)
{
	size_t info = length > sizeof(*change) ? length - sizeof(*change) : 0;

	event->assoc = change->sac_assoc_id;
	switch (change->sac_state) {
	case SCTP_COMM_UP:
		event->type = EVENT_UP;
		forget_attempt(endpoint, event->assoc);
		restore_rto(endpoint, event->assoc);
		note_handshake(endpoint, event->assoc);
		return true;
	case SCTP_RESTART:
		event->type = EVENT_RESTART;
		return true;
	case SCTP_CANT_STR_ASSOC:
		event->type = EVENT_FAILED;
		event->error = down_error(change, info, ECONNREFUSED);
		event->aborted = info > 0;
		event->cause = abort_cause(change->sac_info, info);
		forget_attempt(endpoint, event->assoc);
		return true;
	case SCTP_COMM_LOST:
		event->type = EVENT_LOST;
		event->error = down_error(change, info, ECONNRESET);
		event->cause = info ? abort_cause(change->sac_info, info) : change->sac_error;
		return true;
	case SCTP_SHUTDOWN_COMP:
		event->type = EVENT_CLOSED;
		return true;
	default:
		return false;
	}
}

static bool path_change(const struct sctp_paddr_change *change, struct stack_event *event)
{
	if (!address_from_sockaddr(&event->address, (const struct sockaddr *)&change->spc_aaddr))
		return false;
	event->type = EVENT_PATH;
	event->assoc = change->spc_assoc_id;
	switch (change->spc_state) {
	case SCTP_ADDR_AVAILABLE:
	case SCTP_ADDR_CONFIRMED:
		event->path_state = PATH_ACTIVE;
		return true;
	case SCTP_ADDR_UNREACHABLE:
		event->path_state = PATH_INACTIVE;
		return true;
	default:
		return false;
	}
}

/* False: nothing that the seam has a word for. */
static bool notification(struct stack_endpoint *endpoint, size_t length, struct stack_event *event)
{
	const union sctp_notification *n = (const union sctp_notification *)endpoint->buffer;

	if (length < sizeof(n->sn_header) || length < n->sn_header.sn_length)
		return false;
	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		return assoc_change(endpoint, &n->sn_assoc_change, length, event);
	case SCTP_PEER_ADDR_CHANGE:
		return path_change(&n->sn_paddr_change, event);
	case SCTP_SHUTDOWN_EVENT:
		event->type = EVENT_SHUTDOWN;
		event->assoc = n->sn_shutdown_event.sse_assoc_id;
		return true;
	default:
		return false;
	}
}

static void data(struct stack_endpoint *endpoint, size_t length, const struct sctp_rcvinfo *info,
		 struct stack_event *event)
{
	event->type = EVENT_DATA;
	event->data = endpoint->buffer;
	event->length = length;
	event->assoc = info->rcv_assoc_id;
	event->stream = info->rcv_sid;
	event->ppid = info->rcv_ppid;
	event->unordered = info->rcv_flags & SCTP_UNORDERED;
}

/* One read. False: nothing is there; errors are outcomes that a notification has told already. */
static bool receive(struct stack_endpoint *endpoint, size_t *length, int *flags,
		    struct sctp_rcvinfo *info)
{
	socklen_t info_size = sizeof(*info);
	unsigned info_type = 0;
	ssize_t got;

	*flags = 0;
	got = usrsctp_recvv(endpoint->socket, endpoint->buffer + endpoint->partial,
			    endpoint->buffer_size - endpoint->partial, NULL, NULL, info, &info_size,
			    &info_type, flags);
	if (got <= 0)
		return false;
	*length = endpoint->partial + (size_t)got;
	return true;
}

/* It hands out a large message as it comes in. False: longer than what is put together here. */
static bool wait_for_rest(struct stack_endpoint *endpoint, size_t length)
{
	if (length == endpoint->buffer_size) {
		if (endpoint->buffer_size >= BUFFER_MAX)
			return false;
		endpoint->buffer_size *= 2;
		endpoint->buffer = xreallocarray(endpoint->buffer, endpoint->buffer_size, 1);
	}
	endpoint->partial = length;
	return true;
}

static int us_next_event(struct stack_endpoint *endpoint, struct stack_event *event)
{
	struct sctp_rcvinfo info = { 0 };
	size_t length;
	int flags;

	*event = (struct stack_event){ .type = EVENT_NONE };
	silence(endpoint->bell); /* before reading: what comes after that rings again */
	while (receive(endpoint, &length, &flags, &info)) {
		if (!(flags & MSG_EOR) && wait_for_rest(endpoint, length))
			continue;
		endpoint->partial = 0;
		if (!(flags & MSG_NOTIFICATION)) {
			data(endpoint, length, &info, event);
			return 1;
		}
		if (notification(endpoint, length, event))
			return 1;
		*event = (struct stack_event){ .type = EVENT_NONE };
	}
	return final_icmp(endpoint, event);
}

/* --- Sending and ending ----------------------------------------------------------------------- */

static int send_message(struct stack_endpoint *endpoint, struct sctp_sndinfo *info,
			const void *bytes, size_t length)
{
	if (usrsctp_sendv(endpoint->socket, bytes, length, NULL, 0, info, sizeof(*info),
			  SCTP_SENDV_SNDINFO, 0) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return 0;
}

static int us_send(struct stack_endpoint *endpoint, uint32_t assoc, const void *bytes,
		   size_t length, uint16_t stream, uint32_t ppid, bool unordered)
{
	struct sctp_sndinfo info = {
		.snd_assoc_id = assoc,
		.snd_sid = stream,
		.snd_ppid = ppid,
		.snd_flags = unordered ? SCTP_UNORDERED : 0,
	};

	silence(endpoint->bell); /* before trying: when there is room after that, it rings again */
	return send_message(endpoint, &info, bytes, length);
}

static int us_shutdown(struct stack_endpoint *endpoint, uint32_t assoc)
{
	struct sctp_sndinfo info = { .snd_assoc_id = assoc, .snd_flags = SCTP_EOF };

	if (endpoint->style == STACK_ONE_TO_MANY)
		return send_message(endpoint, &info, NULL, 0);
	return usrsctp_shutdown(endpoint->socket, SHUT_WR) < 0 ? -errno : 0;
}

static void us_close(struct stack_endpoint *endpoint, bool abort)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct stack_event event;

	if (abort)
		usrsctp_setsockopt(endpoint->socket, SOL_SOCKET, SO_LINGER, &at_once,
				   sizeof(at_once));
	else
		while (us_next_event(endpoint, &event))
			; /* closing with something unread would be an ABORT */
	free_endpoint(endpoint);
}

const struct stack stack_usrsctp = {
	.name = "usrsctp",
	.description = "FreeBSD's SCTP in user space",
	.version = us_version,
	.available = us_available,
	.open = us_open,
	.listen = us_listen,
	.accept = us_accept,
	.connect = us_connect,
	.pollfd = us_pollfd,
	.room_event = POLLIN,
	.next_event = us_next_event,
	.soft_error = us_soft_error,
	.status = us_status,
	.paths = us_paths,
	.local_addresses = us_local_addresses,
	.set_primary = us_set_primary,
	.send = us_send,
	.shutdown = us_shutdown,
	.close = us_close,
	.finish = us_finish,
};
