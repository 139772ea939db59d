/* SPDX-License-Identifier: MIT */
/* The system calls that this program needs, for seccomp.c alone. */
#ifndef BASE_SECCOMP_CALLS_H
#define BASE_SECCOMP_CALLS_H

#include <asm/unistd.h>
#include <stdint.h>

/* Whatever their arguments are. */
static const uint16_t calls_allowed[] = {
	/* descriptors that are open */
	__NR_read,
	__NR_write,
	__NR_readv,
	__NR_writev,
	__NR_pread64,
	__NR_pwrite64,
	__NR_close,
	__NR_fcntl,
	__NR_dup,
	__NR_dup3,
	__NR_pipe2,
	__NR_ftruncate,
	__NR_fsync,
	__NR_fdatasync,
	__NR_fstat,
	__NR_lseek,
	__NR_ppoll,
	__NR_pselect6,
	__NR_epoll_create1,
	__NR_epoll_ctl,
	__NR_epoll_pwait,
	__NR_eventfd2,
	__NR_timerfd_create,
	__NR_timerfd_settime,
	__NR_timerfd_gettime,
	__NR_signalfd4,
	/* files, where Landlock allows them */
	__NR_statx,
	__NR_readlinkat,
	__NR_faccessat,
	__NR_getdents64,
	__NR_getcwd,
	/* sockets */
	__NR_bind,
	__NR_connect,
	__NR_listen,
	__NR_accept4,
	__NR_getsockname,
	__NR_getpeername,
	__NR_getsockopt,
	__NR_setsockopt,
	__NR_sendto,
	__NR_sendmsg,
	__NR_sendmmsg,
	__NR_recvfrom,
	__NR_recvmsg,
	__NR_recvmmsg,
	__NR_shutdown,
	/* memory and threads */
	__NR_brk,
	__NR_munmap,
	__NR_mremap,
	__NR_madvise,
	__NR_futex,
	__NR_set_robust_list,
	__NR_get_robust_list,
	__NR_membarrier,
	__NR_sched_yield,
	__NR_sched_getaffinity,
	__NR_sched_getparam,
	__NR_sched_getscheduler,
	__NR_set_tid_address,
	__NR_exit,
	__NR_exit_group,
	__NR_wait4,
	__NR_waitid,
	/* time and signals */
	__NR_nanosleep,
	__NR_clock_nanosleep,
	__NR_clock_gettime,
	__NR_clock_getres,
	__NR_gettimeofday,
	__NR_getitimer,
	__NR_setitimer,
	__NR_rt_sigaction,
	__NR_rt_sigprocmask,
	__NR_rt_sigreturn,
	__NR_rt_sigsuspend,
	__NR_rt_sigtimedwait,
	__NR_rt_sigpending,
	__NR_sigaltstack,
	__NR_restart_syscall,
	/* about itself; rights can only be given up */
	__NR_getpid,
	__NR_gettid,
	__NR_getppid,
	__NR_getpgid,
	__NR_getsid,
	__NR_getuid,
	__NR_geteuid,
	__NR_getgid,
	__NR_getegid,
	__NR_getgroups,
	__NR_getresuid,
	__NR_getresgid,
	__NR_capget,
	__NR_capset,
	__NR_getrandom,
	__NR_uname,
	__NR_sysinfo,
	__NR_getrusage,
	__NR_times,
	__NR_getcpu,
/* not on every processor, or not in every kernel's headers */
#ifdef __NR_newfstatat
	__NR_newfstatat,
#endif
#ifdef __NR_open
	__NR_stat,
	__NR_lstat,
	__NR_access,
	__NR_readlink,
	__NR_getdents,
	__NR_dup2,
	__NR_pipe,
	__NR_poll,
	__NR_select,
	__NR_epoll_wait,
	__NR_epoll_create,
	__NR_getpgrp,
	__NR_alarm,
#endif
#ifdef __NR_time
	__NR_time,
#endif
#ifdef __NR_accept
	__NR_accept,
#endif
#ifdef __NR_socketcall /* the C library may use it instead, and its arguments cannot be read */
	__NR_socketcall,
#endif
#ifdef __NR_getrlimit
	__NR_getrlimit,
	__NR_setrlimit,
#endif
#ifdef __NR_faccessat2
	__NR_faccessat2,
#endif
#ifdef __NR_epoll_pwait2
	__NR_epoll_pwait2,
#endif
#ifdef __NR_close_range
	__NR_close_range,
#endif
#ifdef __NR_rseq
	__NR_rseq,
#endif
#ifdef __NR_arch_prctl
	__NR_arch_prctl,
#endif
#ifdef __NR_set_thread_area
	__NR_set_thread_area,
#endif
#ifdef __NR_sigreturn
	__NR_sigreturn,
#endif
#ifdef __NR_waitpid
	__NR_waitpid,
#endif
#ifdef __NR_ugetrlimit
	__NR_ugetrlimit,
#endif
#ifdef __NR__llseek /* 32 bits */
	__NR__llseek,
	__NR_fcntl64,
	__NR_fstat64,
	__NR_stat64,
	__NR_lstat64,
	__NR_fstatat64,
	__NR_ftruncate64,
	__NR__newselect,
	__NR_getuid32,
	__NR_geteuid32,
	__NR_getgid32,
	__NR_getegid32,
	__NR_getgroups32,
	__NR_getresuid32,
	__NR_getresgid32,
	__NR_clock_gettime64,
	__NR_clock_nanosleep_time64,
	__NR_clock_getres_time64,
	__NR_timerfd_settime64,
	__NR_timerfd_gettime64,
	__NR_ppoll_time64,
	__NR_pselect6_time64,
	__NR_recvmmsg_time64,
	__NR_futex_time64,
	__NR_rt_sigtimedwait_time64,
#endif
};

/* To write to. */
static const uint16_t calls_to_write[] = {
	__NR_unlinkat,
#ifdef __NR_open
	__NR_unlink,    __NR_rename,
#endif
#ifdef __NR_renameat
	__NR_renameat,
#endif
	__NR_renameat2,
};

/* The C library does without them. */
static const uint16_t calls_absent[] = {
#ifdef __NR_clone3
	__NR_clone3,
#endif
#ifdef __NR_openat2
	__NR_openat2,
#endif
};

#endif
