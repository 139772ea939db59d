# SPDX-License-Identifier: MIT
"""
With which errnos a call fails: EPERM, which stands for all that the program does not look at, and those that this
call can have, and that the program, libc or usrsctp may treat in their own way.
"""
RECEIVING = {"recvmsg", "recvfrom", "accept4"}
SENDING = {"sendmsg", "sendto", "sendmmsg"}
MAKING = {"socket", "eventfd2", "epoll_create1", "timerfd_create", "pipe2", "openat"}
WAITING = {"ppoll", "poll", "epoll_wait", "wait4"}
STARTING = {"clone", "clone3"}
MAPPING = {"mmap", "mremap", "mprotect"}
NAMING = {"bind", "listen", "connect", "setsockopt", "getsockopt"}

WITH = {
    "EINTR": RECEIVING | SENDING | WAITING | {"read", "write", "writev", "openat", "getrandom"},
    "EAGAIN": RECEIVING | SENDING | STARTING | {"read", "mmap"},
    "ENOMEM": RECEIVING | SENDING | MAKING | WAITING | STARTING | MAPPING | NAMING | {"ioctl", "epoll_ctl",
                                                                                      "newfstatat"},
    "ENOBUFS": RECEIVING | SENDING | NAMING | {"socket", "ioctl"},
    "EMFILE": MAKING | {"accept4", "dup2"},
    "EIO": {"read", "write", "writev", "openat", "newfstatat", "ioctl", "close", "recvmsg", "sendmsg", "fcntl"},
    "EACCES": SENDING | {"socket", "openat", "bind", "connect"},
}


def errnos_of(call):
    return ["EPERM"] + [errno for errno, calls in WITH.items() if call in calls]
