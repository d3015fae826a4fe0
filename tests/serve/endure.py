#!/usr/bin/env python3
"""The check service for an hour: mixed checks, revocations, and callers that start, end and are killed.

script/test --long builds it and calls this. Afterwards every answer must have been the right one, and the service must hold as
much memory and as many descriptors as it did once it was warm."""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

CALLERS = 6
ACCOUNTS = 12
GROWTH_MB = 2.0  # of private memory, that the allocator may need to settle
LATE = 1000  # of so many checks, one may get no answer in time, and so a 503, on a busy machine
CHECKS = "/verify/p/agent_management"


class Failure(Exception):
    pass


class House:
    """A database, the service on it, and the tokens that are good."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="gatehouse-endure-")
        self.program, self.database = program, os.path.join(self.folder, "g.db")
        self.checks, self.admin = (os.path.join(self.folder, name) for name in ("s.sock", "a.sock"))
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.run("init", "--show-once")
        self.accounts = [f"caller-{i}" for i in range(ACCOUNTS)]
        for account in self.accounts:
            self.run("account", "create", account)
            self.run("permission", "grant", "agent_management", "--account", account)
        self.tokens = {account: self.run("token", "generate", account).strip() for account in self.accounts}
        self.lock = threading.Lock()
        self.counts = dict.fromkeys(("checks", "callers", "kills", "revocations", "switches", "late"), 0)
        self.failures = []
        self.service = subprocess.Popen(
            [program, "--db", self.database, "serve", "--socket", self.checks, "--admin-socket", self.admin,
             "--threads", "2"], stderr=self.log)
        self.wait_for_service()
        time.sleep(0.5)
        self.at_rest = descriptors(self)

    def run(self, *words):
        done = subprocess.run([self.program, "--db", self.database, *words], capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"{' '.join(words)}: {done.stderr}")
        return done.stdout

    def wait_for_service(self):
        for _ in range(200):
            try:
                connect(self.admin).close()
                return
            except OSError:
                time.sleep(0.05)
        raise Failure("the service does not listen")

    def add(self, count, more=1):
        with self.lock:
            self.counts[count] += more

    def fail(self, sentence):
        with self.lock:
            self.failures.append(sentence)

    def remove(self):
        self.log.close()
        shutil.rmtree(self.folder)


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(path)
    return connection


def read_status(stream):
    """The status of the next answer; 0: the connection ended."""
    line, length = stream.readline(), 0
    if not line:
        return 0
    while (header := stream.readline()) not in (b"\r\n", b""):
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    stream.read(length)
    return int(line.split()[1])


def request(token, path=CHECKS):
    return f"GET {path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def ask(path, token):
    with connect(path) as connection:
        connection.sendall(request(token))
        return read_status(connection.makefile("rb"))


def questions(token):
    """What a caller asks, and what it must be told."""
    return ((request(token), 200), (request(token, "/verify/p/ingestion"), 403), (request(token, "/verify/p/a,,b"), 404),
            (request(token[:-1] + "_"), 401), (request("nonsense"), 401), (b"GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n", 200),
            (b"GET /verify HTTP/1.1\r\nHost: g\r\n\r\n", 401), (request(token) * 4, 200))


def call(house, chance):
    """One life of a caller: some requests on one connection, which it may leave in the middle of one."""
    token = house.tokens[chance.choice(house.accounts[2:])]  # those of the first two are revoked and switched off
    with connect(house.checks) as connection:
        stream = connection.makefile("rb")
        for _ in range(chance.randrange(400)):
            text, status = chance.choice(questions(token))
            connection.sendall(text)
            for _ in range(max(1, text.count(b"GET "))):
                told = read_status(stream)
                if told == 503:
                    house.add("late")
                elif told != status:
                    house.fail(f"{told} and not {status} for {text.split(b' HTTP')[0].decode()}")
                    return
                house.add("checks")
        end = chance.randrange(4)
        if end == 0:
            connection.sendall(request(token)[:chance.randrange(1, 60)])
        elif end == 1:
            connection.sendall(request(token) * 20)  # and nobody reads the answers
        elif end == 2:
            connection.sendall(b"POST /verify HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\n1234")
    house.add("callers")


def keep_calling(house, until, seed):
    chance = random.Random(seed)
    while time.monotonic() < until and not house.failures:
        try:
            call(house, chance)
        except OSError as error:
            house.fail(f"a caller: {error}")


def kill_callers(house, until):
    """Callers of their own, killed in the middle of what they do."""
    hammer = ("import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
              "while True:\n s.sendall(sys.argv[2].encode())\n s.recv(999)\n")
    text = request(house.tokens[house.accounts[2]]).decode()
    while time.monotonic() < until and not house.failures:
        caller = subprocess.Popen([sys.executable, "-c", hammer, house.checks, text])
        time.sleep(0.5)
        caller.send_signal(signal.SIGKILL)
        caller.wait()
        house.add("kills")


def revoke_over_http(house, token):
    form = f"token={token}"
    with connect(house.checks) as connection:
        connection.sendall(f"POST /revoke HTTP/1.1\r\nHost: g\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           f"Content-Length: {len(form)}\r\n\r\n{form}".encode())
        if read_status(connection.makefile("rb")) != 200:
            raise Failure("POST /revoke")


def expect(house, token, status, after):
    while (told := ask(house.checks, token)) == 503:
        house.add("late")
    if told != status:
        house.fail(f"{told} and not {status} after {after}")


def keep_revoking(house, until):
    """A token is made and revoked, an account switched off and on; the very next check must know."""
    first, second = house.accounts[:2]
    while time.monotonic() < until and not house.failures:
        made = json.loads(house.run("token", "generate", first, "--json"))
        token = made["secret"]
        expect(house, token, 200, "token generate")
        if house.counts["revocations"] % 2:
            revoke_over_http(house, token)
        else:
            house.run("token", "revoke", str(made["token"]))
        expect(house, token, 401, "a revocation")
        house.add("revocations")
        house.run("account", "deactivate", second)
        expect(house, house.tokens[second], 401, "account deactivate")
        house.run("account", "activate", second)
        expect(house, house.tokens[second], 200, "account activate")
        house.add("switches")
        time.sleep(0.2)


def watch(house, until):
    """Once a second: private memory in MB, descriptors, and connections as the service counts them."""
    samples = []
    while time.monotonic() < until and not house.failures:
        time.sleep(1)
        if house.service.poll() is not None:
            house.fail(f"the service ended with {house.service.returncode}")
            break
        samples.append(private_mb(house))
    return samples


def private_mb(house):
    with open(f"/proc/{house.service.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon:")) / 1024


def descriptors(house):
    return len(os.listdir(f"/proc/{house.service.pid}/fd"))


def settled_descriptors(house):
    """How many are open once the connections of callers that are gone have been closed: after 30 s at the latest."""
    for _ in range(400):
        if descriptors(house) <= house.at_rest:
            break
        time.sleep(0.1)
    return descriptors(house)


def status(house):
    with connect(house.admin) as connection:
        connection.sendall(b"GET /status HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n")
        return json.loads(connection.makefile("rb").read().split(b"\r\n\r\n", 1)[1])


def run_callers(house, until):
    def guarded(work, *arguments):
        try:
            work(*arguments)
        except (Failure, OSError, ValueError, LookupError) as error:
            house.fail(str(error))

    works = [(keep_calling, house, until, seed) for seed in range(CALLERS)]
    works += [(kill_callers, house, until), (keep_revoking, house, until)]
    threads = [threading.Thread(target=guarded, args=work) for work in works]
    for thread in threads:
        thread.start()
    samples = watch(house, until)
    for thread in threads:
        thread.join()
    return samples


def report(house, seconds, memory, after):
    counts, seen, before = house.counts, status(house), house.at_rest
    print(f"{seconds / 60:g} minutes: {counts['checks']:,} checks, {counts['callers']:,} callers that came and went, "
          f"{counts['kills']:,} that were killed, {counts['revocations']:,} revocations, {counts['switches']:,} accounts "
          f"switched off and on")
    first, last = (statistics.median(part) for part in (memory[:len(memory) // 4], memory[-(len(memory) // 4):]))
    print(f"private memory: {first:.1f} MB in the first quarter, {last:.1f} MB in the last; at most {max(memory):.1f} MB")
    print(f"descriptors: {before} before, {after} after; {seen['notes_lost']:,} uses and denials were not recorded; "
          f"{counts['late']:,} checks were not answered in time")
    if counts["late"] > counts["checks"] / LATE:
        house.fail("too many checks were not answered in time")
    if last - first > GROWTH_MB:
        house.fail(f"memory grew by {last - first:.1f} MB")
    if after > before:
        house.fail(f"{after - before} descriptors were not closed")


def endure(house, seconds):
    print(f"warming up for {seconds / 6:.0f} s", flush=True)
    run_callers(house, time.monotonic() + seconds / 6)
    memory = run_callers(house, time.monotonic() + seconds)
    if not house.failures:
        report(house, seconds, memory, settled_descriptors(house))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--minutes", type=float, default=60)
    arguments = parser.parse_args()
    house = House(arguments.program)
    try:
        endure(house, arguments.minutes * 60)
        house.service.terminate()
        if house.service.wait(timeout=20):
            house.fail(f"the service ended with {house.service.returncode}")
    finally:
        house.service.kill()
        house.remove()
    for sentence in house.failures[:10]:
        print(f"endure: {sentence}", file=sys.stderr)
    return 1 if house.failures else 0


if __name__ == "__main__":
    sys.exit(main())
