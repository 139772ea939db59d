/* SPDX-License-Identifier: MIT */
/* What to check in more than one case: for the tables of words.c and explanations.c. */
#ifndef REPORT_CHECKS_H
#define REPORT_CHECKS_H

#define CHECK_WIRE     "tcpdump -ni any sctp or icmp or icmp6, here and on the peer"
#define CHECK_FIREWALL "nft list ruleset; iptables -S: do they pass IP protocol 132 (sctp)?"

#endif
