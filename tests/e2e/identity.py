#!/usr/bin/python3
"""Who may do what, and until when: API tokens, tickets, accounts and their ends, over HTTP, sockets and the command line.

  identity.py --store sqlite|postgresql
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import unittest

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from client import Client, make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402
from ws import Socket  # noqa: E402

STORE = "sqlite"


def eventually(holds, within=5.0):
    limit = time.monotonic() + within
    while not holds():
        assert time.monotonic() < limit, "did not become true in time"
        time.sleep(0.02)


class Identity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(store_url(STORE)).start()
        email, password = cls.server.first_login
        cls.admin = Client(cls.server.port)
        cls.admin.token = cls.admin.post("/v1/auth/signin", {"email": email, "password": password}).json["access_token"]

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def tearDown(self):
        Socket.close_all()

    def make_token(self, client, scopes, **more):
        made = client.post("/v1/tokens", {"name": "ci", "scopes": scopes, **more})
        self.assertEqual(made.status, 201, made)
        return made.json

    def run_command(self, *words, expect=0):
        done = subprocess.run(self.server.command(*words), capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, expect, done.stderr)
        return done.stdout

    # -- API tokens -----------------------------------------------------------------------------------------------------

    def test_a_token_is_shown_once_and_reaches_what_its_scopes_name(self):
        ann, user, _ = sign_up(self.server.port)
        list_id = make_list(ann)["id"]
        token = self.make_token(ann, ["tasks:read"])
        self.assertRegex(token["token"], r"^cbt_[0-9A-Za-z]{46}$")
        shown = ann.get("/v1/tokens")
        self.assertEqual(shown.headers["cache-control"], "no-store")
        self.assertEqual(list(shown.json), ["items"])
        self.assertEqual(sorted(shown.json["items"][0]),
                         ["created_at", "expires_at", "id", "last_used_at", "name", "scopes"])
        self.assertIsNone(shown.json["items"][0]["last_used_at"])
        reader = Client(self.server.port, token["token"])
        self.assertEqual(reader.get(f"/v1/lists/{list_id}").status, 200)
        self.assertEqual(reader.get("/v1/auth/me").json["id"], user["id"])
        for method, path, body in (("POST", f"/v1/lists/{list_id}/tasks", {"title": "x"}), ("POST", "/v1/lists", {"name": "x"}),
                                   ("GET", "/v1/tokens", None), ("GET", "/v1/auth/sessions", None), ("GET", "/v1/admin/users", None),
                                   ("PATCH", "/v1/auth/me", {"name": "x"}), ("DELETE", "/v1/auth/me", None)):
            no = reader.request(method, path, body)
            self.assertEqual((no.status, no.json["code"]), (403, "scope_missing"), (method, path))
            self.assertIn("insufficient_scope", no.headers["www-authenticate"])
        eventually(lambda: ann.get(f"/v1/tokens/{token['id']}").json["last_used_at"] is not None)
        writer = Client(self.server.port, self.make_token(ann, ["tasks:write", "tasks:read"])["token"])
        task = writer.post(f"/v1/lists/{list_id}/tasks", {"title": "x"})
        self.assertEqual(task.status, 201)
        events = ann.get(f"/v1/lists/{list_id}/events").json["items"]
        self.assertEqual(events[-1]["actor"]["kind"], "token")

    def test_a_token_takes_no_more_than_its_maker_has_and_needs_a_fresh_sign_in(self):
        ann, _, _ = sign_up(self.server.port)
        more = ann.post("/v1/tokens", {"name": "x", "scopes": ["admin:read"]})
        self.assertEqual((more.status, more.json["code"]), (403, "scope_missing"))
        wrong = ann.post("/v1/tokens", {"name": "", "scopes": ["tasks:fly"], "expires_at": "2001-01-01T00:00:00Z", "x": 1})
        self.assertEqual(wrong.status, 422)
        self.assertEqual(sorted(e["pointer"] for e in wrong.json["errors"]), ["/expires_at", "/name", "/scopes/0", "/x"])
        for bad in ("cbt_", "cbt_" + "a" * 46, self.make_token(ann, [])["token"][:-1] + "?"):
            no = Client(self.server.port, bad).get("/v1/auth/me")
            self.assertEqual((no.status, no.json["code"]), (401, "unauthenticated"))
        for n in range(49):
            self.make_token(ann, [])
        full = ann.post("/v1/tokens", {"name": "x", "scopes": []})
        self.assertEqual((full.status, full.json["errors"][0]["code"]), (422, "limit"))

    def test_deleting_a_token_ends_it_and_its_open_sockets_within_a_second(self):
        ann, _, _ = sign_up(self.server.port)
        token = self.make_token(ann, ["tasks:read"])
        socket = Socket(self.server.port, token["token"])
        self.assertTrue(socket.ask({"t": "sub", "id": "1", "stream": "user:me"})["ok"])
        refused = socket.ask({"t": "cmd", "id": "2", "stream": f"list:{make_list(ann)['id']}", "type": "task.create",
                              "args": {"title": "x"}})
        self.assertEqual(refused["problem"]["code"], "scope_missing")
        bearer = Client(self.server.port, token["token"])
        self.assertEqual(bearer.get("/v1/lists").status, 200)
        start = time.monotonic()
        self.assertEqual(ann.request("DELETE", f"/v1/tokens/{token['id']}").status, 204)
        self.assertEqual(bearer.get("/v1/lists").json["code"], "token_revoked")
        self.assertEqual(socket.close_code(), 4505)
        self.assertLess(time.monotonic() - start, 1.0)
        self.assertEqual(ann.request("DELETE", f"/v1/tokens/{token['id']}").status, 404)

    def test_a_token_ends_with_its_time_its_account_and_its_owners_role(self):
        ann, user, _ = sign_up(self.server.port)
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))
        short = Socket(self.server.port, self.make_token(ann, ["tasks:read"], expires_at=soon)["token"])
        self.assertEqual(short.until("expiring")["t"], "expiring")
        self.assertEqual(short.close_code(), 4001)
        self.admin.request("PATCH", f"/v1/admin/users/{user['id']}", {"role": "admin"})
        signed_in = ann.post("/v1/auth/signin", {"email": user["email"], "password": "correct horse battery"})
        ann.token = signed_in.json["access_token"]
        token = self.make_token(ann, ["admin:read", "tasks:read"])["token"]
        bearer = Client(self.server.port, token)
        self.assertEqual(bearer.get("/v1/admin/users").status, 200)
        socket = Socket(self.server.port, token)
        self.admin.request("PATCH", f"/v1/admin/users/{user['id']}", {"role": "player"})
        self.assertEqual(socket.close_code(1), 4001)
        self.assertEqual(bearer.get("/v1/admin/users").status, 403)
        socket = Socket(self.server.port, token)
        start = time.monotonic()
        self.assertEqual(self.admin.request("PATCH", f"/v1/admin/users/{user['id']}", {"disabled": True}).status, 200)
        self.assertEqual(socket.close_code(), 4506)
        self.assertLess(time.monotonic() - start, 1.0)
        self.assertEqual(bearer.get("/v1/lists").json["code"], "token_revoked")

    def test_the_command_line_makes_lists_and_revokes_tokens(self):
        ann, user, _ = sign_up(self.server.port)
        text = self.run_command("token", "create", "--email", user["email"], "--scopes", "tasks:read").strip()
        bearer = Client(self.server.port, text)
        self.assertEqual(bearer.get("/v1/auth/me").json["id"], user["id"])
        socket = Socket(self.server.port, text)
        listed = json.loads(self.run_command("token", "list", "--email", user["email"], "--json"))
        self.assertEqual([t["scopes"] for t in listed["items"]], [["tasks:read"]])
        self.run_command("token", "revoke", "--email", user["email"], listed["items"][0]["id"])
        self.assertEqual(socket.close_code(1), 4505)
        self.assertEqual(bearer.get("/v1/auth/me").json["code"], "token_revoked")
        made = json.loads(self.run_command("token", "create", "--email", user["email"], "--name", "x", "--expires-s", "60", "--json"))
        self.assertEqual((made["name"], made["token"][:4]), ("x", "cbt_"))
        self.run_command("token", "create", "--email", user["email"], "--scopes", "admin:read", expect=1)

    # -- tickets ----------------------------------------------------------------------------------------------------------

    def test_a_ticket_opens_one_socket_with_the_rights_of_its_token(self):
        ann, user, _ = sign_up(self.server.port)
        made = ann.post("/v1/ws/ticket")
        self.assertEqual((made.status, made.json["expires_in"], made.headers["cache-control"]), (201, 30, "no-store"))
        socket = Socket(self.server.port, ticket=made.json["ticket"])
        self.assertEqual(socket.welcome["user"]["id"], user["id"])
        for ticket in (made.json["ticket"], "none"):
            with self.assertRaises(websockets.InvalidStatusCode) as no:
                Socket(self.server.port, ticket=ticket)
            self.assertEqual(no.exception.status_code, 401)
        api_token = Client(self.server.port, self.make_token(ann, ["tasks:read"])["token"])
        reader = Socket(self.server.port, ticket=api_token.post("/v1/ws/ticket").json["ticket"])
        no = reader.ask({"t": "cmd", "id": "1", "stream": f"list:{make_list(ann)['id']}", "type": "task.create", "args": {"title": "x"}})
        self.assertEqual(no["problem"]["code"], "scope_missing")
        late = ann.post("/v1/ws/ticket").json["ticket"]
        self.assertEqual(ann.post("/v1/auth/logout").status, 204)
        with self.assertRaises(websockets.InvalidStatusCode):
            Socket(self.server.port, ticket=late)
        self.assertEqual(socket.close_code(1), 4505)

    # -- accounts -----------------------------------------------------------------------------------------------------------

    def test_a_changed_name_reaches_the_lists(self):
        ann, user, _ = sign_up(self.server.port)
        list_id = make_list(ann)["id"]
        self.assertEqual(ann.request("PATCH", "/v1/auth/me", {"name": "Ann B.", "_lists": []}).status, 422)
        socket = Socket(self.server.port, ann.token)
        socket.ask({"t": "sub", "id": "1", "stream": f"list:{list_id}", "snapshot": "never"})
        self.assertEqual(ann.request("PATCH", "/v1/auth/me", {"name": "Ann B."}).status, 200)
        event = socket.until("ev")
        self.assertEqual((event["type"], event["data"]["name"], event["entity"]["id"]), ("member.updated", "Ann B.", user["id"]))
        self.assertEqual([m["name"] for m in ann.get(f"/v1/lists/{list_id}/members").json["items"]], ["Ann B."])

    def test_an_account_ends_with_its_lists_names_and_tokens(self):
        ann, user, _ = sign_up(self.server.port)
        bob, _, _ = sign_up(self.server.port)
        mine, shared = make_list(ann)["id"], make_list(ann)["id"]
        ann.post(f"/v1/lists/{shared}/members", {"email": bob.get("/v1/auth/me").json["email"], "role": "editor"})
        token = Client(self.server.port, self.make_token(ann, ["tasks:read"])["token"])
        self.assertEqual(token.get("/v1/lists").status, 200)
        socket = Socket(self.server.port, ann.token)
        no = ann.request("DELETE", "/v1/auth/me")
        self.assertEqual((no.status, no.json["code"]), (409, "last_owner"))
        bob_id = bob.get("/v1/auth/me").json["id"]
        self.assertEqual(ann.request("PATCH", f"/v1/lists/{shared}/members/{bob_id}", {"role": "owner"}).status, 200)
        gone = ann.request("DELETE", "/v1/auth/me")
        self.assertEqual((gone.status, gone.body), (202, ""))
        self.assertNotIn("location", gone.headers)
        self.assertEqual(ann.get("/v1/lists").status, 401)
        self.assertEqual(token.get("/v1/lists").status, 401)
        self.assertIn(socket.close_code(1), (4505, 4506))
        eventually(lambda: [m["user_id"] for m in bob.get(f"/v1/lists/{shared}/members").json["items"]] == [bob_id])
        again = Client(self.server.port).post("/v1/auth/signin", {"email": user["email"], "password": "correct horse battery"})
        self.assertEqual(again.status, 401)
        eventually(lambda: Client(self.server.port).post(
            "/v1/auth/signup", {"email": user["email"], "password": "correct horse battery"}).status == 201)
        self.assertNotIn(user["id"], [u["id"] for u in self.admin.get("/v1/admin/users?limit=200").json["items"]])
        purged = self.admin.request("DELETE", f"/v1/lists/{mine}?purge=true", headers={"If-Match": "*"})
        self.assertEqual(purged.status, 204, "the list is in the trash, where an instance admin may purge it")

    def test_admins_page_through_all_users(self):
        for _ in range(3):
            sign_up(self.server.port)
        seen, path = [], "/v1/admin/users?limit=2"
        while path:
            page = self.admin.get(path)
            self.assertEqual(page.status, 200, page)
            self.assertLessEqual(len(page.json["items"]), 2)
            seen += [u["id"] for u in page.json["items"]]
            path = page.json["next_cursor"] and f"/v1/admin/users?limit=2&cursor={page.json['next_cursor']}"
        self.assertEqual(len(seen), len(set(seen)))
        listed = json.loads(self.run_command("user", "list", "--limit", "1000", "--json"))["items"]
        self.assertEqual([u["id"] for u in listed], seen)
        self.assertEqual(sorted(listed[0]), sorted(self.admin.get("/v1/auth/me").json))

    def test_an_address_is_changed_on_the_command_line(self):
        _, user, _ = sign_up(self.server.port)
        other = "new-" + user["email"]
        self.run_command("user", "set", "--email", user["email"], "--new-email", other)
        sign_in = Client(self.server.port)
        body = {"email": other, "password": "correct horse battery"}
        self.assertEqual(sign_in.post("/v1/auth/signin", body).status, 200)
        eventually(lambda: sign_in.post("/v1/auth/signin", {**body, "email": user["email"]}).status == 401)
        taken = sign_up(self.server.port)[1]["email"]
        self.run_command("user", "set", "--email", other, "--new-email", taken, expect=1)

    def test_sessions_are_listed_with_their_sockets_and_ended_one_by_one(self):
        ann, user, _ = sign_up(self.server.port)
        other = Client(self.server.port)
        other.token = other.post("/v1/auth/signin", {"email": user["email"], "password": "correct horse battery",
                                                     "device": "phone"}).json["access_token"]
        socket = Socket(self.server.port, other.token)
        items = ann.get("/v1/auth/sessions").json["items"]
        phone = [s for s in items if s["device"] == "phone"][0]
        self.assertEqual((len(items), phone["current"], phone["connections"]), (2, False, 1))
        self.assertIsNotNone(phone["node"])
        self.assertEqual(ann.request("DELETE", f"/v1/auth/sessions/{phone['id']}").status, 204)
        self.assertEqual(other.get("/v1/auth/me").json["code"], "token_revoked")
        self.assertEqual(socket.close_code(1), 4505)

    def test_a_new_password_ends_the_other_sign_ins(self):
        ann, user, _ = sign_up(self.server.port)
        other = Client(self.server.port)
        other.token = other.post("/v1/auth/signin", {"email": user["email"], "password": "correct horse battery"}).json["access_token"]
        socket = Socket(self.server.port, other.token)
        changed = ann.post("/v1/auth/password", {"current": "correct horse battery", "new": "another horse battery"})
        self.assertEqual(changed.status, 204)
        self.assertEqual(socket.close_code(1), 4505)
        self.assertEqual(other.get("/v1/auth/me").json["code"], "token_revoked")
        self.assertEqual(ann.get("/v1/auth/me").status, 200)


class Secret(unittest.TestCase):
    def test_tokens_are_signed_with_a_shared_secret_by_configuration(self):
        server = Server(store_url(STORE))
        path = os.path.join(server.directory, "secret")
        with open(path, "w") as f:
            f.write("k" * 32 + "\n")
        server.settings += ["auth.jwt_algorithm=HS256", f"auth.jwt_secret_file={path}"]
        with server:
            client, _, tokens = sign_up(server.port)
            self.assertEqual(client.get("/v1/auth/me").status, 200)
            self.assertEqual(client.get("/.well-known/jwks.json").json, {"keys": []})
            head, body, signature = tokens["access_token"].split(".")
            made = base64.urlsafe_b64encode(hmac.new(b"k" * 32, f"{head}.{body}".encode(), hashlib.sha256).digest())
            self.assertEqual(made.rstrip(b"=").decode(), signature)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--store", default="sqlite")
    given, rest = options.parse_known_args()
    STORE = given.store
    unittest.main(argv=[sys.argv[0], *rest], warnings="ignore")
