# SPDX-License-Identifier: MIT
"""A peer that wants to harm: one run of the program against it for each seed, and what that run may cost.

hostile.py STACK FIRST LAST: runs inside the server of tests/lab/topology.bash, whose own stack must not hear
the program. SCTP_CONNECT is the program, TOPO the lab. What the peer does depends on the seed alone. Prints a line
for each run that is wrong, with its seed, and the most that a run has cost. Status 1: one was wrong.
"""

import json
import os
import random
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "faults"))
import by_hand  # noqa: E402
from by_hand import (ABORT, COOKIE_ACK, COOKIE_ECHO, DATA, ERROR, HEARTBEAT, HEARTBEAT_ACK, INIT, INIT_ACK, SACK,  # noqa: E402
                     SHUTDOWN, SHUTDOWN_ACK, SHUTDOWN_COMPLETE, Packet, Peer, chunk, parameter)

PROGRAM = os.environ.get("SCTP_CONNECT", "build/sctp-connect")
SANITIZED = "sanitize" in PROGRAM
OWN = ["10.1.1.2", "10.1.2.2", "10.1.3.2"]
CLIENT = "10.1.1.1"
PORT = 5000
ETH_P_IP = 0x0800

# What one run may cost. A sanitizer multiplies memory and time.
SECONDS_MOST = 60  # from its start to its end, on a machine that does much else
CPU_MOST = 15 if SANITIZED else 3
BYTES_MOST = (900 if SANITIZED else 64) << 20
# To addresses that are not this peer's: heartbeats to eight that it lists, up to nine each. For each target.
STRANGERS_MOST = 72
STRANGER_BYTES_MOST = 6100
STRANGER_SIZE_MOST = 200

# --- What it sends ----------------------------------------------------------------------------------


def words(r, most):
    """Bytes at random, with what a terminal, a report or a parser might take for its own."""
    pieces = [b"\x1b]0;x\a", b"%s%n", b"\0", b"\n", b'"', b"\xff\xfe", b"A" * 40, r.randbytes(r.randrange(1, 40))]
    return b"".join(r.choice(pieces) for _ in range(r.randrange(8)))[:most]


def number(r):
    return r.choice([0, 1, 2, 3, 4, 0x7FFF, 0x8000, 0xFFFF, r.randrange(65536)])


def long_number(r, near=0):
    return r.choice([0, 1, near, near + 1, near - 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, r.randrange(1 << 32)]) & 0xFFFFFFFF


def with_length(r, data):
    """A chunk or a parameter whose length may be wrong."""
    if r.random() < 0.3:
        wrong = r.choice([0, 1, 2, 3, 4, 5, len(data) - 1, len(data) + 1, len(data) + 400, 0xFFFF])
        data = data[:2] + struct.pack("!H", wrong & 0xFFFF) + data[4:]
    return data


def address(r):
    if r.random() < 0.15:
        return parameter(6, r.choice([bytes(16), r.randbytes(16), bytes(15) + b"\x01", b"\xfe\x80" + r.randbytes(14)]))
    return parameter(5, r.choice([
        socket.inet_aton("203.0.113.%d" % r.randrange(256)), socket.inet_aton("10.1.%d.2" % r.randrange(1, 4)),
        socket.inet_aton(r.choice(["0.0.0.0", "255.255.255.255", "224.0.0.1", "127.0.0.1", "10.1.1.1", "10.1.1.255"])),
        r.randbytes(4)]))


def odd_parameter(r):
    kind = r.choice([1, 5, 6, 7, 8, 9, 11, 12, 0x8000, 0x8002, 0x8003, 0x8004, 0x8008, 0xC000, 0xC001, 0xC002, 0xC003,
                     0xC004, 0xC006, number(r)])
    return with_length(r, parameter(kind, r.randbytes(r.choice([0, 1, 4, 8, 20, r.randrange(60)]))))


def causes(r):
    return b"".join(with_length(r, parameter(r.choice([r.randrange(16), number(r)]), words(r, 200)))
                    for _ in range(r.randrange(4)))


class Hostile(Peer):
    """The peer's end: what it sends when nothing is asked of it."""

    addresses = OWN

    def __init__(self, first, r):
        super().__init__(first)
        self.r = r
        self.tsn = 1  # of the DATA that it sends next
        self.theirs = first.init_tsn() if INIT in first.chunks else 1
        self.heartbeat = b""

    def send(self, *chunks, **how):
        try:
            super().send(*chunks, **how)
        except OSError:  # it is too long for the link
            pass

    # Each of these gives chunks.

    def data(self):
        r = self.r
        tsn = self.tsn if r.random() < 0.7 else long_number(r, self.tsn)
        self.tsn += 1
        head = struct.pack("!IHHI", tsn, r.choice([0, 1, 9, number(r)]), number(r), long_number(r))
        return with_length(r, chunk(DATA, head + r.randbytes(r.choice([0, 1, 100, 1200])), r.choice([3, 3, 2, 0, 1, r.randrange(256)])))

    def endless(self):
        """A part of a message that has no end."""
        self.tsn += 1
        first = 2 if self.r.random() < 0.05 else 0
        return chunk(DATA, struct.pack("!IHHI", self.tsn - 1, 0, 0, 0) + bytes(1300), first)

    def sack(self):
        r = self.r
        gaps = [struct.pack("!HH", number(r), number(r)) for _ in range(r.choice([0, 1, 3, 100]))]
        again = [struct.pack("!I", long_number(r)) for _ in range(r.choice([0, 1, 50]))]
        head = struct.pack("!IIHH", long_number(r, self.theirs), long_number(r), r.choice([len(gaps), number(r)]),
                           r.choice([len(again), number(r)]))
        return with_length(r, chunk(SACK, head + b"".join(gaps + again)))

    def heartbeat_ack(self):
        value = bytearray(self.heartbeat or self.r.randbytes(40))
        for _ in range(self.r.randrange(4)):
            value[self.r.randrange(len(value))] = self.r.randrange(256)
        return with_length(self.r, chunk(HEARTBEAT_ACK, bytes(value)))

    def ask(self):
        return with_length(self.r, chunk(HEARTBEAT, self.r.randbytes(self.r.choice([0, 3, 4, 44, 1300]))))

    def error(self):
        return with_length(self.r, chunk(ERROR, causes(self.r)))

    def end(self):
        return with_length(self.r, chunk(ABORT, causes(self.r), self.r.randrange(4)))

    def close(self):
        kind = self.r.choice([SHUTDOWN, SHUTDOWN_ACK, SHUTDOWN_COMPLETE])
        return with_length(self.r, chunk(kind, struct.pack("!I", long_number(self.r, self.theirs))))

    def begin(self):
        r = self.r
        head = struct.pack("!IIHHI", long_number(r), long_number(r), number(r), number(r), long_number(r))
        more = b"".join(r.choice([address, odd_parameter])(r) for _ in range(r.choice([0, 1, 5, 60])))
        return with_length(r, chunk(r.choice([INIT, INIT_ACK]), head + more[:1300]))

    def cookie(self):
        return with_length(self.r, chunk(COOKIE_ECHO, self.r.randbytes(self.r.choice([0, 4, 300]))))

    def change(self):
        """ASCONF, its answer, RE-CONFIG, and what moves on."""
        r = self.r
        kind = r.choice([0xC1, 0x80, 130, 192, 194, 129, 15, 12, 13, 64])
        inner = b"".join(odd_parameter(r) + r.choice([b"", address(r)]) for _ in range(r.randrange(5)))
        return with_length(r, chunk(kind, struct.pack("!I", long_number(r, self.theirs)) + inner, r.randrange(256)))

    def anything(self):
        r = self.r
        return with_length(r, chunk(r.randrange(256), r.randbytes(r.choice([0, 1, 8, 300])), r.randrange(256)))

    def attack(self):
        """One packet."""
        r = self.r
        kinds = [self.data, self.sack, self.heartbeat_ack, self.ask, self.error, self.begin, self.cookie, self.change,
                 self.anything, self.endless]
        # These end it, if the tag is right.
        if r.random() < 0.03:
            kinds = [self.end, self.close]
        body = [r.choice(kinds)() for _ in range(r.choice([1, 1, 1, 2, 5]))]
        if sum(map(len, body)) > 1400:
            body = body[:1]
        if r.random() < 0.1:
            body.append(r.randbytes(r.randrange(1, 12)))
        wrong = {}
        if r.random() < 0.2:
            wrong["tag"] = r.choice([0, self.tag, self.peer_tag ^ 1, r.randrange(1 << 32)])
        if r.random() < 0.05:
            wrong["spoil"] = 1
        if r.random() < 0.1:
            wrong["source"] = r.choice(OWN + ["203.0.113.9", "10.1.1.1"])
        if r.random() < 0.05:
            wrong["port"] = r.randrange(1, 65536)
        self.send(*body, **wrong)

    def quote(self):
        """An ICMP error about a packet that was sent, or that never was."""
        r = self.r
        inner = bytearray(self.first.ip)
        for _ in range(r.choice([0, 0, 1, 3, 20])):
            inner[r.randrange(len(inner))] = r.randrange(256)
        inner = bytes(inner[:r.choice([0, 3, 19, 20, 28, 36, len(inner)])])
        kind, code = r.choice([(3, r.randrange(18)), (11, 0), (12, 0), (4, 0), (5, 1), (3, 4), (r.randrange(256), 0)])
        body = struct.pack("!BBHHH", kind, code, 0, 0, number(r)) + by_hand.padded(inner)
        by_hand.send_ip(r.choice([by_hand.ROUTER, "203.0.113.1", OWN[0]]), self.first.source, socket.IPPROTO_ICMP,
                        body[:2] + struct.pack("!H", by_hand.checksum(body)) + body[4:])

    def greet(self):
        """An INIT-ACK, most often one that is taken."""
        r = self.r
        if r.random() < 0.2:
            self.send(self.begin())
        arguments = {}
        if r.random() < 0.4:
            listed = [address(r) for _ in range(r.choice([1, 8, 60, 120]))]
            arguments["more"] = b"".join(listed)[:1200] if r.random() < 0.7 else b"".join(odd_parameter(r) for _ in range(5))
        if r.random() < 0.1:
            arguments["cookie"] = r.choice([None, b"x", r.randbytes(900)])
        if r.random() < 0.1:
            arguments["streams"] = number(r), number(r)
        if r.random() < 0.1:
            arguments["window"] = long_number(r)
        self.send(self.init(INIT_ACK, **arguments))


# --- One run ----------------------------------------------------------------------------------------


class Asked:
    """In the place of a first packet: this end has begun."""

    def __init__(self, r, udp):
        self.source, self.destination = CLIENT, OWN[0]
        self.source_port, self.port, self.udp = PORT, r.randrange(20000, 60000), udp
        self.chunks, self.tag = {}, 0
        inner = struct.pack("!HHI", PORT, self.port, 0)
        if udp:
            inner = struct.pack("!HHHH", by_hand.UDP, by_hand.UDP, 8 + len(inner), 0) + inner
        self.ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(inner), 1, 0, 64,
                              socket.IPPROTO_UDP if udp else socket.IPPROTO_SCTP, 0, socket.inet_aton(CLIENT),
                              socket.inet_aton(OWN[0])) + inner

    def init_tag(self):
        return 0


# These go on for as long as the peer lets them, so they are ended when it has sent all.
LASTING = "listen", "relay"


class Run:
    """A seed: the program, the peer, and what came of them."""

    MODES = {
        "connect": [],
        "each": ["--each"],
        "monitor": ["--monitor=500ms", "--interval", "100ms"],
        "send": ["--send", "hello", "--expect", "2", "--reply-timeout", "400ms"],
        "relay": ["--relay"],
        "listen": [],
        "targets": [],
        "targets, watched": ["--monitor=500ms", "--interval", "100ms"],
    }
    TARGETS = "one %s:%d\ntwo %s:%d %s\nthree %s:%d --one-to-one\nfour %s:%d\n" % (
        OWN[0], PORT, OWN[1], PORT, OWN[2], OWN[2], PORT, OWN[0], PORT + 1)

    def __init__(self, seed, stack, link):
        self.r = random.Random(seed)
        self.seed, self.stack, self.link = seed, stack, link
        self.mode = self.r.choice(list(self.MODES))
        self.targets = self.TARGETS.count("\n") if self.mode.startswith("targets") else 1
        self.peers = {}
        self.budget = self.r.choice([20, 60, 200])
        self.strangers = self.stranger_bytes = self.stranger_most = 0
        self.wrong = []

    def command(self):
        stack = ["--stack", "usrsctp", "--udp-encaps", "9899"] if self.stack == "usrsctp" else ["--stack", "kernel"]
        how = self.r.choice([["--json"], ["-v"], ["-v", "--json"], []])
        if self.mode == "listen":
            what = ["--listen", "-b", "%s:%d" % (CLIENT, PORT)]
        elif self.mode.startswith("targets"):
            what = ["-w", "700ms", "--hold", "50ms", "--probe-timeout", "200ms", "--targets", "-"]
        else:
            what = ["-w", "700ms", "--hold", "50ms", "-a", "%s:%d" % (OWN[0], PORT)]
            if self.r.random() < 0.5:
                what += ["-a", OWN[1], "-a", OWN[2]]
            if self.mode != "relay":
                what += ["--probe-timeout", "200ms"]
        return ["ip", "netns", "exec", os.environ["TOPO"] + "-client", PROGRAM] + stack + how + what + self.MODES[self.mode]

    def note_stranger(self, ip):
        self.strangers += 1
        self.stranger_bytes += len(ip)
        self.stranger_most = max(self.stranger_most, len(ip))

    def hear(self, ip):
        protocol = socket.IPPROTO_UDP if self.stack == "usrsctp" else socket.IPPROTO_SCTP
        if ip[9] != protocol:
            return
        if socket.inet_ntoa(ip[16:20]) not in OWN:
            self.note_stranger(ip)
            return
        try:
            packet = Packet(ip)
        except struct.error:
            return
        key = packet.source_port, packet.port
        if key not in self.peers:
            if INIT not in packet.chunks:
                return
            self.peers[key] = Hostile(packet, self.r)
        self.obey(self.peers[key], packet)

    def obey(self, peer, packet):
        peer.heartbeat = packet.chunks.get(HEARTBEAT, peer.heartbeat)
        if INIT in packet.chunks:
            peer.greet()
        elif INIT_ACK in packet.chunks and self.mode == "listen":
            peer.peer_tag = packet.init_tag()
            rest = packet.chunks[INIT_ACK][16:]
            while len(rest) >= 4:
                kind, length = struct.unpack("!HH", rest[:4])
                if kind == 7:
                    peer.send(chunk(COOKIE_ECHO, rest[4:length]))
                rest = rest[max(length + 3 & ~3, 4):]
        elif self.r.random() < 0.85:
            peer.answer(packet)

    def do_harm(self):
        """A few packets, at times many at once."""
        if self.mode == "listen" and (not self.peers or self.r.random() < 0.05):
            first = Asked(self.r, by_hand.UDP if self.stack == "usrsctp" else 0)
            peer = self.peers[first.source_port, first.port] = Hostile(first, self.r)
            peer.send(peer.init(INIT, cookie=None) if self.r.random() < 0.8 else peer.begin(), tag=0)
        for peer in list(self.peers.values())[-8:]:
            for _ in range(self.r.choice([1, 1, 2, 30])):
                if self.budget > 0:
                    self.budget -= 1
                    peer.quote() if self.r.random() < 0.15 else peer.attack()

    def play(self, program, deadline):
        turn = 0
        while program.poll() is None:
            if time.monotonic() > deadline:
                program.kill()
                self.wrong.append("it did not end in %d s" % SECONDS_MOST)
                break
            if select.select([self.link], [], [], 0.005)[0]:
                ip, (_, _, kind, _, _) = self.link.recvfrom(65536)
                if kind != socket.PACKET_OUTGOING:
                    self.hear(ip)
            turn += 1
            if turn % 2 == 0:
                self.do_harm()
            if self.mode in LASTING and self.budget <= 0:
                program.send_signal(signal.SIGTERM)
                self.budget = 1 << 30  # once

    def go(self):
        while select.select([self.link], [], [], 0)[0]:  # what the last one has left
            self.link.recv(65536)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as targets:
            self.arguments = self.command()
            targets.write(self.TARGETS.encode())
            targets.seek(0)
            program = subprocess.Popen(self.arguments, stdin=targets if self.targets > 1 else subprocess.DEVNULL,
                                       stdout=out, stderr=err, env={**os.environ, "LC_ALL": "C"})
            if self.mode == "listen":
                self.wait_until_ready(out)
            self.play(program, time.monotonic() + SECONDS_MOST)
            program.wait()
            self.status = program.returncode
            out.seek(0)
            err.seek(0)
            self.judge(out.read(), err.read())

    def wait_until_ready(self, out):
        for _ in range(4000):
            if os.fstat(out.fileno()).st_size:
                return
            time.sleep(0.005)
        self.wrong.append("it does not listen")

    def judge(self, out, err):
        right = {"listen": (143,), "relay": (0, 1, 4, 143)}.get(self.mode, (0, 1, 4, 5))
        if self.status not in right:
            self.wrong.append("exit status %d" % self.status)
        if re.search(rb"Sanitizer|runtime error", err):
            self.wrong.append("a sanitizer complains")
        printed = err if self.mode == "relay" else out + err
        if re.search(rb"[^\x20-\x7e\n]", printed):
            self.wrong.append("bytes that are not for a terminal")
        for line in printed.splitlines():
            if line.startswith(b"{"):
                try:
                    json.loads(line)
                except ValueError:
                    self.wrong.append("broken JSON")
        if self.strangers > STRANGERS_MOST * self.targets or self.stranger_bytes > STRANGER_BYTES_MOST * self.targets:
            self.wrong.append("%d packets, %d bytes to strangers" % (self.strangers, self.stranger_bytes))
        if self.stranger_most > STRANGER_SIZE_MOST:
            self.wrong.append("%d bytes at once to a stranger" % self.stranger_most)
        if self.wrong:
            print("seed %d, %s: %s" % (self.seed, self.mode, "; ".join(self.wrong)))
            print(" ".join(self.arguments[4:]), (out + err).decode("ascii", "backslashreplace")[-3000:], sep="\n")


def cost():
    """What the last program has taken: seconds of CPU, and the most memory of all so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024


def main():
    stack, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    wrong, most, cpu_most, before = 0, [0, 0, 0], 0, 0
    for seed in range(first, last + 1):
        run = Run(seed, stack, link)
        run.go()
        after, memory = cost()
        cpu, before = after - before, after
        cpu_most = max(cpu_most, cpu)
        if cpu > CPU_MOST or memory > BYTES_MOST:
            print("seed %d, %s: %.1f s of CPU, %d MiB" % (seed, run.mode, cpu, memory >> 20))
            wrong += not run.wrong
        wrong += bool(run.wrong)
        most = [max(a, b) for a, b in zip(most, (run.strangers, run.stranger_bytes, run.stranger_most))]
    print("%d runs, %d wrong; at most %.2f s of CPU, %d MiB, %d packets of %d bytes to strangers, the largest %d" % (
        last - first + 1, wrong, cpu_most, memory >> 20, *most))
    sys.exit(wrong > 0)


main()
