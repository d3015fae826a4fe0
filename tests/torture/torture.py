#!/usr/bin/env python3
"""Fault campaigns against the real program. script/torture builds what they need and runs them; README.md explains."""

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor

from house import Findings, House

CAMPAIGNS = ("kill", "kill_random", "console", "power_cut", "error", "memory", "full_disk", "flip", "writers",
             "restore_load")


class Options:
    """What a unit of work is given beside its house."""

    def __init__(self, arguments):
        self.long, self.only, self.at, self.seed = arguments.long, arguments.only, arguments.at, arguments.seed
        self.lie, self.every = arguments.lie, arguments.every

    def choose(self, commands):
        """The commands of a campaign: all, or those of --only."""
        return [command for command in commands if not self.only or self.only in command.name]

    def positions(self, total, short):
        """At which of `total` calls a fault comes: at each, or in a short run at so many, evenly spread over them."""
        if self.at:
            return [self.at] if self.at <= total else []
        if self.long or total <= short:
            return range(1, total + 1, self.every)
        return [1 + total * (2 * i + 1) // (2 * short) for i in range(short)]


def work(campaign, unit, options, program, faults, top):
    """One unit, in a process of the pool, which has a house of its own."""
    global house
    if "house" not in globals():
        house = House(program, faults, top, os.getpid()).open()
    house.thorough = options.long
    findings = Findings(campaign)
    importlib.import_module(campaign).work(house, unit, options, findings)
    return findings


def merge(found, more):
    for finding in more:
        for old in found:
            if (old.subject, old.what) == (finding.subject, finding.what):
                old.count += finding.count
                break
        else:
            found.append(finding)


def run(campaign, options, pool, arguments, top):
    module = importlib.import_module(campaign)
    began = time.monotonic()
    jobs = [pool.submit(work, campaign, unit, options, arguments.program, arguments.faults, top)
            for unit in module.units(options)]
    runs, found = 0, []
    for job in jobs:
        result = job.result()
        runs += result.runs
        merge(found, result.list)
    print(f"{campaign}: {runs:,} {module.RUNS}, {len(found)} findings, {time.monotonic() - began:.0f} s", flush=True)
    for finding in sorted(found, key=lambda finding: (-finding.count, finding.subject)):
        times = f" ({finding.count:,} times)" if finding.count > 1 else ""
        print(f"    {finding.subject}: {finding.what}{times}; first {finding.how}", flush=True)
    return len(found)


def main():
    parser = argparse.ArgumentParser(prog="script/torture", description=__doc__.split("\n")[0])
    parser.add_argument("campaigns", nargs="*", metavar="CAMPAIGN", help=", ".join(CAMPAIGNS))
    parser.add_argument("--long", action="store_true", help="the full counts")
    parser.add_argument("--only", metavar="WORDS", help="only commands with these words")
    parser.add_argument("--at", type=int, metavar="N", help="only the fault at this place")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the places of a long run only each N-th")
    parser.add_argument("--seed", type=int, default=1, help="of what is random")
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--lie", action="store_true", help="power_cut: no sync reaches the disk, which must be found")
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--faults", required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    for name in arguments.campaigns:
        if name not in CAMPAIGNS:
            parser.error(f"there is no campaign {name}: {', '.join(CAMPAIGNS)}")
    # In memory where that is possible: no disk need be waited for, the faults are not the disk's.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    top = tempfile.mkdtemp(prefix="gatehouse-torture-", dir=place)
    found = 0
    try:
        House(arguments.program, arguments.faults, top).build()
        with ProcessPoolExecutor(arguments.jobs) as pool:
            for campaign in arguments.campaigns or CAMPAIGNS:
                found += run(campaign, Options(arguments), pool, arguments, top)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
