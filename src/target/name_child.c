/* SPDX-License-Identifier: MIT */
#include "target/name_child.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/address.h"
#include "base/descriptors.h"
#include "base/privilege.h"
#include "base/util.h"

/* The descriptor that the child writes its answer to, above the standard ones. */
#define CHILD_FD 3

/* More addresses of one name than any target may have. */
#define ANSWER_ADDRESSES_MAX 4096

/*
 * With SOCK_STREAM and IPPROTO_SCTP every address comes once. A libc that does not know SCTP (musl)
 * returns EAI_SOCKTYPE or EAI_SERVICE: then TCP gives the same addresses.
 */
static int look_up(const char *host, int family, struct addrinfo **found)
{
	struct addrinfo hints = {
		.ai_family = family,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_SCTP,
	};
	int error = getaddrinfo(host, NULL, &hints, found);

	if (error != EAI_SOCKTYPE && error != EAI_SERVICE)
		return error;
	hints.ai_protocol = IPPROTO_TCP;
	return getaddrinfo(host, NULL, &hints, found);
}

/* Otherwise the parent's stdout would stay open while the child lives, too. */
static void leave_descriptors(int fd)
{
	int null = open("/dev/null", O_RDWR), rc;

	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	rc = descriptors_leave(fd, CHILD_FD);
	if (rc < 0)
		_exit(-rc);
}

static void write_all(const void *data, size_t length)
{
	const uint8_t *next = data;

	while (length) {
		ssize_t written = write(CHILD_FD, next, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			_exit(NAME_CHILD_WRITE + errno);
		next += written;
		length -= (size_t)written;
	}
}

/* Is there no address because this host forbids reading a file? */
static void look_for_unread(struct name_answer *head)
{
	static const char *const files[] = {
		[NAME_FILE_NSSWITCH] = "/etc/nsswitch.conf",
		[NAME_FILE_HOSTS] = "/etc/hosts",
		[NAME_FILE_RESOLV] = "/etc/resolv.conf",
	};
	/* Without resolv.conf, the name server is this host, which has none. */
	enum name_file end = head->error == EAI_AGAIN ? NAME_FILE_COUNT : NAME_FILE_RESOLV;

	for (enum name_file i = NAME_FILE_NSSWITCH; i < end; i++) {
		int fd = open(files[i], O_RDONLY | O_CLOEXEC);

		if (fd >= 0) {
			close(fd);
		} else if (errno == EACCES || errno == EPERM) {
			head->error = EAI_SYSTEM;
			head->saved_errno = errno;
			head->unread = i;
			return;
		}
	}
}

static void answer(const char *host, int family)
{
	struct addrinfo *found = NULL;
	union address *list = NULL;
	struct name_answer head = { 0 };
	union address a;

	head.error = look_up(host, family, &found);
	head.saved_errno = errno;
	if (head.error)
		look_for_unread(&head);
	for (struct addrinfo *ai = head.error ? NULL : found; ai; ai = ai->ai_next) {
		if (head.count >= ANSWER_ADDRESSES_MAX || !address_from_sockaddr(&a, ai->ai_addr))
			continue;
		list = xreallocarray(list, head.count + 1, sizeof(*list));
		list[head.count++] = a;
	}
	write_all(&head, sizeof(head));
	write_all(list, head.count * sizeof(*list));
}

/* The signals that end the parent stay blocked here: the parent ends its children. */
void name_child_run(const char *host, int family, pid_t parent, int fd)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	leave_descriptors(fd);
	/*
	 * What others answer is read by libraries that nsswitch.conf names (--no-sandbox: as is).
	 */
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
		(void)privilege_drop_all_but(0);
	answer(host, family);
	_exit(0);
}
