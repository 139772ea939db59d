#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""terminal.py COLUMNS ROWS STEP... -- COMMAND...: runs a program on a terminal of that size, does the steps after each other, and
prints what the program wrote. The exit status is the program's.

  wait=REGEX       until what it wrote since the last step, without colours and the like, matches
  type=KEYS        as printf: \\e[6~
  size=COLUMNSxROWS
  line-mode        the terminal must be as a shell expects it: lines, and an echo
  key-mode         it must not
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 60


class Terminal:
    def __init__(self, columns, rows, command):
        self.written = b""
        self.seen = 0
        self.child, self.fd = pty.fork()
        if self.child == 0:
            self.wait_for_size()
            # Shells have what they run in the background ignore it.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.execvp(command[0], command)
        self.size(columns, rows)

    @staticmethod
    def wait_for_size():
        while not any(fcntl.ioctl(0, termios.TIOCGWINSZ, bytes(8))):
            time.sleep(0.01)

    def size(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """False: the program has ended."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            some = os.read(self.fd, 65536)
        except OSError:
            some = b""
        self.written += some
        return bool(some)

    def text(self):
        plain = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\r", b"", self.written[self.seen:])
        return plain.decode(errors="replace")

    def wait(self, regex):
        end = time.monotonic() + PATIENCE
        while not re.search(regex, self.text(), re.MULTILINE):
            if time.monotonic() > end or not self.read(1):
                sys.exit(f"{self.text()}\nterminal.py: no {regex}")
        self.seen = len(self.written)

    def line_mode(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ICANON)

    def step(self, step):
        what, _, value = step.partition("=")
        if what == "wait":
            self.wait(value)
        elif what == "type":
            os.write(self.fd, value.replace("\\e", "\x1b").replace("\\C", "\x03").encode())
        elif what == "size":
            self.size(*map(int, value.split("x")))
        elif self.line_mode() != (what == "line-mode"):
            sys.exit(f"terminal.py: not in {what}")


def main():
    end = sys.argv.index("--")
    terminal = Terminal(int(sys.argv[1]), int(sys.argv[2]), sys.argv[end + 1:])
    for step in sys.argv[3:end]:
        terminal.step(step)
    while terminal.read(PATIENCE):
        pass
    terminal.seen = 0
    print(terminal.text())
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(terminal.child, 0)[1]))


main()
