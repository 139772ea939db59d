/* SPDX-License-Identifier: MIT */
/*
 * What an attacker would have who takes over this program: no capability but those that it still
 * needs, no way to new ones (no_new_privs), no system call (seccomp) and no file (Landlock) but
 * what it needs. All of it stays until the end.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/util.h"

struct sandbox_needs {
	uint32_t capabilities; /* PRIVILEGE() */
	bool lasting;          /* it is worth a filter of calls */
	bool look_ups;         /* names have to become addresses */
	bool filters;          /* it sets filters of packets itself */
	bool processes;        /* it looks into other processes, which Landlock forbids */
	const char *replaced;  /* a file that is made and replaced; NULL: none */
};

/* What is in force. */
struct sandbox {
	int no_new_privs; /* 1, or -errno; the same for the next two; 0: left out */
	int seccomp;
	int landlock;          /* or its version */
	uint32_t capabilities; /* PRIVILEGE() */
};

/*
 * Closes it. To be called on the only thread, when all files are open. What the kernel does not
 * have is left out. 0, or -errno of capset().
 */
int sandbox_enter(const struct sandbox_needs *needs, struct sandbox *sandbox);

/* For -v: "capabilities net_raw; no_new_privs; seccomp; Landlock 4". */
const char *sandbox_text(const struct sandbox *sandbox, struct message *text);

/* "net_raw net_admin" */
const char *sandbox_capabilities(uint32_t capabilities, struct message *text);

/* For --version: what this kernel and this build have of it. */
const char *sandbox_available(struct message *text);

#endif
