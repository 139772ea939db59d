/* SPDX-License-Identifier: MIT */
/* The service names of SCTP ports, which getaddrinfo() does not know. */
#ifndef TARGET_SERVICE_H
#define TARGET_SERVICE_H

#include <stddef.h>
#include <stdint.h>

/* The port of a name, in any case; 0: unknown. */
uint16_t service_port(const char *name);

/* Every name, for completions and tests; NULL past the end. */
const char *service_name(size_t index);

#endif
