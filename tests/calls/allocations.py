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
import collections
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from judge import ended_badly, said  # noqa: E402
from scenarios import STACK  # noqa: E402
from trial import Trial, chosen_scenarios, options  # noqa: E402
from worker import FAIL_MALLOC, PROGRAM, must_be_sound, rank, rank_number, read  # noqa: E402

Failure = collections.namedtuple("Failure", "scenario place frames more")

# How many functions decide what follows, if nothing can be allocated any more.
INNER = 4


def run(worker, scenario, *environment):
    """Where nothing is randomized, so that places are the same in each run."""
    path = os.path.join(worker.folder, "allocations")
    result = worker.run_under(["setarch", "-R", "env", "LD_PRELOAD=" + FAIL_MALLOC, "ALLOCATIONS=" + path, *environment],
                              scenario)
    result.log = read(path).rstrip("\0")
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
    # Of what fails inside getaddrinfo() libc says nothing but that it found no such name; or it ends the process.
    if scenario.name == "name" and (result.status, "no such name" in result.text(),
                                    "the look-up process died" in result.text()) in [(3, True, False), (6, False, True)]:
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


class Allocations(Trial):
    def __init__(self, arguments, lines):
        super().__init__(arguments, lines)
        self.chosen = chosen_scenarios(arguments)
        self.known = {}
        self.failures = {}

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
        self.keep(name, result, wrong, command, who, scenario=name, place=failure.place, more=failure.more)

    def run(self):
        self.for_each(self.learn, self.chosen)
        failures = self.all()
        print("# %d failures" % len(failures), flush=True)
        self.for_each(self.fail, failures if not self.arguments.count else [])
        bad = self.report("{}: an allocation fails".format)
        missed = sum(not r[0] for runs in self.done.values() for r in runs)
        if missed:
            print("# %d places were not met" % missed)
        return bad


# Where the kernel puts a program whose address is not randomized.
BASE = 0x555555554000


def functions(frames):
    """The program's functions that allocated, the innermost first."""
    offsets = [hex(int(frame, 16) - BASE - 1) for frame in frames.split() if int(frame, 16) < 3 << 45]
    names = subprocess.run(["addr2line", "-f", "-s", "-e", PROGRAM, *offsets[:14]], capture_output=True, text=True,
                           check=False).stdout.splitlines()[::2]
    return " < ".join(name for name in names if name not in ("??", "check_memory"))


def main():
    arguments = options().parse_args()
    with open(arguments.lines, "w", encoding="ascii") as lines:
        sys.exit(Allocations(arguments, lines).run())


if __name__ == "__main__":
    main()
