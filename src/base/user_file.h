/* SPDX-License-Identifier: MIT */
/* Files that the user names. */
#ifndef BASE_USER_FILE_H
#define BASE_USER_FILE_H

#include <stdbool.h>

/*
 * Creates a file that only its owner may read (mode 0600), or empties the one that is there. Only a
 * regular file of the user who runs the program will do, and not through a symbolic link. Returns
 * the descriptor, or -errno; -EEXIST or -ENXIO: there is something else; -EXDEV: a file of another
 * user; -EMLINK: one that has another name, too.
 */
int user_file_create(const char *path);

/* The exit status if a file cannot be read: bad usage if another name would do, else this host. */
int user_file_read_status(int error);

/* Do both name one file? "-" is none. */
bool user_file_same(const char *one, const char *other);

#endif
