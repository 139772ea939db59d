/* SPDX-License-Identifier: MIT */
#include "list.h"

#include <string.h>

#include "base/util.h"
#include "report/explain.h"
#include "options.h"
#include "target/service.h"

int list_print(FILE *out, const char *what, struct message *why)
{
	const struct explanation *row;
	const char *name;
	char shown[PRINTABLE_MAX];

	if (!strcmp(what, "options")) {
		options_print_list(out);
	} else if (!strcmp(what, "services")) {
		for (size_t i = 0; (name = service_name(i)); i++)
			fprintf(out, "%s\n", name);
	} else if (!strcmp(what, "names")) {
		for (size_t i = 0; (row = explain_row(i)); i++)
			fprintf(out, "%s\n", row->name);
	} else {
		return message_set(why, STATUS_USAGE,
				   "--list %s: not one of options, services, names",
				   printable(what, shown, sizeof(shown)));
	}
	return STATUS_OK;
}
