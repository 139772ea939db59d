# SPDX-License-Identifier: MIT
"""Runs the program, whole or with a failing call, between the two network namespaces that "run" makes."""
import hashlib
import os
import re
import select
import signal
import subprocess
import tempfile
import threading
import time

from judge import Run, said
from scenarios import STACK, SCTP_UDP, port_of

PROGRAM = os.environ["SCTP_CONNECT"]
WITHIN, PEEK_PAGES, FAIL_MALLOC = (os.path.join(os.environ["TOOLS"], name)
                                   for name in ("within", "peek_pages.so", "fail_malloc.so"))
TOPO = os.environ["TOPO"]
# Emulation is slow, and so is a loaded machine: only a bound for what never ends.
SECONDS_SPARE = 40 if STACK == "kernel" else 20

# Not the program's: what a failure of these does is decided in libc, or by usrsctp's clock, which is a thread that
# sleeps. A clock that is there cannot fail, nor can getpid() or geteuid(). brk() has no errno, and glibc takes the one that strace
# puts in for a new end of the heap.
LEFT_OUT = {"execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "futex", "set_robust_list", "rseq",
            "arch_prctl", "set_tid_address", "getpid", "getppid", "geteuid", "getuid", "clock_nanosleep", "clock_gettime", "brk"}

class Worker:
    """Has listeners and ports of its own, so that what is left at a peer is known to be this run's."""
    count = 0
    lock = threading.Lock()

    def __init__(self):
        with Worker.lock:
            self.number = Worker.count
            Worker.count += 1
        self.folder = tempfile.mkdtemp(prefix="calls.")
        self.listeners = {}
        self.others = []

    def packing(self, which):
        if STACK == "kernel":
            return ["-u", SCTP_UDP] if which == "udp" else []
        return ["--stack", "usrsctp"] + ([] if which == "raw" else ["-u", str(self.port(which) + 4900)])

    def port(self, which):
        return port_of(self.number, which)

    @staticmethod
    def start(side, command, out, err, stdin=subprocess.DEVNULL, **more):
        return subprocess.Popen([WITHIN, TOPO + "-" + side] + command, stdin=stdin,
                                stdout=out, stderr=err, start_new_session=True, **more)

    def listener(self, which):
        process, path = self.listeners.get(which, (None, None))
        if process and process.poll() is None:
            return path
        path = os.path.join(self.folder, "listener." + which)
        second = "10.1.3.2" if which == "half" else "10.1.2.2"
        with open(path, "wb") as out:
            process = self.start("server", [PROGRAM] + self.packing(which) + ["--json", "--listen", "-b",
                                 "10.1.1.2:%d" % self.port(which), "-b", second], out, out)
        self.listeners[which] = (process, path)
        self.wait_for(lambda: '"listening"' in read(path), 20)
        if which == "standing":
            self.stand(path)
        return path

    def stand(self, path):
        """Another program's association, in the namespace of the program that looks at it."""
        port = self.port("standing")
        self.others.append(self.start("client", [PROGRAM, "--monitor", "-b", "10.1.1.1:%d" % port, "-b", "10.1.2.1",
                                                 "-a", "10.1.1.2:%d" % port, "-a", "10.1.2.2"],
                                      subprocess.DEVNULL, subprocess.DEVNULL))
        self.wait_for(lambda: '"up"' in read(path), 20)

    def end_listener(self, which):
        process, _ = self.listeners.pop(which)
        process.kill()
        process.wait()

    def close(self):
        for process in self.others + [process for process, _ in self.listeners.values()]:
            process.terminate()
            process.wait()
        subprocess.run(["rm", "-rf", self.folder], check=False)

    @staticmethod
    def wait_for(condition, seconds):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def run(self, scenario, inject=None, trace=None, places=False):
        """
        inject: strace's; trace: only these calls, else all; places: with who made each call, and of a failing call
        only those that fail, because each look at who made one takes as long as a hundred calls. strace is not the
        program's parent (-D), so what wait4() tells of its time is its own.
        """
        log = os.path.join(self.folder, "strace")
        tracer = ["strace", "-f", "-D", "-o", log, "-e", "raw=all"]
        tracer += ["-k", "-E", "LD_PRELOAD"] if places else []
        tracer += ["-Z"] if places and inject else []
        tracer += ["--seccomp-bpf", "-e", "trace=" + trace] if trace else []
        tracer += ["-e", "inject=" + inject] if inject else []
        run = self.run_under(tracer, scenario, {"LD_PRELOAD": PEEK_PAGES} if places else {})
        run.command = "strace -f" + (" -e inject=" + inject if inject else "") + run.command
        run.log = read(log)
        run.calls = len(re.findall(r"^\d+ +\w+\(", run.log, re.M))
        run.polls = len(re.findall(r"^\d+ +ppoll\(", run.log, re.M))
        run.injected = run.log.count("(INJECTED)")
        return run

    def run_under(self, wrapper, scenario, environment=None):
        """wrapper: a command that runs the program, or nothing; environment: more for the wrapper."""
        run = Run()
        run.standing = self.port("standing")
        arguments = [self.fill(a, scenario) for a in scenario.arguments]
        for name, text in scenario.files.items():
            self.write(name, self.fill(text, scenario))
        packing = self.packing(scenario.peer)
        run.command = " sctp-connect " + " ".join(packing + arguments)
        path = self.listener(scenario.peer) if scenario.peer not in (None, "nobody") else None
        before = os.path.getsize(path) if path else 0
        start = time.monotonic()
        ends, traces = os.pipe()
        self.write("in", self.fill(scenario.stdin, scenario))
        with open(os.path.join(self.folder, "out"), "w+b") as out, \
                open(os.path.join(self.folder, "err"), "w+b") as err, \
                open(os.path.join(self.folder, "in"), "rb") as stdin:
            process = self.start("server" if scenario.listens else "client", wrapper + [PROGRAM] + packing + arguments,
                                 out, err, stdin, pass_fds=[traces], env={**os.environ, **(environment or {})})
            os.close(traces)
            if scenario.listens:
                self.attend(run, process, err.name if "--relay" in arguments else out.name, scenario.client)
            self.finish(run, process)
            run.seconds = time.monotonic() - start
            # strace has it open, too, and has written all by the time it is closed.
            os.read(ends, 1)
            os.close(ends)
            run.out, run.err = read(out.name), read(err.name)
        if "--relay" in arguments:
            run.relayed, run.out, run.err = run.out, run.err, ""
        run.files = {name: about(os.path.join(self.folder, name)) for name in ("metrics", "packets")
                     if "{folder}/" + name in scenario.arguments}
        if "--show" in arguments:
            run.forget_others()
        if path:
            self.look_for_left(run, scenario.peer, path, before)
        return run

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="ascii") as file:
            file.write(text)

    def fill(self, text, scenario):
        return text.format(port=self.port(scenario.peer), folder=self.folder)

    def attend(self, run, process, out, options):
        """The client of a listener that is being disturbed, and the end of one that would wait for ever."""
        if self.wait_for(lambda: "listening" in read(out) or process.poll() is not None, SECONDS_SPARE) and \
                process.poll() is None:
            client = self.start("client", [PROGRAM] + self.packing(None) + [
                "-w", "1s", "--rto-initial", "100ms", "--init-timeout", "100ms", "--probe-timeout", "250ms",
                "-a", "10.1.1.2:%d" % self.port(None), "-a", "10.1.2.2", *options],
                                subprocess.DEVNULL, subprocess.DEVNULL)
            client.wait()
            if not self.wait_for(lambda: process.poll() is not None, 3 if STACK == "kernel" else 1):
                run.ended_by_us = True
                process.send_signal(signal.SIGTERM)

    @staticmethod
    def finish(run, process):
        if process.returncode is None:
            ended = os.pidfd_open(process.pid)
            if not select.select([ended], [], [], SECONDS_SPARE)[0]:
                run.hung = True
                process.kill()
            os.close(ended)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            run.cpu = usage.ru_utime + usage.ru_stime
        run.status = process.returncode

    def look_for_left(self, run, which, path, before):
        def settled():
            new = read(path, before)
            return new.count('"event":"up"') <= new.count('"event":"down"')
        if which == "standing":
            return
        if run.hung:
            self.end_listener(which)
        elif not self.wait_for(settled, 6 if STACK == "kernel" else 3):
            run.left = "the peer still has an association"
            self.end_listener(which)


def read(path, begin=0):
    with open(path, errors="replace") as file:
        file.seek(begin)
        return file.read()


def rank(*what):
    """A number that looks random, and depends on nothing else."""
    return hashlib.sha1(repr(what).encode()).digest()


def rank_number(*what):
    return int.from_bytes(rank(*what)[:4], "big")


def about(path):
    """A file that the program has written, without what differs from run to run; it is taken away."""
    if not os.path.exists(path):
        return "none"
    with open(path, "rb") as file:
        content = file.read()
    os.remove(path)
    if path.endswith("metrics"):
        # The links are not known where routes cannot be asked for.
        return " ".join(sorted(set(re.findall(r"(?m)^(\w+)", content.decode())) - {"sctp_links"}))
    blocks = at = 0
    while at + 12 <= len(content):
        length = int.from_bytes(content[at + 4:at + 8], "little")
        if length < 12 or content[at + length - 4:at + length] != content[at + 4:at + 8]:
            break
        blocks += 1
        at += length
    return "%s, %s" % ("whole" if at == len(content) else "cut off", "packets" if blocks > 3 else "no packet")


def calls_by_name(log, until=None):
    """For each name, how often the thread that calls it most often does so; until: only up to that line."""
    counts = {}
    for line in log.splitlines():
        if until and until in line:
            break
        match = re.match(r"(\d+) +(\w+)\(", line)
        if match:
            counts[match.groups()] = counts.get(match.groups(), 0) + 1
    most = {}
    for (_, name), count in counts.items():
        most[name] = max(most.get(name, 0), count)
    return most


def calls_before_main():
    """The loader tells when it is done; it uses writev() and getpid() only to tell."""
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(["strace", "-f", "-s", "200", "-o", log.name, PROGRAM, "--version"], check=True,
                       env=dict(os.environ, LD_DEBUG="files"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = calls_by_name(read(log.name), "transferring control")
    for name in ("writev", "getpid"):
        before.pop(name, None)
    return before


def must_be_sound(run, scenario):
    ends = not scenario.listens or "--count" in scenario.arguments
    if run.hung or run.left or run.ended_by_us and ends or run.status < 0:
        raise RuntimeError("%s undisturbed: %s %s" % (scenario.name, said(run), run.left))


def calls_with_places(log):
    """
    Of a log with stacks, the calls of main() and what follows: (name, the n-th of its thread, place, injected). A
    place is the functions that were active then, with where in them. Those of a call follow the line that ends it.
    """
    calls, counts, of_thread, last = [], {}, {}, None
    for line in log.splitlines():
        begin = re.match(r"(\d+) +(\w+)\(", line)
        end = re.match(r"(\d+) +<\.\.\. (\w+) resumed>", line)
        if line.startswith(" > "):
            if last:
                last[2].append(re.sub(r"^ > (\S*/)?|\s*\[.*", "", line))
            continue
        if begin:
            counts[begin.groups()] = counts.get(begin.groups(), 0) + 1
            calls.append([begin.group(2), counts[begin.groups()], [], False])
            of_thread[begin.group(1)] = calls[-1]
        last = of_thread.get((begin or end).group(1)) if begin or end else None
        if last:
            last[3] |= "(INJECTED)" in line
    calls = [(name, n, " < ".join(frames), injected) for name, n, frames, injected in calls]
    while calls and "sctp-connect(main+" not in calls[0][2]:
        calls.pop(0)
    return calls


def innermost(place):
    """The two innermost functions of the program, with where in them."""
    return " < ".join(re.findall(r"sctp-connect\([^)]+\)", place)[:2])


def functions(place):
    """The program's, of a place, without those at both ends."""
    names = re.findall(r"sctp-connect\(([\w.]+)\+", place)
    return " < ".join([name for name in names if name not in ("main", "_start")][:5])
