/* SPDX-License-Identifier: MIT */
#include "stack/parameter.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/util.h"

#define DAY_MS 86400000

static const struct parameter_kind kinds[] = {
	[PARAMETER_RTO_INITIAL] = { "RTO.Initial", "rto_initial_ms", true, 1, DAY_MS },
	[PARAMETER_RTO_MIN] = { "RTO.Min", "rto_min_ms", true, 1, DAY_MS },
	[PARAMETER_RTO_MAX] = { "RTO.Max", "rto_max_ms", true, 1, DAY_MS },
	[PARAMETER_PATH_MAX_RETRANS] = { "Path.Max.Retrans", "path_max_retrans", false, 1,
					 UINT16_MAX },
	[PARAMETER_ASSOCIATION_MAX_RETRANS] = { "Association.Max.Retrans",
						"association_max_retrans", false, 1, UINT16_MAX },
	[PARAMETER_HB_INTERVAL] = { "HB.interval", "hb_interval_ms", true, 1, DAY_MS },
	[PARAMETER_PF_MAX_RETRANS] = { "PotentiallyFailed.Max.Retrans",
				       "potentially_failed_max_retrans", false, 0, UINT16_MAX },
	[PARAMETER_SACK_DELAY] = { "SACK.Delay", "sack_delay_ms", true, 1, 500 },
	[PARAMETER_MAX_BURST] = { "Max.Burst", "max_burst", false, 1, UINT16_MAX },
	[PARAMETER_DSCP] = { "DSCP", "dscp", false, 0, 63 },
};
static_assert(ARRAY_SIZE(kinds) == PARAMETER_COUNT, "a parameter without a row");

const struct parameter_kind *parameter_kind(enum stack_parameter parameter)
{
	return &kinds[parameter];
}

enum stack_parameter parameter_find(const char *name, size_t length)
{
	enum stack_parameter p = 0;

	while (p < PARAMETER_COUNT &&
	       (strlen(kinds[p].name) != length || strncasecmp(kinds[p].name, name, length) != 0))
		p++;
	return p;
}

bool parameter_is_known(const struct stack_parameters *list, enum stack_parameter parameter)
{
	return list->known >> parameter & 1;
}

void parameter_set(struct stack_parameters *list, enum stack_parameter parameter, uint32_t value)
{
	list->known |= 1U << parameter;
	list->value[parameter] = value;
}

const char *parameter_text(enum stack_parameter parameter, uint32_t value,
			   char buf[PARAMETER_TEXT_MAX])
{
	snprintf(buf, PARAMETER_TEXT_MAX, "%" PRIu32 "%s", value,
		 kinds[parameter].is_time ? " ms" : "");
	return buf;
}

bool parameter_changed(const struct stack_parameters *asked,
		       const struct stack_parameters *in_force, enum stack_parameter parameter)
{
	return parameter_is_known(asked, parameter) && parameter_is_known(in_force, parameter) &&
	       asked->value[parameter] != in_force->value[parameter];
}
