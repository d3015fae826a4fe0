"""No memory at the n-th call that asks for it, in each of the first 2,000; and from some call on for good. Never a signal, a clear
line, and never exit 0 with parts missing."""

from commands import READING, WRITING
from house import status_words

RUNS = "runs"
MOST = 2000
# Until then the C library sets up the locale and looks up the user. Without memory for it the answer is in ASCII and the
# event has the number in the place of the name, which is as it should be; that no memory is left at all some releases of the
# C library (2.36) do not survive there.
START = 60


def units(options):
    return options.choose(READING + WRITING)


def work(house, command, options, findings):
    house.reference(command)
    total = min(house.count(command, "malloc"), MOST)
    places = options.positions(total, 2)
    if command.writes and options.long and not options.at:
        places = places[::7]
    for index, at in enumerate(places):
        check(house, command, at, findings, {}, at < START)
        if at >= START and (options.at or not options.long or index % 20 == 0):
            check(house, command, at, findings, {"stay": 1}, False)


def check(house, command, at, findings, more, lenient):
    house.reset(command.house)
    result = house.run(command, do="null", calls="malloc", at=at, **more)
    findings.runs += 1
    if lenient:
        problem = f"it {status_words(result.status)}" if result.status is None or result.status < 0 else ""
    else:
        problem = house.judge(command, result, look=command.writes)
    if problem:
        findings.add(command.name, problem, f"at call {at}" + (" and all after it" if more else ""))
