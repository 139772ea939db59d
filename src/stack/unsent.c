/* SPDX-License-Identifier: MIT */
#include "stack/unsent.h"

#include <errno.h>
#include <pthread.h>

#include "packet/sctp.h"

/* If there are more, the oldest are dropped. */
#define UNSENT_MAX 256

struct unsent {
	uint16_t port;
	union address to;
	int error;
	uint8_t sent; /* the newest chunk of the handshake that was sent */
};

/* One per process, as the library is. */
static struct {
	pthread_mutex_t lock;
	struct unsent list[UNSENT_MAX];
	size_t count;
	size_t oldest; /* if all places are used */
} unsent = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* With the lock held. */
static struct unsent *find(uint16_t port, const union address *to)
{
	for (size_t i = 0; i < unsent.count; i++)
		if (unsent.list[i].port == port && address_equal(&unsent.list[i].to, to))
			return &unsent.list[i];
	return NULL;
}

/* With the lock held: a place for a new entry. */
static struct unsent *add(void)
{
	struct unsent *one;

	if (unsent.count < UNSENT_MAX)
		return &unsent.list[unsent.count++];
	one = &unsent.list[unsent.oldest];
	unsent.oldest = (unsent.oldest + 1) % UNSENT_MAX;
	return one;
}

static bool is_about_routes(int error, bool routed)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EINVAL:
	case EADDRNOTAVAIL:
	/* WireGuard has no peer for it, or no endpoint of that peer, and sends an ICMP error. */
	case ENOKEY:
	case EDESTADDRREQ:
		return true;
	case EACCES:
		return !routed;
	default:
		return false;
	}
}

void unsent_note(uint16_t port, const union address *to, uint8_t chunk, int error, bool routed)
{
	bool handshake = chunk == CHUNK_INIT || chunk == CHUNK_COOKIE_ECHO;
	struct unsent *one;

	if (error == EMSGSIZE)
		return;
	if (is_about_routes(error, routed))
		error = 0;
	pthread_mutex_lock(&unsent.lock);
	one = find(port, to);
	if (!one && (error || handshake)) {
		one = add();
		*one = (struct unsent){ .port = port, .to = *to };
	}
	if (one) {
		one->error = handshake && one->sent == chunk ? 0 : error;
		if (handshake && !error)
			one->sent = chunk;
	}
	pthread_mutex_unlock(&unsent.lock);
}

int unsent_error(uint16_t port, const union address *to)
{
	const struct unsent *one;
	int error;

	pthread_mutex_lock(&unsent.lock);
	one = find(port, to);
	error = one ? one->error : 0;
	pthread_mutex_unlock(&unsent.lock);
	return error;
}

void unsent_clear(void)
{
	pthread_mutex_lock(&unsent.lock);
	unsent.count = 0;
	unsent.oldest = 0;
	pthread_mutex_unlock(&unsent.lock);
}
