# SPDX-License-Identifier: MIT
"""The outcome of a run of the program, and whether it is right when a system call has failed."""
import errno as errnos
import hashlib
import json
import os
import re
import signal

# Far more than threads that wake up a hundred times a second make, and far fewer than a loop without a wait.
CALLS_PER_SECOND = 4000
# Far more than the looks for the answer to a heartbeat, whose pauses grow with the time it is late.
POLLS_PER_SECOND = 300

# Memory that libc could not get: it tells its callers only that.
MEMORY = {"mmap", "mremap", "munmap", "mprotect", "madvise"}
# What files are used with, and what the witness uses its socket with.
FILES = {"openat", "read", "write", "writev", "close", "fcntl", "lseek", "newfstatat", "fchmod", "ftruncate", "rename",
         "unlink"}
WITNESS = {"socket", "setsockopt", "bind", "recvmsg", "recvfrom", "ioctl", "mmap"}
# What a call may be called in a report, beside its own name: libsctp's and libc's functions.
ADDRESSES = "getifaddrs"
ALSO = {
    "getsockopt": "sctp_|SCTP_|SO_", "setsockopt": "sctp_|SCTP_|SO_|bind", "rt_sigaction": "sigaction",
    "rt_sigprocmask": "sigprocmask",
    "openat": "open", "newfstatat": "stat", "read": "accept",
    "clone3": "pthread_create|thread|fork", "clone": "pthread_create|thread|fork", "pread64": "pread", "pipe2": "pipe",
    "sendmsg": "send|not-echoed", "sendmmsg": "send", "sendto": "send|" + ADDRESSES, "recvmsg": "recv|receive|" + ADDRESSES,
    "recvfrom": "recv|receive|" + ADDRESSES, "getsockname": ADDRESSES, "ioctl": ADDRESSES,
    "bind": "sctp_bindx|" + ADDRESSES, "socket": ADDRESSES, "ppoll": "poll", "accept4": "accept",
    "eventfd2": "eventfd|accept", "epoll_create1": "epoll_create|accept", "epoll_ctl": "accept",
    "write": "standard output|stdout|written", "writev": "standard output|stdout|written",
}


class Run:
    """What came of one run: of the program alone, or with a failing call."""

    def __init__(self):
        self.status = None
        self.out = self.err = ""  # with --relay, its reports take the place of its output
        self.relayed = ""
        self.standing = None  # the port of the association that another program has
        self.files = {}  # by the option that writes them: what is in them, in short
        self.hung = False
        self.ended_by_us = False  # a listener whose client has gone, and that still waits
        self.left = ""
        self.calls = 0  # of those that were traced
        self.polls = 0
        self.seconds = 0
        self.cpu = 0  # seconds
        self.injected = 0
        self.log = ""

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def forget_others(self):
        """--show: the exit status is also about the paths of other runs' associations, which there may be."""
        bad = set(re.findall(r"(?m)^ +[\d.]+:(\d+) +(?!active| )", self.out))
        bad |= set(re.findall(r'"port":(\d+),"state":"(?!active)', self.out))
        if self.status == 5 and bad and str(self.standing) not in bad:
            self.status = 0
            self.out = self.out.replace('"exit_status":5', '"exit_status":0')

    def signature(self):
        """All that must be the same with and without a failure that did not matter."""
        try:
            lines = self.lines()
        except ValueError:
            return ("broken JSON", ())
        if lines:
            return (self.status,) + tuple(sorted(({self.signature_of(line) for line in lines} - {None}) |
                                                 {("beside", what) for what in self.beside()}, key=str))
        words = set(re.findall(r"\b(connected|degraded|closed|refused|timeout|unreachable|aborted|unresolved|failed|"
                               r"unsupported|verified|dead|unverified|rejected|silent|tried|untried|excluded|"
                               r"listening|up|down|served|signal)\b", self.out))
        if "listening" in words:
            words.discard("unverified")  # of no path, where the client has gone by then
        return (self.status, tuple(sorted(words)) + self.beside())

    def beside(self):
        """What was written elsewhere."""
        relayed = "%d bytes, %s" % (len(self.relayed), hashlib.sha1(self.relayed.encode()).hexdigest()[:8])
        return tuple("%s: %s" % what for what in
                     [("relayed", relayed if self.relayed else "")] + sorted(self.files.items()) if what[1])

    def signature_of(self, line):
        paths = paths_of(line)
        if line.get("event") in ("round", "path", "message"):
            return ("", "")  # how many there are, and in which order, is a matter of time
        if line.get("event") in ("present", "new", "changed", "gone"):
            if line["paths"] and line["paths"][0]["port"] == self.standing:
                return (line["event"], line["state"], paths_of(line))
            return None  # of another run, if there is one at the time
        if line.get("event") in ("shown", "relayed", "summary"):
            return (line["event"], line["exit_status"], str(line.get("results")),
                    *(line.get(key) for key in ("messages_sent", "bytes_unsent", "bytes_received")))
        each = tuple((e["address"], e["result"]) for e in line.get("each") or [])
        if "event" in line:
            # Whose SHUTDOWN comes first, if both ends have nothing more to send, is a matter of time.
            reason = re.sub("^closed by (the peer|this end)$", "closed" if self.relayed else r"\g<0>",
                            line.get("reason") or "")
            return (line["event"], reason, line.get("exit_status"), paths if line["event"] == "end" else ())
        exchange = tuple((line.get("exchange") or {}).get(key) for key in ("messages_sent", "replies"))
        return ("result", line["result"], line["exit_status"], paths, each, line.get("name"), exchange)

    def text(self):
        return self.out + self.err


def ended_badly(run):
    if run.hung:
        return "did not end"
    if run.status < 0 or run.status in (128 + signal.SIGSEGV, 128 + signal.SIGABRT, 128 + signal.SIGFPE,
                                        128 + signal.SIGBUS, 128 + signal.SIGKILL, 128 + signal.SIGALRM):
        return "crashed: status %d: %s" % (run.status, said(run))
    return None


def paths_of(line):
    return tuple(sorted((p["address"], p.get("verdict")) for p in line.get("paths") or []))


def is_busy(run, cpu_most):
    """It took much more of a processor than undisturbed."""
    return run.cpu > 0.3 + 3 * cpu_most + 0.25 * run.seconds


def judge(run, scenario, known, call, form, errno, calls_most, polls_most, cpu_most):
    """None when the report is right, else what is wrong with it. The most: of that call, or ppoll(), undisturbed."""
    wrong = ended_badly(run)
    if wrong:
        return wrong
    # malloc() takes a mapping for each piece where its heap cannot grow.
    if call not in MEMORY and run.calls > 3 * calls_most + CALLS_PER_SECOND * run.seconds:
        return "calls in a circle: %d, of %d" % (run.calls, calls_most)
    # An emulated processor is always busy.
    if os.environ["STACK"] == "usrsctp" and is_busy(run, cpu_most):
        return "a circle without a wait: %.2f s of processor time, of %.2f s" % (run.cpu, run.seconds)
    # Threads that cannot wait look again and again, with a pause.
    if run.polls > 3 * polls_most + POLLS_PER_SECOND * (run.seconds + (1 if call == "ppoll" else 0)):
        return "a circle of polls: %d, of %d" % (run.polls, polls_most)
    # Where no packet leaves any more, the peer cannot be told.
    if run.left and not (os.environ["STACK"] == "usrsctp" and call == "sendmsg" and form):
        return run.left
    if run.signature() in known:
        return None
    if call in ("write", "writev") and not run.err and run.status != 0:
        return None  # there was no way to say it
    if call in MEMORY and re.search(r"out of memory|ENOMEM|EAGAIN|%s" % errno, run.text()) and run.status == 6:
        return None
    # A packet for which usrsctp has no memory is lost without a word.
    if call in MEMORY and os.environ["STACK"] == "usrsctp" and not form and \
            (run.status in (4, 5) or run.ended_by_us):
        return None
    # Where the errno is lost inside the library, that is said.
    if "usrsctp" in run.text() and "does not say why" in run.text() and run.status == 6:
        return None
    # If no answer of a listener leaves the host, no client has reached it, and it has no association to report.
    # Nor does a client that gives up have a choice.
    if os.environ["STACK"] == "usrsctp" and call == "sendmsg" and form and scenario.listens and \
            (run.ended_by_us or "aborted by the peer: user-initiated abort" in run.out):
        return None
    # A filter in the output hook makes it fail in the same way, and is what it says.
    if os.environ["STACK"] == "usrsctp" and call == "sendmsg" and errno in ("EPERM", "EACCES", "ENOBUFS") and \
            ("own-output-filter" in run.out or "left this host" in run.out):
        return None
    # What a raw socket lacks is said instead of the errno.
    if call == "socket" and errno in ("EPERM", "EACCES") and "CAP_NET_RAW" in run.text() and run.status == 6:
        return None
    statuses = {6, 5} | {s[0] for s in known}
    # What a listener could not accept in time was not all relayed.
    if scenario.listens and run.relayed:
        statuses.add(1)
    # The user has named a file that may not be read.
    if call == "openat" and errno == "EACCES" and "cannot" in run.err:
        statuses.add(2)
    if run.ended_by_us:
        statuses.add(128 + signal.SIGTERM)
    if scenario.name == "name":
        statuses.add(3)
        # Of what fails inside getaddrinfo() libc says nothing but that it found no such name.
        if run.status == 3 and call not in ("write", "ppoll", "dup2", "clone", "pipe2", "fcntl", "epoll_ctl"):
            return None
        if run.status == 6 and "getaddrinfo: " + errno in run.text():
            return None
    if not re.search(r"\b%s\b|%s" % (errno, os.strerror(getattr(errnos, errno))), run.text()):
        return "false: %s, and %s is not named" % (said(run) or "nothing", errno)
    # 0 only where all is well but what is told beside it: the attempts of --each, an event of a listener.
    if run.status not in statuses or (run.status == 0 and well(run.signature()) not in [well(k) for k in known]):
        return "false: status %s" % said(run)
    # An association that a call of this host has ended was not served.
    if run.status == 0 and re.search(r"(?m)^(down |.*\"event\":\"down\").*\b[\w()]+: %s: " % errno, run.out):
        return "false: " + said(run)
    # Of a file, its name says more than the call.
    if call in FILES and re.search(r"(?m)(--(pcap|metrics|targets|send) |/proc/)\S*: .*(%s|%s)$" % (
            errno, os.strerror(getattr(errnos, errno))), run.text()):
        return None
    if call in WITNESS and re.search("packet socket: " + errno, run.text()):
        return None
    if not re.search(r"\b(%s|%s)" % (call, ALSO.get(call, call)), run.text()):
        return "the call is not named: " + said(run)
    return None


def well(signature):
    """What exit status 0 rests on: without the attempts of --each, without how a listener's clients fared, and without
    the difference between a path that is verified and one that could not be asked."""
    if signature[-1] and isinstance(signature[-1][0], tuple):
        rest = set()
        for line in signature[1:]:
            rest.add(line[:3] if line[0] == "result" else line[0])
            if line[0] == "result":
                rest |= {path for path in line[3] if path[1] not in ("verified", "unverified")}
        return rest
    return {signature[0], *(word for word in signature[-1] if word in ("connected", "listening", "up", "dead"))}


def said(run):
    """The outcome in short."""
    words = [str(run.status)]
    try:
        for line in run.lines():
            if "result" in line:
                words += [line["result"], line["reason"] or ""]
                words += ["%s %s (%s)" % (p["address"], p["verdict"], p["note"] or "") for p in line["paths"]
                          if p["note"]]
                words += ["alone %s %s" % (e["address"], e["result"]) for e in line.get("each") or []]
            elif line["event"] in ("down", "end"):
                words += [line["event"], line.get("reason") or ""]
    except ValueError:
        words.append("broken JSON")
    if not run.out.startswith("{"):
        words.append(" / ".join(run.out.splitlines()[:3]))
    words.append(" / ".join(run.err.splitlines()[:2]))
    return " ".join(w for w in words if w)
