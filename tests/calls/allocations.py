#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Makes one allocation of memory fail (fail_malloc.c), runs the program, and judges the report. To be started by "run"
beside this, as "run STACK --allocations". Each place that allocates fails once alone, and once for each pair of
function and caller with all that follow, in every mode.

A run is right when it
  - ends within the scenario's own time and a generous bound, without a crash;
  - comes to the same outcome as without the failure; or else says that there was no memory, with exit status 6, or
    that of what it had found;
  - writes whole lines of JSON only;
  - leaves no association at the peer.
TAP on stdout: one test for each scenario.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
from judge import ended_badly, said  # noqa: E402
from scenarios import SAMPLED, STACK, scenarios  # noqa: E402
from worker import PROGRAM, Worker, must_be_sound, rank, rank_number, read  # noqa: E402

LIBRARY = os.path.join(os.getcwd(), "build/calls/fail_malloc.so")

Failure = collections.namedtuple("Failure", "scenario place frames more")

# How many functions decide what follows, if nothing can be allocated any more.
INNER = 4


def run(worker, scenario, *environment):
    """Where nothing is randomized, so that places are the same in each run."""
    path = os.path.join(worker.folder, "allocations")
    result = worker.run_under(["setarch", "-R", "env", "LD_PRELOAD=" + LIBRARY, "ALLOCATIONS=" + path, *environment],
                              scenario)
    result.log = read(path)
    result.injected = result.log.count("failed ")
    return result


def judge(result, scenario, known):
    """None when the report is right, else what is wrong with it."""
    wrong = ended_badly(result)
    if wrong:
        return wrong
    if result.left:
        return result.left
    if "--json" in scenario.arguments and "--metrics" not in scenario.arguments:
        for line in result.out.splitlines(keepends=True):
            if line.startswith("{") and not is_whole(line):
                return "broken JSON: %s %r" % (result.status, line[-60:])
    if result.signature() in known:
        return None
    if result.status in {6} | {signature[0] for signature in known} - {0} and \
            re.search(r"out of memory|ENOMEM|Cannot allocate memory|Memory allocation failure", result.text()):
        return None
    # That it had no memory for a thread, or for what getifaddrs() told, the library does not tell.
    if STACK == "usrsctp" and result.status == 6 and "does not say why" in result.text():
        return None
    return "false: " + (said(result) or "nothing")


def is_whole(line):
    try:
        json.loads(line)
    except ValueError:
        return False
    return line.endswith("\n")


class Trial:
    def __init__(self, arguments, lines):
        self.arguments, self.lines = arguments, lines
        self.chosen = [s for s in scenarios() if re.fullmatch(
            arguments.scenario or (".*" if arguments.all else "|".join(SAMPLED)), s.name)]
        self.known = {}
        self.failures = {}
        self.free = [Worker() for _ in range(arguments.jobs)]
        self.workers = list(self.free)
        self.lock = threading.Lock()
        self.done = collections.defaultdict(list)

    def with_worker(self, function, *values):
        with self.lock:
            worker = self.free.pop()
        try:
            return function(worker, *values)
        finally:
            with self.lock:
                self.free.append(worker)

    def learn(self, worker, scenario):
        self.known[scenario.name] = set()
        places = None
        for _ in range(self.arguments.baselines):
            result = run(worker, scenario)
            must_be_sound(result, scenario)
            self.known[scenario.name].add(result.signature())
            these = dict(line.split(" ", 2)[1:] for line in result.log.splitlines())
            # Only what every run came to: the rest is a matter of time, and might not be reached.
            places = these if places is None else {p: f for p, f in places.items() if p in these}
        self.failures[scenario.name] = list(places.items())

    def all(self):
        """Each place alone once, and with all that follow each place's innermost part once, in any scenario that has it."""
        where = collections.defaultdict(list)
        for scenario in self.chosen:
            for place, frames in self.failures[scenario.name]:
                for more, key in (("", frames), ("1", " ".join(frames.split()[:INNER]))):
                    where[key, more].append(Failure(scenario, place, frames, more))
        failures = [found[rank_number(key) % len(found)] for key, found in where.items()]
        failures.sort(key=lambda f: rank(self.arguments.seed, f.scenario.name, f.place, f.more))
        part, parts = (int(number) for number in self.arguments.part.split("/"))
        failures = failures[part - 1::parts]
        return failures if self.arguments.all else failures[:self.arguments.sample]

    def fail(self, worker, failure):
        """What is wrong once only, or comes of an undisturbed run now, too, is a busy machine's."""
        name = failure.scenario.name
        environment = ["FAIL_PLACE=" + failure.place] + (["FAIL_MORE=1"] if failure.more else [])
        for _ in range(2):
            result = run(worker, failure.scenario, *environment)
            wrong = judge(result, failure.scenario, self.known[name]) if result.injected else None
            if not wrong:
                break
            self.known[name].add(run(worker, failure.scenario).signature())
        command = " ".join(environment) + result.command
        who = functions(failure.frames) if wrong else ""
        with self.lock:
            self.done[name].append((result.injected, wrong, command, who))
            json.dump({"scenario": name, "place": failure.place, "more": failure.more, "injected": result.injected,
                       "status": result.status, "wrong": wrong, "who": who, "said": said(result),
                       "command": command, "seconds": round(result.seconds, 2)}, self.lines)
            self.lines.write("\n")
            self.lines.flush()

    def run(self):
        with concurrent.futures.ThreadPoolExecutor(self.arguments.jobs) as pool:
            for result in [pool.submit(self.with_worker, self.learn, s) for s in self.chosen]:
                result.result()
            failures = self.all()
            print("# %d failures" % len(failures), flush=True)
            for result in [pool.submit(self.with_worker, self.fail, f) for f in failures if not self.arguments.count]:
                result.result()
        for worker in self.workers:
            worker.close()
        return self.report()

    def report(self):
        print("1..%d" % len(self.done))
        for number, (name, runs) in enumerate(sorted(self.done.items()), 1):
            wrong = [r for r in runs if r[1]]
            print("%s %d %s: an allocation fails (%d runs)" % ("not ok" if wrong else "ok", number, name, len(runs)))
            for _, why, command, who in wrong[:5]:
                print("# %s\n#   %s\n#   %s" % (command, why, who))
            if len(wrong) > 5:
                print("# and %d more" % (len(wrong) - 5))
        missed = sum(not r[0] for runs in self.done.values() for r in runs)
        if missed:
            print("# %d places were not met" % missed)
        return any(r[1] for runs in self.done.values() for r in runs)


# Where the kernel puts a program whose address is not randomized.
BASE = 0x555555554000


def functions(frames):
    """The program's functions that allocated, the innermost first."""
    offsets = [hex(int(frame, 16) - BASE - 1) for frame in frames.split() if int(frame, 16) < 3 << 45]
    names = subprocess.run(["addr2line", "-f", "-s", "-e", PROGRAM, *offsets[:14]], capture_output=True, text=True,
                           check=False).stdout.splitlines()[::2]
    return " < ".join(name for name in names if name not in ("??", "check_memory"))


def main():
    parser = argparse.ArgumentParser(description="see the head of this file")
    parser.add_argument("--all", action="store_true", help="every place, not a sample")
    parser.add_argument("--part", default="1/1", help="only the K-th of N parts (1/1)")
    parser.add_argument("--sample", type=int, default=100, help="how many failures (100)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--scenario", help="only those whose names this regular expression matches (all, or the "
                        "few that a sample is taken of)")
    parser.add_argument("--count", action="store_true", help="only count the failures")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="runs at the same time (processors)")
    parser.add_argument("--baselines", type=int, default=2, help="undisturbed runs of each scenario (2)")
    parser.add_argument("--lines", default=os.devnull, help="where to keep each run as a line of JSON")
    arguments = parser.parse_args()
    with open(arguments.lines, "w", encoding="ascii") as lines:
        sys.exit(Trial(arguments, lines).run())


if __name__ == "__main__":
    main()
