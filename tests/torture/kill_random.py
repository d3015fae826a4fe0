"""SIGKILL at random moments, to three programs that write at once; now and then to all of them. Whatever was acknowledged is
there afterwards, and the database is sound."""

import random
import time

from house import dump

RUNS = "kills"


def units(options):
    return range(10) if options.long else range(1)


def work(house, unit, options, findings):
    dice = random.Random(f"{options.seed} {unit}")
    house.reset()
    accounts, tokens = set(), set()
    target = 70 if options.long else 20
    number = 0
    while findings.runs < target:
        number += 1
        name = f"killed-{number}"
        writers = [house.start(words) for words in (f"account create {name} --description {'x' * dice.randrange(900)}",
                                                     f"token generate ci-docs --name {name}",
                                                     f"account edit ci-deploy --description {name}")]
        time.sleep(dice.random() * 0.04)
        for writer in writers:
            writer.kill()
        statuses = [writer.wait() for writer in writers]
        findings.runs += statuses.count(-9)
        accounts |= {name} if statuses[0] == 0 else set()
        tokens |= {name} if statuses[1] == 0 else set()
        if number % 10 == 0:
            check(house, accounts, tokens, findings, f"--seed {options.seed}, unit {unit}, round {number}")
        if statuses[1] == 0 and len(tokens) % 15 == 14:  # an account may have so many
            house.must("account delete ci-docs")
            house.must("account create ci-docs")
            tokens.clear()
    check(house, accounts, tokens, findings, f"--seed {options.seed}, unit {unit}, round {number}")


def check(house, accounts, tokens, findings, how):
    problem = house.is_sound()
    if problem:
        findings.add("three writers", problem, how)
    content = "\n".join(dump(house.database)["rows of account"])
    lost = [name for name in accounts if f"'{name}'" not in content]
    content = "\n".join(dump(house.database)["rows of token"])
    lost += [name for name in tokens if f"'{name}'" not in content]
    if lost:
        findings.add("three writers", "what was acknowledged is gone", f"{lost[0]}, {how}")
