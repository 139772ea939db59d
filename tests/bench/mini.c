/* SPDX-License-Identifier: MIT */
/*
 * The smallest program that makes the system calls of `sctp-connect -a A:PORT -a B -a C` and prints
 * as many facts: what the calls themselves cost, for `make bench` to compare with.
 * mini PORT ADDRESS...
 *
 * mini listen PORT ADDRESS...: a peer that costs nothing but its kernel's work. It listens there on
 * a one-to-many socket, on which associations come and go by themselves, prints a line, and sleeps.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/sctp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PEERS_MAX 8

static void get(int fd, int option, void *value, socklen_t size)
{
	getsockopt(fd, IPPROTO_SCTP, option, value, &size);
}

static void wait_event(int fd)
{
	static char buffer[2048];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct timespec left = { .tv_sec = 5 };
	sigset_t none;

	sigemptyset(&none);
	ppoll(&p, 1, &left, &none);
	recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
	recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
}

static void block_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGALRM, SIGPIPE };
	struct sigaction action = { .sa_handler = SIG_IGN };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		sigaddset(&set, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void report(int fd, sctp_assoc_t id)
{
	static const int extensions[] = { SCTP_PR_SUPPORTED,           SCTP_AUTH_SUPPORTED,
					  SCTP_ASCONF_SUPPORTED,       SCTP_RECONFIG_SUPPORTED,
					  SCTP_INTERLEAVING_SUPPORTED, SCTP_ECN_SUPPORTED };
	struct sctp_status status = { .sstat_assoc_id = id };
	struct sctp_assoc_value value = { .assoc_id = id };
	struct sockaddr *peers, *local;
	struct sockaddr_in *peer;
	int count;

	get(fd, SCTP_STATUS, &status, sizeof(status));
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++)
		get(fd, extensions[i], &value, sizeof(value));
	count = sctp_getpaddrs(fd, id, &peers);
	get(fd, SCTP_STATUS, &status, sizeof(status));
	printf("association %d, streams %u out %u in\n", status.sstat_assoc_id,
	       status.sstat_outstrms, status.sstat_instrms);
	peer = (struct sockaddr_in *)peers;
	for (int i = 0; i < count; i++) {
		struct sctp_paddrinfo info = { .spinfo_assoc_id = id };

		*(struct sockaddr_in *)&info.spinfo_address = peer[i];
		get(fd, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info));
		printf("%s rto %u mtu %u\n", inet_ntoa(peer[i].sin_addr), info.spinfo_rto,
		       info.spinfo_mtu);
	}
	sctp_getladdrs(fd, id, &local);
	fflush(stdout);
}

static void read_addresses(struct sockaddr_in *list, const char *port, char *const text[],
			   int count)
{
	for (int i = 0; i < count; i++) {
		list[i].sin_family = AF_INET;
		list[i].sin_port = htons((unsigned short)atoi(port));
		inet_pton(AF_INET, text[i], &list[i].sin_addr);
	}
}

static int listen_for_ever(struct sockaddr_in *local, int count)
{
	int fd = socket(AF_INET, SOCK_SEQPACKET | SOCK_CLOEXEC, IPPROTO_SCTP);

	if (sctp_bindx(fd, (struct sockaddr *)local, count, SCTP_BINDX_ADD_ADDR) < 0 ||
	    listen(fd, 8) < 0) {
		perror("mini listen");
		return 1;
	}
	puts("listening");
	fflush(stdout);
	for (;;)
		pause();
}

int main(int argc, char *argv[])
{
	struct sctp_event_subscribe events = { .sctp_data_io_event = 1,
					       .sctp_association_event = 1,
					       .sctp_address_event = 1,
					       .sctp_peer_error_event = 1,
					       .sctp_shutdown_event = 1 };
	struct sctp_initmsg init = { .sinit_max_attempts = 65535 };
	struct sctp_rtoinfo rto = { .srto_initial = 250 };
	struct sockaddr_in addresses[PEERS_MAX] = { 0 };
	int first = argc > 1 && !strcmp(argv[1], "listen") ? 3 : 2;
	sctp_assoc_t id = 0;
	int count = argc - first, fd;

	if (count < 1 || count > PEERS_MAX)
		return 2;
	read_addresses(addresses, argv[first - 1], argv + first, count);
	if (first == 3)
		return listen_for_ever(addresses, count);
	block_signals();
	close(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP));
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_SCTP);
	setsockopt(fd, IPPROTO_SCTP, SCTP_EVENTS, &events, sizeof(events));
	setsockopt(fd, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof(init));
	setsockopt(fd, IPPROTO_SCTP, SCTP_RTOINFO, &rto, sizeof(rto));
	sctp_connectx(fd, (struct sockaddr *)addresses, count, &id);
	wait_event(fd);
	report(fd, id);
	shutdown(fd, SHUT_WR);
	wait_event(fd);
	close(fd);
	return 0;
}
