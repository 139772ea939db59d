/* SPDX-License-Identifier: MIT */
#include "base/privilege.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"

int privilege_keep_network(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
	uint32_t network;
	uid_t user;
	gid_t group;

	if (!getauxval(AT_SECURE))
		return 0;
	user = getuid();
	group = getgid();
	if (user == 0)
		return 0;
	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	network = sets[0].permitted & PRIVILEGES_OF_NETWORK;
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setresgid(group, group, group) < 0 ||
	    setresuid(user, user, user) < 0)
		return -errno;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		sets[i] = (struct __user_cap_data_struct){ 0 };
	sets[0].permitted = sets[0].effective = network;
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

int privilege_drop_all_but(uint32_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, sets) < 0)
		return -errno;
	/* Without one that is inheritable, none is ambient. */
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		const uint32_t kept = i ? 0 : keep;

		sets[i].permitted &= kept;
		sets[i].effective &= kept;
		sets[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, sets) < 0 ? -errno : 0;
}

uint32_t privilege_held(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capget, &header, sets) < 0 ? 0 : sets[0].effective;
}
