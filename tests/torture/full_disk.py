"""A disk that is full: after so many more bytes, by the faults, for each writing command; and a real one with
little room or none (tmpfs, and ext4 with blocks of 1 KiB, where they may be mounted) on which whatever only reads must answer."""

import subprocess

from commands import READING, WRITING, Command
from house import Result, plain, status_words

RUNS = "runs"
ASKING = READING + [Command("verify", stdin="token 1")]


def units(options):
    rooms = [("room", command) for command in options.choose(WRITING)]
    return rooms + [(system, None) for system in ("tmpfs", "ext4") if options.choose(ASKING)]


def work(house, unit, options, findings):
    kind, command = unit
    if kind == "room":
        small_room(house, command, options, findings)
    else:
        real_disk(house, kind, options, findings)


def small_room(house, command, options, findings):
    house.reference(command)
    grown = 400 if command.house == "empty" else 120  # KiB: more than any of them writes
    for at in options.positions(grown, 2):
        house.reset(command.house)
        result = house.run(command, room=(at - 1) * 1024 + 100)
        findings.runs += 1
        problem = house.judge(command, result)
        if problem:
            findings.add(command.name, problem, f"with room for {at - 1} KiB and 100 bytes (--at {at})")


MOUNT = {
    "tmpfs": "mount -t tmpfs -o size=2m,mode=700 none {folder}",
    "ext4": "truncate -s 4M {image} && mke2fs -q -t ext4 -b 1024 -O ^has_journal -m 0 {image} && "
            "mount -o loop {image} {folder} && chmod 700 {folder}",
}
# Filled to the last block, then so many KiB are given back.
RUN = """{mount} && cp -a {full}/. {folder}/ || exit 99
cat /dev/zero >{folder}/filler 2>/dev/null; sync; dd if=/dev/zero of={folder}/rest bs=1k 2>/dev/null; sync
truncate -s -{room}K {folder}/filler; sync; exec "$@" """
ROOMS = (0, 8, 10, 16, 24, 32, 40)
CANNOT_MOUNT = 99


def real_disk(house, system, options, findings):
    """Each command sees a mount of its own, in a namespace of its own, that ends with it."""
    image = house.top / f"image-{house.folder.name}"
    for command in options.choose(ASKING):
        house.reference(command)
        for room in ROOMS:
            house.reset()
            result = run_on_disk(house, command, system, room, image)
            if result.status == CANNOT_MOUNT:
                return
            findings.runs += 1
            problem = judge(house, command, result)
            if problem:
                findings.add(command.name, f"{problem}, on {system}", f"with {room} KiB left")
    image.unlink(missing_ok=True)


def run_on_disk(house, command, system, room, image):
    mount = MOUNT[system].format(folder=house.folder, image=image)
    script = RUN.format(mount=mount, full=house.top / "full", folder=house.folder, room=room)
    stdin = house.secrets[int(command.stdin.split()[1])] if command.stdin else ""
    space = ["unshare", "-m"] if system == "ext4" else ["unshare", "-rm"]
    done = subprocess.run(space + ["sh", "-c", script, "sh"] + house.words(command), input=stdin.encode(), capture_output=True,
                          timeout=120, env=house.environment(), cwd=house.folder)
    # What unshare itself says when it may not.
    status = CANNOT_MOUNT if done.returncode == 1 and done.stderr.startswith(b"unshare") else done.returncode
    return Result(status, done.stdout, done.stderr.decode("utf-8", "replace"))


def judge(house, command, result):
    problem = house.judge_answer(command, result)
    if not problem and result.status != house.reference(command).first.status:
        problem = f"no answer: {status_words(result.status)}, {plain(result.err, house.folder)}"
    return problem
