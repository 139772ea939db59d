#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
Makes one system call of the program fail (strace --inject), runs it, and judges the report. To be started by
"run" beside this, which makes the network. The N-th call of one name fails, alone, or with all that follow.

A run is right when it
  - ends within the scenario's own time and a generous bound, without a crash, and without calls in a circle;
  - comes to the same outcome as without the failure: exit status, result, verdicts, events; or else names the call
    and the errno, with an exit status that blames this host (6), or 5 for paths that could not be asked;
  - leaves no association at the peer.
Everything else is a false report. TAP on stdout: one test for each scenario, or outcome, and call.

What --all means: README.md in the folder above this.
"""
import collections
import hashlib
import os
import pickle
import re
import sys

sys.dont_write_bytecode = True
from errnos import errnos_of  # noqa: E402
from judge import is_busy, judge  # noqa: E402
from scenarios import STACK  # noqa: E402
from trial import Trial, chosen_scenarios, options  # noqa: E402
from worker import LEFT_OUT, PROGRAM, calls_before_main, calls_by_name, calls_with_places, innermost, \
    functions, must_be_sound, rank, rank_number  # noqa: E402

# usrsctp asks until it gets some, and so does not end.
ONLY_ONCE = {"getrandom"} if STACK == "usrsctp" else set()

# A sample takes none after so many of one name, because how many there are is a matter of time.
DEPTH = 8

# How often it is tried to meet a place: what is called how often is a matter of time.
TRIES = 3

# What a call that failed alone and so leads to may differ from place to place. The other errnos are told apart, if at
# all, by the function that makes the call, or by the one that calls that.
EVERYWHERE = {"EPERM", "EINTR", "EAGAIN"}

# tries: (scenario, N) in turn, until one meets one of the places; no places: the first.
Failure = collections.namedtuple("Failure", "group call places tries form errno")


def outcome(scenario):
    return scenario.name.split("-")[0]


class Plan:
    """What the scenarios come to undisturbed, and from that all the failures that there can be."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.chosen = chosen_scenarios(arguments)
        self.before_main = calls_before_main()
        self.known, self.cpu_most = {}, {}
        self.counts, self.totals = {}, {}
        self.calls = {}

    def learn(self, worker, scenario):
        learned = self.arguments.learned and os.path.join(self.arguments.learned, scenario.name + ".pickle")
        if learned and os.path.exists(learned):
            with open(learned, "rb") as file:
                known, cpu, counts, totals, calls = pickle.load(file)
        else:
            known, cpu, counts, totals, calls = self.undisturbed(worker, scenario)
            if learned:
                with open(learned, "wb") as file:
                    pickle.dump((known, cpu, counts, totals, calls), file)
        self.known[scenario.name], self.cpu_most[scenario.name] = known, cpu
        self.counts[scenario.name], self.totals[scenario.name] = counts, totals
        self.calls[scenario.name] = calls

    def undisturbed(self, worker, scenario):
        known, counts, totals, cpu = set(), None, collections.Counter(), 0
        trace = "!" + ",".join(sorted(LEFT_OUT))
        for _ in range(self.arguments.baselines):
            run = worker.run(scenario, trace=trace)
            must_be_sound(run, scenario)
            known.add(run.signature())
            cpu = max(cpu, run.cpu)
            these = calls_by_name(run.log)
            # Only what every run came to: the rest is a matter of time, and might not be reached.
            counts = these if counts is None else {n: min(counts[n], these.get(n, 0)) for n in counts}
            totals |= collections.Counter(re.findall(r"^\d+ +(\w+)\(", run.log, re.M))
        calls = calls_with_places(worker.run(scenario, trace=trace, places=True).log) if self.arguments.all else None
        return known, cpu, counts, totals, calls

    def wanted(self, call):
        return call not in LEFT_OUT and re.fullmatch(self.arguments.call or ".*", call)

    def forms(self, call):
        errnos = self.arguments.errno.split(",") if self.arguments.errno else None
        for errno in errnos_of(call):
            if not errnos or errno in errnos:
                yield errno, ""
                # The rest end like this one, or (EINTR, EAGAIN) are to be tried again.
                if errno == "EPERM" and call not in ONLY_ONCE:
                    yield errno, "+"

    def sample(self):
        """Of each scenario and call one, then of each another one, in an order that the seed decides."""
        groups = collections.defaultdict(list)
        for scenario in self.chosen:
            for call, count in self.counts[scenario.name].items():
                if not self.wanted(call):
                    continue
                first = self.before_main.get(call, 0) + 1
                for n in range(first, min(count, first + DEPTH - 1) + 1):
                    groups[scenario.name, call] += [
                        Failure((scenario.name, call), call, None, [(scenario, n)], form, errno)
                        for errno, form in self.forms(call)]
        seed = self.arguments.seed
        lists = [groups[key] for key in sorted(groups, key=lambda key: rank(seed, key))]
        for one in lists:
            one.sort(key=lambda f: rank(seed, f.group, f.tries[0][1], f.form, f.errno))
        picked = []
        while any(lists) and len(picked) < self.arguments.sample:
            picked += [one.pop(0) for one in lists if one]
        return picked[:self.arguments.sample]

    def all(self):
        """Each class of failures once, whichever scenario and N that is."""
        places = collections.defaultdict(list)
        for scenario in self.chosen:
            came_to = outcome(scenario) if scenario.listens else "start"
            for call, n, place, _ in self.calls[scenario.name]:
                # From here on the peer matters.
                if "(attempt_call+" in place:
                    came_to = outcome(scenario)
                tries = places[came_to, call, place]
                # The count of strace is each thread's, so that n would fail in the loader, too.
                if n > self.before_main.get(call, 0) and self.wanted(call) and (scenario, n) not in tries:
                    tries.append((scenario, n))
        classes = {}
        for (came_to, call, place), tries in places.items():
            if not tries:
                continue
            for errno, form in self.forms(call):
                where = place if errno in EVERYWHERE and not form and not self.arguments.brief else innermost(place)
                which = "" if self.arguments.brief and errno != "EPERM" else came_to
                seen, all_tries = classes.setdefault((which, call, errno, form, where), (set(), []))
                seen.add(place)
                all_tries += tries
        part, parts = (int(number) for number in self.arguments.part.split("/"))
        for (came_to, call, errno, form, where), (seen, tries) in sorted(classes.items(), key=lambda item: rank(item[0])):
            number = rank_number(errno, form, where)
            # Not the first one each time, so that all scenarios have their share.
            turn = number // parts % len(tries)
            if number % parts == part - 1:
                yield Failure((came_to, call), call, seen, (tries[turn:] + tries[:turn])[:TRIES], form, errno)


class Calls(Trial):
    def __init__(self, arguments, lines):
        super().__init__(arguments, lines)
        self.plan = Plan(arguments)
        self.missed = 0

    def judge(self, run, failure, scenario):
        name = scenario.name
        return judge(run, scenario, self.plan.known[name], failure.call, failure.form, failure.errno,
                     self.plan.totals[name][failure.call] + self.plan.totals[name]["ppoll"],
                     self.plan.totals[name]["ppoll"], self.plan.cpu_most[name])

    def fail(self, worker, failure):
        """
        Until one of the tries has met the place. What is wrong once only, or comes of an undisturbed run now, too, is
        a busy machine's.
        """
        # With all that follow there are many, and whose they are takes time.
        whose = failure.places and not failure.form
        for scenario, n in failure.tries:
            inject = "%s:error=%s:when=%d%s" % (failure.call, failure.errno, n, failure.form)
            trace = failure.call + ",ppoll"
            run = worker.run(scenario, inject, failure.call if whose else trace, places=whose)
            met = run.injected and (not whose or
                                    any(i and p in failure.places for _, _, p, i in calls_with_places(run.log)))
            wrong = self.judge(run, failure, scenario) if run.injected else None
            # Where it was looked for who made the call, those that succeed are not counted.
            if wrong or run.injected and whose and is_busy(run, self.plan.cpu_most[scenario.name]):
                run = worker.run(scenario, inject, trace)
                wrong = self.judge(run, failure, scenario) if run.injected else None
            if wrong:
                self.plan.known[scenario.name].add(worker.run(scenario, trace="none").signature())
                wrong = self.judge(run, failure, scenario)
            self.note(worker, failure, scenario, inject, run, wrong)
            if met or wrong:
                return
        with self.lock:
            self.missed += 1

    def note(self, worker, failure, scenario, inject, run, wrong):
        who = ""
        if wrong:
            who = callers(worker.run(scenario, inject, failure.call, places=True).log)
        self.keep(failure.group, run, wrong, run.command, who, scenario=scenario.name, call=failure.call, inject=inject,
                  errno=failure.errno, form=failure.form, cpu=run.cpu, calls=run.calls,
                  signature=run.signature() if wrong else None)

    def run(self):
        self.for_each(self.plan.learn, self.plan.chosen)
        failures = list(self.plan.all() if self.arguments.all else self.plan.sample())
        print("# %d failures" % len(failures), flush=True)
        if self.arguments.count:
            for what, n in collections.Counter((f.errno, f.form) for f in failures).items():
                print("#", *what, n)
            print("#", collections.Counter(f.call for f in failures))
            failures = []
        self.for_each(self.fail, failures)
        bad = self.report(lambda group: "{}: {} fails".format(*group))
        if self.missed:
            print("# %d places were not met in %d tries" % (self.missed, TRIES))
        return bad


def callers(log):
    """The program's functions that made the calls which failed, each with who called it."""
    chains = [functions(place) for _, _, place, injected in calls_with_places(log) if injected]
    return "; ".join(list(dict.fromkeys(chains))[:4])


def main():
    parser = options()
    parser.add_argument("--brief", action="store_true", help="with --all: each function and caller that calls, once "
                        "for each errno, and with EPERM for each outcome")
    parser.add_argument("--call", help="only system calls whose names match")
    parser.add_argument("--errno", help="what calls fail with, with commas (all that make sense for a call)")
    parser.add_argument("--learned", metavar="FOLDER", help="what undisturbed runs of this program come to is kept "
                        "in this folder, and taken from there")
    arguments = parser.parse_args()
    if arguments.learned:
        with open(PROGRAM, "rb") as program:
            arguments.learned = os.path.join(arguments.learned, hashlib.sha1(program.read()).hexdigest())
        os.makedirs(arguments.learned, exist_ok=True)
    with open(arguments.lines, "w") as lines:
        return Calls(arguments, lines).run()


if __name__ == "__main__":
    sys.exit(main())
