/* SPDX-License-Identifier: MIT */
#include "report/summary.h"

/* From the best to the worst, for all targets together. */
static int rank(int status)
{
	switch (status) {
	case STATUS_OK:
		return 0;
	case STATUS_DEGRADED:
		return 1;
	case STATUS_NOT_CONNECTED:
		return 2;
	case STATUS_HOST:
		return 3;
	case STATUS_UNRESOLVED:
	case STATUS_TIMEOUT:
		return 2;
	case STATUS_USAGE:
		return 3;
	default:
		return 4; /* a signal */
	}
}

int summary_worse(int status, int other)
{
	return rank(other) > rank(status) ? other : status;
}

/* What the status of one target means for all: an address that cannot be used is no bad usage. */
static int part_of_all(int status, int signal)
{
	if (signal)
		return STATUS_SIGNAL + signal;
	switch (status) {
	case STATUS_UNRESOLVED:
	case STATUS_TIMEOUT:
		return STATUS_NOT_CONNECTED;
	case STATUS_USAGE:
		return STATUS_HOST;
	default:
		return status;
	}
}

void summary_add(struct summary *s, enum result_word word, int status, int signal)
{
	s->targets++;
	if (signal) {
		s->signal = signal;
		s->interrupted++;
	} else {
		s->words[word]++;
	}
	s->status = summary_worse(s->status, part_of_all(status, signal));
}

void summary_add_untried(struct summary *s, size_t count)
{
	s->targets += count;
	s->untried += count;
}
