/* SPDX-License-Identifier: MIT */
/*
 * The protocol's numbers (RFC 9260), and this program's numbers for their meaning. No SCTP header
 * is included here.
 */
#ifndef PACKET_SCTP_H
#define PACKET_SCTP_H

enum chunk_type {
	CHUNK_DATA = 0,
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_SACK = 3,
	CHUNK_HEARTBEAT = 4,
	CHUNK_HEARTBEAT_ACK = 5,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_ERROR = 9,
	CHUNK_COOKIE_ECHO = 10,
	CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14,
	CHUNK_I_DATA = 64,
	CHUNK_PAD = 0x84, /* RFC 4820 */
};

/* Sizes in bytes (RFC 9260 section 3, RFC 768, RFC 792), and where the checksum is in the header.
 */
#define SCTP_HEADER   12
#define SCTP_CHECKSUM 8
#define SCTP_PORTS    4
#define CHUNK_HEADER  4
#define UDP_HEADER    8
#define ICMP_HEADER   8

/* In ABORT and SHUTDOWN-COMPLETE: the tag is that of the packet that it answers. */
#define CHUNK_FLAG_T 1

/* RFC 9260 section 3.3.10, RFC 4895 section 4.1. */
enum cause_code {
	CAUSE_INVALID_STREAM = 1,
	CAUSE_MISSING_PARAMETER = 2,
	CAUSE_STALE_COOKIE = 3,
	CAUSE_OUT_OF_RESOURCE = 4,
	CAUSE_UNRESOLVABLE_ADDRESS = 5,
	CAUSE_UNKNOWN_CHUNK = 6,
	CAUSE_INVALID_PARAMETER = 7,
	CAUSE_UNKNOWN_PARAMETERS = 8,
	CAUSE_NO_USER_DATA = 9,
	CAUSE_SHUTTING_DOWN = 10,
	CAUSE_NEW_ADDRESSES = 11,
	CAUSE_USER_ABORT = 12,
	CAUSE_PROTOCOL_VIOLATION = 13,
	CAUSE_UNSUPPORTED_HMAC = 0x105,
};

/* RFC 9260 section 4; SCTP_STATUS of RFC 6458 section 8.2.1. */
enum stack_assoc_state {
	ASSOC_CLOSED,
	ASSOC_COOKIE_WAIT,
	ASSOC_COOKIE_ECHOED,
	ASSOC_ESTABLISHED,
	ASSOC_SHUTDOWN_PENDING,
	ASSOC_SHUTDOWN_SENT,
	ASSOC_SHUTDOWN_RECEIVED,
	ASSOC_SHUTDOWN_ACK_SENT,
	ASSOC_STATE_COUNT,
};

enum stack_extension {
	EXTENSION_PR_SCTP = 1 << 0,   /* RFC 3758 */
	EXTENSION_AUTH = 1 << 1,      /* RFC 4895 */
	EXTENSION_ASCONF = 1 << 2,    /* RFC 5061 */
	EXTENSION_RE_CONFIG = 1 << 3, /* RFC 6525 */
	EXTENSION_I_DATA = 1 << 4,    /* RFC 8260 */
	EXTENSION_ECN = 1 << 5,       /* RFC 9260 appendix A */
	EXTENSION_END = 1 << 6,       /* no extension: the bit after the last one */
};

#endif
