#!/usr/bin/python3
"""A list's past: what a reader saw after each event is what `at_seq` and `at` show later, also after a restart.

  past.py --store sqlite|postgresql
"""
import argparse
import os
import random
import sys
import unittest
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from client import make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402

STORE = "sqlite"
SEED = 20261121


class Past(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(store_url(STORE)).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def setUp(self):
        self.ann, self.user, _ = sign_up(self.server.port)
        self.list = make_list(self.ann)["id"]
        self.path = f"/v1/lists/{self.list}"
        self.whole = self.path + "?include=sections,tasks,tags,members"

    def tearDown(self):
        self.ann.close()

    def must(self, method, path, body=None, headers=None):
        reply = self.ann.request(method, path, body, headers)
        self.assertLess(reply.status, 300, reply)
        return reply.json if reply.body else None

    def add(self, title="Milk", **more):
        return self.must("POST", self.path + "/tasks", {"title": title, **more})["id"]

    def step(self, dice, tasks):
        task = dice.choice(tasks) if tasks else None
        kind = dice.randrange(6) if task else 0
        if kind < 2:
            tasks.append(self.add(f"task {len(tasks)}"))
        elif kind == 2:
            self.must("PATCH", f"{self.path}/tasks/{task}", {"title": f"renamed {dice.random()}", "priority": "high"})
        elif kind == 3:
            self.must("POST", f"{self.path}/tasks/{task}/complete")
        elif kind == 4:
            self.must("POST", f"{self.path}/tasks/{task}/move", {"position": "first"})
        else:
            self.must("DELETE", f"{self.path}/tasks/{task}")
            tasks.remove(task)

    def test_every_position_shows_what_a_reader_saw_then(self):
        dice, tasks, seen = random.Random(SEED), [], {}
        for _ in range(60):
            self.step(dice, tasks)
            reply = self.ann.get(self.whole)
            seen[reply.json["seq"]] = reply
        for seq, then in seen.items():
            now = self.ann.get(f"{self.whole}&at_seq={seq}")
            self.assertEqual((now.status, now.body), (200, then.body), f"seed {SEED}, seq {seq}")
            self.assertEqual(now.headers["etag"], then.headers["etag"])
        self.server.kill9()
        self.server.start()
        self.ann.port = self.server.port
        self.ann.close()
        for seq, then in list(seen.items())[::7]:
            self.assertEqual(self.ann.get(f"{self.whole}&at_seq={seq}").body, then.body, "after a restart")

    def test_a_task_and_pages_of_tasks_are_read_as_they_were(self):
        task = self.add("Milk")
        self.add("Bread")
        then = self.ann.get(self.path).json["seq"]
        page = self.ann.get(f"{self.path}/tasks?limit=1")
        one = self.ann.get(f"{self.path}/tasks/{task}")
        self.must("PATCH", f"{self.path}/tasks/{task}", {"title": "Oat milk"})
        self.must("DELETE", f"{self.path}/tasks/{task}")
        self.assertEqual(self.ann.get(f"{self.path}/tasks/{task}?at_seq={then}").body, one.body)
        self.assertEqual(self.ann.get(f"/v1/tasks/{task}?at_seq={then}").body, one.body)
        self.assertEqual(self.ann.get(f"{self.path}/tasks?limit=1&at_seq={then}").body, page.body)
        rest = self.ann.get(f"{self.path}/tasks?limit=1&at_seq={then}&cursor={page.json['next_cursor']}").json["items"]
        self.assertEqual([t["title"] for t in rest], ["Bread"])

    def test_a_time_means_the_last_event_not_later_than_it(self):
        self.add("Milk")
        self.add("Bread")
        events = self.ann.get(self.path + "/events").json["items"]
        for event in events:
            same = max(e["seq"] for e in events if e["at"] <= event["at"])
            self.assertEqual(self.ann.get(f"{self.path}?at={event['at']}").json["seq"], same)
        self.assertEqual(self.ann.get(self.path + "?at=2100-01-01T00:00:00Z").json["seq"], events[-1]["seq"])
        self.assertEqual(self.ann.get(self.path + "?at=2000-01-01T00:00:00Z").status, 404)

    def test_what_was_purged_is_gone_from_the_past_too(self):
        secret, kept = self.add("secret"), self.add("kept")
        then = self.ann.get(self.path).json["seq"]
        self.must("DELETE", f"{self.path}/tasks/{secret}")
        self.must("DELETE", f"/v1/trash/{secret}")
        past = self.ann.get(f"{self.whole}&at_seq={then}")
        self.assertEqual([t["id"] for t in past.json["tasks"]], [kept])
        self.assertEqual(past.json["seq"], then)
        self.assertNotIn("secret", past.body)
        self.assertEqual(self.ann.get(f"{self.path}/tasks/{secret}?at_seq={then}").status, 404)

    def test_who_may_not_look_today_sees_no_past_and_who_came_later_does(self):
        self.add()
        then = self.ann.get(self.path).json["seq"]
        ben, user, _ = sign_up(self.server.port)
        self.assertEqual(ben.get(f"{self.path}?at_seq={then}").status, 404)
        self.must("POST", self.path + "/members", {"user_id": user["id"], "role": "viewer"})
        seen = ben.get(f"{self.whole}&at_seq={then}").json
        self.assertEqual((seen["my_role"], seen["member_count"]), ("viewer", 1))
        self.must("DELETE", f"{self.path}/members/{user['id']}")
        self.assertEqual(ben.get(f"{self.path}?at_seq={then}").status, 404)
        ben.close()

    def test_what_makes_no_sense_is_said(self):
        head = self.ann.get(self.path).json["seq"]
        for query, status in ((f"at_seq={head + 1}", 404), ("at_seq=0", 404), ("at_seq=x", 400), ("at=yesterday", 400),
                              ("at_seq=1&at=2026-01-01T00:00:00Z", 400), ("at_seq=1&at_seq=1", 400)):
            self.assertEqual(self.ann.get(f"{self.path}?{query}").status, status, query)
        self.assertEqual(self.ann.get(f"/v1/lists/{uuid.uuid4()}?at_seq=1").status, 404)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default=STORE)
    options, rest = parser.parse_known_args()
    STORE = options.store
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
