/* SPDX-License-Identifier: MIT */
#include "host/sysctl.h"

#include <stdio.h>

int sysctl_number(const char *name, int otherwise)
{
	char path[128];
	int value;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	file = fopen(path, "re");
	if (!file)
		return otherwise;
	if (fscanf(file, "%d", &value) != 1)
		value = otherwise;
	fclose(file);
	return value;
}
