# SPDX-License-Identifier: MIT
"""An independent SCTP peer for tests: what Python's socket module lacks."""

import socket
import struct

SCTP = socket.IPPROTO_SCTP
# linux/sctp.h
SCTP_INITMSG = 2
SCTP_EVENTS = 11
SCTP_SNDRCV = 1
SCTP_UNORDERED = 1
MSG_NOTIFICATION = 0x8000
# struct sctp_sndrcvinfo: stream, ssn, flags, ppid, context, timetolive, tsn, cumtsn, assoc_id
SNDRCVINFO = struct.Struct("=HHH2xIIIIIi")


def endpoint(address="0.0.0.0", port=0, streams=10, attempts=0):
    """A one-to-one socket that tells the stream of what it receives."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, socket.SOCK_STREAM, SCTP)
    s.settimeout(60)
    s.setsockopt(SCTP, SCTP_EVENTS, struct.pack("=10B", 1, *[0] * 9))
    s.setsockopt(SCTP, SCTP_INITMSG, struct.pack("=HHHH", streams, streams, attempts, 200 if attempts else 0))
    if port or address not in ("0.0.0.0", "::"):
        s.bind((address, port))
    return s


def connect(host, port, **arguments):
    s = endpoint("::" if ":" in host else "0.0.0.0", **arguments)
    s.connect((host, int(port)))
    return s


def send(s, data, stream=0, ppid=0, unordered=False):
    """ppid in the order of the bytes on the wire, as the kernel hands it on."""
    info = SNDRCVINFO.pack(stream, 0, SCTP_UNORDERED if unordered else 0, ppid, 0, 0, 0, 0, 0)
    s.sendmsg([data], [(SCTP, SCTP_SNDRCV, info)])


def room(s, size):
    """A send buffer for a message of that size."""
    SO_SNDBUFFORCE = 32
    s.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, size)


def receive(s):
    """One whole message: (data, stream, ppid, unordered); None at the end of the association."""
    data = b""
    while True:
        part, control, flags, _ = s.recvmsg(1 << 20, 256)
        if flags & MSG_NOTIFICATION:
            continue
        if not part:
            return None
        data += part
        if flags & socket.MSG_EOR:
            break
    info = next(SNDRCVINFO.unpack(value) for level, kind, value in control
                if (level, kind) == (SCTP, SCTP_SNDRCV))
    return data, info[0], info[3], bool(info[2] & SCTP_UNORDERED)


def bindx(s, address, port, add=True):
    """Adds or removes an address, which an association of the socket tells its peer (ASCONF)."""
    name = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, socket.inet_aton(address))
    s.setsockopt(SCTP, 100 if add else 101, name)  # SCTP_SOCKOPT_BINDX_ADD, _REM


def abort(s):
    """Closes with ABORT instead of SHUTDOWN."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
    s.close()
