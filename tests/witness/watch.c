/* SPDX-License-Identifier: MIT */
/*
 * watch [-l LOCAL-PORT] [-u LOCAL:REMOTE] PORT ADDRESS...: prints "watching" when its witness is
 * open, a line for each packet of the association, and, when SIGTERM ends it, what they say
 * together: for each address a line of words and numbers, and one for each heartbeat. Exits 1 and
 * says why when it cannot watch.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "witness/judge.h"
#include "witness/ledger_add.h"
#include "witness/ledger_query.h"
#include "witness/witness.h"

#define ADDRESSES_MAX 16

/* No default: the compiler says which one has no name. */
static const char *proof_name(enum proof proof)
{
	switch (proof) {
	case PROOF_UNKNOWN:
		return "unknown";
	case PROOF_NOT_TRIED:
		return "not-tried";
	case PROOF_NEVER_LEFT:
		return "never-left";
	case PROOF_SILENT:
		return "silent";
	case PROOF_ICMP:
		return "icmp";
	case PROOF_BAD_CHECKSUM:
		return "bad-checksum";
	case PROOF_WRONG_TAG:
		return "wrong-tag";
	case PROOF_OTHER_PORT:
		return "other-port";
	case PROOF_ELSEWHERE:
		return "elsewhere";
	case PROOF_ABORTED:
		return "aborted";
	case PROOF_ANSWERED:
		return "answered";
	case PROOF_NOT_TAKEN:
		return "not-taken";
	case PROOF_COOKIE_SILENT:
		return "cookie-silent";
	case PROOF_COOKIE_ERROR:
		return "cookie-error";
	case PROOF_COOKIE_NOT_TAKEN:
		return "cookie-not-taken";
	case PROOF_UP:
		return "up";
	}
	return "?";
}

static void print_icmps(const struct ledger_path *path)
{
	char router[ADDRESS_TEXT_MAX];

	for (size_t i = 0; i < path->icmp_count; i++) {
		const struct ledger_icmp *icmp = &path->icmps[i];

		printf("  icmp %u/%u from %s%s x%u %s\n", icmp->type, icmp->code,
		       address_host_text(&icmp->router, router),
		       icmp->this_host ? " on-this-host" : "", icmp->seen.count,
		       icmp->error ? strerrorname_np(icmp->error) : "-");
	}
}

static void print_heartbeats(const struct ledger_path *path)
{
	char from[ADDRESS_TEXT_MAX];

	for (unsigned n = 0; n < path->heartbeats.count; n++) {
		const struct ledger_heartbeat *h = ledger_nth_heartbeat(path, n);

		if (!h)
			continue;
		if (h->answered)
			printf("  heartbeat out %s in %s from %s rtt_us %lld%s\n", h->out, h->in,
			       address_host_text(&h->from, from), (long long)h->rtt_us,
			       h->inexact ? " inexact" : "");
		else
			printf("  heartbeat out %s unanswered\n", h->out);
	}
}

static void print_path(const struct ledger *ledger, const struct ledger_path *path)
{
	char address[ADDRESS_TEXT_MAX], from[ADDRESS_TEXT_MAX];

	printf("%s %s inits %u init-acks %u cookies %u cookie-acks %u aborts %u bad %u strays %u%s%s",
	       address_host_text(&path->address, address),
	       proof_name(judge(ledger, path, loop_now_us())), path->inits.count,
	       path->init_acks.count, path->cookies.count, path->cookie_acks.count,
	       path->aborts.count, path->bad_checksums.count, path->strays.count,
	       path->requested ? " requested" : "", path->listed ? " listed" : "");
	if (path->inits.count)
		printf(" out %s", path->init_way.interface);
	if (path->init_acks.count)
		printf(" in %s", path->init_ack_way.interface);
	if (ledger_returns_elsewhere(path))
		printf(" other-way");
	if (path->init_ack_from.sa.sa_family)
		printf(" answered-by %s", address_host_text(&path->init_ack_from, from));
	if (path->aborts.count)
		printf(" cause %u %s", path->abort_cause.code, path->abort_cause.text);
	printf("\n");
	print_icmps(path);
	print_heartbeats(path);
}

static void take(void *context, const struct witness_event *event)
{
	struct ledger *ledger = context;
	char text[WITNESS_TEXT_MAX];

	if (!event->odd)
		printf("%8.1f ms  %s\n",
		       (double)(event->time_us - ledger->start_us) / USEC_PER_MSEC,
		       witness_text(event, true, true, text, sizeof(text)));
	ledger_add(ledger, event);
}

static void nothing(void *context)
{
	(void)context;
}

static void watch(struct view *view, struct ledger *ledger)
{
	struct loop *loop = loop_new();

	witness_listen(view, loop, nothing, NULL);
	while (loop_turn(loop) >= 0)
		;
	loop_take_signal();
	witness_catch_up(view);
	witness_listen_no_more(view);
	loop_free(loop);
	ledger->lost = witness_lost(view);
	printf("lost %llu bad-sent %u aborts-sent %u\n", (unsigned long long)ledger->lost,
	       ledger->bad_checksums_sent.count, ledger->aborts_sent.count);
	for (size_t i = 0; i < ledger->requested_count; i++)
		print_path(ledger, ledger_path_at(ledger, &ledger->requested[i]));
	for (size_t i = 0; i < ledger->path_count; i++)
		if (!ledger->paths[i].requested)
			print_path(ledger, &ledger->paths[i]);
}

int main(int argc, char *argv[])
{
	union address addresses[ADDRESSES_MAX];
	struct ledger ledger;
	struct view_config config = { .peers = addresses, .take = take, .context = &ledger };
	struct witness_config socket = { .unstamped = false };
	struct witness *witness;
	struct view *view;
	int option, rc;

	while ((option = getopt(argc, argv, "l:u:")) != -1) {
		if (option == 'l')
			config.ports.local = (uint16_t)atoi(optarg);
		else if (option != 'u' || sscanf(optarg, "%hu:%hu", &config.ports.udp_local,
						 &config.ports.udp_remote) != 2)
			return 2;
	}
	if (argc - optind < 2 || argc - optind - 1 > ADDRESSES_MAX)
		return 2;
	config.ports.peer = (uint16_t)atoi(argv[optind++]);
	for (; optind < argc; optind++) {
		if (!address_from_text(&addresses[config.peer_count], argv[optind]))
			return 2;
		address_set_port(&addresses[config.peer_count++], config.ports.peer);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	loop_catch_signals();
	ledger_init(&ledger, addresses, config.peer_count, loop_now_us());
	socket.ports = config.ports;
	rc = witness_open(&witness, &socket);
	if (rc == 0)
		rc = witness_attach(witness, &config, &view);
	if (rc < 0) {
		printf("cannot watch: %s\n", strerror(-rc));
		return 1;
	}
	printf("watching\n");
	watch(view, &ledger);
	witness_detach(view);
	witness_close(witness);
	ledger_free(&ledger);
	return 0;
}
