"""The one table of commands that all campaigns share, and the house in which they run.

Words that begin with @ are files of the house. A command of the empty house finds no database. What a lazy command writes
(the last use of a token) may be lost, by a full disk or a power cut: it is committed without waiting for the disk."""

import json
import shlex
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    words: str
    stdin: str = ""       # "token 1": the secret of that token
    house: str = "full"   # or "empty"
    lazy: bool = False
    writes: bool = True
    status: int = 0       # of a run that nothing disturbs
    notes: int = 0        # how many events are committed before the act, each on its own
    leaves: bool = False  # a child, to which the fault may come: the answer is whole by then
    early: str = ""       # the beginning of the name of a file that is whole before the act: they cannot be one step

    @property
    def name(self):
        return self.words.replace("@", "") + (f" < {self.stdin}" if self.stdin else "")

    @property
    def list(self):
        return shlex.split(self.words)


WRITING = [
    Command("init --show-once", house="empty"),
    Command("init --passphrase-file @pass", house="empty"),
    Command("init --key-file @new.key", house="empty", early="new.key"),
    Command("account create new --description 'Deploys main' --owner team-a"),
    Command("account create new --token first"),
    Command("account edit ci-docs --description 'Publishes' --owner team-b"),
    Command("account activate ci-legacy"),
    Command("account deactivate ci-deploy ci-docs"),
    Command("token generate ci-docs --name github --expires 90d --only agent_management --from 10.0.0.0/8"),
    Command("token rotate 1"),
    Command("token rename 1 renamed"),
    Command("token suspend 1 3"),
    Command("token resume 2"),
    Command("token expire 1 3 --at 30d --yes"),
    Command("token canary 3"),
    Command("token reveal 1 --key-file @vault.key", notes=2),
    Command("verify", stdin="token 5", status=1, lazy=True, leaves=True),
    Command("verify --from 10.0.0.1", stdin="token 1", lazy=True),
    Command("search save ending --filter ci- --facet ending"),
    Command("search delete kept"),
    Command("group create night --description 'Made late'"),
    Command("group edit deploy --description 'May deploy'"),
    Command("group rename deploy deploy-production"),
    Command("group delete deploy --yes"),
    Command("group add collectors ci-deploy ci-docs"),
    Command("group remove deploy ci-deploy ci-docs"),
    Command("permission create deploy:test --name Test --sentence 'Deploy to test'"),
    Command("permission edit deploy:prod --name 'Deploy to production'"),
    Command("permission delete deploy:prod --yes"),
    Command("permission grant deploy:prod --account ci-docs"),
    Command("permission revoke agent_management --group collectors"),
    Command("panic --group deploy --yes"),
    Command("vault add --recovery --key-file @vault.key", notes=2),
    Command("vault add --new-key-file @new.key --label spare --key-file @vault.key", notes=2, early="new.key"),
    Command("vault change 1 --passphrase-file @pass --new-passphrase-file @pass2", notes=2),
    Command("vault remove 1"),
    Command("vault rekey --key-file @vault.key --yes", notes=2),
    Command("token forget 1 3 --yes"),
    Command("scan --revoke @leak", status=1),
    Command("account delete ci-deploy ci-docs --yes"),
    Command("token revoke 1 3 --yes"),
    Command("setting set token.expiry.longest 365"),
    Command("import @wavefront.json", status=3),  # some of it is refused
    Command("apply @early.json", status=3),       # a revoked token stays revoked
    Command("apply @early.json --prune --yes", status=3),
    Command("export"),
    Command("backup @new.db", early="new.db"),
    Command("restore @early.db", house="empty"),
    Command("restore @early.db --yes", early="g.db.before-"),
]

READING = [
    Command("account list", writes=False),
    Command("account list --json", writes=False),
    Command("account list --access --csv", writes=False),
    Command("account show ci-deploy", writes=False),
    Command("token list --facet all", writes=False),
    Command("token list ci-deploy --json", writes=False),
    Command("search list", writes=False),
    Command("group list", writes=False),
    Command("group show deploy", writes=False),
    Command("permission list", writes=False),
    Command("why ci-deploy deploy:prod", writes=False),
    Command("check --expiring 30d", writes=False, status=1),
    Command("check --prometheus", writes=False),
    Command("scan @leak", writes=False, status=1),
    Command("setting list", writes=False),
    Command("vault slots", writes=False),
    Command("audit", writes=False),
    Command("audit --json", writes=False),
    Command("audit verify", writes=False),
    Command("doctor", writes=False),
]

def furnish(run, write):
    """Makes the full house. `run` runs the program and gives what it printed, `write` makes a file. Gives the secrets of the
    tokens by number."""
    secrets = {}

    def generate(number, words):
        secrets[number] = run(words).strip()

    run("init --passphrase-file @pass")
    run("vault add --new-key-file @vault.key --passphrase-file @pass")
    for words in ("ci-deploy --description 'Deploys main' --owner team-a", "ci-docs --owner team-a",
                  "ci-legacy --owner team-b", "web-proxy"):
        run("account create " + words)
    for words in ("group create deploy", "group create collectors", "group add deploy ci-deploy ci-docs",
                  "group add collectors web-proxy", "permission create deploy:prod --name Deploy",
                  "permission grant deploy:prod --group deploy",
                  "permission grant agent_management --group collectors",
                  "permission grant agent_management --account ci-deploy", "search save kept --filter ci-"):
        run(words)
    generate(1, "token generate ci-deploy --name main")
    generate(2, "token generate ci-deploy --name paused --expires 20d")
    generate(3, "token generate ci-docs --name docs --from 10.0.0.0/8 --only agent_management")
    generate(4, "token generate ci-legacy --name old")
    generate(5, "token generate web-proxy --name bait --canary")
    run("token suspend 2")
    run("backup @early.db")
    write("early.json", run("export"))
    for words in ("account create late", "account edit ci-deploy --description 'Deploys main and tags'",
                  "account deactivate ci-legacy", "group create late", "group add late late", "token revoke 4",
                  "permission grant agent_management --account late", "setting set token.expiry.default 90"):
        run(words)
    write("leak", f"url = https://example.org/?t={secrets[3]}\nkey: {secrets[4]}\n")
    return secrets
