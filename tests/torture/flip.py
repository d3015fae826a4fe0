"""Bytes that are wrong in 1,000 copies of a database, in the file or in its log. Nothing may crash or hang; a token that was
denied is denied still; what is said is said clearly. Damage that doctor does not see is counted, not blamed: text of people's
own has no checksum, and there is room that nobody uses."""

import random
import shutil
import sqlite3

from commands import Command
from house import plain, status_words

RUNS = "copies"
COMMANDS = [Command(words, stdin=stdin) for words, stdin in (
    ("doctor", ""), ("account list --access --json", ""), ("token list --facet all --json", ""), ("audit --json", ""),
    ("group show deploy", ""), ("verify", "token 1"), ("verify", "token 4"), ("why ci-deploy deploy:prod", ""), ("export", ""),
    ("apply @early.json --yes --prune", ""), ("token generate ci-docs", ""), ("vault rekey --key-file @vault.key --yes", ""),
    ("backup @new.db", ""), ("account delete ci-deploy --yes", ""))]


def units(options):
    copies = 1000 if options.long else 8
    if options.at:
        return [[options.at]]
    return [range(first, min(first + 25, copies + 1)) for first in range(1, copies + 1, 25)]


def with_log(house):
    """A database whose last changes stand in its log: somebody has it open."""
    folder = house.top / f"log-{house.folder.name}"
    if not folder.exists():
        house.reset()
        reader = sqlite3.connect(house.database)
        reader.execute("SELECT count(*) FROM event").fetchone()
        house.must("account edit ci-docs --description 'Stands in the log'")
        house.must("token suspend 3")
        shutil.copytree(house.folder, folder)
        reader.close()
        (folder / "g.db-shm").unlink(missing_ok=True)
    return folder


def damage(path, dice):
    """Up to 16 bytes, each flipped in one bit or made something else; rarely a piece cut off or a page exchanged."""
    content = bytearray(path.read_bytes())
    act = dice.random()
    if act < 0.04:
        del content[dice.randrange(len(content)):]
    elif act < 0.08 and len(content) > 8192:
        one, two = (4096 * dice.randrange(len(content) // 4096) for _ in range(2))
        content[one:one + 4096] = content[two:two + 4096]
    else:
        for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
            at = dice.randrange(len(content))
            content[at] = content[at] ^ 1 << dice.randrange(8) if dice.random() < 0.5 else dice.choice((0, 1, 127, 128, 255))
    path.write_bytes(content)


def work(house, copies, options, findings):
    for number in copies:
        dice = random.Random(f"{options.seed} {number}")
        log = dice.random() < 0.3
        source = with_log(house) if log else house.top / "full"
        shutil.rmtree(house.folder, ignore_errors=True)
        shutil.copytree(source, house.folder)
        damage(house.folder / ("g.db-wal" if log else "g.db"), dice)
        for command in options.choose(COMMANDS):
            look(house, command, findings, f"--at {number} --seed {options.seed}")
        findings.runs += 1


def look(house, command, findings, how):
    result = house.run(command, timeout=120)
    if result.status is None or result.status < 0:
        findings.add(command.name, f"it {status_words(result.status)}", how)
    elif result.status not in (0, 1) and (not result.err.startswith("gatehouse: ") or result.err.count("\n") != 1):
        if result.status != 3 or result.err:  # 3 without a word: what was refused stands in the report
            findings.add(command.name, f"exit {result.status}, no clear line: {plain(result.err, house.folder)!r}", how)
    elif command.stdin == "token 4" and result.status == 0:
        findings.add(command.name, "a revoked token passes", how)
