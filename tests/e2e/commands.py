#!/usr/bin/python3
"""Commands that are answered before their outcome is shown: 202, /v1/commands, `async` frames, and kill -9 right after.

  commands.py --store sqlite|postgresql
"""
import argparse
import os
import sys
import time
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from client import Client, make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402
from ws import Socket  # noqa: E402

STORE = "sqlite"
ASYNC = {"Prefer": "respond-async"}


def create(list_id, **args):
    return {"op_id": str(uuid.uuid4()), "type": "task.create", "stream": f"list:{list_id}", "args": {"title": "Milk", **args}}


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(store_url(STORE)).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.ann, self.user, _ = sign_up(self.server.port)
        self.list = make_list(self.ann)["id"]
        self.tasks = f"/v1/lists/{self.list}/tasks"

    def tearDown(self):
        Socket.close_all()
        self.ann.close()

    def titles(self):
        return [t["title"] for t in self.ann.get(self.tasks).json["items"]]

    def test_a_write_is_accepted_and_its_outcome_can_be_fetched_and_is_told(self):
        socket = Socket(self.server.port, self.ann.token)
        socket.ask({"t": "sub", "id": "1", "stream": "user:me"})
        reply = self.ann.post(self.tasks, {"title": "Milk"}, ASYNC)
        self.assertEqual((reply.status, reply.body, reply.headers["content-length"]), (202, "", "0"))
        self.assertEqual(reply.headers["preference-applied"], "respond-async")
        self.assertIn("Prefer", reply.headers["vary"])
        op_id = reply.headers["command-id"]
        self.assertEqual(reply.headers["location"], f"/v1/commands/{op_id}")
        told = socket.until("cmd")
        self.assertEqual((told["op_id"], told["status"], told["stream"]), (op_id, "applied", f"list:{self.list}"))
        command = self.ann.get(reply.headers["location"])
        self.assertEqual(command.status, 200)
        self.assertEqual(sorted(command.json), ["accepted_at", "finished_at", "op_id", "problem", "resources", "seq", "status",
                                                "stream", "type"])
        self.assertEqual((command.json["status"], command.json["seq"], command.json["resources"]),
                         ("applied", told["seq"], told["resources"]))
        self.assertEqual(self.ann.get(command.json["resources"][0]).json["title"], "Milk")
        self.assertEqual(self.ann.request("DELETE", reply.headers["location"]).status, 409)
        stranger, _, _ = sign_up(self.server.port)
        self.assertEqual(stranger.get(reply.headers["location"]).status, 404)

    def test_what_the_owner_refuses_is_a_rejection_and_what_the_edge_refuses_is_an_answer(self):
        socket = Socket(self.server.port, self.ann.token)
        socket.ask({"t": "sub", "id": "1", "stream": "user:me"})
        task = self.ann.post(self.tasks, {"title": "Milk"}).json
        late = self.ann.request("PATCH", f"{self.tasks}/{task['id']}", {"title": "Tea"}, {**ASYNC, "If-Match": '"1"'})
        self.assertEqual(late.status, 202)
        told = socket.until("cmd")
        self.assertEqual((told["status"], told["problem"]["code"]), ("rejected", "precondition_failed"))
        command = self.ann.get(late.headers["location"]).json
        self.assertEqual((command["status"], command["seq"], command["problem"]["status"]), ("rejected", None, 412))
        self.assertEqual(command["problem"]["current"]["title"], "Milk")
        self.assertEqual(self.ann.post(self.tasks, {"title": ""}, ASYNC).status, 422)
        self.assertEqual(self.ann.request("PUT", f"{self.tasks}/{task['id']}", {"title": "x"}, ASYNC).status, 428)
        self.assertEqual(self.titles(), ["Milk"])

    def test_waiting_gives_the_real_answer(self):
        real = self.ann.post(self.tasks, {"title": "Milk"}, {"Prefer": "respond-async, wait=5", "Command-Id": str(uuid.uuid4())})
        self.assertEqual((real.status, real.json["title"]), (201, "Milk"))
        self.assertEqual(self.ann.get(f"/v1/commands/{real.headers['command-id']}").json["status"], "applied")
        key = {"Prefer": "respond-async, wait=5", "Idempotency-Key": "k"}
        no = self.ann.request("PATCH", f"{self.tasks}/{real.json['id']}", {"title": "x"}, {**key, "If-Match": '"1"'})
        self.assertEqual(no.status, 412)

    def test_the_same_command_again_has_no_second_effect(self):
        op_id = {"Command-Id": str(uuid.uuid4())}
        first = self.ann.post(self.tasks, {"title": "Milk"}, {**ASYNC, **op_id})
        again = self.ann.post(self.tasks, {"title": "Milk"}, {**ASYNC, **op_id})
        self.assertEqual((first.status, again.status, again.headers["location"]), (202, 202, first.headers["location"]))
        other = self.ann.post(self.tasks, {"title": "Tea"}, {**ASYNC, **op_id})
        self.assertEqual(other.json["code"], "idempotency_mismatch")
        self.assertEqual(self.titles(), ["Milk"])

    def test_many_commands_are_accepted_all_or_none_in_their_order(self):
        ids = [str(uuid.uuid4()) for _ in range(3)]
        new_list = str(uuid.uuid4())
        batch = [{"op_id": str(uuid.uuid4()), "type": "list.create", "stream": f"list:{new_list}", "args": {"name": "New"}}]
        batch += [create(new_list, id=one) for one in ids]
        reply = self.ann.post("/v1/commands", {"commands": batch})
        self.assertEqual((reply.status, reply.body), (202, ""))
        self.assertNotIn("location", reply.headers)
        for one in batch:
            self.assertEqual(self.ann.get(f"/v1/commands/{one['op_id']}").json["status"], "applied")
        self.assertEqual([t["id"] for t in self.ann.get(f"/v1/lists/{new_list}/tasks").json["items"]], ids)
        self.assertEqual(self.ann.post("/v1/commands", {"commands": batch}).status, 202)
        self.assertEqual(len(self.ann.get(f"/v1/lists/{new_list}/tasks").json["items"]), 3)
        single = self.ann.post("/v1/commands", {"commands": [create(self.list)]})
        self.assertRegex(single.headers["location"], "^/v1/commands/")

        bad = [create(self.list), create(self.list, title=""), {"type": "x", "stream": "y", "z": 1}]
        wrong = self.ann.post("/v1/commands", {"commands": bad})
        self.assertEqual((wrong.status, wrong.json["outcome"]), (422, "not_applied"))
        self.assertEqual(sorted(e["pointer"] for e in wrong.json["errors"]),
                         ["/commands/2/op_id", "/commands/2/stream", "/commands/2/type", "/commands/2/z"])
        wrong = self.ann.post("/v1/commands", {"commands": bad[:2]})
        self.assertEqual([e["pointer"] for e in wrong.json["errors"]], ["/commands/1/args/title"])
        self.assertEqual(self.titles(), ["Milk"])
        self.assertEqual(self.ann.post("/v1/commands", {"commands": []}).status, 422)

    def test_each_command_needs_its_scope_and_a_rejected_one_stands_alone(self):
        made = self.ann.post("/v1/tokens", {"name": "ci", "scopes": ["tasks:read", "tasks:write"]}).json["token"]
        writer = Client(self.server.port, made)
        rename = {"op_id": str(uuid.uuid4()), "type": "list.update", "stream": f"list:{self.list}", "args": {"name": "x"}}
        no = writer.post("/v1/commands", {"commands": [create(self.list), rename]})
        self.assertEqual((no.status, no.json["code"]), (403, "scope_missing"))
        self.assertEqual(self.titles(), [])
        lost = create(str(uuid.uuid4()))
        self.assertEqual(writer.post("/v1/commands", {"commands": [lost, create(self.list)]}).status, 202)
        self.assertEqual(writer.get(f"/v1/commands/{lost['op_id']}").json["problem"]["code"], "not_found")
        self.assertEqual(self.titles(), ["Milk"])

    def test_waiting_for_a_command_that_is_still_to_come(self):
        op_id = str(uuid.uuid4())
        self.assertEqual(self.ann.get(f"/v1/commands/{op_id}").status, 404)
        start = time.monotonic()
        self.assertEqual(self.ann.get(f"/v1/commands/{op_id}?wait=1").status, 404)
        self.assertGreater(time.monotonic() - start, 0.9)
        self.assertEqual(self.ann.get(f"/v1/commands/{op_id}?wait=31").json["code"], "bad_filter")

    def test_async_frames_are_accepted_and_then_told(self):
        socket = Socket(self.server.port, self.ann.token)
        frame = {"t": "cmd", "id": "7", "async": True, **create(self.list)}
        reply = socket.ask(frame)
        self.assertEqual((reply["ok"], reply["status"]), (True, "accepted"))
        self.assertEqual(socket.until("cmd")["status"], "applied")
        self.assertEqual(self.ann.get(f"/v1/commands/{frame['op_id']}").json["status"], "applied")
        unknown = socket.ask({"t": "cmd", "id": "8", "async": True, **create(self.list, section_id=str(uuid.uuid4()))})
        self.assertEqual(unknown["status"], "accepted")
        self.assertEqual(socket.until("cmd")["problem"]["code"], "validation")
        self.assertFalse(socket.ask({"t": "cmd", "id": "9", "async": True, **create(self.list, title="")})["ok"])

    def test_z_what_was_accepted_survives_kill_9_once(self):
        sent = []
        for round_ in range(5):
            rejected = create(str(uuid.uuid4()))
            batch = [create(self.list, title=f"{round_}.{n}") for n in range(20)] + [rejected]
            reply = self.ann.post("/v1/commands", {"commands": batch})
            self.server.kill9()
            self.assertEqual(reply.status, 202)
            sent += batch
            self.server.start()
            self.ann.close()
            self.ann.port = self.server.port
            for one in batch:
                expected = "rejected" if one is rejected else "applied"
                self.assertEqual(self.ann.get(f"/v1/commands/{one['op_id']}").json["status"], expected)
            # What was cut off from its 202 is sent again under the same ids.
            again = self.ann.post("/v1/commands", {"commands": batch})
            self.assertEqual(again.status, 202, (again, self.server.log()[-500:]))
        seen = []
        path = f"{self.tasks}?limit=200"
        while path:
            page = self.ann.get(path).json
            seen += [t["title"] for t in page["items"]]
            path = page["next_cursor"] and f"{self.tasks}?limit=200&cursor={page['next_cursor']}"
        self.assertEqual(sorted(seen), sorted(f"{r}.{n}" for r in range(5) for n in range(20)))


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--store", default="sqlite")
    given, rest = options.parse_known_args()
    STORE = given.store
    unittest.main(argv=[sys.argv[0], *rest], warnings="ignore")
