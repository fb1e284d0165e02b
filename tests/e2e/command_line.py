#!/usr/bin/python3
"""What the command line does for somebody who types it for the first time, mistakes included.

  command_line.py --store sqlite|postgresql
"""
import argparse
import json
import os
import pty
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from client import Client  # noqa: E402
from server import BINARY, Server  # noqa: E402
from stores import store_url  # noqa: E402

STORE = "sqlite"


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.server = Server(store_url(STORE))
        self.url = self.server.store_url

    def run_command(self, *words, expect=0, typed=""):
        done = subprocess.run([BINARY, *words, "--set", f"store.url={self.url}"], input=typed, capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, expect, (words, done.stdout, done.stderr))
        return done.stdout if expect == 0 else done.stderr

    def can_sign_in(self, email, password):
        with self.server as server:
            client = Client(server.port)
            status = client.post("/v1/auth/signin", {"email": email, "password": password}).status
            client.close()
            server.stop()
        return status == 200

    # -- passwords ------------------------------------------------------------------------------------------------------

    def test_a_password_that_is_not_there_changes_nothing(self):
        self.run_command("migrate", "up")
        self.run_command("user", "add", "--email", "a@b.example", "--password-stdin", typed="first-password-77\n")
        for typed in ("", "\n", "\r\n"):
            for words in (("set", "--email", "a@b.example"), ("add", "--email", "c@b.example")):
                why = self.run_command("user", *words, "--password-stdin", typed=typed, expect=1)
                self.assertIn("no password came on standard input", why)
        self.assertEqual(len(json.loads(self.run_command("user", "list", "--json"))["items"]), 1)
        self.assertTrue(self.can_sign_in("a@b.example", "first-password-77"))

    def test_the_line_end_of_another_system_is_no_part_of_a_password(self):
        self.run_command("migrate", "up")
        self.run_command("user", "add", "--email", "a@b.example", "--password-stdin", typed="first-password-77\r\nmore")
        self.assertTrue(self.can_sign_in("a@b.example", "first-password-77"))

    def test_a_terminal_asks_for_the_password_and_does_not_show_it(self):
        self.run_command("migrate", "up")
        ours, theirs = pty.openpty()
        command = [BINARY, "user", "add", "--email", "a@b.example", "--password-stdin", "--set", f"store.url={self.url}"]
        done = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        asked = b""
        while not asked.endswith(b"password: "):  # Warnings may come before it; what is typed before it is thrown away.
            one = done.stderr.read(1)
            self.assertTrue(one, asked)
            asked += one
        os.write(ours, b"typed-password-77\n")
        out, err = done.communicate(timeout=60)
        # Only what follows the answer marks the end of what the terminal shows.
        os.write(theirs, b"END")
        shown = b""
        while b"END" not in shown:
            shown += os.read(ours, 1000)
        os.close(ours)
        os.close(theirs)
        self.assertEqual(done.returncode, 0, err)
        self.assertNotIn(b"typed-password", shown + out + err)
        self.assertTrue(self.can_sign_in("a@b.example", "typed-password-77"))

    # -- the store ------------------------------------------------------------------------------------------------------

    def test_only_serve_and_migrate_up_make_a_store(self):
        for words in (("user", "list"), ("user", "add", "--email", "a@b.example"), ("journal", "replay"),
                      ("user", "set", "--email", "a@b.example", "--role", "admin"),
                      ("token", "list", "--email", "a@b.example"), ("token", "create", "--email", "a@b.example"),
                      ("migrate", "down")):
            why = self.run_command(*words, expect=1)
            self.assertIn("there is no store in", why)
            self.assertIn("`callboard migrate up` makes one", why)
        if STORE == "sqlite":
            self.assertFalse(os.path.exists(self.url.removeprefix("sqlite:")))

    def test_migrate_up_goes_as_far_as_it_is_told(self):
        applied = lambda *words: [one["applied"] for one in json.loads(self.run_command("migrate", *words, "--json"))["items"]]  # noqa: E731
        self.assertEqual(applied("up", "--steps", "1").count(True), 1)
        self.assertEqual(applied("status").count(True), 1)
        self.assertEqual(applied("up", "--steps", "1").count(True), 2)
        self.assertTrue(all(applied("up")))


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--store", default="sqlite", choices=["sqlite", "postgresql"])
    known, rest = options.parse_known_args()
    STORE = known.store
    unittest.main(argv=[sys.argv[0], *rest])
