/* SPDX-License-Identifier: MIT */
#include "diagnose/words.h"

#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <string.h>

#include "packet/chunk.h"

static const char own_output[] =
	"something on this host drops it on the way out: nft list ruleset, iptables -S OUTPUT, "
	"tc qdisc";
static const char own_input[] =
	"something on this host drops it on the way in: nft list ruleset, iptables -S INPUT, sysctl "
	"net.ipv4.conf.all.rp_filter";

static const struct ledger_icmp *first_error(const struct ledger_path *path)
{
	for (size_t i = 0; i < path->icmp_count; i++)
		if (path->icmps[i].error)
			return &path->icmps[i];
	return NULL;
}

const char *finding_port_hint(bool udp)
{
	return udp ? "nothing takes that UDP port there: does the peer speak SCTP in UDP (on Linux: "
		     "sysctl net.sctp.udp_port), and is it that port?"
		   : "no SCTP says that: a firewall does, there or on the way (REJECT says port "
		     "unreachable unless told otherwise)";
}

static bool is_prohibition(bool v6, uint8_t code)
{
	if (v6)
		return code == ICMP6_DST_UNREACH_ADMIN || code > ICMP6_DST_UNREACH_NOPORT;
	return code == ICMP_NET_ANO || code == ICMP_HOST_ANO || code == ICMP_PKT_FILTERED;
}

/* What there is to check about an ICMP error. */
static const char *icmp_hint(const struct ledger_icmp *icmp, bool v6)
{
	if (icmp->this_host)
		return "this host's own packet filter or routes say so: nft list ruleset, iptables "
		       "-S OUTPUT, ip route";
	if (icmp->type == (v6 ? ICMP6_TIME_EXCEEDED : ICMP_TIME_EXCEEDED))
		return "routers hand it round in a circle, or the way is too long: traceroute -n";
	if (icmp->type != (v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH))
		return "whoever sent the ICMP does not take such a packet: tcpdump -vni any icmp "
		       "or icmp6";
	if (icmp->code == (v6 ? ICMP6_DST_UNREACH_NOPORT : ICMP_PORT_UNREACH))
		return finding_port_hint(icmp->protocol == IPPROTO_UDP);
	if (is_prohibition(v6, icmp->code))
		return "a firewall's rule, where the ICMP comes from, is against it";
	return "whoever sent the ICMP has no way on: its routes, and whether the host is up on its "
	       "link, say why";
}

static void note_icmp(const struct ledger_path *path, struct sighting *finding)
{
	const struct ledger_icmp *icmp = first_error(path);
	bool v6 = path->address.sa.sa_family == AF_INET6;
	const char *name = packet_icmp_name(v6, icmp->type, icmp->code);
	char text[ADDRESS_TEXT_MAX], number[32];

	snprintf(number, sizeof(number), "type %u code %u", icmp->type, icmp->code);
	finding->error = icmp->error;
	message_set(&finding->note, 0, "%s answered ICMP%s %s",
		    icmp->this_host ? "this host itself"
		    : address_equal(&icmp->router, &path->address)
			    ? "the host"
			    : address_host_text(&icmp->router, text),
		    v6 ? "v6" : "", name ? name : number);
	finding->hint = icmp_hint(icmp, v6);
}

static void note_abort(const struct ledger_path *path, struct sighting *finding)
{
	char words[CAUSE_WORDS_MAX];

	if (!path->abort_cause.code)
		message_set(&finding->note, 0, "answered ABORT");
	else
		message_set(&finding->note, 0, "answered ABORT: %s",
			    cause_words(&path->abort_cause, words));
}

static void note_not_taken(const struct ledger_path *path, struct sighting *finding,
			   const char *chunk)
{
	bool elsewhere = ledger_returns_elsewhere(path);

	message_set(&finding->note, 0,
		    "the %s came back%s%s%s%s, but this host's SCTP did not get it", chunk,
		    elsewhere ? " on " : "", elsewhere ? path->init_ack_way.interface : "",
		    elsewhere ? ", not on " : "", elsewhere ? path->init_way.interface : "");
	finding->hint = own_input;
}

/* The stack has the INIT-ACK, or has not, or nobody knows. */
static void note_stopped(const struct ledger_path *path, enum stack_assoc_state state,
			 struct sighting *finding)
{
	if (state == ASSOC_COOKIE_WAIT) {
		note_not_taken(path, finding, "INIT-ACK");
		return;
	}
	message_set(&finding->note, 0, "answered the INIT, but no COOKIE-ECHO left this host");
	finding->hint =
		state == ASSOC_COOKIE_ECHOED
			? own_output
			: "something on this host drops it on the way out, or the answer on "
			  "the way in: nft list ruleset, iptables -S";
}

void finding_of_init(const struct ledger *ledger, const union address *peer, bool turn_came,
		     enum stack_assoc_state state, int64_t now_us, struct sighting *finding)
{
	const struct ledger_path *path = ledger_find(ledger, peer);
	char text[ADDRESS_TEXT_MAX], words[CAUSE_WORDS_MAX];

	*finding = (struct sighting){ .kind = PROOF_UNKNOWN };
	if (!path)
		return;
	finding->kind = judge(ledger, path, now_us);
	if (finding->kind == PROOF_NOT_TRIED && turn_came)
		finding->kind = PROOF_NEVER_LEFT;
	switch (finding->kind) {
	case PROOF_NEVER_LEFT:
		message_set(&finding->note, 0, "no INIT left this host");
		finding->hint = own_output;
		break;
	case PROOF_ICMP:
		note_icmp(path, finding);
		break;
	case PROOF_BAD_CHECKSUM:
		message_set(&finding->note, 0, "what came back has a bad SCTP checksum");
		finding->hint =
			"something on the way changes packets and not their CRC32c, or a "
			"card does not finish it: ethtool -K DEVICE tx-checksum-sctp off at "
			"the peer";
		break;
	case PROOF_WRONG_TAG:
		message_set(&finding->note, 0,
			    "what came back has a verification tag that is not of this attempt");
		finding->hint = "another host answers in its place (NAT, a load balancer), or an "
				"older association of the same ports does: tcpdump -vni any sctp";
		break;
	case PROOF_ELSEWHERE:
		message_set(&finding->note, 0, "%s answered the INIT instead",
			    address_host_text(&path->init_ack_from, text));
		finding->hint = "an answer has to come from the address that was asked: the peer's "
				"choice of a source address, or NAT on the way back, is wrong";
		break;
	case PROOF_ABORTED:
		note_abort(path, finding);
		break;
	case PROOF_NOT_TAKEN:
		note_stopped(path, state, finding);
		break;
	case PROOF_COOKIE_SILENT:
		message_set(&finding->note, 0, "answered the INIT, but not the COOKIE-ECHO");
		finding->hint = "a filter on the way may let INIT pass and no more, or drop the "
				"larger COOKIE-ECHO (path MTU); or the peer's accept queue is "
				"full, which not every stack says";
		break;
	case PROOF_COOKIE_ERROR:
		message_set(&finding->note, 0, "answered the COOKIE-ECHO with ERROR: %s",
			    cause_words(&path->error_cause, words));
		finding->hint = path->error_cause.code == CAUSE_STALE_COOKIE
					? "the way is slower than the peer's cookies live, or its "
					  "clock jumps: on Linux sysctl net.sctp.valid_cookie_life"
					: "the peer's log may say more";
		break;
	case PROOF_COOKIE_NOT_TAKEN:
		note_not_taken(path, finding, "COOKIE-ACK");
		break;
	case PROOF_SILENT:
		finding->hint =
			ledger->encapsulated
				? "the INIT left this host in UDP and nothing at all came back: the "
				  "host may be down, nobody may take that UDP port, or a filter on "
				  "the way, or the peer's own, may drop it; tcpdump -ni any udp at "
				  "the peer shows whether it arrives"
				: "the INIT left this host and nothing at all came back: the host "
				  "may be down, or a filter on the way, or the peer's own, may drop "
				  "SCTP (IP protocol 132); tcpdump -ni any sctp at the peer shows "
				  "whether it arrives";
		break;
	case PROOF_UP:
		/* Not before the next COOKIE-ECHO does the wire alone show it. */
		if (state != ASSOC_COOKIE_ECHOED)
			break;
		finding->kind = PROOF_COOKIE_NOT_TAKEN;
		note_not_taken(path, finding, "COOKIE-ACK");
		break;
	case PROOF_UNKNOWN:
	case PROOF_NOT_TRIED:
	case PROOF_ANSWERED:
		break;
	}
}

void finding_of_heartbeat(const struct ledger *ledger, const union address *peer, bool answered,
			  struct sighting *finding)
{
	const struct ledger_path *path = ledger_find(ledger, peer);
	const struct ledger_heartbeat *heartbeat = ledger_newest_answered(path);
	char text[ADDRESS_TEXT_MAX];

	*finding = (struct sighting){ .kind = PROOF_UNKNOWN };
	if (!path)
		return;
	if (heartbeat && !answered) {
		finding->kind = PROOF_NOT_TAKEN;
		message_set(
			&finding->note, 0,
			"the heartbeat's answer came back, but this host's SCTP did not get it");
		finding->hint = own_input;
	} else if (heartbeat && !address_equal(&heartbeat->from, &path->address)) {
		finding->kind = PROOF_ELSEWHERE;
		message_set(&finding->note, 0, "the answer comes from %s",
			    address_host_text(&heartbeat->from, text));
	} else if (heartbeat && strcmp(heartbeat->in, heartbeat->out) != 0) {
		finding->kind = PROOF_ELSEWHERE;
		message_set(&finding->note, 0, "the answer comes back on %s, not on %s",
			    heartbeat->in, heartbeat->out);
	} else if (answered || heartbeat) {
		return;
	} else if (!path->heartbeats.count && !ledger->lost) {
		finding->kind = PROOF_NEVER_LEFT;
		message_set(&finding->note, 0, "no heartbeat left this host");
		finding->hint = own_output;
	} else if (first_error(path)) {
		finding->kind = PROOF_ICMP;
		note_icmp(path, finding);
	} else if (path->bad_checksums.count) {
		finding->kind = PROOF_BAD_CHECKSUM;
		message_set(&finding->note, 0, "what comes back has a bad SCTP checksum");
	}
}
