/* SPDX-License-Identifier: MIT */
#include "target/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/name_child.h"

enum lookup_state {
	LOOKUP_WAITING, /* until another child has ended */
	LOOKUP_RUNNING, /* by a child, and the resolver's epoll watches its pipe */
	LOOKUP_DONE,    /* answer, or failed_call */
};

struct lookup {
	struct resolver *resolver;
	struct lookup *next; /* of those that wait */
	const char *host;
	int family;
	enum lookup_state state;
	pid_t child;
	int fd;
	uint8_t *bytes; /* what the child has written so far */
	size_t length;
	size_t room;
	struct name_answer answer;
	const union address *addresses; /* in bytes */
	const char *failed_call;        /* with answer.saved_errno: a child could not be started */
};

struct resolver {
	int epoll; /* -1 until the first child */
	size_t running;
	struct lookup *waiting; /* in order of arrival */
	struct lookup **end;    /* of that list */
};

static void append(union address **list, size_t *count, const union address *a)
{
	*list = xreallocarray(*list, *count + 1, sizeof(**list));
	(*list)[(*count)++] = *a;
}

/* --- The parent ------------------------------------------------------------------------------- */

/* errno 0: the child ended before it had written everything. */
static void fail(struct lookup *l, const char *call)
{
	l->failed_call = call;
	l->answer.saved_errno = errno;
	l->state = LOOKUP_DONE;
}

/*
 * Starts the child. ends: both ends of its pipe. Returns the call that failed, or NULL.
 */
static const char *fork_child(struct resolver *r, struct lookup *l, const int ends[2])
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = l };
	pid_t parent = getpid();

	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return "fcntl";
	if (epoll_ctl(r->epoll, EPOLL_CTL_ADD, ends[0], &event) < 0)
		return "epoll_ctl";
	l->child = fork();
	if (l->child == 0)
		name_child_run(l->host, l->family, parent, ends[1]);
	if (l->child > 0)
		return NULL;
	epoll_ctl(r->epoll, EPOLL_CTL_DEL, ends[0], NULL);
	return "fork";
}

/* If this fails while other children run, it is tried again when one of them ends. */
static void start_child(struct resolver *r, struct lookup *l)
{
	const char *failed = NULL;
	int ends[2];
	int error;

	if (r->epoll < 0) {
		r->epoll = epoll_create1(EPOLL_CLOEXEC);
		if (r->epoll < 0)
			failed = "epoll_create1";
	}
	if (!failed && pipe2(ends, O_CLOEXEC) < 0)
		failed = "pipe2";
	if (!failed) {
		failed = fork_child(r, l, ends);
		error = errno;
		close(ends[1]);
		if (failed)
			close(ends[0]);
		errno = error;
	}
	if (!failed) {
		l->fd = ends[0];
		l->state = LOOKUP_RUNNING;
		r->running++;
	} else if (!r->running) {
		fail(l, failed);
	}
}

static void start_waiting(struct resolver *r)
{
	while (r->waiting && r->running < RESOLVER_CHILDREN_MAX) {
		struct lookup *l = r->waiting;

		start_child(r, l);
		if (l->state == LOOKUP_WAITING)
			break;
		r->waiting = l->next;
		if (!r->waiting)
			r->end = &r->waiting;
	}
}

static void stop_waiting(struct lookup *l)
{
	struct resolver *r = l->resolver;
	struct lookup **at = &r->waiting;

	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	if (!*at)
		r->end = at;
}

/* The child has closed its end of the pipe, or is to be killed. Returns its exit status. */
static int end_child(struct lookup *l, bool kill_it)
{
	struct resolver *r = l->resolver;
	int status = 0;

	epoll_ctl(r->epoll, EPOLL_CTL_DEL, l->fd, NULL);
	close(l->fd);
	if (kill_it)
		kill(l->child, SIGKILL);
	while (waitpid(l->child, &status, 0) < 0 && errno == EINTR)
		;
	l->state = LOOKUP_DONE;
	r->running--;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/*
 * Everything was read. A child that was killed, or was out of memory, has not written everything.
 */
static void take_answer(struct lookup *l, int exit_status)
{
	const size_t head = sizeof(l->answer);

	if (l->length >= head)
		memcpy(&l->answer, l->bytes, head);
	if (l->length < head || l->length != head + l->answer.count * sizeof(*l->addresses)) {
		errno = exit_status % NAME_CHILD_WRITE;
		fail(l, exit_status > NAME_CHILD_WRITE ? "write"
			: exit_status                  ? "dup2"
						       : "getaddrinfo");
		return;
	}
	l->addresses = (const union address *)(l->bytes + head);
}

static void read_child(struct lookup *l)
{
	for (;;) {
		ssize_t length;

		if (l->length == l->room) {
			l->room = MAX(2 * l->room, 1024);
			l->bytes = xreallocarray(l->bytes, l->room, 1);
		}
		length = read(l->fd, l->bytes + l->length, l->room - l->length);
		if (length > 0) {
			l->length += (size_t)length;
			continue;
		}
		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (length < 0)
			fail(l, "read");
		else
			take_answer(l, end_child(l, false));
		if (length < 0)
			end_child(l, true);
		return;
	}
}

struct resolver *resolver_new(void)
{
	struct resolver *r = xcalloc(1, sizeof(*r));

	r->epoll = -1;
	r->end = &r->waiting;
	return r;
}

void resolver_free(struct resolver *r)
{
	if (r && r->epoll >= 0)
		close(r->epoll);
	free(r);
}

int resolver_descriptor(const struct resolver *r)
{
	return r->running ? r->epoll : -1;
}

int resolver_read(struct resolver *r)
{
	struct epoll_event events[RESOLVER_CHILDREN_MAX];
	int count = r->running ? epoll_wait(r->epoll, events, RESOLVER_CHILDREN_MAX, 0) : 0;

	if (count < 0 && errno != EINTR)
		return -errno;
	for (int i = 0; i < count; i++)
		read_child(events[i].data.ptr);
	start_waiting(r);
	return 0;
}

struct lookup *resolver_look_up(struct resolver *r, const char *host, int family)
{
	struct lookup *l = xcalloc(1, sizeof(*l));

	*l = (struct lookup){ .resolver = r, .host = host, .family = family };
	*r->end = l;
	r->end = &l->next;
	start_waiting(r);
	return l;
}

bool lookup_is_done(const struct lookup *l)
{
	return l->state == LOOKUP_DONE;
}

bool lookup_has_addresses(const struct lookup *l)
{
	return lookup_is_done(l) && !l->failed_call && !l->answer.error && l->answer.count;
}

bool lookup_is_unanswered(const struct lookup *l)
{
	return lookup_is_done(l) && !l->failed_call && l->answer.error == EAI_AGAIN;
}

void lookup_end(struct lookup *l)
{
	if (!l)
		return;
	if (l->state == LOOKUP_WAITING)
		stop_waiting(l);
	if (l->state == LOOKUP_RUNNING)
		end_child(l, true);
	start_waiting(l->resolver);
	free(l->bytes);
	free(l);
}

/* --- What was found --------------------------------------------------------------------------- */

static enum unresolved_fault fault_of(int error)
{
	switch (error) {
	case EAI_NONAME:
		return UNRESOLVED_NO_NAME;
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return UNRESOLVED_NO_ADDRESS;
	case EAI_AGAIN:
		return UNRESOLVED_SERVER_SILENT;
	case EAI_FAIL:
		return UNRESOLVED_SERVER_FAILED;
	default:
		return UNRESOLVED_CALL;
	}
}

static void name_call(const struct lookup *l, int error, struct unresolved *u)
{
	u->call = l->failed_call ? l->failed_call : "getaddrinfo";
	u->error = l->answer.saved_errno;
	if (!l->failed_call && error == EAI_MEMORY)
		u->error = ENOMEM;
	if (u->error && (l->failed_call || error == EAI_SYSTEM || error == EAI_MEMORY))
		return;
	u->call = NULL;
	u->error = 0;
	snprintf(u->detail, sizeof(u->detail), "%s",
		 l->failed_call ? "the look-up process died" : gai_strerror(error));
}

/* error: of getaddrinfo(). If no child could be started, l->failed_call counts. */
static int unresolved(const struct lookup *l, const char *shown, int error, struct unresolved *u)
{
	*u = (struct unresolved){
		.fault = l->failed_call ? UNRESOLVED_CALL : fault_of(error),
		.family = l->family,
	};
	snprintf(u->names, sizeof(u->names), "%s", shown);
	if (u->fault == UNRESOLVED_CALL)
		name_call(l, error, u);
	return STATUS_UNRESOLVED;
}

static int take_all(const struct lookup *l, const char *shown, uint16_t port, union address **list,
		    size_t *count, struct message *why)
{
	char text[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < l->answer.count; i++) {
		union address a = l->addresses[i];

		/* With -6, a v4-mapped record is not wanted. */
		if (l->family != AF_UNSPEC && a.sa.sa_family != l->family)
			continue;
		if (a.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&a.v6.sin6_addr) &&
		    a.v6.sin6_scope_id == 0) {
			address_host_text(&a, text);
			return message_set(why, STATUS_USAGE,
					   "%s has the address %s, which is link-local and needs "
					   "its interface: give it as %s%%eth0",
					   shown, text, text);
		}
		address_set_port(&a, port);
		append(list, count, &a);
	}
	return STATUS_OK;
}

int lookup_take(const struct lookup *l, uint16_t port, union address **list, size_t *count,
		struct unresolved *u, struct message *why)
{
	char shown[PRINTABLE_MAX];
	size_t before = *count;
	int status;

	printable(l->host, shown, sizeof(shown));
	if (l->failed_call || l->answer.error)
		return unresolved(l, shown, l->answer.error, u);
	status = take_all(l, shown, port, list, count, why);
	if (status != STATUS_OK)
		*count = before;
	else if (*count == before)
		status = unresolved(l, shown, EAI_NODATA, u);
	return status;
}
