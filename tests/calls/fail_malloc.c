/* SPDX-License-Identifier: MIT */
/*
 * To be preloaded: makes one allocation fail, or that one and all that follow. An allocation is
 * known by its place: a hash of the addresses of the functions that were active. They are the same
 * in each run where addresses are not randomized. strdup(), getaddrinfo() and the like allocate
 * through these functions, too.
 *
 * ALLOCATIONS=FILE   each place that allocates is written to FILE once: its hash, and the addresses
 * FAIL_PLACE=HASH    the first allocation at that place fails; FILE has the word "failed" then
 * FAIL_MORE=1        and all later ones of the program
 */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES 64
#define PLACES 65536u /* a power of two, and far more than there are */
#define ROOM   (2u << 20)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static _Atomic uint64_t seen[PLACES];
static atomic_bool failed;
static uint64_t wanted;
static bool more;
/*
 * FILE in memory, shared with the second process, which closes all descriptors that it does not
 * know: what follows the last line is NUL.
 */
static char *told;
static atomic_size_t *told_length;
/* Not to be looked at: what the look itself allocates. */
static __thread int inside __attribute__((tls_model("initial-exec")));

static uint64_t hash(void *const *frames, int count)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (int i = 0; i < count; i++)
		for (unsigned bit = 0; bit < 64; bit += 8)
			h = (h ^ ((uintptr_t)frames[i] >> bit & 0xff)) * UINT64_C(1099511628211);
	return h | 1;
}

static bool is_new(uint64_t place)
{
	for (size_t i = place & (PLACES - 1);; i = (i + 1) & (PLACES - 1)) {
		uint64_t there = 0;

		if (atomic_compare_exchange_strong(&seen[i], &there, place))
			return true;
		if (there == place)
			return false;
	}
}

static void tell(uint64_t place, const char *what, void *const *frames, int count)
{
	char line[FRAMES * 20];
	int length = snprintf(line, sizeof(line), "%s %016llx", what, (unsigned long long)place);
	size_t at;

	for (int i = 0; i < count; i++)
		length += snprintf(line + length, sizeof(line) - (size_t)length, " %p", frames[i]);
	line[length++] = '\n';
	at = atomic_fetch_add(told_length, (size_t)length);
	if (at + (size_t)length > ROOM)
		abort();
	memcpy(told + at, line, (size_t)length);
}

/* The frames of this file are left out. */
static bool fails(void)
{
	void *frames[FRAMES];
	int error = errno, count;
	uint64_t place;
	bool fail;

	if (!told || inside)
		return false;
	inside = 1;
	count = backtrace(frames, FRAMES);
	place = hash(frames + 2, count - 2);
	fail = atomic_load(&failed) && more;
	if (!fail && place == wanted && !atomic_exchange(&failed, true)) {
		tell(place, "failed", frames + 2, count - 2);
		fail = true;
	} else if (!wanted && is_new(place)) {
		tell(place, "place", frames + 2, count - 2);
	}
	inside = 0;
	errno = fail ? ENOMEM : error;
	return fail;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

__attribute__((visibility("default"))) void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

static void *share(size_t size, int flags, int file)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | flags, file, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("ALLOCATIONS"), *place = getenv("FAIL_PLACE");
	void *frames[FRAMES];
	int file;

	/* The first call loads what it needs. */
	backtrace(frames, FRAMES);
	wanted = place ? strtoull(place, NULL, 16) : 0;
	more = getenv("FAIL_MORE") != NULL;
	if (!path)
		return;
	file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, ROOM) < 0)
		abort();
	told_length = share(sizeof(*told_length), MAP_ANONYMOUS, -1);
	told = share(ROOM, 0, file);
	close(file);
}
