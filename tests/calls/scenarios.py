# SPDX-License-Identifier: MIT
"""How the program is run: every mode, in the network that "run" makes."""
import collections
import os

STACK = os.environ["STACK"]
# The UDP port of the kernel's SCTP, which "run" sets.
SCTP_UDP = "9899"

# Every mode, in as few runs as possible.
SAMPLED = {"up", "up-many-blocking-unseen", "refused-blocking", "silent", "half-each", "name", "monitor", "listen-text"}

Scenario = collections.namedtuple("Scenario", "name arguments peer listens")


def timeouts(connect_ms, probe_ms):
    slower = 3 if STACK == "kernel" else 1
    return ["-w", "%dms" % (connect_ms * slower), "--probe-timeout", "%dms" % (probe_ms * slower)]


def scenarios():
    """
    The first word of a name is what the program comes to, or does. peer: which listener (worker.py); of half's two
    addresses only one answers.
    """
    # Long where an answer is sure to come, and short where none is.
    good = ["-a", "10.1.1.2:{port}", "-a", "10.1.2.2"] + timeouts(2000, 1000)
    half = ["-a", "10.1.1.2:{port}", "-a", "10.1.3.2"] + timeouts(2000, 250)
    refused = ["-a", "10.1.1.2:9"] + timeouts(2000, 1000)
    silent = ["-a", "10.1.3.2:{port}"] + timeouts(300, 1000)
    monitor = ["--monitor=300ms", "--interval", "100ms"]
    styles = [("", []), ("-blocking", ["-B"]), ("-many", ["-m"]), ("-many-blocking", ["-m", "-B"])]
    for style, options in styles:
        for outcome, addresses in (("up", good), ("refused", refused), ("silent", silent)):
            for witness in ([], ["--no-witness"]):
                yield Scenario(outcome + style + ("-unseen" if witness else ""),
                               ["--json"] + options + witness + addresses, "good", False)
    for outcome, addresses in (("up", good), ("refused", refused), ("silent", silent)):
        yield Scenario(outcome + "-text", addresses, "good", False)
        yield Scenario(outcome + "-each", ["--json", "-e"] + addresses, "good", False)
    yield Scenario("half", ["--json"] + half, "half", False)
    yield Scenario("half-unseen", ["--json", "--no-witness"] + half, "half", False)
    yield Scenario("half-each", ["--json", "-e"] + half, "half", False)
    yield Scenario("name", ["--json", "-a", "two.lab:{port}"] + timeouts(8000, 1000), "good", False)
    yield Scenario("monitor", ["--json"] + monitor + good, "good", False)
    yield Scenario("monitor-many-unseen", ["--json", "-m", "--no-witness"] + monitor + good, "good", False)
    yield Scenario("monitor-half", ["--json"] + monitor + half, "half", False)
    yield Scenario("monitor-text", monitor + good, "good", False)
    if STACK == "kernel":
        yield Scenario("up-udp", ["--json"] + good, "udp", False)
    else:
        yield Scenario("up-raw", ["--json"] + good, "raw", False)
        yield Scenario("silent-raw", ["--json"] + silent, "raw", False)
        # ICMP says that nobody has the UDP port.
        yield Scenario("unheard", ["--json", "-a", "10.1.1.2:{port}"] + timeouts(2000, 1000), "nobody", False)
    listen = ["--listen", "--count", "1", "-b", "10.1.1.2:{port}", "-b", "10.1.2.2"]
    yield Scenario("listen", ["--json"] + listen, None, True)
    yield Scenario("listen-text", listen, None, True)
