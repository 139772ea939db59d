# SPDX-License-Identifier: MIT
"""How the program is run: every mode, in the network that "run" makes."""
import collections
import os

STACK = os.environ["STACK"]
# The UDP port of the kernel's SCTP, which "run" sets.
SCTP_UDP = "9899"

# Every mode, in as few runs as possible.
SAMPLED = {"up-many-blocking-unseen", "refused-blocking", "half-each", "monitor", "listen-text", "sent-pcap-parameters",
           "targets-monitor"} | ({"show-monitor"} if STACK == "kernel" else
                                 {"up", "silent", "name", "relay", "relaying", "closing"})

# client: what the client of a listener does, beside connecting. files: what stands in {folder} before it runs.
Scenario = collections.namedtuple("Scenario", "name arguments peer listens stdin client files",
                                  defaults=("", (), {}))

# The listeners, in the order of their ports.
LISTENERS = ["good", "half", "raw", "udp", "nobody", "standing", None]


def port_of(worker, which):
    return 5000 + worker * len(LISTENERS) + LISTENERS.index(which)


def timeouts(connect_ms, probe_ms):
    slower = 3 if STACK == "kernel" else 1
    return ["-w", "%dms" % (connect_ms * slower), "--probe-timeout", "%dms" % (probe_ms * slower)]


def scenarios():
    """
    The first word of a name is what the program comes to, or does. peer: which listener (worker.py); of half's two
    addresses only one answers; with "standing", another program has an association, too.
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
    yield from messages(good, listen)
    yield from targets()
    if STACK == "kernel":
        yield Scenario("show", ["--json", "--show"], "standing", False)
        yield Scenario("show-monitor", ["--json", "--show"] + monitor, "standing", False)
        yield Scenario("show-text", ["--show"], "standing", False)


def messages(good, listen):
    """--send, --relay, --pcap, -o, and what a listener does with messages."""
    pcap = ["--pcap", "{folder}/packets"]
    parameters = ["-o", "RTO.Max=10s", "-o", "RTO.Min=200ms", "-o", "HB.interval=5s", "-o", "Path.Max.Retrans=3"]
    send = ["--send", "one", "--send", "hex:0102"]
    yield Scenario("sent", ["--json"] + send + ["--expect", "2"] + good, "good", False)
    yield Scenario("sent-pcap-parameters", ["--json", "-m", "--send", "@{folder}/data"] + pcap + parameters + good,
                   "good", False, files={"data": "x" * 70000})
    yield Scenario("sent-text", send + pcap + good, "good", False)
    yield Scenario("unanswered", ["--json", "--send", "one", "--expect", "3", "--reply-timeout", "300ms"] + good,
                   "good", False)
    relay = ["--relay", "--hold", "500ms"] + good[:4] + good[4:6]
    yield Scenario("relay", ["--json", "--lines"] + relay, "good", False, stdin="one\ntwo\nthree\n")
    yield Scenario("relay-text", relay, "good", False, stdin="x" * 30000)
    sending = ["--send", "one", "--reply-timeout", "300ms"]
    waiting = sending[:2] + ["--expect", "9"]
    for drill, options, client in (
            ("replies", ["--reply", "hex:0102"], sending), ("replies-discarding", ["--discard"], sending),
            ("replies-silent", ["--silent"], sending), ("closing", ["--close-after", "300ms"], waiting),
            ("aborting", ["--abort-after", "300ms:drill"], waiting), ("replies-parameters", parameters, sending)):
        yield Scenario(drill, ["--json"] + options + listen, None, True, client=client)
    # It goes on until it is ended.
    yield Scenario("relaying", ["--json", "--relay"] + listen[:1] + listen[3:], None, True, stdin="one\n", client=sending)


def targets():
    """--targets: of each outcome one."""
    slower = 3 if STACK == "kernel" else 1
    lines = "\n".join(["all 10.1.1.2:{port} 10.1.2.2 --probe-timeout %dms" % (1000 * slower),
                       "one 10.1.1.2 -p {port} -m", "refusing 10.1.1.2:9",
                       "silent 10.1.3.2:{port} -w %dms" % (300 * slower), ""])
    metrics = ["--metrics", "{folder}/metrics"]
    monitor = ["--monitor=600ms", "--interval", "200ms"]
    wait = ["-w", "%dms" % (2000 * slower)]
    one = ["--json", "--targets", "{folder}/targets"] + wait
    yield Scenario("targets", one + ["--rate", "20", "-P", "2"], "good", False, files={"targets": lines})
    yield Scenario("targets-metrics-pcap", one + metrics + ["--pcap", "{folder}/packets"], "good", False,
                   files={"targets": lines})
    yield Scenario("targets-monitor", one + monitor + metrics, "good", False, files={"targets": lines})
    yield Scenario("targets-text", ["--targets", "-"] + wait + ["--metrics", "-"], "good", False, stdin=lines)
