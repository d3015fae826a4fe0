"""Power cuts. All writing commands are run one after the other while the faults log each write, each change of a name and each
sync. From the log the disk is rebuilt as it may look when the power fails after any of them, and a program that starts there
must find the last acknowledged state, or the one that was being made.

The model is that of ext4 with data=ordered, and a little stricter:
- What was written to a file before a sync of that file (fsync or fdatasync) is there.
- Of what was written since, each sector (512 or 4,096 bytes) is there or not, one independent of the other; the file is as
  long as any of the writes or truncations since made it, and what was never written reads as zeros.
- Names (creating, renaming, linking, removing) go through one journal: what is there is a beginning of what was done, never a
  later change without an earlier one. Each fsync, of any file or of the folder, writes the journal; so does the fdatasync of a
  file whose length has changed. Truncating to nothing is in that journal, too.
- The -shm file is memory that is mapped: whatever it holds after a power cut is noise or zeros, or it is not there."""

import random
import shutil
import struct
import time
from dataclasses import dataclass, field

from commands import WRITING
from house import between, difference, is_early, without_others

RUNS = "disks"
HEAD = struct.Struct("=IIQQQII")
OPEN, CREATE, READ, WRITE, SYNC, TRUNCATE, RENAME, LINK, UNLINK = range(9)


@dataclass
class File:
    """What is on the disk for certain, and what was done since."""
    content: bytes = b""
    news: list = field(default_factory=list)  # (offset, bytes), or (size, None) for a truncation

    def now(self):
        content = bytearray(self.content)
        for offset, data in self.news:
            apply(content, offset, data)
        return bytes(content)

    def sync(self):
        self.content, self.news = self.now(), []

    def after_cut(self, dice):
        """The content that may be found."""
        sector = dice.choice((512, 4096))
        # One cut in three loses everything, one nothing, one some.
        share = dice.choice((0, 1, dice.random()))
        content = bytearray(self.content)
        sizes = [len(content)]
        for offset, data in self.news:
            if data is None:
                if dice.random() < share:
                    apply(content, offset, None)
            else:
                for start in range(offset - offset % sector, offset + len(data), sector):
                    if dice.random() < share:
                        first, last = max(start, offset), min(start + sector, offset + len(data))
                        apply(content, first, data[first - offset:last - offset])
            sizes.append(len(content))
        return bytes(content[:dice.choice(sizes)]) if dice.random() < 0.2 else bytes(content)


def apply(content, offset, data):
    if data is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    if offset > len(content):
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


class Disk:
    def __init__(self, folder, lie):
        self.lie = lie
        self.files, self.names, self.changes = {}, {}, []  # names: as they are certainly on the disk
        for path in folder.iterdir():
            inode = path.stat().st_ino
            self.files[inode] = File(path.read_bytes())
            self.names[path.name] = inode

    def take(self, record):
        kind, data_only, inode, offset, size, path, other, data = record
        if kind in (WRITE, TRUNCATE, SYNC) and path:
            file = self.files.setdefault(inode, File())
        if kind == WRITE:
            file.news.append((offset, data))
        elif kind == TRUNCATE:
            file.news.append((size, None))
        elif kind == SYNC and self.lie:
            pass
        elif kind == SYNC:
            grown = path and len(file.now()) != len(file.content)
            if path:
                file.sync()
            if not data_only or grown:
                self.names, self.changes = self.names_after(len(self.changes)), []
        elif kind == CREATE:
            if inode not in self.files:
                self.files[inode] = File()
            self.changes.append((CREATE, path, inode))
        else:
            self.changes.append((kind, path, other))

    def names_after(self, count):
        names = dict(self.names)
        for kind, path, other in self.changes[:count]:
            if kind == CREATE:
                names[path] = other
            elif kind == UNLINK:
                names.pop(path, None)
            elif path in names:
                names[other] = names[path]
                if kind == RENAME:
                    del names[path]
        return names

    def write_cut(self, folder, dice):
        """Rebuilds the folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        names = self.names_after(dice.choice((0, len(self.changes), dice.randint(0, len(self.changes)))))
        cut = {}
        for name, inode in names.items():
            if name.endswith("-shm"):
                if dice.random() < 0.5:
                    content = dice.randbytes(32768) if dice.random() < 0.5 else bytes(32768)
                else:
                    continue
            else:
                content = cut.setdefault(inode, self.files[inode].after_cut(dice))
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o600)


def read_log(path):
    log, at = path.read_bytes(), 0
    while at < len(log):
        kind, data_only, inode, offset, size, path_size, other_size = HEAD.unpack_from(log, at)
        at += HEAD.size
        names = log[at:at + path_size].decode(), log[at + path_size:at + path_size + other_size].decode()
        at += path_size + other_size
        data = log[at:at + size] if kind == WRITE else b""
        at += len(data)
        yield kind, data_only, inode, offset, size, *names, data


def units(options):
    """A log is recorded in each process; one half of them with somebody else there, so that the write-ahead log stays."""
    return [(part, part % 2 == 1) for part in range(40 if options.long else 2)]


def record(house, commands, beside, lie):
    """Runs the commands; gives the disk as it was, the records with the number of the command, and the state after each."""
    house.reset("full" if any(command.house == "full" for command in commands) else "empty")
    copy = house.top / f"before-{house.folder.name}"
    shutil.rmtree(copy, ignore_errors=True)
    disk = Disk(house.folder, lie)
    log = house.top / f"log-{house.folder.name}.bin"
    log.write_bytes(b"")
    steps, states = [], [snapshot(house, copy)]
    companion = None
    if beside:
        companion = house.start("audit --follow --json", log=log)
        while not (house.folder / "g.db-shm").exists():
            time.sleep(0.01)
    for number, command in enumerate(commands):
        result = house.run(command, log=log)
        if result.status not in (0, 1, 3) and not (beside and result.status == 4):  # restore beside another program
            raise RuntimeError(f"{command.name}: {result.status}, {result.err}")
        states.append(snapshot(house, copy))
        records = list(read_log(log))[len(steps):]
        steps += [(number, step) for step in records]
    if companion:
        companion.kill()
        companion.wait()
    return disk, steps, states


def snapshot(house, copy):
    """The state, without looking at the database itself: that would be another program that has it open."""
    shutil.copytree(house.folder, copy)
    state = house.state(copy)
    shutil.rmtree(copy)
    return state


def work(house, unit, options, findings):
    part, beside = unit
    empty = [command for command in options.choose(WRITING) if command.house == "empty"]
    full = [command for command in options.choose(WRITING) if command.house == "full"]
    sequences = [full] + [[command] for command in empty]
    dice = random.Random(f"{options.seed} {part}")
    for commands in sequences if part % 4 == 0 else sequences[:1]:
        if not commands:
            continue
        disk, steps, states = record(house, commands, beside, options.lie)
        total = (120 if options.long else 8) if commands is full else 12
        moments = sorted(dice.choices(range(len(steps)), k=total))
        for index, (number, step) in enumerate(steps):
            disk.take(step)
            for _ in range(moments.count(index)):
                disk.write_cut(house.folder, dice)
                last = index + 1 == len(steps) or steps[index + 1][0] != number
                findings.runs += 1
                problem = judge(house, commands, number, states, last)
                if problem:
                    findings.add(commands[number].name, problem,
                                 f"--seed {options.seed}, unit {part}, after call {index + 1} of the log")


def judge(house, commands, number, states, acknowledged):
    """`number` is the command that was at work; `acknowledged`: it had come to its end."""
    first = number if not acknowledged else number + 1
    while first > 0 and commands[first - 1].lazy:
        first -= 1
    allowed = states[first:number + 2]
    if commands[number].house == "full" or house.database.exists() and house.database.stat().st_size:
        problem = house.is_sound()
        if problem:
            return problem
    state = without_others(house.state(), *states)
    halves = between(states[number], states[number + 1], commands[number].notes)
    if state in allowed or state in halves:
        return ""
    if not acknowledged and is_early(commands[number], state, states[number], states[number + 1], halves):
        return ""
    return "lost or half done: " + "; ".join(difference(state, known) for known in allowed)
