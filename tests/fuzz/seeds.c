/* SPDX-License-Identifier: MIT */
/* seeds FOLDER: writes there one file of each kind of packet, for fuzz_packet.c to start from. */
#include <stdio.h>

#include "fake_packet.h"

int main(int argc, char *argv[])
{
	if (argc != 2)
		return 2;
	for (size_t i = 0; i < fake_samples(); i++) {
		struct fake_packet p;
		const char *name = fake_sample(i, &p);
		char path[4096];
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", argv[1], name);
		file = fopen(path, "w");
		if (!file || fputc(4, file) == EOF ||
		    fwrite(p.bytes, 1, p.length, file) != p.length || fclose(file) != 0) {
			perror(path);
			return 1;
		}
	}
	return 0;
}
