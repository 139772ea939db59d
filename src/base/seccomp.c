/* SPDX-License-Identifier: MIT */
#include "base/seccomp.h"

#include <asm/unistd.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/seccomp_calls.h"
#include "base/util.h"

#ifndef SECCOMP_FILTER_FLAG_TSYNC
#define SECCOMP_FILTER_FLAG_TSYNC 1
#endif

/* 0: this processor is not known. */
#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#else
#define ARCHITECTURE 0
#endif

/* Where the low half of an argument is. */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n) + 4)
#else
#define ARGUMENT(n) (offsetof(struct seccomp_data, args) + 8 * (n))
#endif

#define ALLOW  SECCOMP_RET_ALLOW
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define ABSENT (SECCOMP_RET_ERRNO | ENOSYS)

/* Calls with a higher number are newer than the list. */
#define NUMBERS 451

/* What becomes of a call: one of the first three, or what rule FATE_RULES + n says. */
enum fate { FATE_REFUSE, FATE_ALLOW, FATE_ABSENT, FATE_RULES };

#define RULES_MAX  20
#define VALUES_MAX 12

/* A call is allowed if its argument, under the mask, is one of the values. */
struct rule {
	uint8_t argument;
	uint32_t mask;
	uint32_t values[VALUES_MAX];
	size_t count;
};

struct program {
	struct sock_filter *code;
	size_t length;
	bool too_long; /* a jump does not reach */
	bool look_up;
	struct rule rules[RULES_MAX];
	size_t rule_count;
	uint8_t fates[NUMBERS + 1]; /* by number; the last one is that of all above */
};

/* --- Which calls ------------------------------------------------------------------------------ */

static void set_fates(struct program *p, const uint16_t *numbers, size_t count, enum fate fate)
{
	for (size_t i = 0; i < count; i++)
		p->fates[numbers[i]] = (uint8_t)fate;
}

static void add_rule(struct program *p, int number, uint8_t argument, uint32_t mask,
		     const uint32_t *values, size_t count)
{
	struct rule *rule = &p->rules[p->rule_count];

	*rule = (struct rule){ .argument = argument, .mask = mask, .count = count };
	if (count)
		memcpy(rule->values, values, count * sizeof(*values));
	p->fates[number] = (uint8_t)(FATE_RULES + p->rule_count++);
}

#define ADD_RULE(p, number, argument, mask, ...)                               \
	add_rule(p, number, argument, mask, (const uint32_t[]){ __VA_ARGS__ }, \
		 sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

#define ALL_BITS UINT32_MAX
/* With O_RDWR, O_DIRECTORY makes a file without a name. */
#define O_MAKES (O_CREAT | O_TRUNC | (O_TMPFILE & ~O_DIRECTORY))
#define NAMESPACES                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_PTRACE | CLONE_UNTRACED | CLONE_PARENT)
#ifdef __s390x__
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* Files may be read; a look-up's child opens /dev/null for both. */
static void add_files(struct program *p, unsigned calls)
{
	const uint32_t bits = p->look_up ? O_MAKES : O_MAKES | O_ACCMODE;

	if (calls & CALLS_WRITE_FILES) {
		set_fates(p, calls_to_write, ARRAY_SIZE(calls_to_write), FATE_ALLOW);
		p->fates[__NR_openat] = FATE_ALLOW;
	} else {
		ADD_RULE(p, __NR_openat, 2, bits, 0);
	}
#ifdef __NR_open
	if (calls & CALLS_WRITE_FILES)
		p->fates[__NR_open] = FATE_ALLOW;
	else
		ADD_RULE(p, __NR_open, 1, bits, 0);
#endif
}

/* Memory with code, and processes, are for look-ups alone. */
static void add_processes(struct program *p)
{
	const uint32_t self = (uint32_t)getpid(), exec = p->look_up ? 0 : PROT_EXEC;

#ifdef __NR_mmap2
	ADD_RULE(p, __NR_mmap2, 2, exec, 0);
#else
	ADD_RULE(p, __NR_mmap, 2, exec, 0);
#endif
	ADD_RULE(p, __NR_mprotect, 2, exec, 0);
	if (p->look_up) {
		ADD_RULE(p, __NR_clone, CLONE_FLAGS, NAMESPACES, 0);
		ADD_RULE(p, __NR_kill, 1, ALL_BITS, SIGKILL);
	} else {
		ADD_RULE(p, __NR_clone, CLONE_FLAGS, NAMESPACES | CLONE_THREAD, CLONE_THREAD);
		ADD_RULE(p, __NR_kill, 0, ALL_BITS, self);
	}
#ifdef __NR_fork
	p->fates[__NR_fork] = p->look_up ? FATE_ALLOW : FATE_REFUSE;
#endif
	ADD_RULE(p, __NR_tkill, 0, ALL_BITS, self);
	ADD_RULE(p, __NR_tgkill, 0, ALL_BITS, self);
	ADD_RULE(p, __NR_prlimit64, 0, ALL_BITS, 0);
	ADD_RULE(p, __NR_prctl, 0, ALL_BITS, PR_SET_NAME, PR_SET_PDEATHSIG);
}

/* Terminals are asked for their size, not written to as if their user typed. */
static void add_ioctl(struct program *p)
{
	ADD_RULE(p, __NR_ioctl, 1, ALL_BITS, TCGETS, TCSETS, TIOCGWINSZ, TIOCGPGRP, FIONREAD,
		 FIONBIO, SIOCGIFNAME, SIOCGIFINDEX, SIOCGIFMTU, SIOCGIFFLAGS, SIOCGIFCONF,
		 SIOCGIFADDR);
}

static void choose_fates(struct program *p, unsigned calls)
{
	set_fates(p, calls_allowed, ARRAY_SIZE(calls_allowed), FATE_ALLOW);
	set_fates(p, calls_absent, ARRAY_SIZE(calls_absent), FATE_ABSENT);
	p->fates[NUMBERS] = FATE_ABSENT;
	add_files(p, calls);
	add_processes(p);
	add_ioctl(p);
	/* put_socket() and put_option() have more than one argument to look at. */
	ADD_RULE(p, __NR_socket, 0, ALL_BITS, AF_INET, AF_INET6, AF_PACKET);
	if (!(calls & CALLS_FILTERS))
		add_rule(p, __NR_setsockopt, 1, ALL_BITS, NULL, 0);
}

/* --- The filter ------------------------------------------------------------------------------- */

static void put(struct program *p, uint16_t code, size_t k, size_t jt, size_t jf)
{
	/* The last one is never reached: seccomp_program() gives up. */
	size_t at = MIN(p->length, SECCOMP_PROGRAM_MAX - 1);

	p->code[at] = (struct sock_filter){ code, (uint8_t)jt, (uint8_t)jf, (uint32_t)k };
	p->length = at + 1;
}

static void put_return(struct program *p, uint32_t what)
{
	put(p, BPF_RET | BPF_K, what, 0, 0);
}

static void put_load(struct program *p, size_t offset)
{
	put(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

/* A netlink socket by its protocol; one for local services by its type. */
static void put_socket(struct program *p)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 4);
	put_load(p, ARGUMENT(2));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, NETLINK_ROUTE, 8, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, NETLINK_XFRM, 7, 0);
	put_return(p, REFUSE);
	/* SOCK_DGRAM: the C library asks for names of interfaces, usrsctp_port.c has a name. */
	put(p, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 0, 4);
	put_load(p, ARGUMENT(1));
	put(p, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SOCK_DGRAM, 2, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, p->look_up ? SOCK_STREAM : SOCK_DGRAM, 1, 0);
	put_return(p, REFUSE);
	put_return(p, ALLOW);
}

/* A packet socket stays as the second process has made it. */
static void put_option(struct program *p)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SOL_SOCKET, 0, 5);
	put_load(p, ARGUMENT(2));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SO_ATTACH_FILTER, 6, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SO_DETACH_FILTER, 5, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SO_ATTACH_BPF, 4, 0);
	put_return(p, ALLOW);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SOL_PACKET, 0, 3);
	put_load(p, ARGUMENT(2));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, PACKET_AUXDATA, 1, 0);
	put_return(p, REFUSE);
	put_return(p, ALLOW);
}

/* Is it what the rule is about? */
static bool is_about(const struct program *p, const struct rule *rule, int number)
{
	return p->fates[number] >= FATE_RULES && rule == &p->rules[p->fates[number] - FATE_RULES];
}

static void put_rule(struct program *p, const struct rule *rule)
{
	put_load(p, ARGUMENT(rule->argument));
	if (rule->mask != ALL_BITS)
		put(p, BPF_ALU | BPF_AND | BPF_K, rule->mask, 0, 0);
	for (size_t i = 0; i < rule->count; i++) {
		put(p, BPF_JMP | BPF_JEQ | BPF_K, rule->values[i], 0, 1);
		put_return(p, ALLOW);
	}
	if (is_about(p, rule, __NR_socket))
		put_socket(p);
	else if (is_about(p, rule, __NR_setsockopt))
		put_option(p);
	else
		put_return(p, REFUSE);
}

static void put_fate(struct program *p, uint8_t fate)
{
	static const uint32_t what[] = {
		[FATE_REFUSE] = REFUSE, [FATE_ALLOW] = ALLOW, [FATE_ABSENT] = ABSENT
	};
	static_assert(ARRAY_SIZE(what) == FATE_RULES, "a fate without an action");

	if (fate < FATE_RULES)
		put_return(p, what[fate]);
	else
		put_rule(p, &p->rules[fate - FATE_RULES]);
}

/* starts: the first numbers of ranges with one fate. Splits them in halves, until one is left. */
static void put_ranges(struct program *p, const uint16_t *starts, size_t count)
{
	size_t half = count / 2, split = p->length;

	if (count == 1) {
		put_fate(p, p->fates[starts[0]]);
		return;
	}
	put(p, BPF_JMP | BPF_JGE | BPF_K, starts[half], 0, 0);
	put_ranges(p, starts, half);
	p->too_long |= p->length - split - 1 > UINT8_MAX;
	p->code[split].jt = (uint8_t)(p->length - split - 1);
	put_ranges(p, starts + half, count - half);
}

static void put_all(struct program *p)
{
	uint16_t starts[NUMBERS + 1] = { 0 };
	size_t count = 1;

	for (uint16_t i = 1; i <= NUMBERS; i++)
		if (p->fates[i] != p->fates[i - 1])
			starts[count++] = i;
	put_load(p, offsetof(struct seccomp_data, arch));
	put(p, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	put_return(p, REFUSE);
	put_load(p, offsetof(struct seccomp_data, nr));
	put_ranges(p, starts, count);
}

size_t seccomp_program(unsigned calls, struct sock_filter program[SECCOMP_PROGRAM_MAX])
{
	struct program p = { .code = program, .look_up = calls & CALLS_LOOK_UP };

	if (!ARCHITECTURE)
		return 0;
	choose_fates(&p, calls);
	put_all(&p);
	return p.too_long || p.length == SECCOMP_PROGRAM_MAX ? 0 : p.length;
}

int seccomp_available(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	if (!ARCHITECTURE)
		return -ENOSYS;
	return syscall(__NR_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0 ? -errno : 1;
}

int seccomp_confine(unsigned calls)
{
	struct sock_filter *code = xcalloc(SECCOMP_PROGRAM_MAX, sizeof(*code));
	struct sock_fprog program = { .len = (unsigned short)seccomp_program(calls, code),
				      .filter = code };
	/* Above 0: the thread that it could not be set for. */
	long rc = program.len ? syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER,
					SECCOMP_FILTER_FLAG_TSYNC, &program)
			      : -1;
	int error = program.len ? errno : ENOSYS;

	free(code);
	return rc < 0 ? -error : rc > 0 ? -EBUSY : 0;
}
