"""Houses, running the program in them with faults, and what must be true afterwards."""

import ctypes
import hashlib
import os
import re
import shlex
import shutil
import signal
import sqlite3
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from commands import Command, furnish

CLOCK = "1800000000 0\n"
SECRET = re.compile(rb"gth_[0-9A-Za-z]{36}|[0-9A-Z]{4,5}(-[0-9A-Z]{4,5}){5}|[0-9a-f]{64}|[0-9A-Za-z+/]{43}=")
LAST_FOUR = re.compile(r'((?:last_four|public_key)": ?")[^"]*|(…|~)[0-9A-Za-z]{4}|(/dev/pts/)\d+')


PR_SET_CHILD_SUBREAPER = 36


def adopt():
    """What a program leaves running is ours once it has ended."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children():
    with open(f"/proc/self/task/{os.getpid()}/children") as file:
        return set(map(int, file.read().split()))


@dataclass
class Result:
    status: int      # negative: the signal; None: it did not end
    out: bytes
    err: str
    calls: int = 0   # that the faults counted


@dataclass
class Finding:
    campaign: str
    subject: str     # the command
    what: str
    how: str         # where it was first seen
    count: int = 1


@dataclass
class Findings:
    """What one unit of a campaign did and found; the same finding counts once more."""
    campaign: str
    runs: int = 0
    list: list = field(default_factory=list)

    def add(self, subject, what, how):
        for old in self.list:
            if (old.subject, old.what) == (subject, what):
                old.count += 1
                return
        self.list.append(Finding(self.campaign, subject, what, how))


def mask(text):
    """Two runs of the same command differ in what is random: secrets, and what is made from them."""
    if isinstance(text, bytes):
        text = SECRET.sub(b"*", text).decode("utf-8", "replace")
    return LAST_FOUR.sub(r"\1\2\3*", text)


def dump(path):
    """The content of a database, without what is random. Raises sqlite3.DatabaseError."""
    base = sqlite3.connect(path, timeout=10)
    base.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        content = {}
        for name, kind, sql in base.execute("SELECT name, type, sql FROM sqlite_schema ORDER BY name").fetchall():
            content[f"{kind} {name}"] = sql
            if kind == "table":
                columns = [row[1] for row in base.execute(f'PRAGMA table_info("{name}")')]
                rows = base.execute(f'SELECT * FROM "{name}"').fetchall()
                content[f"rows of {name}"] = sorted(repr(mask_row(columns, row)) for row in rows)
        content["version"] = base.execute("PRAGMA user_version").fetchone()
        return content
    finally:
        base.close()


def mask_row(columns, row):
    return [f"{len(value)} bytes" if isinstance(value, bytes)
            else "*" if column in ("last_four", "salt")
            else mask(value) if isinstance(value, str) else value
            for column, value in zip(columns, row)]


def file_state(path):
    with open(path, "rb") as file:
        head = file.read(16)
    if head == b"SQLite format 3\0":
        try:
            return dump(path)
        except sqlite3.Error as error:
            return f"no sound database: {error}"
    content = path.read_bytes()
    return mask(content) if len(content) < 1 << 16 else hashlib.sha256(content).hexdigest()


def without_others(state, *known):
    """Only the files with a final name: what else a killed run left may lie there until the next one."""
    return {name: value for name, value in state.items() if any(name in other for other in known)}


def difference(state, other):
    """A few words on how a state of a folder differs from another."""
    parts = [difference_of_file(re.sub(r"-\d+(?=$|-wal|-shm|-journal)", "-PID", name), state.get(name), other.get(name))
             for name in sorted(state.keys() | other.keys()) if state.get(name) != other.get(name)]
    return " and ".join(parts[:2]) or "nothing"


def difference_of_file(name, one, two):
    if two is None:
        return f"{name} is left"
    if one is None:
        return f"{name} is missing"
    if isinstance(one, dict) and isinstance(two, dict):
        parts = [part for part in sorted(one.keys() | two.keys()) if one.get(part) != two.get(part)]
        more = f" and {len(parts) - 3} more" if len(parts) > 3 else ""
        return f"{name} differs in {', '.join(parts[:3])}{more}"
    return f"{name} is {one[:60]!r}" if isinstance(one, str) else f"{name} is another thing"


class House:
    """A folder in which commands are run; `reset` makes it anew, full or empty."""

    def __init__(self, program, faults, top, number=0):
        self.program, self.faults, self.top = program, faults, Path(top)
        self.folder = self.top / f"work-{number}"
        self.database = self.folder / "g.db"
        self.counter = self.top / f"count-{number}"
        self.counter.write_bytes(bytes(8))
        self.secrets = {}
        self.shelf = {}  # references, by command
        self.thorough = True  # doctor checks the chain of events, too: a short run leaves it at that
        self.was_before = False  # what judge_database found: the command had done nothing

    # --- making and resetting

    def build(self):
        """Makes both kinds of house, kept as folders beside the work folder."""
        for kind in ("full", "empty"):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700)
            for name, content in (("clock", CLOCK), ("pass", "correct horse battery staple\n"),
                                  ("pass2", "another passphrase, longer\n")):
                self.write(name, content)
            data = Path(__file__).parent.parent / "data" / "wavefront-serviceaccounts.json"
            self.write("wavefront.json", data.read_text())
            if kind == "full":
                self.secrets = furnish(self.must, self.write)
                for left in self.folder.glob("early.db-*"):  # by backup
                    left.unlink()
            else:
                for name in ("early.db", "early.json"):
                    shutil.copy(self.top / "full" / name, self.folder / name)
            shutil.copytree(self.folder, self.top / kind)
        (self.top / "secrets").write_text("\n".join(self.secrets[n] for n in sorted(self.secrets)))

    def open(self):
        secrets = (self.top / "secrets").read_text().split("\n")
        self.secrets = dict(enumerate(secrets, 1))
        return self

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content)
        path.chmod(0o600)

    def reset(self, kind="full"):
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.top / kind, self.folder)

    def must(self, words):
        result = self.run(Command(words))
        if result.status != 0:
            raise RuntimeError(f"{words}: {result.status}, {result.err}")
        return result.out.decode()

    # --- running

    def environment(self, **faults):
        environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC",
                       "TERM": "xterm-256color", "GATEHOUSE_DB": str(self.database),
                       "GATEHOUSE_TEST_CLOCK": str(self.folder / "clock")}
        if faults:
            environment |= {"LD_PRELOAD": str(self.faults), "TORTURE_FOLDER": str(self.folder),
                            "TORTURE_COUNT": str(self.counter)}
            environment |= {f"TORTURE_{name.upper()}": str(value) for name, value in faults.items()}
        return environment

    def words(self, command):
        return [str(self.program)] + [str(self.folder / word[1:]) if word.startswith("@") else word
                                      for word in command.list]

    def run(self, command, timeout=120, **faults):
        self.counter.write_bytes(bytes(8))
        adopt()
        before = children()
        stdin = self.secrets[int(command.stdin.split()[1])] + "\n" if command.stdin else ""
        try:
            done = subprocess.run(self.words(command), input=stdin.encode(), capture_output=True, timeout=timeout,
                                  env=self.environment(**faults), cwd=self.folder)
        except subprocess.TimeoutExpired as late:
            return Result(None, late.stdout or b"", (late.stderr or b"").decode("utf-8", "replace"), self.calls())
        for left in children() - before:  # the use of a canary is recorded by one
            os.waitpid(left, 0)
        return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"), self.calls())

    def start(self, words, **faults):
        """Starts a program that nobody listens to."""
        return subprocess.Popen([str(self.program)] + shlex.split(words), cwd=self.folder, env=self.environment(**faults),
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def calls(self):
        return struct.unpack("Q", self.counter.read_bytes())[0]

    def count(self, command, calls):
        """How many calls of these kinds a command makes that nothing disturbs."""
        self.reset(command.house)
        return self.run(command, calls=calls).calls

    # --- judging

    def state(self, folder=None):
        """All that a folder holds, by file. Looking at the database takes its log into it, as the next run would."""
        folder = folder or self.folder
        state = {"g.db": file_state(folder / "g.db")} if (folder / "g.db").exists() else {}
        companions = ("-wal", "-shm", "-journal")
        names = sorted(set(os.listdir(folder)) - set(state), key=lambda name: not name.endswith(companions))
        return state | {name: "" if name.endswith(companions) else file_state(folder / name) for name in names}

    def reference(self, command):
        """What the command does undisturbed, once and once more."""
        if command.name not in self.shelf:
            self.reset(command.house)
            before = self.state()
            first = self.run(command)
            after = self.state()
            again = self.run(command)
            self.shelf[command.name] = Reference(before, first, after, again, self.state())
            self.shelf[command.name].between = between(before, after, command.notes)
            if first.status != command.status:
                raise RuntimeError(f"{command.name}: {first.status}, {first.err}")
        return self.shelf[command.name]

    def is_sound(self):
        """Why doctor, or the check of the chain, is not content; "" when they are."""
        for words in ("doctor", "audit verify") if self.thorough else ("doctor",):
            result = self.run(Command(words))
            if result.status != 0:
                said = (result.out.decode("utf-8", "replace") + result.err).strip().split("\n")[0]
                return f"{words} afterwards: {status_words(result.status)}, {plain(said, self.folder)}"
        return ""

    def judge_database(self, command):
        """Sound, before or after, and the next run works. "" when all is well."""
        known = self.reference(command)
        if command.house == "full" or (self.database.exists() and self.database.stat().st_size):
            problem = self.is_sound()
            if problem:
                return problem
        state = without_others(self.state(), known.before, known.after)
        if state in known.between or self.is_early(command, state):
            return self.judge_repeated(command)
        if state not in (known.before, known.after):
            return f"half done: against before, {difference(state, known.before)}; against after, " \
                   f"{difference(state, known.after)}"
        self.was_before = state != known.after
        again = self.run(command)
        wanted, result = (known.first, known.after) if self.was_before else (known.again, known.last)
        if again.status != wanted.status:
            return f"the next run: {status_words(again.status)}, {plain(again.err, self.folder)}"
        state = self.state()
        return "" if state == result else f"after the next run: {difference(state, result)}"

    def is_early(self, command, state):
        """Whether nothing was done but the file that comes first, whole as it is afterwards."""
        known = self.reference(command)
        return is_early(command, state, known.before, known.after, known.between)

    def judge_repeated(self, command):
        """The next run works, or is refused because of a file that is there, which it names."""
        again = self.run(command)
        refused = again.status == 3 and command.early and command.early in again.err and "already exists" in again.err
        return "" if again.status == 0 or refused else f"the next run: {status_words(again.status)}, {again.err}"

    def judge(self, command, result, look=True):
        """A run that met an error: the answer and, with `look`, the database. "" when all is well."""
        problem = self.judge_answer(command, result)
        if problem or not look:
            return problem
        problem = self.judge_database(command)
        if not problem and self.was_before and result.status == 0 and not command.lazy:
            known = self.shelf[command.name]
            problem = "exit 0, and nothing was done" if known.before != known.after else ""
        return problem

    def judge_answer(self, command, result):
        """A run that met an error: did it say so, and nothing else? "" when all is well."""
        known = self.reference(command).first
        if result.status is None:
            return "it does not end"
        if result.status < 0:
            return f"it {status_words(result.status)}"
        whole = mask(result.out) == mask(known.out)
        if result.status == known.status and whole and result.err == known.err:
            return ""
        if result.status == 0:
            if not whole:
                return "exit 0 with parts missing"
            return "" if result.err else "exit 0, but standard error lacks something"
        lines = result.err.split("\n")
        if len(lines) != 2 or not lines[0].startswith("gatehouse: ") or len(lines[0]) < 15:
            return f"exit {result.status}, no clear line: {plain(result.err, self.folder)!r}"
        return ""


@dataclass
class Reference:
    before: dict
    first: Result
    after: dict
    again: Result
    last: dict
    between: list = ()  # the states before the act, but after an event that stands for itself


def is_early(command, state, before, after, halves):
    """Whether nothing was done but the file that comes first, whole as it is afterwards."""
    early = {name for name in state if command.early and name.startswith(command.early)} - before.keys()
    rest = {name: value for name, value in state.items() if name not in early}
    return bool(early) and rest in [before, *halves] and all(
        state[name] == after[name] for name in early)


def between(before, after, notes):
    if not notes:
        return []
    name = "rows of event"
    news = sorted((row for row in after["g.db"][name] if row not in before["g.db"][name]),
                  key=lambda row: int(row[1:].split(",")[0]))
    return [before | {"g.db": before["g.db"] | {name: sorted(before["g.db"][name] + news[:count])}}
            for count in range(1, notes + 1)]


def plain(text, folder):
    text = text.strip().replace(str(folder) + "/", "")
    return re.sub(r"\b\d+\b", "N", text)[:160]


def status_words(status):
    if status is None:
        return "does not end"
    return f"dies of {signal.Signals(-status).name}" if status < 0 else f"exit {status}"

