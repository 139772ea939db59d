# SPDX-License-Identifier: MIT
"""What the trials of failing calls and of failing allocations have in common: workers, options, and the report."""
import argparse
import collections
import concurrent.futures
import json
import os
import re
import threading

from judge import said
from scenarios import SAMPLED, STACK, scenarios
from worker import Worker


def chosen_scenarios(arguments):
    return [s for s in scenarios() if re.fullmatch(
        arguments.scenario or (".*" if arguments.all else "|".join(SAMPLED)), s.name)]


def options():
    parser = argparse.ArgumentParser(description="see the head of this file")
    parser.add_argument("--all", action="store_true", help="every place, not a sample")
    parser.add_argument("--part", default="1/1", help="only the K-th of N parts of all (1/1)")
    parser.add_argument("--sample", type=int, default=100, help="how many failures (100)")
    parser.add_argument("--seed", type=int, default=1, help="which sample (1)")
    parser.add_argument("--scenario", help="only those whose names this regular expression matches (all, or the "
                        "few that a sample is taken of)")
    parser.add_argument("--count", action="store_true", help="only count the failures")
    parser.add_argument("--jobs", type=int, help="runs at the same time (processors; with --all on the kernel's stack, "
                        "whose runs mostly wait, three times as many)")
    parser.add_argument("--baselines", type=int, default=2, help="undisturbed runs of each scenario (2)")
    parser.add_argument("--lines", default=os.devnull, help="where to keep each run as a line of JSON")
    return parser


class Trial:
    """Makes the failures, with as many workers as there are jobs."""

    def __init__(self, arguments, lines):
        self.arguments, self.lines = arguments, lines
        if not arguments.jobs:
            arguments.jobs = os.cpu_count() * (3 if arguments.all and STACK == "kernel" else 1)
        self.free = [Worker() for _ in range(arguments.jobs)]
        self.workers = list(self.free)
        self.lock = threading.Lock()
        self.done = collections.defaultdict(list)

    def with_worker(self, function, value):
        with self.lock:
            worker = self.free.pop()
        try:
            return function(worker, value)
        finally:
            with self.lock:
                self.free.append(worker)

    def for_each(self, function, values):
        """function(worker, value) for each value, side by side."""
        with concurrent.futures.ThreadPoolExecutor(self.arguments.jobs) as pool:
            for result in [pool.submit(self.with_worker, function, value) for value in values]:
                result.result()

    def keep(self, group, run, wrong, command, who, **more):
        """One judged run: for the report, and as a line of JSON."""
        with self.lock:
            self.done[group].append((run.injected, wrong, command, who))
            json.dump({**more, "injected": run.injected, "status": run.status, "wrong": wrong, "who": who,
                       "said": said(run), "command": command, "seconds": round(run.seconds, 2)}, self.lines)
            self.lines.write("\n")
            self.lines.flush()

    def report(self, title):
        """TAP; title(group): what a test is called. True: a run was wrong."""
        for worker in self.workers:
            worker.close()
        print("1..%d" % len(self.done))
        for number, (group, runs) in enumerate(sorted(self.done.items()), 1):
            wrong = [run for run in runs if run[1]]
            print("%s %d %s (%d runs)" % ("not ok" if wrong else "ok", number, title(group), len(runs)))
            for _, why, command, who in wrong[:5]:
                print("# %s\n#   %s\n#   %s" % (command, why, who))
            if len(wrong) > 5:
                print("# and %d more" % (len(wrong) - 5))
        return any(run[1] for runs in self.done.values() for run in runs)
