#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py COUNT KINDS [--change COMMAND] [--pace] -- PROGRAM...: makes a list of COUNT targets, runs PROGRAM --targets, and compares each
result with that of a run with the same addresses and options alone. Prints what differs, and how long it took. With --change,
COMMAND is run once half of the targets have a result, and those that change may have the result of before or after. --pace: it
may take as long as it likes.

KINDS is a file with a line for each kind of target:

  NAME[*WEIGHT] ADDRESS... [OPTION]...         as in the file of --targets
  NAME[*WEIGHT]~RESULT,... ADDRESS... [OPTION]...    changes; while it does so it may also have these results

A kind of weight 3 comes three times as often as one of weight 1. The order is random, and the same each time.
"""
import json
import random
import re
import subprocess
import sys
import tempfile
import time

# A machine that is busy may need as long again, and the program some time for each target.
SLACK = 3
SLACK_SECONDS = 5
SLACK_TARGET_SECONDS = 0.05


class Kind:
    def __init__(self, line):
        head, self.words = line.split()[0], line.split()[1:]
        match = re.fullmatch(r"(\w+)(?:\*(\d+))?(?:~([\w,]+))?", head)
        self.name = match[1]
        self.weight = int(match[2] or 1)
        self.during = match[3].split(",") if match[3] else []
        self.changes = bool(match[3])
        self.results = set()
        self.seconds = 0

    def arguments(self):
        """Of the command line, where each address needs its -a."""
        found, options = [], False
        for word in self.words:
            options = options or word.startswith("-")
            found += [word] if options else ["-a", word]
        return found


def gist(result):
    """What must be the same, however fast it was: when an association ends, its paths may have been verified, or not yet."""
    ended = result["result"] in ("aborted", "closed")
    paths = [f"{path['address']} {path['verdict']} {(path['cause'] or {}).get('code')}"
             for path in result["paths"] if path["requested"] and not ended]
    each = [f"{one['address']} {one['result']}" for one in result.get("each") or []]
    return json.dumps([result["result"], result["exit_status"], (result["cause"] or {}).get("code"), sorted(paths), each])


def run_alone(kinds, program):
    """All at the same time."""
    runs = []
    for kind in kinds:
        runs.append((kind, time.monotonic(), subprocess.Popen(
            [*program, "--json", *kind.arguments()], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)))
    for kind, begin, run in runs:
        lines = run.communicate()[0].splitlines()
        kind.results.add(gist(json.loads(lines[-1])))
        kind.seconds = max(kind.seconds, time.monotonic() - begin)


def make_list(count, kinds):
    dice = random.Random(1)
    names = [kind for kind in kinds for _ in range(kind.weight)]
    chosen = [names[i % len(names)] for i in range(count)]
    dice.shuffle(chosen)
    return [(f"{kind.name}-{i}", kind) for i, kind in enumerate(chosen)]


def run_together(targets, program, change):
    results, wrong = {}, []
    with tempfile.NamedTemporaryFile("w", suffix=".targets") as file:
        file.writelines(" ".join([name, *kind.words]) + "\n" for name, kind in targets)
        file.flush()
        begin = time.monotonic()
        run = subprocess.Popen([*program, "--json", "--targets", file.name], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True)
        for line in run.stdout:
            result = json.loads(line)
            if result.get("event"):
                continue
            if result["name"] in results:
                wrong.append(f"{result['name']}: told twice")
            results[result["name"]] = result
            if change and len(results) >= len(targets) / 2:
                subprocess.run(change, shell=True, check=True)
                change = None
        run.wait()
    return results, wrong, time.monotonic() - begin


def compare(targets, results):
    for name, kind in targets:
        result = results.get(name)
        if not result:
            yield f"{name}: no result"
        elif gist(result) not in kind.results and result["result"] not in kind.during:
            yield f"{name}: {gist(result)}; alone: {' or '.join(sorted(kind.results))}"


def main():
    end = sys.argv.index("--")
    options, program = sys.argv[1:end], sys.argv[end + 1:]
    change = options[options.index("--change") + 1] if "--change" in options else None
    with open(options[1], encoding="utf-8") as file:
        kinds = [Kind(line) for line in file if line.strip()]
    alone = [word for word in program if not re.match(r"--(parallel|rate)=", word)]
    targets = make_list(int(options[0]), kinds)
    run_alone(kinds, alone)
    results, wrong, seconds = run_together(targets, program, change)
    if change:
        run_alone([kind for kind in kinds if kind.changes], alone)
    wrong += compare(targets, results)
    slowest = max(kind.seconds for kind in kinds)
    print(f"{len(targets)} targets in {seconds:.1f} s, the slowest alone {slowest:.1f} s, {len(wrong)} wrong")
    if "--pace" not in options and seconds > SLACK * slowest + SLACK_SECONDS + len(targets) * SLACK_TARGET_SECONDS:
        wrong.append("that is too long")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


main()
