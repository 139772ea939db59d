/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_farewell.h"

#include <netinet/ip.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "base/util.h"
#include "packet/checksum.h"
#include "packet/sctp.h"
#include "stack/usrsctp_syscall.h"

/* The newest ones that are open; older ones are not told. */
#define OPEN_MAX_KEPT 1024
/* Two ports and the peer's tag. */
#define KEY_SIZE    8
#define CONTROL_MAX 64

struct opened {
	int fd;
	bool open;
	bool with_header;
	uint8_t ip[sizeof(struct iphdr)];
	uint8_t sctp[KEY_SIZE];
	union address to;
	size_t control_length;
	union {
		struct cmsghdr align;
		uint8_t bytes[CONTROL_MAX];
	} control;
};

/* One per process, as the library is; its threads note, and any thread may end the program. */
static struct {
	pthread_mutex_t lock;
	pid_t process;
	bool over;
	size_t next, count;
	struct opened list[OPEN_MAX_KEPT];
} farewell = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void send_abort(const struct opened *o)
{
	struct {
		uint8_t ip[sizeof(struct iphdr)];
		uint8_t sctp[SCTP_HEADER + 4];
	} packet = { .sctp = { [SCTP_HEADER] = CHUNK_ABORT, [SCTP_HEADER + 3] = 4 } };
	struct iovec piece = { packet.sctp, sizeof(packet.sctp) };
	union address to = o->to;
	struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = address_length(&to),
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = o->control_length ? (void *)&o->control : NULL,
		.msg_controllen = o->control_length,
	};
	uint32_t crc;

	memcpy(packet.sctp, o->sctp, KEY_SIZE);
	crc = ~crc32c_add(CRC32C_START, packet.sctp, sizeof(packet.sctp));
	for (size_t i = 0; i < sizeof(crc); i++)
		packet.sctp[KEY_SIZE + i] = (uint8_t)(crc >> 8 * i);
	if (o->with_header) {
		/* The kernel fills in length and checksum. */
		memcpy(packet.ip, o->ip, sizeof(packet.ip));
		piece = (struct iovec){ packet.ip, sizeof(packet.ip) + sizeof(packet.sctp) };
	}
	(void)kernel_sendmsg(o->fd, &message, MSG_DONTWAIT);
}

static void say(void)
{
	if (getpid() != farewell.process)
		return;
	pthread_mutex_lock(&farewell.lock);
	farewell.over = true;
	for (size_t i = 0; i < farewell.count; i++)
		if (farewell.list[i].open)
			send_abort(&farewell.list[i]);
	pthread_mutex_unlock(&farewell.lock);
}

void farewell_start(void)
{
	if (!farewell.process && at_quick_exit(say) == 0)
		farewell.process = getpid();
}

/* With the lock held. */
static struct opened *find(const uint8_t *sctp)
{
	for (size_t i = 0; i < farewell.count; i++)
		if (farewell.list[i].open && !memcmp(farewell.list[i].sctp, sctp, KEY_SIZE))
			return &farewell.list[i];
	return NULL;
}

static void keep(struct opened *o, int fd, const struct msghdr *message, const uint8_t *sctp,
		 const uint8_t *ip)
{
	if (!address_from_sockaddr(&o->to, message->msg_name))
		return;
	o->fd = fd;
	o->with_header = ip != NULL;
	if (ip)
		memcpy(o->ip, ip, sizeof(o->ip));
	memcpy(o->sctp, sctp, KEY_SIZE);
	o->control_length = MIN(message->msg_controllen, sizeof(o->control));
	if (o->control_length)
		memcpy(o->control.bytes, message->msg_control, o->control_length);
	o->open = true;
}

/* With the lock held. */
static void note(int fd, const struct msghdr *message, const uint8_t *sctp, const uint8_t *ip)
{
	uint8_t type = sctp[SCTP_HEADER];
	bool opens = type == CHUNK_COOKIE_ECHO || type == CHUNK_COOKIE_ACK;
	struct opened *o;

	if (!opens && type != CHUNK_ABORT && type != CHUNK_SHUTDOWN_ACK &&
	    type != CHUNK_SHUTDOWN_COMPLETE)
		return;
	o = find(sctp);
	if (o)
		o->open = false;
	if (opens && !o) {
		o = &farewell.list[farewell.next];
		farewell.next = (farewell.next + 1) % OPEN_MAX_KEPT;
		farewell.count = MAX(farewell.count, farewell.next ? farewell.next : OPEN_MAX_KEPT);
	}
	if (opens)
		keep(o, fd, message, sctp, ip);
}

bool farewell_sends(int fd, const struct msghdr *message, const uint8_t *sctp, const uint8_t *ip)
{
	pthread_mutex_lock(&farewell.lock);
	if (farewell.over) {
		pthread_mutex_unlock(&farewell.lock);
		return false;
	}
	note(fd, message, sctp, ip);
	return true;
}

void farewell_sent(void)
{
	pthread_mutex_unlock(&farewell.lock);
}
