/* SPDX-License-Identifier: MIT */
#include "confine.h"

#include <linux/capability.h>
#include <string.h>

#include "base/broker.h"
#include "base/names.h"
#include "base/privilege.h"
#include "base/sandbox.h"
#include "host/ipsec.h"
#include "witness/capture.h"
#include "witness/packet_socket.h"

static bool makes_file(const struct options *options)
{
	return options->metrics && strcmp(options->metrics, "-") != 0;
}

/*
 * A filter of calls costs a fifth of a plain connect on the kernel's stack, a second process two
 * fifths, and Landlock, which forbids other files and programs, a fiftieth. So the first two are
 * for what stays, and for what reads the peer's packets itself.
 */
static bool is_lasting(const struct confined *c)
{
	const struct options *options = c->options;

	return options->action != ACTION_CONNECT || options->monitor || options->relay ||
	       options->targets || !c->stack || !c->stack->in_kernel;
}

/* What is needed after the sandbox is closed, in this process or in a second one. */
static uint32_t network_capabilities(const struct confined *c)
{
	if (c->options->action == ACTION_SHOW || !c->stack)
		return 0;
	/* A longer buffer for an answer. What it hears of is not asked about. */
	if (c->options->action == ACTION_LISTEN)
		return c->stack->in_kernel ? PRIVILEGE(CAP_NET_ADMIN) : 0;
	/* Without the packets seen there are no large ones, and ICMP is the kernel's own. */
	if (c->options->no_witness && c->stack->in_kernel)
		return PRIVILEGE(CAP_NET_ADMIN);
	return PRIVILEGES_OF_PACKETS;
}

/*
 * Of network_capabilities(), what this process keeps. If there is no second one, whoever takes it
 * over could change routes and filters: then IPsec is not asked about, and buffers are shorter.
 */
static uint32_t kept(const struct confined *c, int brokered)
{
	if (brokered > 0)
		return 0;
	return brokered < 0 ? network_capabilities(c) & PRIVILEGE(CAP_NET_RAW)
			    : network_capabilities(c);
}

/*
 * What this process needs itself. One with rights of its own has privilege_keep_network() behind
 * it.
 */
static uint32_t capabilities(const struct confined *c, int brokered)
{
	const struct stack_encaps *udp = &c->options->udp;
	const bool raw = c->stack && !c->stack->in_kernel && !udp->local && !udp->remote;
	uint32_t all = kept(c, brokered);

	/* The folder of the file may be another user's. */
	if (makes_file(c->options))
		all |= PRIVILEGE(CAP_DAC_OVERRIDE);
	/* Whose sockets they are is not shown to everyone. */
	if (c->options->action == ACTION_SHOW)
		all |= PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH);
	if (c->low_ports)
		all |= PRIVILEGE(CAP_NET_BIND_SERVICE);
	/* The library opens its sockets itself, and then it gives this up (usrsctp_library.c). */
	return raw ? all | PRIVILEGE(CAP_NET_RAW) : all;
}

/* What this run has to hear, by its options: for the second process, which copies it. */
static struct {
	bool udp;
	uint32_t data_bytes;
} heard;

/* As packet_socket_program(). Whoever has taken over the first process hears no more than that. */
static size_t filter_program(const void *asked, size_t length, struct sock_filter *code)
{
	struct packet_socket_hears hears;

	if (length != sizeof(hears))
		return 0;
	memcpy(&hears, asked, length);
	if (hears.data_bytes > heard.data_bytes ||
	    (!heard.udp && (hears.ports.udp_local || hears.ports.udp_remote)))
		return 0;
	return packet_socket_program(asked, length, code);
}

int confine(const struct confined *c, struct timeline *timeline, struct message *why)
{
	const struct options *options = c->options;
	struct sandbox_needs needs = {
		.lasting = is_lasting(c),
		.look_ups = c->look_ups,
		.processes = options->action == ACTION_SHOW,
		.replaced = makes_file(options) ? options->metrics : NULL,
	};
	const struct broker_duties duties = { ipsec_answer, filter_program, c->udp };
	struct sandbox sandbox;
	struct message text;
	int rc, brokered = 0;

	if (options->no_sandbox) {
		timeline_note(timeline, "sandbox: none (--no-sandbox)");
		return STATUS_OK;
	}
	heard.udp = c->udp;
	heard.data_bytes = options->capture ? capture_snaplen(options->capture) : 0;
	if (needs.lasting)
		brokered = broker_start(network_capabilities(c), &duties);
	needs.filters = brokered < 0;
	needs.capabilities = capabilities(c, brokered);
	rc = sandbox_enter(&needs, &sandbox);
	if (rc < 0)
		return message_set(why, STATUS_HOST, "capabilities (capget, capset): %s",
				   errno_name(-rc));
	if (!timeline->verbose)
		return STATUS_OK;
	timeline_note(timeline, "sandbox: %s", sandbox_text(&sandbox, &text));
	if (brokered > 0)
		timeline_note(timeline, "sandbox: a second process has %s",
			      sandbox_capabilities((uint32_t)brokered, &text));
	else if (brokered < 0)
		timeline_note(timeline, "sandbox: no second process (%s)", errno_name(-brokered));
	return STATUS_OK;
}
