/* SPDX-License-Identifier: MIT */
/* The clock and the signals, together. */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include "base/clock.h"
#include "base/signals.h"

#endif
