"""A console in a pseudo-terminal. What it does is seen in the database: there each change leaves an event."""

import fcntl
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import termios
import time

ESCAPE = re.compile(rb"\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[\[(][0-9;?]*.|\x1b.|\x0f")


class Console:
    def __init__(self, house, rows=24, columns=80, **faults):
        house.counter.write_bytes(bytes(8))
        environment = house.environment(**faults)
        self.house, self.seen = house, b""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(house.folder)
            os.execve(house.program, [str(house.program)], environment)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.status = None

    def listen(self, seconds):
        """Takes what comes for so long; False when nothing came, or nobody is there any more."""
        try:
            if not select.select([self.terminal], [], [], seconds)[0]:
                return False
            more = os.read(self.terminal, 1 << 16)
        except OSError:
            more = b""
        self.seen = (self.seen + more)[-(1 << 20):]
        return bool(more)

    def is_alive(self):
        if self.status is None:
            done, status = os.waitpid(self.process, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if done else None
        return self.status is None

    def wait(self, condition, seconds=5):
        """Until the condition holds; False when the time is over or the console has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            if not self.is_alive():
                return False
            if not self.listen(0.02) and not self.is_alive():
                return False
        return condition()

    def wait_text(self, text, seconds=5):
        """Text without its blanks, because a terminal may be told to skip those."""
        return self.wait(lambda: text.replace(" ", "").encode() in ESCAPE.sub(b"", self.seen).replace(b" ", b""), seconds)

    def send(self, keys):
        self.seen = b""
        try:
            os.write(self.terminal, keys.encode())
        except OSError:
            pass

    def wait_events(self, count, seconds=5):
        return self.wait(lambda: events(self.house.database) >= count, seconds)

    def end(self):
        """Leaves whatever is open, then quits; gives the exit status. A console that stays is killed: None."""
        for _ in range(5):
            for keys in ("\r", "\x1b", "Y", "D", "\x1b", "Q"):
                if self.is_alive():
                    self.send(keys)
                    self.wait(lambda: not self.is_alive(), 0.6 if keys == "\r" else 0.2)
        stays = self.is_alive()
        if stays:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.terminal)
        return None if stays else self.status


def events(database):
    try:
        base = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1)
        try:
            return base.execute("SELECT max(sequence) FROM event").fetchone()[0] or 0
        finally:
            base.close()
    except sqlite3.Error:
        return 0
