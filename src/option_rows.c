/* SPDX-License-Identifier: MIT */
#include "option_rows.h"

#include <string.h>
#include <sys/socket.h>

#include "engine/settings.h"
#include "option_data.h"
#include "option_parameter.h"
#include "option_values.h"

#define TO(member_name) offsetof(struct options, member_name)

const struct option_row option_rows[ROWS] = {
	[ROW_ADDRESS] = { 'a', "address", "HOST[:PORT]", MODE_CONNECT, take_address, TO(addresses),
			  "Addresses",
			  "an address of the peer, or a name: all its\n"
			  "addresses; can be repeated" },
	[ROW_PORT] = { 'p', "port", "PORT", MODE_BOTH, take_text, TO(port), NULL,
		       "the port if HOST has none: a number, or\n"
		       "a service such as diameter, m3ua, s1ap, ngap" },
	[ROW_BIND] = { 'b', "bind", "HOST[:PORT]", MODE_BOTH, take_bind, TO(binds), NULL,
		       "a local address; can be repeated" },
	[ROW_IPV4] = { '4', "ipv4", NULL, MODE_BOTH, take_constant, TO(family), NULL,
		       "use only the IPv4 addresses of a name", .constant = AF_INET },
	[ROW_IPV6] = { '6', "ipv6", NULL, MODE_BOTH, take_constant, TO(family), NULL,
		       "use only the IPv6 addresses of a name", .constant = AF_INET6 },

	[ROW_NONBLOCK] = { 'n', "nonblock", NULL, MODE_CONNECT, take_false, TO(blocking),
			   "Connecting", "non-blocking connect, then poll (default)" },
	[ROW_BLOCKING] = { 'B', "blocking", NULL, MODE_CONNECT, take_true, TO(blocking), NULL,
			   "make the blocking call instead" },
	[ROW_ONE_TO_MANY] = { 'm', "one-to-many", NULL, MODE_CONNECT, take_constant, TO(style),
			      NULL, "use a SOCK_SEQPACKET socket, not SOCK_STREAM",
			      .constant = STACK_ONE_TO_MANY },
	[ROW_TIMEOUT] = { 'w', "timeout", "TIME", MODE_BOTH, take_time_us, TO(timeout_us), NULL,
			  "give up if not connected within TIME; when\n"
			  "listening: if a name is late (default 5s)" },
	[ROW_WAIT] = { 'W', "wait", "TIME", MODE_CONNECT, take_time_us, TO(wait_us), NULL,
		       "retry until connected, or until TIME is over" },
	[ROW_HOLD] = { 0, "hold", "TIME", MODE_BOTH, take_hold, TO(hold_us), NULL,
		       "how long the association must stay up to be\n"
		       "connected; 0: do not wait (default 200ms)" },
	[ROW_INIT_ATTEMPTS] = { 0, "init-attempts", "N", MODE_CONNECT, take_uint16,
				TO(init_attempts), NULL,
				"INIT retransmissions, over all addresses" },
	[ROW_INIT_TIMEOUT] = { 0, "init-timeout", "TIME", MODE_CONNECT, take_time_ms,
			       TO(init_timeout_ms), NULL,
			       "the longest wait for the answer to one INIT" },
	[ROW_RTO_INITIAL] = { 0, "rto-initial", "TIME", MODE_CONNECT, take_time_ms,
			      TO(rto_initial_ms), NULL,
			      "the wait before the next address is tried\n"
			      "(default 240ms if there are several)" },
	[ROW_OPTION] = { 'o', "option", "NAME=VALUE", MODE_BOTH, take_parameter, TO(parameters),
			 NULL,
			 "set a protocol parameter, such as RTO.Max=10s\n"
			 "or HB.interval=5s; can be repeated" },
	[ROW_OSTREAMS] = { 'O', "ostreams", "N", MODE_BOTH, take_uint16, TO(out_streams), NULL,
			   "outgoing streams to ask for" },
	[ROW_ISTREAMS] = { 'I', "istreams", "N", MODE_BOTH, take_uint16, TO(in_streams), NULL,
			   "incoming streams to allow" },
	[ROW_STACK] = { 's', "stack", "NAME", MODE_BOTH, take_stack, TO(stack), NULL,
			"auto, or a stack that --version lists\n"
			"(default auto)" },
	[ROW_UDP_ENCAPS] = { 'u', "udp-encaps", "[LOCAL:]REMOTE", MODE_BOTH, take_encaps, TO(udp),
			     NULL,
			     "encapsulate in UDP to this port (RFC 6951);\n"
			     "with --listen: the port to listen on" },

	[ROW_NO_PROBE] = { 0, "no-probe", NULL, MODE_CONNECT, take_true, TO(no_probe),
			   "Looking at the paths", "send no heartbeats to verify the paths" },
	[ROW_PROBE_TIMEOUT] = { 0, "probe-timeout", "TIME", MODE_CONNECT, take_time_us,
				TO(probe_timeout_us), NULL,
				"how long to wait for the answer of a path\n"
				"(default 1s)" },
	[ROW_REQUIRE] = { 'R', "require", "N|all", MODE_CONNECT, take_require, TO(require), NULL,
			  "how many paths must answer for exit status 0\n"
			  "(default 1)" },
	[ROW_LINKS] = { 0, "links", "N", MODE_CONNECT, take_number, TO(links), NULL,
			"how many links of this host they must use for\n"
			"exit status 0" },
	[ROW_NO_WITNESS] = { 0, "no-witness", NULL, MODE_CONNECT, take_true, TO(no_witness), NULL,
			     "do not capture this association's packets\n"
			     "(capturing them needs CAP_NET_RAW)" },
	[ROW_PCAP] = { 0, "pcap", "FILE", MODE_CONNECT, take_text, TO(pcap), NULL,
		       "write the packets to FILE, for wireshark; the\n"
		       "report rests on those with a comment" },
	[ROW_SNAPLEN] = { 0, "snaplen", "N", MODE_CONNECT, take_uint16, TO(snaplen), NULL,
			  "write only the first N bytes of each packet" },
	[ROW_EACH] = { 'e', "each", NULL, MODE_CONNECT, take_true, TO(each), NULL,
		       "also try each address alone, at the same time" },

	[ROW_TARGETS] = { 'T', "targets", "FILE", MODE_CONNECT, take_text, TO(targets),
			  "Many targets",
			  "each line is a target: NAME ADDRESS...\n"
			  "[OPTION]...; - is standard input" },
	[ROW_PARALLEL] = { 'P', "parallel", "N", MODE_CONNECT, take_number, TO(parallel), NULL,
			   "at most N attempts at a time (default 1000)" },
	[ROW_RATE] = { 0, "rate", "N", MODE_CONNECT, take_number, TO(rate), NULL,
		       "at most N new attempts a second" },
	[ROW_ONE_TO_ONE] = { 0, "one-to-one", NULL, MODE_CONNECT, take_true, TO(one_to_one), NULL,
			     "a socket for each target, not one for many" },

	[ROW_MONITOR] = { 'M', "monitor", "[TIME]", MODE_CONNECT, take_monitor, TO(monitor_us),
			  "Monitoring",
			  "stay connected and report every change of a\n"
			  "path, for TIME or until ^C" },
	[ROW_INTERVAL] = { 0, "interval", "TIME", MODE_CONNECT, take_interval, TO(interval_us),
			   NULL,
			   "the time between two heartbeats on a path\n"
			   "(default 1s)" },

	[ROW_SEND] = { 0, "send", "DATA", MODE_CONNECT, take_send, TO(sends), "Messages",
		       "send one message: text, hex:0100..., @FILE,\n"
		       "@- for standard input; can be repeated" },
	[ROW_EXPECT] = { 0, "expect", "N", MODE_CONNECT, take_expect, TO(expect), NULL,
			 "wait for N messages of the peer, and report\n"
			 "each; 0: none (default 1 with --send)" },
	[ROW_REPLY_TIMEOUT] = { 0, "reply-timeout", "TIME", MODE_CONNECT, take_time_us,
				TO(reply_timeout_us), NULL,
				"how long to wait for them (default 2s)" },
	[ROW_RELAY] = { 0, "relay", NULL, MODE_BOTH, take_relay, TO(relay), NULL,
			"send standard input to the peer, and write\n"
			"its messages to stdout; reports go to stderr" },
	[ROW_LINES] = { 0, "lines", NULL, MODE_BOTH, take_true, TO(lines), NULL,
			"with --relay: each line is one message" },
	[ROW_STREAM] = { 0, "stream", "N", MODE_BOTH, take_stream, TO(stream), NULL,
			 "send on stream N (default 0)" },
	[ROW_PPID] = { 0, "ppid", "N|NAME", MODE_BOTH, take_ppid, TO(ppid), NULL,
		       "the payload protocol: a number, or a name:\n"
		       "diameter, m3ua, s1ap, ngap, ... (default 0)" },
	[ROW_UNORDERED] = { 0, "unordered", NULL, MODE_BOTH, take_true, TO(unordered), NULL,
			    "send messages that may overtake others" },

	[ROW_LISTEN] = { 'l', "listen", NULL, MODE_LISTEN, take_constant, TO(action), "Listening",
			 "be the peer: accept, report, answer", .constant = ACTION_LISTEN },
	[ROW_ECHO] = { 0, "echo", NULL, MODE_LISTEN, take_constant, TO(drill), NULL,
		       "send every message back (default)", .constant = DRILL_ECHO },
	[ROW_REPLY] = { 0, "reply", "DATA", MODE_LISTEN, take_reply, TO(reply), NULL,
			"answer every message with DATA (see --send)" },
	[ROW_DISCARD] = { 0, "discard", NULL, MODE_LISTEN, take_constant, TO(drill), NULL,
			  "read messages, and send nothing", .constant = DRILL_DISCARD },
	[ROW_SILENT] = { 0, "silent", NULL, MODE_LISTEN, take_constant, TO(drill), NULL,
			 "accept, and never read", .constant = DRILL_SILENT },
	[ROW_CLOSE_AFTER] = { 0, "close-after", "TIME", MODE_LISTEN, take_time_us,
			      TO(close_after_us), NULL, "close each association after TIME" },
	[ROW_ABORT_AFTER] = { 0, "abort-after", "TIME[:TEXT]", MODE_LISTEN, take_abort_after,
			      TO(abort_after_us), NULL,
			      "abort each after TIME, with TEXT in the cause" },
	[ROW_COUNT] = { 0, "count", "N", MODE_BOTH, take_number, TO(count), NULL,
			"end after N associations; with --monitor:\n"
			"after N heartbeats on every path" },

	[ROW_SHOW] = { 0, "show", NULL, MODE_BOTH, take_constant, TO(action),
		       "Looking at this host",
		       "print the kernel's associations of all\n"
		       "programs; with --monitor, their changes, too",
		       .constant = ACTION_SHOW },

	[ROW_METRICS] = { 0, "metrics", "FILE", MODE_CONNECT, take_text, TO(metrics), "Output",
			  "write metrics for Prometheus: at the end, and\n"
			  "in each round of --monitor; - is stdout" },
	[ROW_JSON] = { 'j', "json", NULL, MODE_BOTH, take_constant, TO(format), NULL,
		       "print one JSON object per line", .constant = FORMAT_JSON },
	[ROW_QUIET] = { 'q', "quiet", NULL, MODE_BOTH, take_true, TO(quiet), NULL,
			"print nothing on stdout: see the exit status" },
	[ROW_VERBOSE] = { 'v', "verbose", NULL, MODE_BOTH, take_true, TO(verbose), NULL,
			  "report every step on stderr, with its time" },
	[ROW_COLOR] = { 0, "color", "WHEN", MODE_BOTH, take_color, TO(color), NULL,
			"auto, always or never (default auto)" },
	[ROW_NO_SANDBOX] = { 0, "no-sandbox", NULL, MODE_BOTH, take_true, TO(no_sandbox), NULL,
			     "keep the rights that this program gives up at\n"
			     "the start, for debuggers" },
	[ROW_EXPLAIN] = { 0, "explain", "NAME", MODE_BOTH, take_text, TO(explain), NULL,
			  "explain an errno, result, verdict or code:\n"
			  "its usual causes, and what to check" },
	[ROW_LIST] = { 0, "list", "WHAT", MODE_BOTH, take_list, TO(list), NULL,
		       "print options, services, ppids, names or\n"
		       "parameters, one per line, for completions" },
	[ROW_HELP] = { 'h', "help", NULL, MODE_BOTH, take_constant, TO(action), NULL,
		       "print this text", .constant = ACTION_HELP },
	[ROW_VERSION] = { 'V', "version", NULL, MODE_BOTH, take_constant, TO(action), NULL,
			  "print the version, and the stacks built in",
			  .constant = ACTION_VERSION },
};

bool option_is_optional(const struct option_row *row)
{
	size_t length = row->argument ? strlen(row->argument) : 0;

	return length && row->argument[0] == '[' && row->argument[length - 1] == ']';
}
