/* SPDX-License-Identifier: MIT */
/* The file of --pcap, for the life of the program. */
#ifndef PCAP_H
#define PCAP_H

#include "base/util.h"
#include "engine/settings.h"

/* Opens it, if it was asked for. STATUS_OK; or STATUS_HOST, and why. */
int pcap_open(struct options *options, struct message *why);

/* Closes it. status is the program's; the return value is what it becomes. */
int pcap_close(struct options *options, int status);

#endif
