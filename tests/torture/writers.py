"""Eight programs that write for a minute, and two consoles that are used meanwhile. Each writer makes accounts of its own and
changes or deletes some; what it was told is done is done in the end, and the consoles still answer."""

import json
import random
import subprocess
import time

from commands import Command
from house import plain, status_words
from terminal import Console

RUNS = "changes"


def units(options):
    return [None]


class Writer:
    """One change after the other, each begun when the one before has ended."""

    def __init__(self, house, number, dice):
        self.house, self.number, self.dice = house, number, dice
        self.made, self.count, self.done, self.busy = {}, 0, 0, 0  # made: the owner of each account
        self.problems = []
        self.next()

    def next(self):
        act = self.dice.random()
        if act < 0.5 or not self.made:
            self.count += 1
            self.act, self.name = "create", f"w{self.number}-{self.count}"
        else:
            self.name = self.dice.choice(list(self.made))
            self.act = "delete" if act < 0.6 else "activate" if act < 0.7 else "deactivate" if act < 0.8 else "edit"
        words = [str(self.house.program), "account", self.act, self.name]
        if self.act == "edit":
            self.owner = f"team-{self.dice.randrange(9)}"
            words += ["--owner", self.owner]
        self.process = subprocess.Popen(words, env=self.house.environment(), cwd=self.house.folder, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def poll(self):
        """Takes the answer, if there is one; True when the writer is free."""
        if self.process.poll() is None:
            return False
        error = self.process.stderr.read().decode("utf-8", "replace")
        self.process.stderr.close()
        if self.process.returncode == 0:
            self.done += 1
            if self.act == "delete":
                del self.made[self.name]
            elif self.act == "create":
                self.made[self.name] = ""
            elif self.act == "edit":
                self.made[self.name] = self.owner
        elif "another process is writing" in error:
            self.busy += 1  # it waited its five seconds and said so
        else:
            self.problems.append(f"{status_words(self.process.returncode)}, {plain(error, self.house.folder)}")
        return True


def work(house, unit, options, findings):
    dice = random.Random(options.seed)
    house.reset()
    end = time.monotonic() + (60 if options.long else 2)
    writers = [Writer(house, number, dice) for number in range(8 if options.long else 4)]
    consoles = [Console(house) for _ in range(2)]
    for console in consoles:
        if not console.wait_text("sa::ci-deploy", 20):
            findings.add("a console", "it does not open", "at the start")
    while time.monotonic() < end:
        for writer in writers:
            if writer.poll():
                writer.next()
        for console in consoles:
            console.listen(0.002)
            if dice.random() < 0.2:
                console.send(dice.choice("jkgGA Us\x1b"))
    for writer in writers:
        while not writer.poll():
            time.sleep(0.01)
    for console in consoles:
        status = console.end()
        if status != 0:
            findings.add("a console", f"{status_words(status)}", f"--seed {options.seed}")
    judge(house, writers, findings, f"--seed {options.seed}")


def judge(house, writers, findings, how):
    problem = house.is_sound()
    if problem:
        findings.add("the database", problem, how)
    listed = house.run(Command("account list --json"))
    accounts = {account["id"]: account["owner"] for account in json.loads(listed.out)}
    for writer in writers:
        findings.runs += writer.done
        for problem in writer.problems:
            findings.add("a writer", problem, how)
        if writer.busy:
            findings.add("a writer", "it waited for five seconds in vain", how)
        if any(accounts.get(f"sa::{name}") != owner for name, owner in writer.made.items()):
            findings.add("a writer", "a change that was acknowledged is gone", how)
        deleted = {f"w{writer.number}-{i}" for i in range(1, writer.count + 1)} - set(writer.made)
        if any(f"sa::{name}" in accounts for name in deleted):
            findings.add("a writer", "an account that was deleted is there", how)
