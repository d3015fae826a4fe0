"""SIGKILL before each call of each writing command that changes a file or syncs it, and in the middle of each write."""

from commands import WRITING
from house import mask, status_words

RUNS = "kills"
CHANGES = "create,write,sync,truncate,rename,link,unlink"


def units(options):
    return options.choose(WRITING)


def work(house, command, options, findings):
    known = house.reference(command)
    for act, calls in (("kill", CHANGES), ("tear", "write")):
        for at in options.positions(house.count(command, calls), 2 if act == "kill" else 1):
            house.reset(command.house)
            result = house.run(command, do=act, calls=calls, at=at)
            findings.runs += 1
            problem = judge(house, command, result, known)
            if problem:
                findings.add(command.name, problem, f"{act} at call {at} of {calls}")


def judge(house, command, result, known):
    if result.status != -9 and not (command.leaves and result.status == command.status):
        return f"it was to be killed, and {status_words(result.status)}"
    problem = house.judge_database(command)
    # Whatever has been printed whole is an acknowledgement.
    if not problem and result.out and mask(result.out) == mask(known.first.out) and not command.lazy and house.was_before:
        return "it printed its answer, and nothing was done"
    return problem
