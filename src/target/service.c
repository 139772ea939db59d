/* SPDX-License-Identifier: MIT */
#include "target/service.h"

#include <strings.h>

#include "base/util.h"

struct service {
	const char *name;
	uint16_t port;
};

/*
 * All SCTP entries of IANA's Service Name and Transport Protocol Port Number Registry
 * (https://www.iana.org/assignments/service-names-port-numbers, state of May 2026) that have a name
 * and a port, then the names by which 3GPP and the RFCs call the protocols of some of them.
 */
static const struct service services[] = {
	/* clang-format off */
	{ "discard", 9 }, { "ftp-data", 20 }, { "ftp", 21 }, { "ssh", 22 }, { "http", 80 },
	{ "bgp", 179 }, { "https", 443 }, { "exp1", 1021 }, { "exp2", 1022 },
	{ "cisco-ipsla", 1167 }, { "norp", 1528 }, { "h323hostcall", 1720 }, { "nfs", 2049 },
	{ "rcip-itu", 2225 }, { "m2ua", 2904 }, { "m3ua", 2905 }, { "megaco-h248", 2944 },
	{ "h248-binary", 2945 }, { "itu-bicc-stc", 3097 }, { "m2pa", 3565 }, { "asap-sctp", 3863 },
	{ "asap-sctp-tls", 3864 }, { "diameter", 3868 }, { "aws-wsp", 4195 }, { "ahsp", 4333 },
	{ "a25-fap-fgw", 4502 }, { "trinity-dist", 4711 }, { "ipfix", 4739 }, { "ipfixs", 4740 },
	{ "sip", 5060 }, { "sips", 5061 }, { "car", 5090 }, { "cxtp", 5091 }, { "noteza", 5215 },
	{ "smbdirect", 5445 }, { "amqp", 5672 }, { "v5ua", 5675 }, { "diameters", 5868 },
	{ "ff-ice", 5903 }, { "ag-swim", 5904 }, { "asmgcs", 5905 }, { "rpas-c2", 5906 },
	{ "dsd", 5907 }, { "ipsma", 5908 }, { "agma", 5909 }, { "cm", 5910 }, { "cpdlc", 5911 },
	{ "fis", 5912 }, { "ads-c", 5913 }, { "ipsdtls", 5914 }, { "frc-hp", 6704 },
	{ "frc-mp", 6705 }, { "frc-lp", 6706 }, { "conductor-mpx", 6970 }, { "simco", 7626 },
	{ "nfapi", 7701 }, { "osvr", 7728 }, { "pim-port", 8471 }, { "lcs-ap", 9082 },
	{ "aurora", 9084 }, { "iua", 9900 }, { "enrp-sctp", 9901 }, { "enrp-sctp-tls", 9902 },
	{ "xcompute", 11235 }, { "wmereceiving", 11997 }, { "wmedistribution", 11998 },
	{ "wmereporting", 11999 }, { "sua", 14001 }, { "dnp-sec", 19999 }, { "dnp", 20000 },
	{ "nfsrdma", 20049 }, { "rna", 25471 }, { "sgsap", 29118 }, { "sbcap", 29168 },
	{ "iuhsctpassoc", 29169 }, { "rwp", 30100 }, { "s1-control", 36412 },
	{ "x2-control", 36422 }, { "slmap", 36423 }, { "nq-ap", 36424 }, { "m2ap", 36443 },
	{ "m3ap", 36444 }, { "xw-control", 36462 }, { "3gpp-w1ap", 37472 }, { "ng-control", 38412 },
	{ "xn-control", 38422 }, { "e1-interface", 38462 }, { "f1-control", 38472 },

	{ "asap", 3863 }, { "e1ap", 38462 }, { "enrp", 9901 }, { "f1ap", 38472 },
	{ "hnbap", 29169 }, { "ngap", 38412 }, { "s1ap", 36412 }, { "w1ap", 37472 },
	{ "x2ap", 36422 }, { "xnap", 38422 }, { "xwap", 36462 },
	/* clang-format on */
};

const char *service_name(size_t index)
{
	return index < ARRAY_SIZE(services) ? services[index].name : NULL;
}

uint16_t service_port(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (!strcasecmp(name, services[i].name))
			return services[i].port;
	return 0;
}
