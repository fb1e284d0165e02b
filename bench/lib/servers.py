"""Servers as outside processes: ours and the peers."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("CALLBOARD_BUILD", ROOT / "build" / "release"))
PEERS = ROOT / "bench" / "peers"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Process:
    """A child with a line that says it is ready."""

    def __init__(self, command, ready, env=None, within=30):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, **(env or {})})
        started = time.monotonic()
        while True:
            line = self.process.stdout.readline()
            if not line or time.monotonic() - started > within:
                self.stop()
                raise RuntimeError(f"{command[0]} did not start")
            self.match = re.search(ready, line)
            if self.match:
                break
        self.ready_after = time.monotonic() - started

    def stop(self, sign=signal.SIGTERM):
        self.process.send_signal(sign)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def rss_bytes(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def callboard(store):
    settings = ["http.listen=127.0.0.1:0", f"store.url={store}", "limits.rate_limits=false", "log.level=error",
                "auth.access_ttl_s=86400", "limits.sockets_per_user=20000", "limits.subscriptions_per_user=100000",
                "limits.connections=40000"]
    words = [str(BUILD / "callboard"), "serve"]
    for setting in settings:
        words += ["--set", setting]
    process = Process(words, r"callboard ready http=127\.0\.0\.1:(\d+)")
    process.port = int(process.match[1])
    return process


SECRET = "a secret of the bench, nothing depends on it"


def peer_token():
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    text = part(b'{"alg":"HS256","typ":"at+jwt"}') + b"." + part(
        json.dumps({"sub": str(uuid.uuid4()), "exp": int(time.time()) + 86400}).encode())
    return (text + b"." + part(hmac.new(SECRET.encode(), text, hashlib.sha256).digest())).decode()


def fastify(database):
    process = Process(["node", str(PEERS / "fastify.mjs")], r"ready (\d+)",
                      {"PGDATABASE": database, "PEER_SECRET": SECRET, "NODE_ENV": "production"})
    process.port = int(process.match[1])
    return process


class Nats:
    """nats-server with its WebSocket listener; it logs to standard error, so readiness is a port that answers."""

    def __init__(self, folder):
        self.port = free_port()
        conf = pathlib.Path(folder) / "nats.conf"
        conf.write_text(f'listen: "127.0.0.1:-1"\nmax_connections: 64000\n'
                        f'websocket {{ listen: "127.0.0.1:{self.port}", no_tls: true }}\n')
        self.process = subprocess.Popen(["nats-server", "-c", str(conf)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)


def new_database(schema=None):
    """A fresh database on the server of the environment; its name."""
    name = f"bench_{uuid.uuid4().hex[:12]}"
    psql = ["psql", "-qX", "-v", "ON_ERROR_STOP=1"]
    subprocess.run([*psql, "-c", f"create database {name}"], check=True)
    if schema:
        subprocess.run([*psql, "-d", name, "-f", str(schema)], check=True)
    return name


def postgres_url(database):
    env = os.environ
    return (f"postgresql:///{database}?host={env['PGHOST']}&port={env['PGPORT']}&user={env['PGUSER']}")


def load(mode, **options):
    """Runs the load generator; its figures."""
    words = [str(BUILD / "callboard_load"), mode]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True)
    if not done.stdout.strip():
        raise RuntimeError(f"no figures from {' '.join(words)}")
    figures = json.loads(done.stdout.splitlines()[-1])
    if done.returncode != 0:
        print(f"warning: {figures}", flush=True)
    return figures


def pgbench(database, seconds, clients=64, rate=None, log=None):
    """Prepared single-row INSERTs; rows a second."""
    words = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-f",
             str(PEERS / "insert.pgbench")]
    if rate:
        words += ["-R", str(rate)]
    if log:
        words += ["-l", "--log-prefix", log]
    done = subprocess.run([*words, database], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return float(re.search(r"tps = ([0-9.]+)", done.stdout)[1])
