"""The page at /docs: complete in itself, allowed by its own policy, and, where Chromium is installed, shown by it."""
import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import Client  # noqa: E402
from server import Server  # noqa: E402

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def hash_of(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class DocsPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().start()
        cls.client = Client(cls.server.port)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def test_the_policy_allows_what_is_in_the_page_and_nothing_else(self):
        page = self.client.get("/docs")
        self.assertEqual((page.status, page.headers["content-type"]), (200, "text/html; charset=utf-8"))
        policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
        styles = re.findall(r"<style>(.*?)</style>", page.body, re.S)
        scripts = re.findall(r"<script>(.*?)</script>", page.body, re.S)
        self.assertEqual(policy["style-src"].split(), [hash_of(one) for one in styles])
        self.assertEqual(policy["script-src"].split(), [hash_of(one) for one in scripts])
        self.assertEqual((policy["default-src"], policy["connect-src"]), ("'none'", "'self'"))
        self.assertIsNone(re.search(r"https?://|\son\w+=|\sstyle=|<(link|img|iframe)\b", page.body))

    def test_the_first_page_leads_there(self):
        self.assertIn('href="/docs"', self.client.get("/").body)

    def test_the_frames_are_described(self):
        document = self.client.get("/v1/asyncapi.json").json
        self.assertEqual(document["asyncapi"], "3.0.0")
        sub = document["components"]["messages"]["client_sub"]["payload"]
        self.assertEqual(sub["required"], ["t", "id", "stream"])

    @unittest.skipUnless(CHROMIUM, "no Chromium here")
    def test_chromium_shows_every_address_and_complains_of_nothing(self):
        with tempfile.TemporaryDirectory() as profile:
            shown = subprocess.run(
                [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0",
                 "--virtual-time-budget=10000", "--dump-dom", f"http://127.0.0.1:{self.server.port}/docs#createTask"],
                capture_output=True, text=True, timeout=120)
        self.assertEqual([line for line in shown.stderr.splitlines() if "CONSOLE" in line], [])
        document = self.client.get("/v1/openapi.json").json
        operations = [op["operationId"] for methods in document["paths"].values() for op in methods.values()]
        ids = re.findall(r'<details id="([^"]+)"', shown.stdout)
        self.assertEqual(sorted(ids), sorted(operations + ["schema-" + name for name in document["components"]["schemas"]]))
        self.assertIn(json.dumps(document["info"]["version"])[1:-1], shown.stdout)
        self.assertRegex(shown.stdout, r'<details id="createTask"[^>]* open')


if __name__ == "__main__":
    unittest.main(verbosity=2)
