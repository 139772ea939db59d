/* SPDX-License-Identifier: MIT */
#include "base/privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct capabilities {
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];
};

/* 0, or -errno; also the next one. */
static int read_capabilities(struct capabilities *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &header, c->sets) < 0 ? -errno : 0;
}

static int write_capabilities(const struct capabilities *c)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capset, &header, c->sets) < 0 ? -errno : 0;
}

/* CAP_NET_ADMIN would show its user this host's IPsec policies, and give longer buffers. */
#define BORROWED (PRIVILEGE(CAP_NET_RAW) | PRIVILEGE(CAP_NET_BIND_SERVICE))

bool privilege_is_borrowed(void)
{
	return getauxval(AT_SECURE) != 0;
}

int privilege_keep_network(void)
{
	struct capabilities before = { 0 }, network = { 0 };
	uid_t user;
	gid_t group;
	int rc;

	if (!privilege_is_borrowed())
		return 0;
	user = getuid();
	group = getgid();
	if (user == 0)
		return 0;
	rc = read_capabilities(&before);
	if (rc < 0)
		return rc;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setresgid(group, group, group) < 0 ||
	    setresuid(user, user, user) < 0)
		return -errno;
	network.sets[0].permitted = before.sets[0].permitted & BORROWED;
	network.sets[0].effective = network.sets[0].permitted;
	return write_capabilities(&network);
}

int privilege_drop_all_but(uint32_t keep)
{
	struct capabilities c = { 0 };
	int rc = read_capabilities(&c);

	if (rc < 0)
		return rc;
	/* Without one that is inheritable, none is ambient. */
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		const uint32_t kept = i ? 0 : keep;

		c.sets[i].permitted &= kept;
		c.sets[i].effective &= kept;
		c.sets[i].inheritable = 0;
	}
	return write_capabilities(&c);
}

/* Puts it into force, if it is permitted, or out of force. 1: this changes something. */
static int put_in_force(int capability, bool in_force, const char **call)
{
	struct capabilities c = { 0 };
	uint32_t bit = PRIVILEGE(capability), now;
	int rc = read_capabilities(&c);

	*call = "capget";
	if (rc < 0)
		return rc;
	now = c.sets[0].effective & ~bit;
	if (in_force)
		now |= c.sets[0].permitted & bit;
	if (now == c.sets[0].effective)
		return 0;
	c.sets[0].effective = now;
	*call = "capset";
	rc = write_capabilities(&c);
	return rc < 0 ? rc : 1;
}

int privilege_set_aside(int capability, const char **call)
{
	return put_in_force(capability, false, call);
}

int privilege_take_back(int capability, const char **call)
{
	int rc = put_in_force(capability, true, call);

	return rc < 0 ? rc : 0;
}

uint32_t privilege_held(void)
{
	struct capabilities c = { 0 };

	return read_capabilities(&c) < 0 ? 0 : c.sets[0].effective;
}
