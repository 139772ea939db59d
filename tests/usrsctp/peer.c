/* SPDX-License-Identifier: MIT */
/*
 * peer UDP-PORT ADDRESS PORT [SIZE[:STREAM[:u]]]...: an independent usrsctp program. Connects
 * in UDP encapsulation, prints "up", sends a message of each SIZE on STREAM (u: unordered), and
 * prints of each echo "SIZE STREAM PPID [u]", or "differs". Then it waits until the other end
 * closes and prints how: "shutdown" or "abort". Exits 1 when it cannot connect. With "part" instead
 * of a SIZE it sends the beginning of a message whose end never comes, waits for a line on stdin,
 * and ends with an ABORT.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usrsctp.h>

#define SIZE_MAX_SENT (4 << 20)
#define PART_SIZE     200000

static struct socket *s;
static unsigned char out[SIZE_MAX_SENT], in[SIZE_MAX_SENT];

/* One whole message: its size, or 0 at the end; *info says of which stream. */
static size_t receive(struct sctp_rcvinfo *info)
{
	size_t length = 0;

	for (;;) {
		socklen_t size = sizeof(*info);
		unsigned type;
		int flags = 0;
		ssize_t got = usrsctp_recvv(s, in + length, sizeof(in) - length, NULL, NULL, info,
					    &size, &type, &flags);

		if (got <= 0)
			return 0;
		length += (size_t)got;
		if (flags & MSG_EOR)
			return length;
	}
}

static void echo(const char *text)
{
	struct sctp_sndinfo to = { .snd_ppid = htonl(47) };
	struct sctp_rcvinfo from = { 0 };
	char *end;
	size_t size = strtoul(text, &end, 10), got;

	if (*end == ':')
		to.snd_sid = (uint16_t)strtoul(end + 1, &end, 10);
	if (!strcmp(end, ":u"))
		to.snd_flags = SCTP_UNORDERED;
	for (size_t i = 0; i < size; i++)
		out[i] = (unsigned char)(i * 31 + i / 251);
	if (usrsctp_sendv(s, out, size, NULL, 0, &to, sizeof(to), SCTP_SENDV_SNDINFO, 0) < 0) {
		perror("send");
		exit(1);
	}
	got = receive(&from);
	if (got != size || memcmp(in, out, size) != 0)
		printf("differs: %zu\n", got);
	else
		printf("%zu %u %u%s\n", got, from.rcv_sid, ntohl(from.rcv_ppid),
		       from.rcv_flags & SCTP_UNORDERED ? " u" : "");
}

/* The library may send what ends the association only after usrsctp_close(). */
static void finish(void)
{
	usrsctp_close(s);
	for (int i = 0; i < 100 && usrsctp_finish() != 0; i++)
		usleep(5000);
}

static void part(void)
{
	struct sctp_sndinfo to = { .snd_ppid = htonl(47) };
	struct linger at_once = { .l_onoff = 1 };
	int on = 1;

	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_EXPLICIT_EOR, &on, sizeof(on));
	usrsctp_setsockopt(s, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	if (usrsctp_sendv(s, out, PART_SIZE, NULL, 0, &to, sizeof(to), SCTP_SENDV_SNDINFO, 0) < 0)
		perror("send");
	puts("part");
	getchar();
	finish();
	exit(0);
}

int main(int argc, char *argv[])
{
	struct sockaddr_in peer = { .sin_family = AF_INET };
	struct sctp_udpencaps encaps = { .sue_address.ss_family = AF_INET };
	int on = 1, buffer = SIZE_MAX_SENT;
	struct sctp_rcvinfo info;

	if (argc < 4)
		return 2;
	usrsctp_init((uint16_t)(20000 + getpid() % 20000), NULL, NULL);
	usrsctp_sysctl_set_sctp_no_csum_on_loopback(0);
	s = usrsctp_socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP, NULL, NULL, 0, NULL);
	encaps.sue_port = htons((uint16_t)atoi(argv[1]));
	inet_pton(AF_INET, argv[2], &peer.sin_addr);
	peer.sin_port = htons((uint16_t)atoi(argv[3]));
	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
	usrsctp_setsockopt(s, IPPROTO_SCTP, SCTP_RECVRCVINFO, &on, sizeof(on));
	usrsctp_setsockopt(s, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	usrsctp_setsockopt(s, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (usrsctp_connect(s, (struct sockaddr *)&peer, sizeof(peer)) < 0) {
		perror("connect");
		return 1;
	}
	puts("up");
	for (int i = 4; i < argc; i++)
		if (!strcmp(argv[i], "part"))
			part();
		else
			echo(argv[i]);
	errno = 0;
	if (receive(&info))
		puts("more than was sent");
	else
		puts(errno ? "abort" : "shutdown");
	finish();
	return 0;
}
