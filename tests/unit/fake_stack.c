/* SPDX-License-Identifier: MIT */
/* It also checks that its callers keep the contract of stack.h. */
#include "fake_stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "fake_loop.h"
#include "base/loop.h"
#include "base/util.h"

#define FIRST_FD        1000
#define SHARED_FD       50000
#define SHARED_MAX      50
#define FIRST_ASSOC     3
#define EPHEMERAL       40000
#define DEFAULT_STREAMS 10
#define DEFAULT_RTO_MS  3000
#define CLOCK_RTO_MS    16 /* the least that a clock of 4 ms measures */
#define PATHS_MAX       16
#define ANSWERS_MAX     8

/* The heartbeats of one path, and what a stack makes of their answers. */
struct fake_path {
	unsigned sent;
	unsigned unanswered;             /* in a row */
	int64_t answers_us[ANSWERS_MAX]; /* when one comes on the clock; 0: none */
	int64_t sent_us[ANSWERS_MAX];
	int64_t srtt_us;
	uint32_t rto_ms;
};

/* One per endpoint, and descriptors of no endpoint. */
struct stack_assoc {
	struct stack_endpoint *endpoint;
	bool known; /* connect() or accept() has given it */
	bool named; /* its id is known */
	bool released;
	void *owner;
};

struct stack_assoc fake_stranger;

/* Lives until the next reset; closed, it must not be used any more. */
struct stack_endpoint {
	const struct fake_script *script;
	struct stack_assoc assoc;
	/*
	 * Of an association on a shared endpoint: that endpoint. Each association there is an
	 * endpoint here, with a script and a record; the shared one has neither.
	 */
	struct stack_endpoint *shared;
	bool ended;
	struct stack_fault fault;
	struct fake_record record;
	int fd;
	bool open;
	bool listening;
	int64_t listen_us; /* when listen() was called */
	int64_t start_us;  /* when connect() or accept() was */
	size_t events_done;
	size_t closing_done;
	size_t accepts_done;
	size_t soft_errors_done;
	unsigned paths_calls;
	int64_t room_us; /* when there is room in the send buffer */
	void *data;      /* of the newest EVENT_DATA */
	struct fake_path paths[PATHS_MAX];
};

static struct {
	const struct fake_script *scripts;
	size_t script_count;
	size_t opens;
	unsigned checksum_errors; /* how often they were asked for */
	struct stack_endpoint **endpoints;
	size_t count;
	struct stack_endpoint *shared[SHARED_MAX];
	size_t shared_count;
} fake;

static void free_endpoint(struct stack_endpoint *e)
{
	for (size_t i = 0; i < e->record.sent_count; i++)
		free(e->record.sent[i].data);
	free(e->record.sent);
	free(e->record.peers);
	free((void *)(uintptr_t)e->record.config.local);
	free(e->data);
	free(e);
}

void fake_stack_reset(const struct fake_script *scripts, size_t count)
{
	for (size_t i = 0; i < fake.count; i++)
		free_endpoint(fake.endpoints[i]);
	for (size_t i = 0; i < fake.shared_count; i++)
		free_endpoint(fake.shared[i]);
	free(fake.endpoints);
	memset(&fake, 0, sizeof(fake));
	fake.scripts = scripts;
	fake.script_count = count;
}

const struct fake_record *fake_stack_record(size_t n)
{
	if (n >= fake.count)
		fail_msg("endpoint %zu of %zu", n, fake.count);
	return &fake.endpoints[n]->record;
}

size_t fake_stack_count(void)
{
	return fake.count;
}

size_t fake_stack_open_count(void)
{
	size_t open = 0;

	for (size_t i = 0; i < fake.count; i++)
		open += fake.endpoints[i]->open;
	for (size_t i = 0; i < fake.shared_count; i++)
		open += fake.shared[i]->open;
	return open;
}

size_t fake_stack_descriptor_count(void)
{
	size_t count = fake_stack_open_count();

	for (size_t i = 0; i < fake.count; i++)
		count -= fake.endpoints[i]->open && fake.endpoints[i]->shared;
	return count;
}

size_t fake_stack_shared_count(void)
{
	return fake.shared_count;
}

static union address *copy_addresses(const union address *list, size_t count)
{
	union address *copy = xcalloc(count + 1, sizeof(*copy));

	if (count)
		memcpy(copy, list, count * sizeof(*copy));
	return copy;
}

static struct stack_endpoint *new_endpoint(const struct fake_script *script)
{
	struct stack_endpoint *e = xcalloc(1, sizeof(*e));

	e->script = script;
	e->assoc.endpoint = e;
	e->fd = FIRST_FD + (int)fake.count;
	e->open = true;
	e->record.opened_us = loop_now_us();
	e->record.rto_min_ms = script->rto_min_ms ? script->rto_min_ms : FAKE_RTO_MIN_MS;
	for (size_t i = 0; i < PATHS_MAX; i++) {
		e->paths[i].rto_ms = script->rto_ms ? script->rto_ms : DEFAULT_RTO_MS;
		if (i < script->path_count && script->paths[i].rto_ms)
			e->paths[i].rto_ms = script->paths[i].rto_ms;
	}
	fake.endpoints = xreallocarray(fake.endpoints, fake.count + 1, sizeof(*fake.endpoints));
	fake.endpoints[fake.count++] = e;
	return e;
}

static uint32_t assoc_of(const struct fake_script *script)
{
	return script->assoc ? script->assoc : FIRST_ASSOC;
}

/* The endpoint of an association that may be asked about. */
static struct stack_endpoint *endpoint_of(const struct stack_assoc *assoc)
{
	assert_non_null(assoc);
	if (assoc == &fake_stranger)
		fail_msg("the association of somebody else");
	assert_true(assoc->endpoint->open);
	assert_true(assoc->known && !assoc->released);
	return assoc->endpoint;
}

/* error is positive, or 0. */
static int failed(struct stack_endpoint *e, const char *call, int error)
{
	if (error && error != ENOTCONN && error != EAGAIN) {
		e->fault = (struct stack_fault){ .call = call };
		if (e->shared)
			e->shared->fault = e->fault;
	}
	return -error;
}

/* --- What comes when ------------------------------------------------------------------------ */

static bool is_due(const struct stack_endpoint *e, const struct fake_event *event, int64_t since_us,
		   int64_t now_us)
{
	if (event->at_us == FAKE_WITH_SOFT_ERROR)
		return e->soft_errors_done > 0;
	return since_us && since_us + event->at_us <= now_us;
}

/* The next event of either list that is due, and which counter to move when it is taken. */
static const struct fake_event *due_event(struct stack_endpoint *e, int64_t now_us, size_t **done)
{
	const struct fake_script *s = e->script;

	if (e->events_done < s->event_count &&
	    is_due(e, &s->events[e->events_done], e->start_us, now_us)) {
		*done = &e->events_done;
		return &s->events[e->events_done];
	}
	if (e->closing_done < s->closing_count &&
	    is_due(e, &s->closing[e->closing_done], e->record.shutdown_us, now_us)) {
		*done = &e->closing_done;
		return &s->closing[e->closing_done];
	}
	return NULL;
}

/* The same of a shared endpoint: *from has it. */
static const struct fake_event *due_anywhere(struct stack_endpoint *e, int64_t now_us,
					     struct stack_endpoint **from, size_t **done)
{
	const struct fake_event *event = NULL;

	*from = e;
	if (e->script)
		return due_event(e, now_us, done);
	for (size_t i = 0; i < fake.count && !event; i++) {
		*from = fake.endpoints[i];
		if ((*from)->shared == e && (*from)->open)
			event = due_event(*from, now_us, done);
	}
	return event;
}

static bool accept_due(const struct stack_endpoint *e, int64_t now_us)
{
	const struct fake_script *s = e->script;

	return s && e->listening && e->accepts_done < s->accept_count &&
	       e->listen_us + s->accepts[e->accepts_done].at_us <= now_us;
}

static struct stack_endpoint *polled(const struct pollfd *fd)
{
	size_t n = (size_t)(fd->fd - FIRST_FD);

	if (fd->fd >= SHARED_FD)
		return fake.shared[fd->fd - SHARED_FD];
	if (n >= fake.count || !fake.endpoints[n]->open)
		fail_msg("descriptor %d is not open", fd->fd);
	return fake.endpoints[n];
}

bool fake_stack_has(int fd)
{
	return fd >= FIRST_FD;
}

short fake_stack_ready(const struct pollfd *fd, int64_t now_us)
{
	struct stack_endpoint *e = polled(fd);
	const struct fake_event *event;
	short ready = 0;
	size_t *done;

	event = due_anywhere(e, now_us, &e, &done);
	if (event && event->at_us == FAKE_WITH_SOFT_ERROR)
		return 0;
	if (event || accept_due(e, now_us))
		ready |= fd->events & POLLIN;
	if (event && (event->event.type == EVENT_LOST || event->event.type == EVENT_FAILED))
		ready |= POLLERR;
	if (e->room_us <= now_us)
		ready |= fd->events & POLLOUT;
	return ready;
}

/* An event that is ready, but was not requested, does not wake the poll. */
static void consider(int64_t *next, int64_t at_us, int64_t now_us)
{
	if (at_us > now_us)
		*next = MIN(*next, at_us);
}

static int64_t endpoint_next_us(const struct stack_endpoint *e, const struct pollfd *fd,
				int64_t now_us)
{
	const struct fake_script *s = e->script;
	int64_t next = LOOP_FOREVER;

	if (e->start_us && e->events_done < s->event_count &&
	    s->events[e->events_done].at_us != FAKE_WITH_SOFT_ERROR)
		consider(&next, e->start_us + s->events[e->events_done].at_us, now_us);
	if (e->record.shutdown_us && e->closing_done < s->closing_count)
		consider(&next, e->record.shutdown_us + s->closing[e->closing_done].at_us, now_us);
	if (e->listening && e->accepts_done < s->accept_count)
		consider(&next, e->listen_us + s->accepts[e->accepts_done].at_us, now_us);
	if (fd->events & POLLOUT)
		consider(&next, e->room_us, now_us);
	return next;
}

int64_t fake_stack_next_us(const struct pollfd *fd, int64_t now_us)
{
	const struct stack_endpoint *e = polled(fd);
	int64_t next = LOOP_FOREVER;

	if (e->script)
		return endpoint_next_us(e, fd, now_us);
	for (size_t i = 0; i < fake.count; i++)
		if (fake.endpoints[i]->shared == e && fake.endpoints[i]->open)
			next = MIN(next, endpoint_next_us(fake.endpoints[i], fd, now_us));
	return next;
}

/* --- struct stack --------------------------------------------------------------------------- */

static const char *fake_version(void)
{
	return "none";
}

static int fake_available(const struct stack_encaps *udp, struct stack_fault *fault)
{
	(void)udp;
	(void)fault;
	return 0;
}

static int open_shared(struct stack_endpoint **endpoint, const struct stack_config *config)
{
	struct stack_endpoint *e = xcalloc(1, sizeof(*e));

	assert_in_range(fake.shared_count, 0, SHARED_MAX - 1);
	assert_int_equal(config->style, STACK_ONE_TO_MANY);
	e->fd = SHARED_FD + (int)fake.shared_count;
	e->open = true;
	e->record.config = *config;
	e->record.config.local = NULL;
	fake.shared[fake.shared_count++] = *endpoint = e;
	return 0;
}

static int fake_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		     struct stack_fault *fault)
{
	const struct fake_script *script;
	struct stack_endpoint *e;

	if (config->shared)
		return open_shared(endpoint, config);
	if (fake.opens >= fake.script_count)
		fail_msg("open() number %zu has no script", fake.opens + 1);
	script = &fake.scripts[fake.opens++];
	*fault = (struct stack_fault){ .call = "socket" };
	if (script->open_error) {
		if (script->fault.call)
			*fault = script->fault;
		else if (script->open_error == EAFNOSUPPORT)
			fault->lack = LACKS_IPV6;
		return -script->open_error;
	}
	e = new_endpoint(script);
	e->record.config = *config;
	e->record.config.local = copy_addresses(config->local, config->local_count);
	*endpoint = e;
	return 0;
}

static int fake_listen(struct stack_endpoint *e, int backlog)
{
	assert_true(e->open);
	assert_true(e->record.config.listening);
	if (e->script->listen_error)
		return failed(e, "listen", e->script->listen_error);
	e->record.backlog = backlog;
	e->listening = true;
	e->listen_us = loop_now_us();
	return 0;
}

static int fake_accept(struct stack_endpoint *e, struct stack_endpoint **accepted,
		       struct stack_assoc **assoc, union address *from)
{
	const struct fake_accept *next;

	assert_true(e->open && e->listening);
	if (!accept_due(e, loop_now_us()))
		return -EAGAIN;
	next = &e->script->accepts[e->accepts_done++];
	if (next->error)
		return failed(e, "accept", next->error);
	*accepted = new_endpoint(next->script);
	*assoc = &(*accepted)->assoc;
	(*assoc)->known = true;
	*from = next->from;
	(*accepted)->record.accepted = true;
	(*accepted)->start_us = loop_now_us();
	return 0;
}

static void block(struct stack_endpoint *e)
{
	const struct fake_script *s = e->script;
	int64_t outcome_us = LOOP_FOREVER;

	assert_true(fake_loop_alarmed());
	for (size_t i = 0; i < s->event_count && outcome_us == LOOP_FOREVER; i++)
		if (s->events[i].event.type == EVENT_UP || s->events[i].event.type == EVENT_FAILED)
			outcome_us = e->start_us + s->events[i].at_us;
	if (s->returns_us)
		outcome_us = MIN(outcome_us, e->start_us + s->returns_us);
	fake_loop_block(outcome_us);
}

static int fake_connect(struct stack_endpoint *e, const union address *peers, size_t count,
			bool blocking, struct stack_assoc **assoc)
{
	assert_true(e->open);
	if (!e->script) {
		struct stack_endpoint *shared = e;

		if (fake.opens >= fake.script_count)
			fail_msg("connect() number %zu has no script", fake.opens + 1);
		e = new_endpoint(&fake.scripts[fake.opens++]);
		e->shared = shared;
		e->record.config = shared->record.config;
	}
	assert_false(e->record.connected_us);
	assert_true(count > 0);
	e->record.peers = copy_addresses(peers, count);
	e->record.peer_count = count;
	e->record.blocking = blocking;
	e->record.connected_us = loop_now_us();
	if (e->script->connect_error) {
		e->fault = e->script->fault;
		if (!e->fault.call)
			e->fault =
				(struct stack_fault){ .call = "sctp_connectx", .connects = true };
		if (e->shared) {
			e->shared->fault = e->fault;
			e->open = false;
		}
		return -e->script->connect_error;
	}
	e->start_us = loop_now_us();
	*assoc = &e->assoc;
	e->assoc.known = true;
	e->assoc.named = !e->script->id_known_late;
	if (blocking)
		block(e);
	return 0;
}

static int fake_ports(const struct stack_endpoint *e, uint16_t *sctp, uint16_t *udp,
		      const char **call)
{
	(void)udp;
	(void)call;
	assert_true(e->open);
	*sctp = EPHEMERAL;
	return 0;
}

static struct pollfd fake_pollfd(const struct stack_endpoint *e)
{
	assert_true(e->open);
	return (struct pollfd){ .fd = e->fd, .events = POLLIN };
}

static int fake_next_event(struct stack_endpoint *e, struct stack_event *event)
{
	const struct fake_event *next;
	size_t *done = NULL;

	assert_true(e->open);
	free(e->data);
	e->data = NULL;
	next = due_anywhere(e, loop_now_us(), &e, &done);
	*event = (struct stack_event){ .type = EVENT_NONE };
	if (!next)
		return 0;
	++*done;
	*event = next->event;
	if (!event->assoc) {
		event->assoc = &e->assoc;
		e->assoc.named = true;
	}
	e->ended |= event->type == EVENT_CLOSED || event->type == EVENT_FAILED ||
		    event->type == EVENT_LOST;
	if (event->type == EVENT_FAULT)
		e->fault = (struct stack_fault){ .call = "recvmsg" };
	if (event->type == EVENT_DATA) {
		e->data = xcalloc(1, event->length);
		memcpy(e->data, event->data, event->length);
		event->data = e->data;
	}
	return 1;
}

static const struct stack_fault *fake_fault(const struct stack_endpoint *e)
{
	assert_true(e->open);
	return &e->fault;
}

static uint32_t fake_id(const struct stack_assoc *assoc)
{
	if (assoc == &fake_stranger)
		return FAKE_STRANGER_ID;
	return assoc->named ? assoc_of(assoc->endpoint->script) : 0;
}

static struct stack_endpoint *fake_endpoint(const struct stack_assoc *assoc)
{
	return endpoint_of(assoc);
}

static void fake_set_owner(struct stack_assoc *assoc, void *owner)
{
	endpoint_of(assoc);
	assoc->owner = owner;
}

static void *fake_owner(const struct stack_assoc *assoc)
{
	return assoc->owner;
}

static int fake_soft_error(struct stack_assoc *assoc)
{
	struct stack_endpoint *e = endpoint_of(assoc);
	const struct fake_script *s = e->script;
	int error = 0;

	while (e->start_us && e->soft_errors_done < s->soft_error_count &&
	       e->start_us + s->soft_errors[e->soft_errors_done].at_us <= loop_now_us())
		error = s->soft_errors[e->soft_errors_done++].error;
	return error;
}

static int fake_send_error(struct stack_assoc *assoc, const union address *peer)
{
	const struct fake_script *s = endpoint_of(assoc)->script;

	if (s->send_error_to.sa.sa_family && !address_equal(peer, &s->send_error_to))
		return 0;
	return s->send_error;
}

static enum stack_assoc_state fake_pending_state(struct stack_assoc *assoc)
{
	return endpoint_of(assoc)->script->pending_state;
}

static int64_t fake_received(struct stack_assoc *assoc)
{
	return endpoint_of(assoc)->script->received;
}

static int64_t fake_checksum_errors(void)
{
	return fake.checksum_errors++ ? fake.scripts[fake.opens - 1].checksum_errors : 0;
}

static int fake_status(struct stack_assoc *assoc, struct stack_status *status)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (e->script->status_error)
		return failed(e, "getsockopt(SCTP_STATUS)", e->script->status_error);
	*status = e->script->status;
	if (!status->id)
		*status = (struct stack_status){
			.id = assoc_of(e->script),
			.state = ASSOC_ESTABLISHED,
			.out_streams = DEFAULT_STREAMS,
			.in_streams = DEFAULT_STREAMS,
		};
	status->rto_min_ms = e->record.rto_min_ms;
	status->rto_max_ms = e->script->rto_max_ms;
	if (!status->max_retrans)
		status->max_retrans = 10;
	return 0;
}

static int fake_extensions(struct stack_assoc *assoc, unsigned *extensions)
{
	*extensions = endpoint_of(assoc)->script->status.extensions;
	return 0;
}

static uint32_t rto_max_ms(const struct stack_endpoint *e)
{
	return e->record.rto_max_ms    ? e->record.rto_max_ms
	       : e->script->rto_max_ms ? e->script->rto_max_ms
				       : UINT32_MAX;
}

/* What has been answered by now goes into the path's figures (RFC 9260 section 6.3.1). */
static void measure(struct stack_endpoint *e, struct fake_path *path)
{
	for (size_t i = 0; i < ANSWERS_MAX; i++) {
		int64_t rtt_us = path->answers_us[i] - path->sent_us[i];
		int64_t coarse_us = rtt_us - rtt_us % USEC_PER_MSEC;

		if (!path->answers_us[i] || path->answers_us[i] > loop_now_us())
			continue;
		path->answers_us[i] = 0;
		path->unanswered = 0;
		path->srtt_us = path->srtt_us ? path->srtt_us + (coarse_us - path->srtt_us) / 8
					      : coarse_us;
		path->rto_ms = MAX((uint32_t)(3 * path->srtt_us / USEC_PER_MSEC), CLOCK_RTO_MS);
		path->rto_ms = MIN(MAX(path->rto_ms, e->record.rto_min_ms), rto_max_ms(e));
	}
}

static size_t path_count(const struct stack_endpoint *e)
{
	return MIN(e->script->paths ? e->script->path_count : e->record.peer_count, PATHS_MAX);
}

static size_t find_path(const struct stack_endpoint *e, const union address *peer)
{
	const struct fake_script *s = e->script;

	for (size_t i = 0; i < path_count(e); i++)
		if (address_equal(s->paths ? &s->paths[i].address : &e->record.peers[i], peer))
			return i;
	fail_msg("not a path of this association");
	return 0;
}

static int fake_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path)
{
	struct stack_endpoint *e = endpoint_of(assoc);
	size_t n = find_path(e, peer);
	struct fake_path *figures = &e->paths[n];

	if (e->script->path_error)
		return failed(e, "getsockopt(SCTP_GET_PEER_ADDR_INFO)", e->script->path_error);
	measure(e, figures);
	*path = e->script->paths ? e->script->paths[n]
				 : (struct stack_path){ .state = PATH_ACTIVE };
	path->address = *peer;
	path->primary = false;
	if (figures->sent) {
		path->srtt_us = figures->srtt_us;
		if (path->state == PATH_UNCONFIRMED && figures->unanswered == 0)
			path->state = PATH_ACTIVE;
	}
	path->rto_ms = figures->rto_ms;
	return 0;
}

static int fake_no_heartbeats(struct stack_assoc *assoc, const union address *peer)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (peer)
		find_path(e, peer);
	e->record.without_heartbeats++;
	return 0;
}

static int ask_path(struct stack_endpoint *e, size_t n)
{
	const struct fake_script *s = e->script;
	struct fake_path *path = &e->paths[n];
	struct fake_heartbeat how = { .after_us = FAKE_RTT_US };

	measure(e, path);
	for (size_t i = 0; i < s->heartbeat_count; i++)
		if (s->heartbeats[i].path == n &&
		    (!s->heartbeats[i].nth || s->heartbeats[i].nth == path->sent + 1))
			how = s->heartbeats[i];
	if (how.error)
		return failed(e, "setsockopt(SCTP_PEER_ADDR_PARAMS)", how.error);
	if (path->unanswered++)
		path->rto_ms = MIN(2 * path->rto_ms, rto_max_ms(e));
	path->sent_us[path->sent % ANSWERS_MAX] = loop_now_us();
	path->answers_us[path->sent % ANSWERS_MAX] =
		how.after_us == FAKE_NEVER ? 0 : loop_now_us() + how.after_us;
	path->sent++;
	e->record.heartbeats++;
	return 0;
}

static int fake_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (peer)
		return ask_path(e, find_path(e, peer));
	for (size_t n = 0; n < path_count(e); n++)
		(void)ask_path(e, n);
	return 0;
}

static int fake_set_rto(struct stack_assoc *assoc, uint32_t min_ms, uint32_t max_ms)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (min_ms > max_ms)
		return failed(e, "setsockopt(SCTP_RTOINFO)", EINVAL);
	e->record.rto_min_ms = min_ms;
	e->record.rto_max_ms = max_ms;
	return 0;
}

/* As they were set. */
static int fake_parameters(struct stack_assoc *assoc, struct stack_parameters *parameters)
{
	*parameters = endpoint_of(assoc)->record.config.parameters;
	return 0;
}

static int fake_paths(struct stack_assoc *assoc, const struct stack_path *primary,
		      struct stack_path **list)
{
	struct stack_endpoint *e = endpoint_of(assoc);
	const struct fake_script *s = e->script;
	size_t count = s->paths ? s->path_count : e->record.peer_count;

	(void)primary;
	if (s->paths_error && ++e->paths_calls > s->paths_good)
		return failed(e, "sctp_getpaddrs", s->paths_error);
	*list = xcalloc(count + 1, sizeof(**list));
	for (size_t i = 0; i < count; i++) {
		struct stack_path *path = &(*list)[i];

		if (s->paths)
			*path = s->paths[i];
		else
			*path = (struct stack_path){ .address = e->record.peers[i],
						     .state = PATH_ACTIVE,
						     .primary = i == s->answered,
						     .rto_ms = e->paths[i].rto_ms };
		if (e->paths[i].sent) {
			measure(e, &e->paths[i]);
			path->srtt_us = e->paths[i].srtt_us;
			path->rto_ms = e->paths[i].rto_ms;
		}
		if (e->record.primaries_set)
			path->primary = address_equal(&path->address, &e->record.primary);
	}
	return (int)count;
}

/* Where it was bound; one address of loopback where it was not. Port 0 has become a real one. */
static int fake_bound_addresses(struct stack_endpoint *e, union address **list)
{
	size_t count = MAX(e->record.config.local_count, 1);

	assert_true(e->open);
	if (e->script->local_error)
		return failed(e, "sctp_getladdrs", e->script->local_error);
	*list = xcalloc(count, sizeof(**list));
	for (size_t i = 0; i < count; i++) {
		union address *a = &(*list)[i];

		if (i < e->record.config.local_count)
			*a = e->record.config.local[i];
		else
			address_from_text(a, "127.0.0.1");
		if (!address_port(a))
			address_set_port(a, EPHEMERAL);
	}
	return (int)count;
}

static int fake_local_addresses(struct stack_assoc *assoc, union address **list)
{
	return fake_bound_addresses(endpoint_of(assoc), list);
}

static int fake_set_primary(struct stack_assoc *assoc, const union address *peer)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (e->script->set_primary_error)
		return failed(e, "setsockopt(SCTP_PRIMARY_ADDR)", e->script->set_primary_error);
	e->record.primaries_set++;
	e->record.primary = *peer;
	return 0;
}

static int fake_send(struct stack_assoc *assoc, const void *data, size_t length, uint16_t stream,
		     uint32_t ppid, bool unordered)
{
	struct stack_endpoint *e = endpoint_of(assoc);
	struct fake_record *r = &e->record;
	const struct fake_script *s = e->script;
	int error = 0;

	if (r->sent_count < s->send_count)
		error = s->sends[r->sent_count];
	if (error == EAGAIN)
		e->room_us = loop_now_us() + s->room_us;
	r->sent = xreallocarray(r->sent, r->sent_count + 1, sizeof(*r->sent));
	r->sent[r->sent_count] = (struct fake_sent){
		.error = error,
		.length = length,
		.stream = stream,
		.ppid = ppid,
		.unordered = unordered,
		.at_us = loop_now_us(),
	};
	r->sent[r->sent_count].data = xcalloc(1, length + 1);
	memcpy(r->sent[r->sent_count++].data, data, length);
	return failed(e, "sendmsg", error);
}

static uint32_t fake_send_buffer(const struct stack_assoc *assoc)
{
	return assoc->endpoint->script->send_buffer;
}

static size_t fake_incomplete(const struct stack_assoc *assoc)
{
	return assoc->endpoint->script->incomplete;
}

static int fake_make_room(struct stack_assoc *assoc, size_t length)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	e->record.room = length;
	return failed(e, "setsockopt(SO_SNDBUF)", e->script->room_error);
}

static int fake_shutdown(struct stack_assoc *assoc)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (e->shared && e->ended)
		return -ENOTCONN;
	e->record.shutdowns++;
	if (e->script->shutdown_error)
		return failed(e, "shutdown", e->script->shutdown_error);
	e->record.shutdown_us = loop_now_us();
	return 0;
}

static int fake_abort(struct stack_assoc *assoc, const char *text)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	if (e->shared && e->ended)
		return -ENOTCONN;
	e->record.aborted = true;
	e->record.abort_text = text;
	return 0;
}

static void fake_release(struct stack_assoc *assoc)
{
	struct stack_endpoint *e = endpoint_of(assoc);

	assoc->released = true;
	if (!e->shared)
		return;
	e->open = false;
	e->record.closed_us = loop_now_us();
}

static void fake_close(struct stack_endpoint *e, bool abort)
{
	assert_true(e->open);
	e->open = false;
	e->record.aborted |= abort;
	e->record.closed_us = loop_now_us();
	free(e->data);
	e->data = NULL;
}

const struct stack fake_stack = {
	.name = "fake",
	.description = "scripts of unit tests",
	.version = fake_version,
	.shares = true,
	.available = fake_available,
	.open = fake_open,
	.listen = fake_listen,
	.accept = fake_accept,
	.connect = fake_connect,
	.ports = fake_ports,
	.bound_addresses = fake_bound_addresses,
	.pollfd = fake_pollfd,
	.room_event = POLLOUT,
	.next_event = fake_next_event,
	.fault = fake_fault,
	.checksum_errors = fake_checksum_errors,
	.id = fake_id,
	.endpoint = fake_endpoint,
	.set_owner = fake_set_owner,
	.owner = fake_owner,
	.soft_error = fake_soft_error,
	.send_error = fake_send_error,
	.pending_state = fake_pending_state,
	.received = fake_received,
	.status = fake_status,
	.extensions = fake_extensions,
	.paths = fake_paths,
	.path = fake_path,
	.local_addresses = fake_local_addresses,
	.set_primary = fake_set_primary,
	.heartbeat = fake_heartbeat,
	.no_heartbeats = fake_no_heartbeats,
	.set_rto = fake_set_rto,
	.parameters = fake_parameters,
	.send = fake_send,
	.send_buffer = fake_send_buffer,
	.incomplete = fake_incomplete,
	.make_room = fake_make_room,
	.shutdown = fake_shutdown,
	.abort = fake_abort,
	.release = fake_release,
	.close = fake_close,
};
