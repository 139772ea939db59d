# SPDX-License-Identifier: MIT
"""SCTP made by hand: packets, and an end of an association that obeys whoever writes it."""

import socket
import struct

UDP = 9899
DATA = 0
INIT, INIT_ACK, SACK, HEARTBEAT, HEARTBEAT_ACK, ABORT, SHUTDOWN, SHUTDOWN_ACK, ERROR, COOKIE_ECHO, COOKIE_ACK = range(1, 12)
SHUTDOWN_COMPLETE = 14
PAD = 0x84
ROUTER = "10.1.1.254"

# --- Bytes ----------------------------------------------------------------------------------------

CRC = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    CRC.append(byte)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def padded(data):
    return data + bytes(-len(data) % 4)


def chunk(kind, value=b"", flags=0):
    return padded(struct.pack("!BBH", kind, flags, 4 + len(value)) + value)


def parameter(kind, value=b""):
    return padded(struct.pack("!HH", kind, 4 + len(value)) + value)


def cause(code, value=b""):
    return parameter(code, value)


class Packet:
    """An SCTP packet that came in. ip is all of it."""

    def __init__(self, ip):
        header = (ip[0] & 15) * 4
        self.ip = ip
        self.source, self.destination = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
        sctp, self.udp = ip[header:struct.unpack("!H", ip[2:4])[0]], 0
        if ip[9] == socket.IPPROTO_UDP:
            self.udp, sctp = struct.unpack("!H", sctp[:2])[0], sctp[8:]
        self.source_port, self.port, self.tag = struct.unpack("!HHI", sctp[:8])
        self.chunks = {}
        rest = sctp[12:]
        while len(rest) >= 4:
            kind, _, length = struct.unpack("!BBH", rest[:4])
            self.chunks[kind] = rest[4:length]
            rest = rest[max(length + 3 & ~3, 4):]

    def init_tag(self):
        return struct.unpack("!I", self.chunks.get(INIT, self.chunks.get(INIT_ACK))[:4])[0]

    def init_tsn(self):
        return struct.unpack("!I", self.chunks[INIT][12:16])[0]


# --- One association --------------------------------------------------------------------------------

raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def send_ip(source, destination, protocol, data):
    # The kernel fills in the rest.
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, protocol, 0, socket.inet_aton(source),
                         socket.inet_aton(destination))
    raw.sendto(header + data, (destination, 0))


class Peer:
    """Our end of an association that the first packet, an INIT, has asked for."""

    addresses = ()  # that it lists, unless it is told otherwise

    def __init__(self, first):
        self.first = first
        self.tag, self.peer_tag = 0x11223344, first.init_tag()
        self.source = None  # of all that is sent, unless it is the address that was asked

    def send(self, *chunks, tag=None, source=None, to=None, port=None, spoil=0):
        first = self.first
        head = struct.pack("!HHI", port or first.port, first.source_port, self.peer_tag if tag is None else tag)
        body = b"".join(chunks)
        crc = crc32c(head + bytes(4) + body) ^ spoil
        data, protocol = head + struct.pack("<I", crc) + body, socket.IPPROTO_SCTP
        if first.udp:
            data = struct.pack("!HHHH", UDP, first.udp, 8 + len(data), 0) + data
            protocol = socket.IPPROTO_UDP
        send_ip(self.source or source or first.destination, to or first.source, protocol, data)

    def init(self, kind, addresses=None, streams=(10, 10), cookie=b"a cookie", tag=None, window=65536, more=b""):
        listed = b"".join(parameter(5, socket.inet_aton(a)) for a in addresses or self.addresses)
        value = struct.pack("!IIHHI", self.tag if tag is None else tag, window, *streams, 1) + listed
        return chunk(kind, value + (parameter(7, cookie) if cookie else b"") + more)

    def abort(self, code=None, value=b"", flags=0):
        self.send(chunk(ABORT, cause(code, value) if code else b"", flags))

    def icmp(self, kind, code, quoted):
        """Of the packet's IP payload so many bytes are quoted."""
        body = struct.pack("!BBHI", kind, code, 0, 0) + padded(self.first.ip[:20 + quoted])
        send_ip(ROUTER, self.first.source, socket.IPPROTO_ICMP,
                body[:2] + struct.pack("!H", checksum(body)) + body[4:])

    # Each of these is a generator: it gets the packets that follow from its yields.

    def handshake(self, **arguments):
        while True:
            self.send(self.init(INIT_ACK, **arguments))
            while True:
                packet = yield
                if INIT in packet.chunks:
                    break
                if COOKIE_ECHO in packet.chunks:
                    self.send(chunk(COOKIE_ACK))
                    return

    def answer(self, packet):
        if COOKIE_ECHO in packet.chunks:
            self.send(chunk(COOKIE_ACK), source=packet.destination)
        if HEARTBEAT in packet.chunks:
            self.send(chunk(HEARTBEAT_ACK, packet.chunks[HEARTBEAT]), source=packet.destination, to=packet.source)
        if SHUTDOWN in packet.chunks:
            self.send(chunk(SHUTDOWN_ACK))
        if SHUTDOWN_ACK in packet.chunks:
            self.send(chunk(SHUTDOWN_COMPLETE))

    def live(self, heartbeats=None):
        """For ever, or until so many heartbeats are answered."""
        while heartbeats != 0:
            packet = yield
            self.answer(packet)
            if heartbeats and HEARTBEAT in packet.chunks:
                heartbeats -= 1
