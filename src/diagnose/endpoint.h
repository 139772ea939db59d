/* SPDX-License-Identifier: MIT */
/* Why there is no endpoint: this host has refused a call, or a name has not resolved. */
#ifndef DIAGNOSE_ENDPOINT_H
#define DIAGNOSE_ENDPOINT_H

#include "host/local.h"
#include "report/finding.h"
#include "stack/stack.h"
#include "target/unresolved.h"

/* Why a name has no addresses. */
struct finding finding_of_unresolved(const struct unresolved *unresolved);
/* The same, if the attempt goes on with the addresses of other names. */
struct finding finding_of_left_out(const struct unresolved *unresolved);

/* Why an endpoint could not be opened; error is the positive errno. */
struct finding finding_of_fault(const struct stack_fault *fault, int error);

/* Why an address of -b cannot be used, or none. */
struct finding finding_of_local(const struct local_address *local);

#endif
