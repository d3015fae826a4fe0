"""Restoring while others use the database: two that verify tokens, or two that create accounts. Afterwards the database is
sound, everybody goes on, and an account whose making began after the restore and was acknowledged is there."""

import re
import subprocess
import time

from commands import Command
from house import dump, plain, status_words

RUNS = "restores"
TRIES = 30
RESTORE = Command("restore @early.db --yes")
VERIFY = 'i=0; while [ ! -e stop ]; do "$0" verify <token >/dev/null 2>&1; done'
CREATE = ('i=0; while [ ! -e stop ]; do i=$((i + 1)); late=; [ -e restored ] && late=yes; '
          '"$0" account create "new-$1-$i" >/dev/null 2>&1 && [ "$late" ] && echo "new-$1-$i" >>"created-$1"; done')


def units(options):
    rounds = range(1, 31) if options.long else range(1, 3)
    loads = (("verify", VERIFY), ("create", CREATE)) if options.choose([RESTORE]) else ()
    return [(name, script, number) for name, script in loads for number in rounds]


def work(house, unit, options, findings):
    name, script, number = unit
    house.reset()
    house.write("token", house.secrets[1] + "\n")
    loops = [subprocess.Popen(["sh", "-c", script, str(house.program), str(i)], cwd=house.folder, env=house.environment())
             for i in (1, 2)]
    time.sleep(0.05 + 0.01 * number)
    # Who is turned away because others are there has lost nothing, and tries again.
    for _ in range(TRIES):
        result = house.run(RESTORE)
        if result.status == 0:
            break
    house.write("restored", "")
    time.sleep(0.3)
    house.write("stop", "")
    for loop in loops:
        loop.wait()
    findings.runs += 1
    turned_away = "" if result.status == 0 else ", turned away each time"
    how = f"beside two loops of {name}, in round {number}{turned_away}"
    if result.status not in (0, 3, 4):
        findings.add(RESTORE.name, f"{status_words(result.status)}, {plain(result.err, house.folder)}", how)
    problem = house.is_sound()
    if problem:
        findings.add(RESTORE.name, re.sub(r"new-\d-N", "new", problem), how)
        return
    there = "\n".join(dump(house.database)["rows of account"])
    late = [account for i in (1, 2) for account in acknowledged(house, i)]
    lost = [account for account in late if f"'{account}'" not in there]
    if lost:
        findings.add(RESTORE.name, "an account that was acknowledged after it is gone", how)


def acknowledged(house, number):
    path = house.folder / f"created-{number}"
    return path.read_text().split() if path.exists() else []
