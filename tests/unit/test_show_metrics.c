/* SPDX-License-Identifier: MIT */
/* show_metrics.c: exactly what is written for the kernel's associations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/util.h"
#include "fake_report.h"
#include "report/show_metrics.h"

#define HEAD(name, help) "# HELP " name " " help "\n# TYPE " name " gauge\n"
#define ONE \
	"association=\"7\",program=\"mme \\\"a\\\"\",local=\"10.1.1.1:40000\",peer=\"10.1.1.2:3868\""
#define TWO "association=\"8\",program=\"\",local=\"[fd01::1]:40001\",peer=\"[fd01::2]:38412\""

static void associations_and_paths(void **state)
{
	struct fixture *f = *state;
	union address local = make_address("10.1.1.1", 40000), v6 = make_address("fd01::1", 40001);
	struct table_path one[] = {
		{ make_address("10.1.1.2", 3868), PATH_ACTIVE, false, 1250 },
		{ make_address("10.1.2.2", 3868), PATH_POTENTIALLY_FAILED, true, 60000 },
		{ make_address("10.1.3.2", 3868), PATH_UNCONFIRMED, false, 0 },
	};
	struct table_path two[] = { { make_address("fd01::2", 38412), PATH_INACTIVE, true, 200 } };
	struct table_assoc list[] = {
		{ .id = 7,
		  .state = ASSOC_ESTABLISHED,
		  .inode = 70,
		  .local = &local,
		  .local_count = 1,
		  .paths = one,
		  .path_count = ARRAY_SIZE(one) },
		{ .id = 8,
		  .state = ASSOC_SHUTDOWN_SENT,
		  .inode = 80,
		  .local = &v6,
		  .local_count = 1,
		  .paths = two,
		  .path_count = ARRAY_SIZE(two) },
	};
	const struct table table = { .list = list, .count = ARRAY_SIZE(list), .more = true };
	const struct socket_owner owners[] = { { 70, 4711, "mme \"a\"" }, { 80, 0, "" } };

	assert_true(show_metrics_write("-", &f->capture.reporter,
				       &(struct show_metrics){ &table, owners, 2 }));
	assert_printed(
		f,
		HEAD("sctp_associations", "Associations of the kernel's SCTP.") "sctp_associations 2\n" HEAD("sctp_associations_degraded", "Associations with a path that is inactive or potentially failed.") "sctp_associations_degraded 2\n" HEAD("sctp_associations_complete", "Whether all of them were read.") "sctp_associations_complete 0\n" HEAD("sctp_association_up",
																																											   "Whether the association is established.") "sctp_association_up{" ONE "} 1\n"
																																																      "sctp_association_up{" TWO "} 0\n" HEAD("sctp_association_state", "1 for the state of the association.") "sctp_association_state{" ONE
																																																													       ",state=\"established\"} 1\n"
																																																													       "sctp_association_state{" TWO
																																																													       ",state=\"shutdown-sent\"} 1\n" HEAD(
																																																														       "sctp_association_path_up",
																																																														       "Whether the stack sends data on the path.") "sctp_association_path_up{" ONE
																																																																				    ",path=\"10.1.1.2\"} 1\n"
																																																																				    "sctp_association_path_up{" ONE
																																																																				    ",path=\"10.1.2.2\"} 0\n"
																																																																				    "sctp_association_path_up{" TWO
																																																																				    ",path=\"fd01::2\"} 0\n" HEAD(
																																																																					    "sctp_association_path_state", "1 for the state of the path.") "sctp_association_path_state{" ONE ",path=\"10.1.1.2\",state=\"active\"} 1\n"
																																																																													   "sctp_association_path_state{" ONE
																																																																													   ",path=\"10.1.2.2\",state=\"potentially failed\"} 1\n"
																																																																													   "sctp_association_path_state{" ONE
																																																																													   ",path=\"10.1.3.2\",state=\"unconfirmed\"} 1\n"
																																																																													   "sctp_association_path_state{" TWO ",path=\"fd01::2\",state=\"inactive\"} 1\n" HEAD("sctp_association_path_primary", "Whether it is the primary path.") "sctp_association_path_primary{" ONE
																																																																																																   ",path=\"10.1.1.2\"} 0\n"
																																																																																																   "sctp_association_path_primary{" ONE
																																																																																																   ",path=\"10.1.2.2\"} 1\n"
																																																																																																   "sctp_association_path_primary{" ONE
																																																																																																   ",path=\"10.1.3.2\"} 0\n"
																																																																																																   "sctp_association_path_primary{" TWO
																																																																																																   ",path=\"fd01::2\"} 1\n" HEAD(
																																																																																																	   "sctp_association_path_rto_seconds",
																																																																																																	   "The retransmission timeout of the path.") "sctp_association_path_rto_seconds{" ONE
																																																																																																						      ",path=\"10.1.1.2\"} 1.25\n"
																																																																																																						      "sctp_association_path_rto_seconds{" ONE
																																																																																																						      ",path=\"10.1.2.2\"} 60\n"
																																																																																																						      "sctp_association_path_rto_seconds{" TWO
																																																																																																						      ",path=\"fd01::2\"} 0.2\n",
		"");
}

int main(void)
{
	const struct CMUnitTest tests[] = { report_test(associations_and_paths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
