"""Events over plain HTTP: server-sent events as curl reads them, long polls, and digests, over API.md alone."""
import argparse
import hashlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import Client, make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402
from ws import Socket  # noqa: E402

STORE = "sqlite"


class Curl:
    """`curl -N` on /v1/events: the events as they come."""

    def __init__(self, server, token, query, *headers):
        extra = [part for h in headers for part in ("-H", h)]
        self.process = subprocess.Popen(
            ["curl", "-sN", "-H", f"Authorization: Bearer {token}", *extra, f"http://127.0.0.1:{server.port}/v1/events?{query}"],
            stdout=subprocess.PIPE, text=True)
        self.events = queue.Queue()
        self.last_id = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        event = {}
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line.startswith(":"):
                event["comment"] = line
            elif line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                self.events.put(event)
                event = {}
        self.events.put(None)

    def next(self, kind, within=10):
        """The next event, which must be of that kind, with its data read; an id without data is remembered alone."""
        while True:
            event = self.events.get(timeout=within)
            assert event is not None, f"the answer ended before {kind}"
            self.last_id = event.get("id", self.last_id)
            if "data" in event:
                assert event["event"] == kind, event
                return json.loads(event["data"])

    def ended(self, within=10):
        assert self.events.get(timeout=within) is None
        return self.process.wait(within)

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def digest_of(snapshot):
    """Recomputed from ids and revs alone, as section 12 has it."""
    entities = [("list", snapshot["list"])]
    for kind in ("section", "tag", "task"):
        entities += [(kind, one) for one in snapshot[kind + "s"]]
    total = sum(int.from_bytes(hashlib.sha256(f"{kind}:{one['id']}:{one['rev']}".encode()).digest()[:8], "big")
                for kind, one in entities)
    return f"{total % 2**64:016x}"


class Streams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(store_url(STORE)).start()

    @classmethod
    def tearDownClass(cls):
        Socket.close_all()
        cls.server.__exit__()

    def setUp(self):
        self.ann, self.user, self.tokens = sign_up(self.server.port)
        self.list = make_list(self.ann)
        self.stream = f"list:{self.list['id']}"
        self.opened = []

    def tearDown(self):
        for one in self.opened:
            one.stop()

    def curl(self, query, *headers, token=None):
        self.opened.append(Curl(self.server, token or self.ann.token, query, *headers))
        return self.opened[-1]

    def add(self, title="Milk", to=None):
        made = self.ann.post(f"/v1/lists/{(to or self.list)['id']}/tasks", {"title": title})
        self.assertEqual(made.status, 201, made)
        return made

    # -- server-sent events -------------------------------------------------------------------------------------------

    def test_curl_sees_writes_and_goes_on_from_its_last_id_after_a_cut(self):
        other = make_list(self.ann, "Other")
        query = f"stream={self.stream}&stream=list:{other['id']}&stream=user:me"
        curl = self.curl(query)
        ready = curl.next("ready")
        self.assertEqual([s["seq"] for s in ready["streams"]][:1], [self.list["seq"]])
        self.add()
        self.add(to=other)
        first = [curl.next("ev") for _ in range(2)]
        self.assertEqual({e["stream"] for e in first}, {self.stream, f"list:{other['id']}"})
        last_id = curl.last_id
        curl.stop()
        written = [self.add().json["rev"] for _ in range(300)]
        self.add(to=other)
        again = self.curl(query, f"Last-Event-ID: {last_id}")
        self.assertTrue(all(s["recovered"] for s in again.next("ready")["streams"]))
        missed = [again.next("ev") for _ in range(301)]
        self.assertEqual([e["seq"] for e in missed if e["stream"] == self.stream], written)
        by_parameter = self.curl(f"{query}&since={last_id}")
        by_parameter.next("ready")
        self.assertEqual(len([by_parameter.next("ev") for _ in range(301)]), 301)

    def test_a_write_is_where_a_reader_may_begin(self):
        made = self.add()
        self.add()
        curl = self.curl("stream=" + made.headers["callboard-stream"].replace(";", "%3B"))
        curl.next("ready")
        self.assertEqual(curl.next("ev")["seq"], made.json["rev"] + 1)

    def test_a_reader_that_pauses_loses_nothing(self):
        curl = self.curl(f"stream={self.stream}")
        curl.next("ready")
        os.kill(curl.process.pid, signal.SIGSTOP)
        text = "x" * 60_000  # 12 MB in all: far more than the socket's buffers and the queue of 1 MiB
        written = [self.ann.post(f"/v1/lists/{self.list['id']}/tasks", {"title": "T", "description": text}).json["rev"]
                   for _ in range(200)]
        os.kill(curl.process.pid, signal.SIGCONT)
        self.assertEqual([curl.next("ev")["seq"] for _ in range(200)], written)

    def test_another_history_is_told_and_the_stream_goes_on(self):
        curl = self.curl(f"stream={self.stream};epoch=0000000000000001;seq=1")
        curl.next("ready")
        self.assertEqual(curl.next("resync")["reason"], "epoch_changed")
        self.assertEqual(self.add().json["rev"], curl.next("ev")["seq"])

    def test_a_filter_leaves_the_rest_out(self):
        curl = self.curl(f"stream={self.stream}&events=task.completed")
        curl.next("ready")
        task = self.add().json
        self.ann.post(f"/v1/lists/{self.list['id']}/tasks/{task['id']}/complete")
        self.assertEqual(curl.next("ev")["type"], "task.completed")

    def test_refusals_have_their_status(self):
        eve, _, _ = sign_up(self.server.port)
        for client, query, status in [
            (eve, f"stream={self.stream}", 404), (self.ann, "stream=user:" + eve.get("/v1/auth/me").json["id"], 404),
            (self.ann, "stream=task:1", 404), (self.ann, "", 400), (self.ann, f"stream={self.stream}&stream={self.stream}", 400),
            (self.ann, f"stream={self.stream}&events=a", 400), (self.ann, f"stream={self.stream};seq=1", 400),
            (self.ann, f"stream={self.stream}&since=1", 400), (Client(self.server.port), f"stream={self.stream}", 401),
        ]:
            self.assertEqual(client.get(f"/v1/events?{query}").status, status, query)
        self.assertEqual(self.ann.get(f"/v1/events?stream={self.stream}", Accept="application/json").status, 406)
        head = self.ann.request("HEAD", f"/v1/events?stream={self.stream}")
        self.assertEqual((head.status, head.headers["content-type"], head.body), (200, "text/event-stream", ""))

    def test_a_signed_out_reader_is_told_within_a_second(self):
        curl = self.curl(f"stream={self.stream}")
        curl.next("ready")
        began = time.monotonic()
        self.assertEqual(self.ann.post("/v1/auth/logout").status, 204)
        bye = curl.next("bye")
        self.assertLess(time.monotonic() - began, 1.0)
        self.assertEqual((bye["code"], bye["reconnect"]), (4505, False))
        self.assertEqual(curl.ended(), 0)

    def test_a_removed_member_hears_no_more(self):
        bob, user, _ = sign_up(self.server.port)
        self.ann.post(f"/v1/lists/{self.list['id']}/members", {"user_id": user["id"], "role": "viewer"})
        curl = self.curl(f"stream={self.stream}", token=bob.token)
        curl.next("ready")
        self.ann.request("DELETE", f"/v1/lists/{self.list['id']}/members/{user['id']}")
        self.add()
        self.assertEqual(curl.next("resync")["reason"], "revoked")
        self.assertEqual(curl.next("bye")["reconnect"], False)

    def test_over_http_1_0_the_events_come_plain(self):
        raw = subprocess.Popen(["curl", "-sN0", "-i", "-H", f"Authorization: Bearer {self.ann.token}",
                                f"http://127.0.0.1:{self.server.port}/v1/events?stream={self.stream}"],
                               stdout=subprocess.PIPE, text=True)
        guard = threading.Timer(10, raw.kill)
        guard.start()
        seen = ""
        for line in raw.stdout:
            seen += line
            if line.startswith("data: "):
                break
        guard.cancel()
        raw.kill()
        raw.wait()
        raw.stdout.close()
        self.assertNotIn("Transfer-Encoding", seen)
        self.assertIn("\nevent: ready\n", seen)

    # -- long poll ----------------------------------------------------------------------------------------------------

    def poll(self, since=None, wait=10, client=None, more=""):
        query = f"wait={wait}{more}" + (f"&since={since}" if since else "")
        return (client or self.ann).get(f"/v1/streams/{self.stream}/events?{query}")

    def test_polls_follow_each_other_without_gap(self):
        now = self.poll().json
        self.assertEqual((now["seq"], now["items"]), (self.list["seq"], []))
        epoch, seen, position = now["epoch"], [], now["seq"]
        writer = Client(self.server.port, self.ann.token)
        thread = threading.Thread(target=lambda: [writer.post(f"/v1/lists/{self.list['id']}/tasks", {"title": str(i)})
                                                  for i in range(40)])
        thread.start()
        while len(seen) < 40:
            answer = self.poll(f"{epoch}:{position}").json
            self.assertTrue(answer["items"], "10 s without an event")
            seen += [e["seq"] for e in answer["items"]]
            position = answer["seq"]
        thread.join()
        self.assertEqual(seen, list(range(now["seq"] + 1, now["seq"] + 41)))
        event = self.poll(f"{epoch}:{position - 1}").json["items"][0]
        self.assertLessEqual({"id", "epoch", "trace_id", "changes", "entity", "data"}, set(event))

    def test_polls_say_what_cannot_be_had(self):
        now = self.poll().json
        self.assertEqual(self.poll(f"0000000000000001:{now['seq']}").status, 410)
        self.assertEqual(self.poll(f"{now['epoch']}:{now['seq'] + 9}").json["code"], "position_expired")
        self.assertEqual(self.poll(f"{now['epoch']}:{now['seq']}", wait=0).json["items"], [])
        self.assertEqual(self.poll(f"{now['epoch']}:{now['seq']}", wait=31).status, 400)
        self.assertEqual(self.poll("1").status, 400)
        eve, _, _ = sign_up(self.server.port)
        self.assertEqual(self.poll(client=eve).status, 404)

    def test_a_signed_out_poll_ends_with_401(self):
        now = self.poll().json
        waiting = Client(self.server.port, self.ann.token)
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.poll(f"{now['epoch']}:{now['seq']}", client=waiting)))
        thread.start()
        while self.ann.get("/v1/auth/sessions").json["items"][0]["connections"] == 0:
            pass
        began = time.monotonic()
        self.ann.post("/v1/auth/logout")
        thread.join(5)
        self.assertLess(time.monotonic() - began, 1.0)
        self.assertEqual((answers[0].status, answers[0].json["code"]), (401, "token_revoked"))

    # -- digests ------------------------------------------------------------------------------------------------------

    def test_a_client_can_recompute_the_digest_of_a_heartbeat(self):
        task = self.add().json
        self.add()
        self.ann.post(f"/v1/lists/{self.list['id']}/sections", {"name": "Later"})
        self.ann.post(f"/v1/lists/{self.list['id']}/tags", {"name": "home"})
        self.ann.request("DELETE", f"/v1/lists/{self.list['id']}/tasks/{task['id']}")
        socket = Socket(self.server.port, self.ann.token)
        socket.say({"t": "sub", "id": 1, "stream": self.stream})
        snap = socket.until("snap")
        beat = socket.until("hb", within=45)
        self.assertEqual(beat["seq"], snap["seq"])
        self.assertEqual(beat["digest"], digest_of(snap["data"]))
        self.assertEqual(beat["digest"], self.ann.get(f"/v1/lists/{self.list['id']}").json["digest"])


class Drain(unittest.TestCase):
    def test_a_node_that_stops_says_goodbye_and_ends(self):
        with Server(store_url(STORE)) as server:
            ann, _, _ = sign_up(server.port)
            made = make_list(ann)
            curl = Curl(server, ann.token, f"stream=list:{made['id']}")
            curl.next("ready")
            self.assertEqual(server.stop(), 0)
            bye = curl.next("bye")
            self.assertEqual((bye["code"], bye["reconnect"]), (4000, True))
            self.assertEqual(curl.ended(), 0)
            curl.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    arguments, rest = parser.parse_known_args()
    STORE = arguments.store
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
