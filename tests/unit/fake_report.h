/* SPDX-License-Identifier: MIT */
/* Results and listener events made by hand, and the text that is printed for them. */
#ifndef FAKE_REPORT_H
#define FAKE_REPORT_H

#include "report/report.h"

#define PATHS_MAX 1000

/* A reporter, and what it printed. */
struct capture {
	struct reporter reporter;
	char *out; /* as read_back() found it */
	char *hints;
	size_t hints_length;
	int write_error;
};

struct fixture {
	struct capture capture;
	struct target target;
	struct result result;
	struct path_result paths[PATHS_MAX];
	union address local[PATHS_MAX];
};

#define report_test(name) cmocka_unit_test_setup_teardown(name, report_setup, report_teardown)
int report_setup(void **state);
int report_teardown(void **state);

union address make_address(const char *text, uint16_t port);
struct path_result *add_path(struct fixture *f, const char *text, uint16_t port,
			     enum verdict verdict);
/* A path that is in the association. */
struct path_result *add_live_path(struct fixture *f, const char *text, uint16_t port);
#define FOUND(...) ((struct finding){ __VA_ARGS__ })
#define REFUSAL    FOUND(.code = FINDING_NO_ENDPOINT_OR_QUEUE_FULL, .port = 9)
void set_note(struct path_result *p, struct finding cause);
void add_local(struct fixture *f, const char *text, uint16_t port);
void make_up(struct fixture *f);
void make_failure(struct fixture *f, enum result_word word, int error, int64_t us);
void set_reason(struct fixture *f, struct finding cause, struct finding advice);
void make_three_paths(struct fixture *f);
void make_each(struct fixture *f);
/* Everything that was printed so far. */
const char *read_back(struct capture *c);
void assert_printed(struct fixture *f, const char *out, const char *hints);
struct listen_event make_event(enum listen_event_type type);
struct listen_event make_ready(struct fixture *f);
struct listen_event make_came(struct fixture *f);
/* Accepted, but closed by the peer before its status could be read. */
struct listen_event make_gone(struct fixture *f);
struct listen_event make_path_event(void);
struct listen_event make_closed(void);
struct listen_event make_lost(void);
struct listen_event make_end(void);

#endif
