/* SPDX-License-Identifier: MIT */
#include "base/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/landlock.h"
#include "base/names.h"
#include "base/privilege.h"
#include "base/seccomp.h"

/* Their run-time libraries make calls of their own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
	__has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* -EBUSY as the result of a step: someone else makes calls in this process. */
#define OTHERS_CALLS (-EBUSY)

/* valgrind runs in this process, and makes calls of its own. */
static bool others_call(void)
{
	const char *loaded = secure_getenv("LD_PRELOAD");

	return SANITIZED || (loaded && strstr(loaded, "vgpreload"));
}

/* --- Files ------------------------------------------------------------------------------------ */

static const char *const none[] = { NULL };

/* What the kernel says about this host. */
#define HOST "/proc/net", "/proc/sys/net"
/* Which modules may be loaded (host/modprobe.c). */
#define MODULES "/etc/modprobe.d", "/run/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d"
/* The C library's files for text and time. */
#define WORDS                                                                          \
	"/usr/lib/locale", "/usr/share/locale", "/etc/locale.alias", "/etc/localtime", \
		"/usr/share/zoneinfo", "/etc/zoneinfo"

static const char *const host_files[] = { HOST, NULL };
static const char *const new_host_files[] = { HOST, MODULES, NULL };
/* What usrsctp reads where a filter of calls refuses getrandom(2). */
#define RANDOM "/dev/urandom"
static const char *const lasting_files[] = { HOST, MODULES, WORDS, RANDOM, NULL };

/*
 * The C library's files for names and its libraries (nsswitch.conf), which read what they are
 * configured to.
 */
static const char *const name_files[] = { "/proc",    "/etc",       "/usr",       "/lib",
					  "/lib32",   "/lib64",     "/run",       "/var/lib",
					  "/var/run", "/nix/store", "/gnu/store", RANDOM,
					  NULL };
static const char *const name_devices[] = { "/dev/null", NULL };

/* The folder of a file, into folder. */
static const char *folder_of(const char *file, char *folder)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		return ".";
	memcpy(folder, file, (size_t)(slash - file));
	folder[slash - file] = '\0';
	return *folder ? folder : "/";
}

static int confine_files(const struct sandbox_needs *needs)
{
	struct landlock_files files = { .read = host_files, .use = none };
	char *folder = NULL;
	int rc;

	if (needs->look_ups) {
		files.read = name_files;
		files.use = name_devices;
	} else if (needs->lasting) {
		files.read = lasting_files;
	} else if (access("/proc/net/sctp", F_OK) < 0) {
		files.read = new_host_files;
	}
	if (needs->replaced) {
		folder = xstrdup(needs->replaced);
		files.replace = folder_of(needs->replaced, folder);
	}
	rc = landlock_confine(&files, needs->look_ups);
	free(folder);
	return rc;
}

int sandbox_enter(const struct sandbox_needs *needs, struct sandbox *sandbox)
{
	unsigned calls = (needs->look_ups ? CALLS_LOOK_UP : 0) |
			 (needs->replaced ? CALLS_WRITE_FILES : 0) |
			 (needs->filters ? CALLS_FILTERS : 0);
	int rc = privilege_drop_all_but(needs->capabilities);

	*sandbox = (struct sandbox){ .no_new_privs = 1 };
	if (rc < 0)
		return rc;
	sandbox->capabilities = privilege_held();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		sandbox->no_new_privs = -errno;
	if (!needs->processes)
		sandbox->landlock = others_call() ? OTHERS_CALLS : confine_files(needs);
	if (needs->lasting) {
		rc = others_call() ? OTHERS_CALLS : seccomp_confine(calls);
		sandbox->seccomp = rc < 0 ? rc : 1;
	}
	return 0;
}

/* --- Words ------------------------------------------------------------------------------------ */

static void __attribute__((format(printf, 2, 3))) add(struct message *m, const char *format, ...)
{
	size_t length = strlen(m->text);
	va_list args;

	va_start(args, format);
	vsnprintf(m->text + length, sizeof(m->text) - length, format, args);
	va_end(args);
}

static void add_step(struct message *m, const char *name, int rc)
{
	if (rc && *m->text)
		add(m, "; ");
	if (rc == OTHERS_CALLS)
		add(m, "no %s (%s)", name, SANITIZED ? "a build with sanitizers" : "valgrind");
	else if (rc < 0)
		add(m, "no %s (%s)", name, errno_name(-rc));
	else if (rc > 0)
		add(m, "%s", name);
}

static void add_landlock(struct message *m, int version)
{
	char name[32];

	snprintf(name, sizeof(name), "Landlock %d", version);
	add_step(m, version > 0 ? name : "Landlock", version);
}

static void add_capabilities(struct message *m, uint32_t capabilities)
{
	static const struct {
		unsigned number;
		const char *name;
	} all[] = {
		{ CAP_NET_RAW, "net_raw" },
		{ CAP_NET_ADMIN, "net_admin" },
		{ CAP_NET_BIND_SERVICE, "net_bind_service" },
		{ CAP_DAC_OVERRIDE, "dac_override" },
		{ CAP_DAC_READ_SEARCH, "dac_read_search" },
		{ CAP_SYS_PTRACE, "sys_ptrace" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		if (capabilities & PRIVILEGE(all[i].number))
			add(m, "%s%s", *m->text ? " " : "", all[i].name);
}

const char *sandbox_capabilities(uint32_t capabilities, struct message *text)
{
	text->text[0] = '\0';
	add_capabilities(text, capabilities);
	return text->text;
}

const char *sandbox_text(const struct sandbox *sandbox, struct message *text)
{
	text->text[0] = '\0';
	add(text, sandbox->capabilities ? "capabilities" : "no capabilities");
	add_capabilities(text, sandbox->capabilities);
	add_step(text, "no_new_privs", sandbox->no_new_privs);
	add_step(text, "seccomp", sandbox->seccomp);
	add_landlock(text, sandbox->landlock);
	return text->text;
}

const char *sandbox_available(struct message *text)
{
	text->text[0] = '\0';
	add_step(text, "no_new_privs", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) < 0 ? -errno : 1);
	add_step(text, "seccomp", others_call() ? OTHERS_CALLS : seccomp_available());
	add_landlock(text, others_call() ? OTHERS_CALLS : landlock_version());
	return text->text;
}
