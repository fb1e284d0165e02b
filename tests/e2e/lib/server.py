"""Starts the built server as an outside process, on a store and a free port, and ends it in every way."""
import os
import re
import signal
import subprocess
import tempfile
import threading
import time

BINARY = os.environ.get("SERVER_UNDER_TEST", os.path.join(os.path.dirname(__file__), "../../../build/release/callboard"))


class Server:
    """One server process. `url` is its store; `port` its bound port once start() returned."""

    def __init__(self, store_url=None, settings=()):
        self.directory = tempfile.mkdtemp(prefix="callboard-e2e-")
        self.store_url = store_url or "sqlite:" + os.path.join(self.directory, "data")
        self.settings = ["limits.rate_limits=false", *settings]
        self.process = None
        self.port = None
        self.log_path = os.path.join(self.directory, "server.log")
        self.first_login = None

    def command(self, *words):
        extra = []
        for one in [f"store.url={self.store_url}", "http.listen=127.0.0.1:0", *self.settings]:
            extra += ["--set", one]
        return [BINARY, *words, *extra]

    def start(self, within=10.0):
        log = open(self.log_path, "ab")
        started = time.monotonic()
        self.process = subprocess.Popen(self.command("serve"), stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        guard = threading.Timer(within, self.process.kill)
        guard.start()
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            login = re.match(r"callboard admin email=(\S+) password=(\S+)", line)
            if login:
                self.first_login = login.groups()
            ready = re.match(r"callboard ready http=[^ ]*:(\d+) node=(\S+) store=(\S+)", line)
            if ready:
                self.port = int(ready.group(1))
                guard.cancel()
                self.ready_after = time.monotonic() - started
                return self
        guard.cancel()
        raise AssertionError(f"the server did not become ready: {lines}; its log: {self.log()[-2000:]}")

    def kill9(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self, within=30.0):
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=within)

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def rss_bytes(self):
        with open(f"/proc/{self.process.pid}/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.alive():
            self.kill9()
        if self.process:
            self.process.stdout.close()
