/* SPDX-License-Identifier: MIT */
/* --pcap: comments on the packets that findings rest on. Without a capture nothing happens. */
#ifndef ENGINE_COMMENTS_H
#define ENGINE_COMMENTS_H

#include "report/finding.h"
#include "report/result.h"
#include "witness/watch.h"

/* The findings of a result: its cause, and those of its paths. */
void comment_on_result(struct watch *watch, const struct result *result);

/* A finding about the path to peer; NULL: about the association. */
void comment_on_finding(struct watch *watch, const struct finding *finding,
			const union address *peer);

#endif
