# SPDX-License-Identifier: MIT
"""An SCTP peer made by hand, for faults that no stack has: every port is a different fault.

odd_peer.py STACK ADDRESS...: reads what comes to these addresses before the packet filter, which must
keep it from the stack of its host, and answers with raw packets. STACK is the test's: of usrsctp, all is
in UDP. Prints a line for each fault, its name and port, and "ready". It runs on the first processor; so must the
program, if what arrives together matters (odd() in faults.bats).
"""

import contextlib
import os
import socket
import struct
import sys
import time

from by_hand import (ABORT, COOKIE_ACK, COOKIE_ECHO, DATA, ERROR, HEARTBEAT, INIT, INIT_ACK, PAD, SHUTDOWN, Packet,
                     Peer, cause, chunk, parameter)

ETH_P_IP = 0x0800

# --- The faults -------------------------------------------------------------------------------------

FAULTS = []


def fault(function):
    FAULTS.append(function)
    return function


def refusal(name, *cause):
    """A fault: ABORT with that cause, and its value, as answer to the INIT."""
    def refuse(peer):
        peer.abort(*cause)
        yield
    refuse.__name__ = name
    fault(refuse)


@fault
def no_streams(peer):
    """Allows no streams to us."""
    yield from peer.handshake(streams=(10, 0))


refusal("abort_violation", 13, b"AUTH is required")
refusal("abort_resource", 4)
refusal("abort_address", 5, parameter(5, socket.inet_aton("10.1.2.1")))


@fault
def abort_late(peer):
    """After the handshake, without a cause."""
    yield from peer.handshake()
    peer.abort()


@fault
def abort_late_cause(peer):
    yield from peer.handshake()
    peer.abort(12, b"maintenance")


@fault
def abort_asked(peer):
    """When it is asked by a heartbeat: it has forgotten the association."""
    yield from peer.handshake()
    while HEARTBEAT not in (yield).chunks:
        pass
    peer.send(chunk(ABORT, flags=1), tag=peer.tag)


@fault
def abort_in_use(peer):
    yield from peer.handshake()
    yield from peer.live(9)
    peer.abort(12, b"maintenance")


@fault
def no_user_data(peer):
    """A DATA chunk without any, which is a reason to abort."""
    yield from peer.handshake()
    yield from peer.live(9)
    peer.send(chunk(DATA, struct.pack("!IHHI", 1, 0, 0, 0), 3))
    yield from peer.live()


@fault
def stranger(peer):
    """Another host has the second address that is listed, and answers after a while."""
    yield from peer.handshake(addresses=ADDRESSES[:2])
    begun = time.monotonic()
    while True:
        packet = yield
        if packet.destination != ADDRESSES[1]:
            peer.answer(packet)
        elif time.monotonic() - begun > 0.25:
            peer.send(chunk(ABORT, flags=1), tag=packet.tag, source=ADDRESSES[1])


@fault
def stale_cookie(peer):
    while True:
        peer.send(peer.init(INIT_ACK))
        while True:
            packet = yield
            if INIT in packet.chunks:
                break
            if COOKIE_ECHO in packet.chunks:
                peer.send(chunk(ERROR, cause(3, struct.pack("!I", 2500000))))


@fault
def wrong_tag(peer):
    while True:
        peer.send(peer.init(INIT_ACK), tag=peer.peer_tag ^ 1)
        yield


@fault
def no_cookie(peer):
    peer.send(peer.init(INIT_ACK, cookie=None))
    yield


@fault
def bad_checksum(peer):
    while True:
        peer.send(peer.init(INIT_ACK), spoil=1)
        yield


@fault
def restart(peer):
    """Restarts when a heartbeat arrives, and answers later heartbeats."""
    yield from peer.handshake()
    while HEARTBEAT not in (yield).chunks:
        pass
    peer.tag ^= 0x55
    peer.send(peer.init(INIT, cookie=None), tag=0)
    while True:
        packet = yield
        if INIT_ACK in packet.chunks:
            value, peer.peer_tag = packet.chunks[INIT_ACK], packet.init_tag()
            rest = value[16:]
            while rest:
                kind, length = struct.unpack("!HH", rest[:4])
                if kind == 7:
                    peer.send(chunk(COOKIE_ECHO, rest[4:length]))
                rest = rest[length + 3 & ~3:]
        if COOKIE_ACK in packet.chunks:
            break
    yield from peer.live()


@fault
def collision(peer):
    """Both begin at the same time, from the same ports."""
    peer.send(peer.init(INIT, cookie=None), tag=0)
    while True:
        packet = yield
        if INIT_ACK in packet.chunks:
            break
    peer.send(peer.init(INIT_ACK))
    yield from peer.live()


@fault
def gone(peer):
    """After the handshake."""
    yield from peer.handshake()
    while True:
        yield


@fault
def no_padding(peer):
    """Answers no heartbeat with a PAD chunk, be it small or large."""
    yield from peer.handshake()
    while True:
        packet = yield
        if PAD not in packet.chunks:
            peer.answer(packet)


@fault
def altered(peer):
    """Answers heartbeats with another content."""
    yield from peer.handshake()
    while True:
        packet = yield
        if HEARTBEAT in packet.chunks:
            content = packet.chunks[HEARTBEAT]
            packet.chunks[HEARTBEAT] = content[:4] + bytes(byte ^ 0xFF for byte in content[4:])
        peer.answer(packet)


@fault
def fewer(peer):
    yield from peer.handshake(addresses=ADDRESSES[:1])
    yield from peer.live()


@fault
def unrouted(peer):
    """Lists an address that no route leads to."""
    yield from peer.handshake(addresses=ADDRESSES[:1] + ["172.16.99.1"])
    yield from peer.live()


@fault
def others(peer):
    """Lists sixty addresses of others."""
    yield from peer.handshake(addresses=ADDRESSES[:1] + ["203.0.113.%d" % n for n in range(1, 61)])
    yield from peer.live()


@fault
def shutdown(peer):
    """Closes when it is asked by a heartbeat."""
    yield from peer.handshake()
    while HEARTBEAT not in (yield).chunks:
        pass
    peer.send(chunk(SHUTDOWN, struct.pack("!I", peer.first.init_tsn() - 1 & 0xFFFFFFFF)))
    yield from peer.live()


@fault
def elsewhere(peer):
    """Another address answers, always."""
    peer.source = ADDRESSES[1]
    yield from peer.handshake()
    yield from peer.live()


@fault
def hops(peer):
    """A loop of routers."""
    while True:
        peer.icmp(11, 0, 36)
        yield


@fault
def hops_short(peer):
    """Old ones, which quote no more than RFC 792 asks for: ports and verification tag."""
    while True:
        peer.icmp(11, 0, 8)
        yield


@fault
def no_sctp_short(peer):
    while True:
        peer.icmp(3, 2, 8)
        yield


@fault
def host_name(peer):
    """Lists a name instead of addresses, which RFC 9260 forbids."""
    yield from peer.handshake(more=parameter(11, b"peer.example\0"))


@fault
def set_primary(peer):
    """Asks for a primary address although no ASCONF was offered."""
    yield from peer.handshake(more=parameter(0xc004, struct.pack("!I", 1) + parameter(5, socket.inet_aton(ADDRESSES[0]))))
    yield from peer.live()


@fault
def small_window(peer):
    yield from peer.handshake(window=1000)


@fault
def no_tag(peer):
    yield from peer.handshake(tag=0)


@fault
def shutting_down(peer):
    """Refuses the COOKIE-ECHO: it still closes an older association."""
    while True:
        peer.send(peer.init(INIT_ACK))
        while True:
            packet = yield
            if INIT in packet.chunks:
                break
            if COOKIE_ECHO in packet.chunks:
                peer.send(chunk(ERROR, cause(10)))


@fault
def other_port(peer):
    """Answers from a port that was not asked."""
    while True:
        peer.send(peer.init(INIT_ACK), port=peer.first.port + 1000)
        yield


# It has an association with this port, and the INIT lists an address more.
refusal("abort_restart", 11, parameter(5, socket.inet_aton("10.1.2.1")))


@fault
def asconf(peer):
    """Offers ASCONF, and not AUTH without which it is unsafe."""
    yield from peer.handshake(more=parameter(0x8008, bytes([193, 128])))
    yield from peer.live()


@contextlib.contextmanager
def at_once():
    """What is sent meanwhile arrives together: the program, on the same processor, does nothing before the end."""
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    yield
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@fault
def two_stacks(peer):
    """One of two stacks knows no such port, and the other does."""
    with at_once():
        peer.abort()
        peer.send(peer.init(INIT_ACK))
    yield


@fault
def two_stacks_late(peer):
    """The ABORT comes after the INIT-ACK. The COOKIE-ECHO may be faster, and is answered twice, too."""
    with at_once():
        peer.send(peer.init(INIT_ACK))
        peer.abort()
        peer.send(chunk(COOKIE_ACK))
        peer.send(chunk(ABORT, flags=1), tag=peer.tag)
    yield


@fault
def two_stacks_cookie(peer):
    """Both answer the COOKIE-ECHO, the one that refuses first."""
    peer.send(peer.init(INIT_ACK))
    while COOKIE_ECHO not in (yield).chunks:
        pass
    with at_once():
        peer.send(chunk(ABORT, flags=1), tag=peer.tag)
        peer.send(chunk(COOKIE_ACK))


@fault
def two_stacks_up(peer):
    """The same, and the one that accepts is first: the association is up for a moment."""
    yield from peer.handshake(addresses=ADDRESSES[:1])
    peer.send(chunk(ABORT, flags=1), tag=peer.tag)
    yield from peer.live()


# --- The loop ---------------------------------------------------------------------------------------

if len(sys.argv) < 3 or sys.argv[1] not in ("kernel", "usrsctp"):
    sys.exit("usage: odd_peer.py kernel|usrsctp ADDRESS...")
STACK, ADDRESSES = sys.argv[1], sys.argv[2:]
Peer.addresses = ADDRESSES
PROTOCOL = socket.IPPROTO_SCTP if STACK == "kernel" else socket.IPPROTO_UDP


def main():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
    associations = {}
    for number, function in enumerate(FAULTS):
        print(function.__name__, 6000 + number)
    print("ready", flush=True)
    while True:
        ip, (_, _, kind, _, _) = link.recvfrom(65536)
        if kind == socket.PACKET_OUTGOING or ip[9] != PROTOCOL or socket.inet_ntoa(ip[16:20]) not in ADDRESSES:
            continue
        packet = Packet(ip)
        if not 6000 <= packet.port < 6000 + len(FAULTS):
            continue
        key = packet.source_port, packet.port
        peer, steps = associations.get(key, (None, None))
        try:
            # Another tag: a later program has the same port.
            if INIT in packet.chunks and (not peer or packet.init_tag() != peer.first.init_tag()):
                peer = Peer(packet)
                steps = FAULTS[packet.port - 6000](peer)
                associations[key] = peer, steps
                next(steps)
            elif steps:
                steps.send(packet)
        except StopIteration:
            associations[key] = peer, None  # silent from now on


main()
