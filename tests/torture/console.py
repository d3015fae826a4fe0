"""The console, in a terminal: killed before each of its changes to a file; EIO, a full disk, no memory from some call on. It
must end by itself only when it is told to, and the database is as one of its changes left it, none that was seen lost."""

from house import difference, status_words
from memory import START
from terminal import Console, events

RUNS = "consoles"
CHANGES = "create,write,sync,truncate,rename,link,unlink"
DISTURBANCES = (
    {"do": "kill", "calls": CHANGES},
    {"do": "eio", "calls": CHANGES, "stay": 1},
    {"do": "enospc", "calls": "create,write,truncate,rename,link", "stay": 1},
    {"do": "null", "calls": "malloc"},
)
# Keys, what the terminal then shows ("" where the database tells), and how many events there are more.
STEPS = (("A", "", 1), ("U", "", 1), ("n", "New Service Account", 0), ("night\tdark\tteam-a\t", "", 0),
         ("\x13", "Token generated", 2))


def units(options):
    if options.long:
        return [(i, part) for i in range(len(DISTURBANCES)) for part in range(20)]
    return [(0, None), (1, None), (2, None)]


def drive(house, states=None, **faults):
    """Gives the console, and how many events were seen before it failed or ended."""
    console = Console(house, **faults)
    seen = before = 35
    if not console.wait_text("sa::ci-deploy", 3):
        return console, 0
    seen = before = events(house.database)
    for keys, text, more in STEPS:
        console.send(keys)
        done = console.wait_text(text, 2) if text else True
        if more:
            done = console.wait_events(before + more, 2) and done
            before += more
        if not done or not console.is_alive():
            return console, seen
        seen = before
        if more and states is not None:
            states.append(house.state())
    return console, seen


def prepare(house):
    """The states between the changes, and the number of events in each."""
    if "console" not in house.shelf:
        house.reset()
        states = [house.state()]
        console, _ = drive(house, states)
        status = console.end()
        if status != 0 or len(states) != 4:
            raise RuntimeError(f"the console that nothing disturbs: {status}, {len(states)} states")
        house.shelf["console"] = [without_files(state) for state in states]
    return house.shelf["console"]


def without_files(state):
    return {name: value for name, value in state.items() if name == "g.db"}


def count(house, calls):
    house.reset()
    console, _ = drive(house, calls=calls)
    total = house.calls()
    console.end()
    return total


def work(house, unit, options, findings):
    kind, part = unit
    states = prepare(house)
    disturbance = DISTURBANCES[kind]
    total = count(house, disturbance["calls"])
    places = [at for at in options.positions(total, 1) if at >= START or disturbance["do"] != "null"]
    if part is not None and not options.at:
        step = max(1, len(places) // 100)  # a hundred of the many requests for memory
        places = places[::step][part::20]
    for at in places:
        house.reset()
        console, seen = drive(house, at=at, **disturbance)
        status = console.end()
        findings.runs += 1
        problem = judge(house, disturbance, states, seen, status)
        if problem:
            findings.add(f"console, {disturbance['do']}", problem, f"at call {at} of {disturbance['calls']}")


def judge(house, disturbance, states, seen, status):
    if disturbance["do"] != "kill" and (status is None or status < 0):
        return "it cannot be left" if status is None else f"it {status_words(status)}"
    problem = house.is_sound()
    if problem:
        return problem
    state = without_files(house.state())
    if state not in states:
        return f"half done: {difference(state, states[-1])}"
    if len(state["g.db"]["rows of event"]) < seen:
        return "what was seen is gone"
    left = [name for name in ("g.db-wal", "g.db-shm", "g.db-journal") if (house.folder / name).exists()]
    return f"{left[0]} is left" if left else ""
