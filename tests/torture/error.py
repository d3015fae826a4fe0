"""EIO or ENOSPC at each call of each command: once, or from there on for good."""

from commands import READING, WRITING

RUNS = "runs"
DISTURBANCES = (
    {"do": "eio", "calls": "open,create,read,write,sync,truncate,rename,link,unlink"},
    {"do": "eio", "calls": "create,write,sync,truncate,rename,link", "stay": 1},
    {"do": "enospc", "calls": "create,write,truncate,rename,link", "stay": 1},
)


def units(options):
    return options.choose(WRITING + READING)


def work(house, command, options, findings):
    for disturbance in DISTURBANCES if command.writes or options.long else DISTURBANCES[:1]:
        for at in options.positions(house.count(command, disturbance["calls"]), 1):
            house.reference(command)
            house.reset(command.house)
            result = house.run(command, at=at, **disturbance)
            findings.runs += 1
            problem = house.judge(command, result)
            if problem:
                word = " and all after it" if "stay" in disturbance else ""
                findings.add(command.name, problem, f"{disturbance['do']} at call {at}{word} of {disturbance['calls']}")
