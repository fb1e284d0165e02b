#!/usr/bin/python3
"""What the README promises, done with outside clients: curl, Node's ws and python3-websockets, over one store.

  walkthrough.py --store sqlite|postgresql
"""
import argparse
import asyncio
import json
import os
import queue
import subprocess
import sys
import threading
import time
import unittest

import websockets

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "lib"))
from client import Client, make_list, position_of, sign_up  # noqa: E402
from server import BINARY, Server  # noqa: E402
from stores import store_url  # noqa: E402

STORE = "sqlite"


def curl(server, method, path, body=None, token=None, *more):
    words = ["curl", "-sS", "-X", method, f"http://127.0.0.1:{server.port}{path}", "-H", "Content-Type: application/json",
             "-w", "\n%{http_code}", *more]
    if token:
        words += ["-H", f"Authorization: Bearer {token}"]
    if body is not None:
        words += ["-d", json.dumps(body)]
    text, status = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout.rsplit("\n", 1)
    return int(status), json.loads(text) if text else None


class NodeSubscriber:
    def __init__(self, server, token, stream, *since):
        self.process = subprocess.Popen(["node", os.path.join(HERE, "subscriber.mjs"), str(server.port), token, stream, *since],
                                        stdout=subprocess.PIPE, text=True)
        self.frames = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.frames.put(json.loads(line))

    def until(self, holds, within=10):
        """The frames up to and with the first that holds."""
        seen, limit = [], time.monotonic() + within
        while time.monotonic() < limit:
            try:
                seen.append(self.frames.get(timeout=0.2))
            except queue.Empty:
                continue
            if holds(seen[-1]):
                return seen
        raise AssertionError(f"not seen in {within} s; seen: {seen}")

    def end(self):
        self.process.kill()
        self.process.wait()


def events_in(frames):
    for frame in frames:
        if frame["t"] == "ev":
            yield frame
        elif frame["t"] == "evs":
            yield from frame["items"]


async def python_subscriber(server, token, stream, count):
    """The first `count` event numbers that a python3-websockets client sees after the present."""
    seqs = []
    async with websockets.connect(f"ws://127.0.0.1:{server.port}/ws", subprotocols=["callboard.v1", f"bearer.{token}"]) as socket:
        assert socket.subprotocol == "callboard.v1"
        await socket.send(json.dumps([{"t": "hello"}, {"t": "sub", "id": 1, "stream": stream, "snapshot": "never"}]))
        while len(seqs) < count:
            message = json.loads(await asyncio.wait_for(socket.recv(), 10))
            frames = message if isinstance(message, list) else [message]
            for frame in frames:
                if frame["t"] == "reply":
                    python_subscriber.ready.set()
            seqs += [e["seq"] for e in events_in(frames)]
    return seqs


class Walkthrough(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(store_url(STORE)).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_two_people_share_a_list_and_one_sees_what_the_other_writes(self):
        server = self.server
        status, ann = curl(server, "POST", "/v1/auth/signup", {"email": "ann@example.org", "password": "a long sentence"})
        self.assertEqual(status, 201)
        _, bob = curl(server, "POST", "/v1/auth/signup", {"email": "bob@example.org", "password": "another sentence"})
        _, made = curl(server, "POST", "/v1/lists", {"name": "Groceries"}, ann["access_token"])
        stream = f"list:{made['id']}"

        told = NodeSubscriber(server, bob["access_token"], "user:me")
        told.until(lambda f: f["t"] == "snap")
        status, _ = curl(server, "POST", f"/v1/lists/{made['id']}/members", {"email": "bob@example.org", "role": "editor"},
                         ann["access_token"])
        self.assertEqual(status, 201)
        added = list(events_in(told.until(lambda f: f["t"] in ("ev", "evs"))))
        self.assertEqual([(e["type"], e["data"]["my_role"]) for e in added], [("member.added", "editor")])
        told.end()

        watcher = NodeSubscriber(server, bob["access_token"], stream)
        start = watcher.until(lambda f: f["t"] == "snap")[-1]
        python_subscriber.ready = threading.Event()
        seen_by_python = []
        thread = threading.Thread(target=lambda: seen_by_python.extend(
            asyncio.run(python_subscriber(server, bob["access_token"], stream, 3))))
        thread.start()
        self.assertTrue(python_subscriber.ready.wait(10))
        for title in ("Milk", "Bread", "Tea"):
            status, task = curl(server, "POST", f"/v1/lists/{made['id']}/tasks", {"title": title}, ann["access_token"])
            self.assertEqual((status, task["title"]), (201, title))
        events = list(events_in(watcher.until(lambda f: any(e["data"].get("title") == "Tea" for e in events_in([f])))))
        self.assertEqual([e["seq"] for e in events], [start["seq"] + 1, start["seq"] + 2, start["seq"] + 3])
        thread.join(10)
        self.assertEqual(seen_by_python, [start["seq"] + 1, start["seq"] + 2, start["seq"] + 3])
        watcher.end()

        # kill -9 and restart lose nothing, and the watcher goes on where it was.
        server.kill9()
        server.start()
        status, shown = curl(server, "GET", f"/v1/lists/{made['id']}?include=tasks", None, bob["access_token"])
        self.assertEqual((status, [t["title"] for t in shown["tasks"]]), (200, ["Milk", "Bread", "Tea"]))
        again = NodeSubscriber(server, bob["access_token"], stream, start["epoch"], str(start["seq"]))
        frames = again.until(lambda f: any(e["seq"] == start["seq"] + 3 for e in events_in([f])))
        self.assertEqual(frames[1]["mode"], "replay")
        self.assertTrue(frames[1]["recovered"])
        self.assertEqual([e["data"]["title"] for e in events_in(frames)], ["Milk", "Bread", "Tea"])
        again.end()

    def test_repeats_preconditions_and_signing_out(self):
        client, _, tokens = sign_up(self.server.port)
        made = make_list(client)
        path = f"/v1/lists/{made['id']}/tasks"
        first = client.post(path, {"title": "Once"}, {"Idempotency-Key": "k1"})
        again = client.post(path, {"title": "Once"}, {"Idempotency-Key": "k1"})
        self.assertEqual((first.status, again.status, again.body), (201, 201, first.body))
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        self.assertEqual(client.post(path, {"title": "Other"}, {"Idempotency-Key": "k1"}).json["code"], "idempotency_mismatch")
        task = f"{path}/{first.json['id']}"
        self.assertEqual(client.request("PATCH", task, {"title": "x"}, {"If-Match": '"1"'}).status, 412)
        self.assertEqual(client.get(task, **{"If-None-Match": first.headers["etag"]}).status, 304)
        wrong = client.post(path, {"title": "", "color": "red"})
        self.assertEqual((wrong.status, wrong.json["outcome"]), (422, "not_applied"))
        self.assertEqual(sorted(e["pointer"] for e in wrong.json["errors"]), ["/color", "/title"])
        fresh = client.post("/v1/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        self.assertEqual(fresh.status, 200)
        self.assertEqual(client.post("/v1/auth/logout").status, 204)
        self.assertEqual(client.get("/v1/auth/me").json["code"], "token_revoked")

    def test_reads_wait_for_a_position_and_answer_it(self):
        client, _, _ = sign_up(self.server.port)
        made = make_list(client)
        written = client.post(f"/v1/lists/{made['id']}/tasks", {"title": "a"})
        _, seq = position_of(written)
        shown = client.get(f"/v1/lists/{made['id']}", **{"Callboard-Min-Seq": str(seq)})
        self.assertEqual(shown.json["seq"], seq)
        self.assertEqual([l["id"] for l in client.get("/v1/lists").json["items"]], [made["id"]])

    def test_the_command_line_reaches_the_running_server(self):
        def run(*words):
            return subprocess.run(self.server.command(*words), capture_output=True, text=True, timeout=30)
        added = run("user", "add", "--email", "carol@example.org", "--json")
        self.assertEqual(added.returncode, 0, added.stderr)
        password = json.loads(added.stdout)["password"]
        signed_in = Client(self.server.port).post("/v1/auth/signin", {"email": "carol@example.org", "password": password})
        self.assertEqual(signed_in.status, 200)
        listed = run("actors", "ls", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertTrue(any(one["kind"] == "account" for one in json.loads(listed.stdout)["items"]))
        healthy = run("doctor")
        self.assertEqual(healthy.returncode, 0, healthy.stdout + healthy.stderr)
        wrong = subprocess.run([BINARY, "serve", "--set", "http.listn=x", "--set", "limits.connections=-1"],
                               capture_output=True, text=True, timeout=10)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("http.listen", wrong.stderr)
        self.assertIn("limits.connections", wrong.stderr)

    def test_a_second_server_on_the_store_is_refused_and_a_taken_port_too(self):
        second = subprocess.run(self.server.command("serve"), capture_output=True, text=True, timeout=30)
        self.assertEqual(second.returncode, 1)
        self.assertIn("error:", second.stderr)
        other = Server()
        other.settings = [f"http.listen=127.0.0.1:{self.server.port}"]
        taken = subprocess.run(other.command("serve"), capture_output=True, text=True, timeout=30)
        self.assertEqual(taken.returncode, 1)
        self.assertIn(str(self.server.port), taken.stderr)

    def test_health_metrics_and_documents_are_there(self):
        client = Client(self.server.port)
        self.assertEqual(client.get("/health/ready").json["status"], "ready")
        self.assertIn("callboard_journal_events_total", client.get("/metrics").body)
        self.assertEqual(client.get("/v1/openapi.json").json["openapi"][:3], "3.1")
        self.assertEqual(client.get("/").status, 200)
        self.assertEqual(client.get("/v1/nothing").json["code"], "not_found")

    def test_z_sigterm_drains_and_exits_0(self):
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--store", default="sqlite")
    given, rest = options.parse_known_args()
    STORE = given.store
    unittest.main(argv=[sys.argv[0], *rest])
