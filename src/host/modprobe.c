/* SPDX-License-Identifier: MIT */
#include "host/modprobe.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "install NAME" makes modprobe run another command, and "blacklist NAME" stops autoloading. */
static bool line_blocks(const char *line, const char *module)
{
	char word[16], name[64];

	return sscanf(line, "%15s %63s", word, name) == 2 && !strcmp(name, module) &&
	       (!strcmp(word, "install") || !strcmp(word, "blacklist"));
}

static bool file_blocks(const char *path, const char *module, struct message *what)
{
	FILE *file = fopen(path, "re");
	char shown[PRINTABLE_MAX];
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0)
		found = line_blocks(line, module);
	if (found) {
		line[strcspn(line, "\n")] = '\0';
		message_set(what, 0, "\"%s\" in %s", printable(line, shown, sizeof(shown)), path);
	}
	free(line);
	fclose(file);
	return found;
}

bool module_blocked(const char *module, struct message *what)
{
	static const char *const patterns[] = { "/etc/modprobe.d/*.conf", "/run/modprobe.d/*.conf",
						"/usr/lib/modprobe.d/*.conf",
						"/lib/modprobe.d/*.conf" };
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(patterns) && !found; i++) {
		glob_t files;

		if (glob(patterns[i], 0, NULL, &files) != 0)
			continue;
		for (size_t j = 0; j < files.gl_pathc && !found; j++)
			found = file_blocks(files.gl_pathv[j], module, what);
		globfree(&files);
	}
	return found;
}
