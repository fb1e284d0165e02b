#!/usr/bin/python3
"""More than a server takes, as its store stands still for 2 s under 2,000 connections: what it cannot take it refuses at once,
with 503 and a time to come back; what it took is there; /health/live answers all the while; afterwards it is as before."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import Client, make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402

LOAD = os.environ.get("LOAD_GENERATOR", os.path.join(os.path.dirname(__file__), "../../build/release/callboard_load"))
CONNECTIONS = 2_000
# Under way at once this is several times what a lane reserves room for (32 MiB).
LARGE = {"title": "Large", "description": "x" * 20_000}


class Prober:
    """Says what single clients get meanwhile: one asks whether the server lives, one writes small tasks."""

    def __init__(self, port, token, list_id):
        self.port, self.token, self.list_id = port, token, list_id
        self.stopping = threading.Event()
        self.lives, self.acked, self.refusals, self.wrong = 0, set(), [], []
        self.threads = [threading.Thread(target=self.ask), threading.Thread(target=self.write)]

    def ask(self):
        while not self.stopping.wait(0.1):
            reply = Client(self.port).get("/health/live")
            self.lives += 1
            if reply.status != 200:
                self.wrong.append(reply)

    def write(self):
        client = Client(self.port, self.token, timeout=30)
        while not self.stopping.wait(0.01):
            reply = client.post(f"/v1/lists/{self.list_id}/tasks", LARGE)
            if reply.status == 201:
                self.acked.add(reply.json["id"])
            elif reply.status == 503 and reply.json["code"] in ("overloaded", "journal_unavailable"):
                self.refusals.append(reply)
            else:
                self.wrong.append(reply)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()


def offer(server, token, lists, seconds):
    """The statuses that the load got."""
    with tempfile.NamedTemporaryFile("w", suffix=".requests") as requests:
        for list_id in lists:
            requests.write(f"POST /v1/lists/{list_id}/tasks {token} - {json.dumps(LARGE)}\n")
        requests.flush()
        done = subprocess.run([LOAD, "http", "--port", str(server.port), "--requests", requests.name, "--connections",
                               str(CONNECTIONS), "--seconds", str(seconds), "--warmup", "0"],
                              stdout=subprocess.PIPE, text=True, timeout=120)
    return {int(status): count for status, count in json.loads(done.stdout)["statuses"].items()}


def hold_store(server, begin_after, seconds):
    """Another program in the database: nothing commits meanwhile."""
    with sqlite3.connect(os.path.join(server.directory, "data", "callboard.db"), isolation_level=None) as db:
        time.sleep(begin_after)
        db.execute("begin immediate")
        time.sleep(seconds)
        db.execute("rollback")


def tasks_in(client, list_id):
    seen, cursor = set(), ""
    while True:
        page = client.get(f"/v1/lists/{list_id}/tasks?limit=100{cursor}").json
        seen |= {task["id"] for task in page["items"]}
        if not page["next_cursor"]:
            return seen
        cursor = f"&cursor={page['next_cursor']}"


def run(server):
    client, _, _ = sign_up(server.port)
    lists = [make_list(client, f"List {number}")["id"] for number in range(50)]
    mine = make_list(client, "Mine")["id"]
    with Prober(server.port, client.token, mine) as prober:
        holder = threading.Thread(target=hold_store, args=(server, 2, 2))
        holder.start()
        statuses = offer(server, client.token, lists, 6)
        holder.join()
    begun = time.monotonic()
    while (reply := client.post(f"/v1/lists/{mine}/tasks", LARGE)).status != 201:
        assert time.monotonic() - begun < 10, reply
    back = time.monotonic() - begun
    held = sum(client.get(f"/v1/lists/{one}").json["seq"] for one in lists) - 2 * len(lists)  # the list, its owner
    print(f"{CONNECTIONS} connections: {statuses}; one more client: {len(prober.acked)} taken, {len(prober.refusals)} refused; "
          f"{prober.lives} answers of /health/live; well again after {back:.2f} s")
    assert set(statuses) <= {201, 429, 503}, statuses
    assert statuses.get(201, 0) > 0 and statuses.get(503, 0) > 0, "this was no overload"
    assert not prober.wrong, prober.wrong[:3]
    assert prober.lives > 0
    for refusal in prober.refusals:
        assert int(refusal.headers["retry-after"]) >= 1 and refusal.json["outcome"] == "not_applied", refusal
    assert statuses[201] <= held, f"{statuses[201]} acknowledged, {held} in the journal"
    assert prober.acked <= tasks_in(client, mine), "an acknowledged task is gone"
    assert server.alive()


if __name__ == "__main__":
    with Server(settings=["limits.connections=10000"]) as running:
        run(running)
