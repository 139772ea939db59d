/* SPDX-License-Identifier: MIT */
#include "inform.h"

#include <string.h>

#include "base/sandbox.h"
#include "options.h"
#include "packet/ppid.h"
#include "report/explain.h"
#include "report/text.h"
#include "stack/stack.h"
#include "target/service.h"

/*
 * For completions: "options", "services", "ppids", "names" (of --explain) or "parameters" (of -o).
 */
static int print_list(FILE *out, const char *what, struct message *why)
{
	const char *name;
	char shown[PRINTABLE_MAX];

	if (!strcmp(what, "options")) {
		options_print_list(out);
	} else if (!strcmp(what, "services")) {
		for (size_t i = 0; (name = service_name(i)); i++)
			fprintf(out, "%s\n", name);
	} else if (!strcmp(what, "ppids")) {
		for (size_t i = 0; (name = ppid_list(i)); i++)
			fprintf(out, "%s\n", name);
	} else if (!strcmp(what, "names")) {
		for (size_t i = 0; (name = explain_name(i)); i++)
			fprintf(out, "%s\n", name);
	} else if (!strcmp(what, "parameters")) {
		for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
			fprintf(out, "%s\n", parameter_kind(p)->name);
	} else {
		return message_set(
			why, STATUS_USAGE,
			"--list %s: not one of options, services, ppids, names, parameters",
			printable(what, shown, sizeof(shown)));
	}
	return STATUS_OK;
}

static int print(FILE *out, const struct options *options, struct message *why)
{
	struct message sandbox;

	switch (options->action) {
	case ACTION_VERSION:
		fprintf(out, "sctp-connect %s\n", VERSION);
		stack_print_versions(out);
		fprintf(out, "sandbox: %s\n", sandbox_available(&sandbox));
		return STATUS_OK;
	case ACTION_LIST:
		return print_list(out, options->list, why);
	case ACTION_EXPLAIN:
		return explain_print(out, options->explain, why);
	default:
		options_print_help(out);
		return STATUS_OK;
	}
}

int inform_print(const struct reporter *reporter, const struct options *options,
		 struct message *why)
{
	struct record record;
	int status = print(record_start(&record, reporter), options, why);

	record_finish(&record);
	return status;
}
