#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Makes one system call of the program fail (strace --inject), runs it, and judges the report. To be started by
"run" beside this, which makes the network. Each run is (scenario, call, N, form): the N-th call of that name fails,
alone, or, for N = 1, 2, 4, 8, ..., with all that follow. Calls before main() are left out: those are the loader's.

A run is right when it
  - ends within the scenario's own time and a generous bound, without a crash, and without calls in a circle;
  - comes to the same outcome as without the failure: exit status, result, verdicts, events; or else names the call
    and the errno, with an exit status that blames this host (6), or 5 for paths that could not be asked;
  - leaves no association at the peer.
Everything else is a false report. TAP on stdout: one test for each scenario and call.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
from judge import Run, judge, said  # noqa: E402
from scenarios import SAMPLED, STACK, scenarios  # noqa: E402

PROGRAM = os.environ.get("SCTP_CONNECT", os.path.join(os.getcwd(), "build/sctp-connect"))
TOPO = os.environ["TOPO"]
# Emulation is slow, and so is a loaded machine: only a bound for what never ends.
SECONDS_SPARE = 30 if STACK == "kernel" else 12

# Not the program's: what a failure of these does is decided in libc, or by usrsctp's clock, which is a thread that
# sleeps. A clock that is there cannot fail. brk() has no errno, and glibc takes the one that strace puts in for a new
# end of the heap.
LEFT_OUT = {"execve", "exit", "exit_group", "rt_sigreturn", "restart_syscall", "futex", "set_robust_list", "rseq",
            "arch_prctl", "set_tid_address", "clock_nanosleep", "clock_gettime", "brk"}
# usrsctp asks until it gets some, and so does not end.
ONLY_ONCE = {"getrandom"} if STACK == "usrsctp" else set()


class Worker:
    """Runs programs; has listeners and ports of its own, so that what is left at a peer is known to be this run's."""
    count = 0
    lock = threading.Lock()

    def __init__(self):
        with Worker.lock:
            self.number = Worker.count
            Worker.count += 1
        self.folder = tempfile.mkdtemp(prefix="calls.")
        self.listeners = {}

    def udp(self, which):
        if STACK == "kernel":
            return []
        return ["--stack", "usrsctp", "-u", str(9900 + self.number * 4 + ["good", "half", None].index(which))]

    def port(self, which):
        return 5000 + self.number * 4 + ["good", "half", None].index(which)

    def start(self, side, command, out, err, **more):
        return subprocess.Popen(["ip", "netns", "exec", TOPO + "-" + side] + command, stdin=subprocess.DEVNULL,
                                stdout=out, stderr=err, start_new_session=True, **more)

    def listener(self, which):
        process, path = self.listeners.get(which, (None, None))
        if process and process.poll() is None:
            return path
        path = os.path.join(self.folder, "listener." + which)
        second = "10.1.2.2" if which == "good" else "10.1.3.2"
        with open(path, "wb") as out:
            process = self.start("server", [PROGRAM] + self.udp(which) + ["--json", "--listen", "-b",
                                 "10.1.1.2:%d" % self.port(which), "-b", second], out, out)
        self.listeners[which] = (process, path)
        self.wait_for(lambda: '"listening"' in read(path), 20)
        return path

    def end_listener(self, which):
        process, _ = self.listeners.pop(which)
        process.kill()
        process.wait()

    def close(self):
        for which in list(self.listeners):
            process, _ = self.listeners[which]
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

    def run(self, scenario, inject=None, only=None):
        """only: trace nothing but that call, but with who made it."""
        run = Run()
        log = os.path.join(self.folder, "strace")
        arguments = [a.format(port=self.port(scenario.peer)) for a in scenario.arguments]
        command = ["strace", "-f", "-o", log, "-s", "16"] + (["-k", "-e", "trace=" + only] if only else [])
        command += (["-e", "inject=" + inject] if inject else []) + [PROGRAM] + self.udp(scenario.peer) + arguments
        run.command = "strace -f" + (" -e inject=" + inject if inject else "") + " sctp-connect " + \
            " ".join(self.udp(scenario.peer) + arguments)
        path = self.listener(scenario.peer) if scenario.peer else None
        before = os.path.getsize(path) if path else 0
        start = time.monotonic()
        with open(os.path.join(self.folder, "out"), "w+b") as out, open(os.path.join(self.folder, "err"), "w+b") as err:
            process = self.start("server" if scenario.listens else "client", command, out, err)
            if scenario.listens:
                self.attend(run, process, out.name, log)
            self.finish(run, process, log)
            run.seconds = time.monotonic() - start
            run.out, run.err = read(out.name), read(err.name)
        run.log = read(log)
        run.calls = run.log.count("\n")
        run.injected = run.log.count("(INJECTED)")
        run.log = log
        if path:
            self.look_for_left(run, scenario.peer, path, before)
        return run

    def attend(self, run, process, out, log):
        """The client of a listener that is being disturbed, and the end of one that would wait for ever."""
        if self.wait_for(lambda: "listening" in read(out) or process.poll() is not None, SECONDS_SPARE) and \
                process.poll() is None:
            client = self.start("client", [PROGRAM] + self.udp(None) + [
                "-w", "1s", "--rto-initial", "100ms", "--init-timeout", "100ms", "--probe-timeout", "250ms",
                "-a", "10.1.1.2:%d" % self.port(None), "-a", "10.1.2.2"], subprocess.DEVNULL, subprocess.DEVNULL)
            client.wait()
            if not self.wait_for(lambda: process.poll() is not None, 3 if STACK == "kernel" else 1):
                run.ended_by_us = True
                kill_traced(log, signal.SIGTERM)

    @staticmethod
    def finish(run, process, log):
        try:
            run.status = process.wait(timeout=SECONDS_SPARE)
        except subprocess.TimeoutExpired:
            run.hung = True
            kill_traced(log, signal.SIGKILL)
            process.wait()

    def look_for_left(self, run, which, path, before):
        def settled():
            new = read(path)[before:]
            return new.count('"event":"up"') <= new.count('"event":"down"')
        if run.hung:
            self.end_listener(which)
        elif not self.wait_for(settled, 6 if STACK == "kernel" else 3):
            run.left = "the peer still has an association"
            self.end_listener(which)


def kill_traced(log, number):
    match = re.match(r"\d+", read(log))
    if match:
        os.kill(int(match.group()), number)


def read(path):
    with open(path, errors="replace") as file:
        return file.read()


def calls_by_name(log, until=None):
    """For each name, how often the thread that calls it most often does so; until: only up to that line."""
    counts = collections.Counter()
    for line in read(log).splitlines():
        if until and until in line:
            break
        match = re.match(r"(\d+) +(\w+)\(", line)
        if match:
            counts[match.groups()] += 1
    most = collections.Counter()
    for (_, name), count in counts.items():
        most[name] = max(most[name], count)
    return most


def calls_before_main():
    """The loader tells when it is done; it uses writev() and getpid() only to tell."""
    with tempfile.NamedTemporaryFile() as log:
        subprocess.run(["strace", "-f", "-s", "200", "-o", log.name, PROGRAM, "--version"], check=True,
                       env=dict(os.environ, LD_DEBUG="files"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = calls_by_name(log.name, "transferring control")
    for name in ("writev", "getpid"):
        before.pop(name, None)
    return before


class Plan:
    """The scenarios' undisturbed runs, and from them all the failures that there can be."""

    def __init__(self, chosen, arguments):
        self.before_main = calls_before_main()
        self.chosen = chosen
        self.arguments = arguments
        self.known = {}
        self.counts = {}
        self.calls_most = {}

    def learn(self, worker, scenario):
        known, counts, most = set(), None, 0
        for _ in range(self.arguments.baselines):
            run = worker.run(scenario)
            if run.hung or run.left or run.ended_by_us or run.status < 0:
                raise RuntimeError("%s undisturbed: %s %s" % (scenario.name, said(run), run.left))
            known.add(run.signature())
            these = calls_by_name(run.log)
            # Only what every run came to: the rest is a matter of time, and might not be reached.
            counts = these if counts is None else collections.Counter({n: min(counts[n], these[n]) for n in counts})
            most = max(most, run.calls)
        self.known[scenario.name], self.counts[scenario.name], self.calls_most[scenario.name] = known, counts, most

    def failures(self):
        for scenario in self.chosen:
            for call, count in sorted(self.counts[scenario.name].items()):
                if call in LEFT_OUT or (self.arguments.call and call != self.arguments.call):
                    continue
                first, together = self.before_main[call] + 1, 1
                for n in range(first, count + 1):
                    yield scenario, call, n, ""
                    if n - first + 1 == together:
                        if call not in ONLY_ONCE:
                            yield scenario, call, n, "+"
                        together *= 2


def sample(failures, count, seed):
    """Of each scenario and call one, then of each another one, in an order that the seed decides."""
    groups = collections.defaultdict(list)
    for failure in failures:
        groups[failure[0].name, failure[1]].append(failure)
    order = random.Random(seed)
    lists = [groups[key] for key in sorted(groups)]
    for one in lists:
        order.shuffle(one)
    order.shuffle(lists)
    picked = []
    while lists and len(picked) < count:
        picked += [one.pop() for one in lists]
        lists = [one for one in lists if one]
    return picked[:count]


def main():
    parser = argparse.ArgumentParser(description="see the head of this file")
    parser.add_argument("--all", action="store_true", help="every failure, not a sample")
    parser.add_argument("--sample", type=int, default=200, help="how many failures (200)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--scenario", help="only those whose names this regular expression matches (all, or the "
                        "few that a sample is taken of)")
    parser.add_argument("--call", help="only this system call")
    parser.add_argument("--errno", default="EPERM", help="what the call fails with (EPERM)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at the same time (processors)")
    parser.add_argument("--baselines", type=int, default=2, help="undisturbed runs of each scenario (2)")
    parser.add_argument("--stacks", action="store_true", help="who made the call, with strace -k")
    parser.add_argument("--lines", default=os.devnull, help="where to keep each run as a line of JSON")
    arguments = parser.parse_args()
    everywhere = ".*" if arguments.all else "|".join(SAMPLED)
    chosen = [s for s in scenarios() if re.fullmatch(arguments.scenario or everywhere, s.name)]
    plan = Plan(chosen, arguments)
    free = [Worker() for _ in range(arguments.jobs)]
    workers = list(free)
    done = collections.defaultdict(list)
    lock = threading.Lock()

    def with_worker(function):
        with lock:
            worker = free.pop()
        try:
            return function(worker)
        finally:
            with lock:
                free.append(worker)

    def try_failure(lines, failure):
        scenario, call, n, form = failure

        def one(worker):
            inject = "%s:error=%s:when=%d%s" % (call, arguments.errno, n, form)
            for _ in range(2):  # what is wrong once only is a busy machine's
                run = worker.run(scenario, inject)
                wrong = judge(run, scenario, plan.known[scenario.name], call, form, arguments.errno,
                              plan.calls_most[scenario.name]) if run.injected else None
                if not wrong:
                    break
            who = caller(worker.run(scenario, inject, call).log) if wrong and arguments.stacks else ""
            with lock:
                done[scenario.name, call].append((n, form, run.injected, wrong, run.command))
                json.dump({"scenario": scenario.name, "call": call, "n": n, "form": form, "injected": run.injected,
                           "status": run.status, "wrong": wrong, "who": who, "said": said(run),
                           "command": run.command, "signature": run.signature() if wrong else None}, lines)
                lines.write("\n")
                lines.flush()
        with_worker(one)

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool, open(arguments.lines, "w") as lines:
        for result in [pool.submit(with_worker, lambda w, s=s: plan.learn(w, s)) for s in chosen]:
            result.result()
        failures = list(plan.failures())
        print("# %d failures are possible" % len(failures), flush=True)
        if not arguments.all:
            failures = sample(failures, arguments.sample, arguments.seed)
        for result in [pool.submit(try_failure, lines, failure) for failure in failures]:
            result.result()
    for worker in workers:
        worker.close()
    return report(done)


def caller(log):
    """The program's functions that made the calls which failed, each with who called it."""
    chains, names, inside = [], [], False
    for line in read(log).splitlines() + ["end"]:
        if inside and line.startswith(" > "):
            match = re.search(r"sctp-connect\(([\w.]+)\+", line)
            if match and match.group(1) not in ("main", "_start"):
                names.append(match.group(1))
            continue
        chain = " < ".join(names[:5])
        if inside and chain not in chains:
            chains.append(chain)
        inside, names = "(INJECTED)" in line, []
    return "; ".join(chains[:4])


def report(done):
    print("1..%d" % len(done))
    bad = False
    for number, ((scenario, call), runs) in enumerate(sorted(done.items()), 1):
        wrong = [run for run in sorted(runs) if run[3]]
        bad = bad or wrong
        print("%s %d %s: %s fails (%d runs)" % ("not ok" if wrong else "ok", number, scenario, call, len(runs)))
        for _, _, _, why, command in wrong[:5]:
            print("# %s\n#   %s" % (command, why))
        if len(wrong) > 5:
            print("# and %d more" % (len(wrong) - 5))
    return 1 if bad else 0


sys.exit(main())
