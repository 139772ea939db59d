/* SPDX-License-Identifier: MIT */
/* Landlock: the kernel lets this program open only the files that it is told of. */
#ifndef BASE_LANDLOCK_H
#define BASE_LANDLOCK_H

#include <stdbool.h>

/* What may be opened. */
struct landlock_files {
	const char *const *read; /* files, and folders with all that they have, ended by NULL */
	const char *const *use;  /* the same, to read and write what is there */
	const char *replace;     /* a folder where files may be made and replaced; NULL: none */
};

/* The version of Landlock that this kernel has, or -errno. */
int landlock_version(void);

/*
 * From now on nothing else can be opened, by this thread and those that it starts. Names that do
 * not exist are left out, but for files->replace. TCP connections can be made only if tcp is true.
 * Needs no_new_privs. Returns the version, or -errno; then nothing is forbidden.
 */
int landlock_confine(const struct landlock_files *files, bool tcp);

#endif
