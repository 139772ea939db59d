/* SPDX-License-Identifier: MIT */
#include "pcap.h"

#include <errno.h>
#include <string.h>

#include "base/names.h"
#include "base/user_file.h"
#include "witness/capture.h"
#include "witness/packet_socket.h"

static int refuse(struct message *why, const char *name, int error)
{
	char shown[PRINTABLE_MAX];

	return message_set(why, STATUS_HOST, "--pcap %s: %s", printable(name, shown, sizeof(shown)),
			   error == EEXIST || error == ENXIO
				   ? "it exists, and is not a regular file"
			   : error == ELOOP  ? "it is a symbolic link"
			   : error == EXDEV  ? "it belongs to another user"
			   : error == EMLINK ? "it has another name, too (a hard link)"
					     : strerror(error));
}

int pcap_open(struct options *options, struct message *why)
{
	int rc, fd;

	if (!options->pcap)
		return STATUS_OK;
	/* First, so that no empty file is left. */
	rc = packet_socket_available();
	if (rc == -EPERM)
		return message_set(why, STATUS_HOST,
				   "--pcap: capturing packets needs root or CAP_NET_RAW");
	if (rc < 0)
		return message_set(why, STATUS_HOST, "--pcap: packet socket: %s", errno_name(-rc));
	fd = user_file_create(options->pcap);
	if (fd < 0)
		return refuse(why, options->pcap, -fd);
	options->capture = capture_new(fd, options->snaplen);
	return STATUS_OK;
}

int pcap_close(struct options *options, int status)
{
	const struct capture_trouble trouble = capture_finish(options->capture);
	char shown[PRINTABLE_MAX];

	options->capture = NULL;
	if (!trouble.write_error && !trouble.read_error)
		return status;
	printable(options->pcap, shown, sizeof(shown));
	if (trouble.write_error)
		warn("--pcap %s: the file is not complete: %s", shown,
		     strerror(trouble.write_error));
	else
		warn("--pcap %s: packets are missing: %s: %s", shown, trouble.read_call,
		     errno_name(trouble.read_error));
	return status == STATUS_OK ? STATUS_HOST : status;
}
