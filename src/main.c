/* SPDX-License-Identifier: MIT */
/* sctp-connect: opens multihomed SCTP associations, and tells the truth about every path. */
#include "base/names.h"
#include "base/privilege.h"
#include "inform.h"
#include "options.h"
#include "report/report.h"
#include "work.h"

int main(int argc, char *argv[])
{
	int write_error = 0;
	struct reporter reporter = { .out = stdout, .hints = stderr, .write_error = &write_error };
	struct message why = { "" };
	struct options options;
	int status, rc = privilege_keep_network();

	if (rc < 0) {
		warn("the rights of a set-user-ID program cannot be given up: %s", errno_name(-rc));
		return STATUS_HOST;
	}
	keep_standard_descriptors();
	expect_file_limit();
	status = options_parse(&options, argc, argv, &why);
	if (status != STATUS_OK) {
		warn("%s", why.text);
	} else if (options.action == ACTION_CONNECT || options.action == ACTION_LISTEN ||
		   options.action == ACTION_SHOW) {
		reporter.format = options.format;
		reporter.quiet = options.quiet;
		if (options.relay)
			reporter.out = stderr;
		reporter.color = reporter_wants_color(options.color, reporter.out);
		report_begin(&reporter);
		status = work(&options, &reporter);
	} else {
		status = inform_print(&reporter, &options, &why);
		if (status != STATUS_OK)
			warn("%s", why.text);
		else
			status = report_finish(&reporter);
	}
	options_free(&options);
	return status;
}
