/* SPDX-License-Identifier: MIT */
#include "packet/ppid.h"

#include <strings.h>

#include "base/util.h"

/*
 * IANA's registry of SCTP Payload Protocol Identifiers
 * (https://www.iana.org/assignments/sctp-parameters), in the spelling of its services, and then
 * other names of some of them.
 */
static const struct {
	const char *name;
	uint32_t ppid;
} names[] = {
	/* clang-format off */
	{ "iua", 1 }, { "m2ua", 2 }, { "m3ua", 3 }, { "sua", 4 }, { "m2pa", 5 }, { "v5ua", 6 },
	{ "h248", 7 }, { "bicc", 8 }, { "tali", 9 }, { "dua", 10 }, { "asap", 11 }, { "enrp", 12 },
	{ "h323", 13 }, { "qipc", 14 }, { "simco", 15 }, { "ddp-segment", 16 },
	{ "ddp-session", 17 }, { "s1ap", 18 }, { "rua", 19 }, { "hnbap", 20 }, { "forces-hp", 21 },
	{ "forces-mp", 22 }, { "forces-lp", 23 }, { "sbcap", 24 }, { "nbap", 25 }, { "x2ap", 27 },
	{ "ircp", 28 }, { "lcs-ap", 29 }, { "mpich2", 30 }, { "sabp", 31 }, { "fgp", 32 },
	{ "ppp", 33 }, { "calcapp", 34 }, { "ssp", 35 }, { "npmp-control", 36 },
	{ "npmp-data", 37 }, { "echo", 38 }, { "discard", 39 }, { "daytime", 40 },
	{ "chargen", 41 }, { "rna", 42 }, { "m2ap", 43 }, { "m3ap", 44 }, { "ssh", 45 },
	{ "diameter", 46 }, { "diameter-dtls", 47 }, { "r14p", 48 }, { "gdt", 49 },
	{ "webrtc-dcep", 50 }, { "webrtc-string", 51 }, { "webrtc-binary-partial", 52 },
	{ "webrtc-binary", 53 }, { "webrtc-string-partial", 54 }, { "pua", 55 },
	{ "webrtc-string-empty", 56 }, { "webrtc-binary-empty", 57 }, { "xwap", 58 },
	{ "xw-control", 59 }, { "ngap", 60 }, { "xnap", 61 }, { "f1ap", 62 }, { "http", 63 },
	{ "e1ap", 64 }, { "ele2", 65 }, { "ngap-dtls", 66 }, { "xnap-dtls", 67 },
	{ "f1ap-dtls", 68 }, { "e1ap-dtls", 69 }, { "e2-cp", 70 }, { "e2-up", 71 },
	{ "e2-du", 72 }, { "w1ap", 73 },

	{ "h.248", 7 }, { "megaco", 7 }, { "h.323", 13 }, { "sbc-ap", 24 }, { "lcsap", 29 },
	{ "diameters", 47 },
	/* clang-format on */
};

const char *ppid_name(uint32_t ppid)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].ppid == ppid)
			return names[i].name;
	return NULL;
}

bool ppid_named(const char *name, uint32_t *ppid)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcasecmp(name, names[i].name))
			continue;
		*ppid = names[i].ppid;
		return true;
	}
	return false;
}

const char *ppid_list(size_t index)
{
	return index < ARRAY_SIZE(names) ? names[index].name : NULL;
}
