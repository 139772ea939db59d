/* SPDX-License-Identifier: MIT */
/*
 * The file of --targets. A line is a target: NAME ADDRESS... [OPTION]..., with blanks between. A
 * word that begins with # begins a comment. The options of the command line are the defaults.
 */
#ifndef TARGET_FILE_H
#define TARGET_FILE_H

#include <stddef.h>

#include "base/util.h"
#include "engine/fleet_target.h"
#include "engine/settings.h"

struct target_list {
	char *text; /* the file, which the targets point into */
	struct fleet_target *targets;
	size_t count;
	struct options **kinds; /* the options of the targets */
	size_t kind_count;
};

/*
 * Reads options->targets; "-" is standard input. STATUS_OK, or STATUS_USAGE, and why names the
 * file, the line and the word. target_list_free() either way.
 */
int target_list_read(struct target_list *list, const struct options *options, struct message *why);
void target_list_free(struct target_list *list);

#endif
