/* SPDX-License-Identifier: MIT */
/* A call of this host has failed: one that asks, sends or waits. */
#ifndef DIAGNOSE_FAILED_CALL_H
#define DIAGNOSE_FAILED_CALL_H

#include "report/finding.h"
#include "report/result.h"

/* The call of this name has failed with this errno. */
struct finding diagnose_failed_call(const char *call, int error);

/* A packet that was to begin with that chunk could not be sent; sendmsg() says why. */
struct finding diagnose_unsent(int error, uint8_t chunk);

/* A signal has come; or, if that is 0, waiting has failed with this errno. */
struct finding diagnose_interruption(int signal, int error);

/*
 * Why it could not be asked, because a call of this host failed; chunk: what was to be sent. Or
 * none.
 */
struct finding diagnose_unasked(const struct path_result *path, uint8_t chunk);

#endif
