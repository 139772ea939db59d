/* SPDX-License-Identifier: MIT */
#include "stack/usrsctp_interfaces.h"

#include <dlfcn.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <usrsctp.h>

#include "base/util.h"

/* One per process, as the library is. */
static struct {
	bool read;
	union address *list;
	size_t count;
} on_loop;

/* In a shared library's program, the rest of the program calls library_getifaddrs(), too. */
static _Thread_local bool replaces;

static int libc_getifaddrs(struct ifaddrs **list)
{
#ifdef USRSCTP_CONFINED
	return getifaddrs(list);
#else
	int (*next)(struct ifaddrs **) = (int (*)(struct ifaddrs **))dlsym(RTLD_NEXT, "getifaddrs");

	return next(list);
#endif
}

static bool is_loop(const struct ifaddrs *i)
{
	return !strncmp(i->ifa_name, "lo", 2);
}

/* An address of that interface that is not a loopback address by itself. */
static bool is_other_on_loop(const struct ifaddrs *i, union address *address)
{
	return is_loop(i) && i->ifa_addr && address_from_sockaddr(address, i->ifa_addr) &&
	       address_scope(address) > SCOPE_LINK;
}

static char *name_of_other_link(const struct ifaddrs *all)
{
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		if (!is_loop(i) && i->ifa_flags & IFF_UP && i->ifa_flags & IFF_RUNNING)
			return i->ifa_name;
	return NULL;
}

/* freeifaddrs() frees no name by itself: two entries may have the same. */
int library_getifaddrs(struct ifaddrs **list)
{
	int rc = libc_getifaddrs(list);
	union address address;
	char *other;

	other = rc == 0 && replaces ? name_of_other_link(*list) : NULL;
	for (struct ifaddrs *i = other ? *list : NULL; i; i = i->ifa_next)
		if (is_other_on_loop(i, &address))
			i->ifa_name = other;
	return rc;
}

static void read_loop(void)
{
	struct ifaddrs *all;
	union address address;

	on_loop.read = true;
	if (libc_getifaddrs(&all) < 0)
		return;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		if (!is_other_on_loop(i, &address))
			continue;
		on_loop.list = xreallocarray(on_loop.list, on_loop.count + 1, sizeof(address));
		on_loop.list[on_loop.count++] = address;
	}
	freeifaddrs(all);
}

bool interfaces_loop_has(const union address *address)
{
	if (!on_loop.read)
		read_loop();
	return address ? address_is_listed(address, on_loop.list, on_loop.count)
		       : on_loop.count > 0;
}

void interfaces_init_library(uint16_t udp_port, bool bound)
{
	replaces = bound;
	usrsctp_init(udp_port, NULL, NULL);
	replaces = false;
}
