/* SPDX-License-Identifier: MIT */
/* A call on this host failed, which says nothing about the peer. */
#ifndef DIAGNOSE_FAILED_CALL_H
#define DIAGNOSE_FAILED_CALL_H

#include "report/finding.h"
#include "report/result.h"

/*
 * The call of this name has failed with this errno. It did not need a privilege that the program
 * lacks, nor a family of addresses that the host lacks.
 */
struct finding diagnose_failed_call(const char *call, int error);

/* sendmsg() of a packet has. Routes and filters make it fail as sandboxes do. */
struct finding diagnose_failed_packet(int error);

/* A packet that was to begin with that chunk could not be sent; sendmsg() says why. */
struct finding diagnose_unsent(int error, uint8_t chunk);

/* A signal came; or, if signal is 0, waiting failed with this errno. */
struct finding diagnose_interruption(int signal, int error);

/*
 * If a call on this host failed, so that the path could not be asked: why. chunk: what it would
 * have sent. Or none.
 */
struct finding diagnose_unasked(const struct path_result *path, uint8_t chunk);

/*
 * Why a heartbeat was not answered: *why is what else is known. Of one that was not seen to leave,
 * *unsent says more, if a call failed.
 */
void diagnose_take_unsent(const struct finding *unsent, struct finding *why);

#endif
