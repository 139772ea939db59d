/* SPDX-License-Identifier: MIT */
/*
 * From the evidence of an attempt to its result: word, errno, exit status, and the findings that
 * say why. Of two findings that are both true, finding.h says which goes first.
 */
#ifndef DIAGNOSE_DIAGNOSE_H
#define DIAGNOSE_DIAGNOSE_H

#include "diagnose/evidence.h"
#include "report/result.h"

/*
 * Fills result->word, error, status, cause, advice and evidence, and the verdict and cause of every
 * path of result->association (which lists the requested addresses already). result->signal, if
 * set, wins.
 */
void diagnose(struct result *result, const struct evidence *evidence);

#endif
