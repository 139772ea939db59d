# SPDX-License-Identifier: MIT
"""The same as sctp.py, with usrsctp in UDP datagrams: an independent SCTP peer for tests."""

import atexit
import ctypes
import errno
import os
import socket
import struct
import time

SCTP = socket.IPPROTO_SCTP
# The port of the tests; a program has it at the server, and a free one at the client.
UDP = 9899
# usrsctp.h
SCTP_INITMSG = 0x3
SCTP_RECVRCVINFO = 0x1F
SCTP_REMOTE_UDP_ENCAPS_PORT = 0x24
SCTP_UNORDERED = 0x400
SCTP_SENDV_SNDINFO = 1
SNDINFO = struct.Struct("=HHIII")  # stream, flags, ppid, context, assoc_id
RCVINFO = struct.Struct("=HHH2xIIIII")  # stream, ssn, flags, ppid, tsn, cumtsn, context, assoc_id
SEND_BUFFER = 300000  # a message has to fit

usrsctp = ctypes.CDLL("libusrsctp.so.2", use_errno=True)
usrsctp.usrsctp_socket.restype = ctypes.c_void_p
usrsctp.usrsctp_accept.restype = ctypes.c_void_p
usrsctp.usrsctp_recvv.restype = ctypes.c_ssize_t
usrsctp.usrsctp_sendv.restype = ctypes.c_ssize_t
started = False


def start(udp):
    """usrsctp is one per process."""
    global started
    if not started:
        started = True
        usrsctp.usrsctp_init(udp, None, None)
        usrsctp.usrsctp_sysctl_set_sctp_no_csum_on_loopback(0)
        atexit.register(finish)


def finish():
    """What was closed ends on the wire first."""
    for _ in range(500):
        if usrsctp.usrsctp_finish() == 0:
            break
        time.sleep(0.002)


def free_udp():
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.bind(("::", 0))
        return s.getsockname()[1]


def sockaddr(address, port):
    if ":" in address:
        return struct.pack("=H", socket.AF_INET6) + struct.pack(
            ">HI16sI", port, 0, socket.inet_pton(socket.AF_INET6, address), 0)
    return struct.pack("=H", socket.AF_INET) + struct.pack(
        ">H4s8x", port, socket.inet_pton(socket.AF_INET, address))


def check(result):
    if result is None or result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


class Socket:
    """What the tests use of Python's own."""

    def __init__(self, handle):
        self.handle = ctypes.c_void_p(handle)
        self.timeout = 60
        self.setsockopt(SCTP, SCTP_RECVRCVINFO, struct.pack("=i", 1))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, struct.pack("=i", SEND_BUFFER))

    def setsockopt(self, level, name, value):
        check(usrsctp.usrsctp_setsockopt(self.handle, level, name, value, len(value)))

    def settimeout(self, seconds):
        self.timeout = seconds

    def setblocking(self, blocking):
        self.timeout = None if blocking else 0

    def wait(self, call, *arguments):
        """Until it would not block any more."""
        end = time.monotonic() + (1e9 if self.timeout is None else self.timeout)
        usrsctp.usrsctp_set_non_blocking(self.handle, 1)
        while True:
            result = call(self.handle, *arguments)
            if result is not None and result >= 0:
                return result
            error = ctypes.get_errno()
            if error != errno.EAGAIN or self.timeout == 0:
                raise OSError(error, os.strerror(error))
            if time.monotonic() > end:
                raise TimeoutError()
            time.sleep(0.001)

    def listen(self, backlog=5):
        check(usrsctp.usrsctp_listen(self.handle, backlog))

    def accept(self):
        return Socket(self.wait(usrsctp.usrsctp_accept, None, None)), None

    def close(self):
        usrsctp.usrsctp_close(self.handle)


def endpoint(address="0.0.0.0", port=0, streams=10, attempts=0):
    """A one-to-one socket that tells the stream of what it receives."""
    start(UDP if port else free_udp())
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = Socket(check(usrsctp.usrsctp_socket(family, socket.SOCK_STREAM, SCTP, None, None, 0, None)))
    s.setsockopt(SCTP, SCTP_INITMSG, struct.pack("=HHHH", streams, streams, attempts, 200 if attempts else 0))
    # struct sctp_udpencaps: a whole sockaddr_storage, assoc_id, port
    s.setsockopt(SCTP, SCTP_REMOTE_UDP_ENCAPS_PORT,
             struct.pack("=H126xI", family, 0) + struct.pack(">H2x", UDP))
    if port or address not in ("0.0.0.0", "::"):
        name = sockaddr(address, port)
        check(usrsctp.usrsctp_bind(s.handle, name, len(name)))
    return s


def connect(host, port, **arguments):
    s = endpoint("::" if ":" in host else "0.0.0.0", **arguments)
    name = sockaddr(host, int(port))
    check(usrsctp.usrsctp_connect(s.handle, name, len(name)))
    return s


def send(s, data, stream=0, ppid=0, unordered=False):
    """ppid in the order of the bytes on the wire, as usrsctp hands it on."""
    info = SNDINFO.pack(stream, SCTP_UNORDERED if unordered else 0, ppid, 0, 0)
    s.wait(usrsctp.usrsctp_sendv, data, ctypes.c_size_t(len(data)), None, 0, info, len(info),
           SCTP_SENDV_SNDINFO, 0)


def room(s, size):
    """A send buffer for a message of that size."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, struct.pack("=i", size))


def receive(s):
    """One whole message: (data, stream, ppid, unordered); None at the end of the association."""
    data = b""
    buffer = ctypes.create_string_buffer(1 << 18)
    info = ctypes.create_string_buffer(RCVINFO.size)
    size, kind, flags = ctypes.c_uint32(), ctypes.c_uint(), ctypes.c_int()
    while True:
        size.value, flags.value = len(info), 0
        got = s.wait(usrsctp.usrsctp_recvv, buffer, ctypes.c_size_t(len(buffer)), None, None, info,
                     ctypes.byref(size), ctypes.byref(kind), ctypes.byref(flags))
        if got == 0:
            return None
        data += buffer.raw[:got]
        if flags.value & socket.MSG_EOR:
            break
    stream, _, info_flags, ppid, *_ = RCVINFO.unpack(info.raw)
    return data, stream, ppid, bool(info_flags & SCTP_UNORDERED)


def bindx(s, address, port, add=True):
    """Adds or removes an address, which an association of the socket tells its peer (ASCONF)."""
    check(usrsctp.usrsctp_bindx(s.handle, sockaddr(address, port), 1, 0x8001 if add else 0x8002))


def abort(s):
    """Closes with ABORT instead of SHUTDOWN."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("=ii", 1, 0))
    s.close()
