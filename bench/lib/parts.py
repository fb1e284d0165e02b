"""What is measured; each part gives a flat dictionary of figures."""
import signal
import subprocess
import sys
import threading
import time
import uuid

from processor import backend_times, children_time, thread_times
from servers import (PEERS, Nats, callboard, fastify, load, new_database, peer_token, pgbench, postgres_url)
from setup import Client, make_list, sign_up, task_writes, write_requests


def writes(folder, seconds):
    """Durable POST of a small task on PostgreSQL, beside pgbench and Fastify."""
    with callboard(postgres_url(new_database())) as ours:
        requests = task_writes(folder, ours.port)
        at_64 = load("http", port=ours.port, requests=requests, connections=64, seconds=seconds)
        at_256 = load("http", port=ours.port, requests=requests, connections=256, seconds=seconds)
    database = new_database(PEERS / "schema.sql")
    bare = pgbench(database, seconds)
    with fastify(database) as peer:
        token = peer_token()
        rows = [("POST", f"/v1/lists/{uuid.uuid4()}/tasks", token, None, '{"title":"a small task of the bench"}')
                for _ in range(400)]
        node = load("http", port=peer.port, requests=write_requests(folder, rows), connections=64, seconds=seconds)
    return {"ours at 64": at_64["per_second"], "ours at 256": at_256["per_second"], "pgbench at 64": bare,
            "fastify at 64": node["per_second"], "64 / pgbench": at_64["per_second"] / bare,
            "256 / pgbench": at_256["per_second"] / bare, "64 / fastify": at_64["per_second"] / node["per_second"]}


def sqlite(folder, seconds):
    """The same on SQLite, beside one-row commits of one process."""
    with callboard(f"sqlite:{folder}/store") as ours:
        got = load("http", port=ours.port, requests=task_writes(folder, ours.port), connections=64, seconds=seconds)
    done = subprocess.run([sys.executable, str(PEERS / "sqlite_commits.py"), folder, str(seconds)],
                          stdout=subprocess.PIPE, text=True, check=True)
    bare = float(done.stdout)
    return {"ours at 64": got["per_second"], "one-row commits": bare, "ratio": got["per_second"] / bare}


def hot(folder, seconds):
    """Pipelined commands on one list over one socket."""
    with callboard(f"sqlite:{folder}/store") as ours:
        client = sign_up(ours.port, 0)
        made = make_list(client, "hot", tasks=1)
        task = client.call("GET", f"/v1/lists/{made}/tasks")[0]["items"][0]["id"]
        got = load("commands", port=ours.port, token=client.token, list=made, task=task, seconds=seconds)
    return {"commands a second": got["per_second"], "p50 ms": got["p50_ms"], "p99 ms": got["p99_ms"]}


def reads(folder, seconds):
    """A list of 50 tasks, whole and by ETag, beside Fastify selecting 50 rows."""
    with callboard(postgres_url(new_database())) as ours:
        client = sign_up(ours.port, 0)
        paths = [f"/v1/lists/{make_list(client, f'list {n}', tasks=50)}?include=tasks" for n in range(16)]
        whole = [("GET", path, client.token, None, None) for path in paths]
        full = load("http", port=ours.port, requests=write_requests(folder, whole), connections=64, seconds=seconds)
        tagged = [("GET", path, client.token, client.call("GET", path)[1].getheader("ETag"), None) for path in paths]
        same = load("http", port=ours.port, requests=write_requests(folder, tagged), connections=64, seconds=seconds)
    with fastify(new_database(PEERS / "schema.sql")) as peer:
        token = peer_token()
        lists = [str(uuid.uuid4()) for _ in range(16)]
        rows = [("POST", f"/v1/lists/{one}/tasks", token, None, '{"title":"a small task of the bench"}') for one in lists]
        load("http", port=peer.port, requests=write_requests(folder, rows), connections=16, seconds=1, warmup=0)
        rows = [("GET", f"/v1/lists/{one}", token, None, None) for one in lists]
        node = load("http", port=peer.port, requests=write_requests(folder, rows), connections=64, seconds=seconds)
    return {"whole": full["per_second"], "304": same["per_second"], "fastify": node["per_second"],
            "whole / fastify": full["per_second"] / node["per_second"],
            "304 / fastify": same["per_second"] / node["per_second"]}


def fanout(folder, seconds):
    """Deliveries to 1,000 and 4,000 subscribers, beside nats-server's WebSocket."""
    out = {}
    for count in (1_000, 4_000):
        with callboard(f"sqlite:{folder}/store{count}") as ours:
            client = sign_up(ours.port, 0)
            made = make_list(client, "loud", tasks=1)
            task = client.call("GET", f"/v1/lists/{made}/tasks")[0]["items"][0]["id"]
            got = load("fanout", port=ours.port, token=client.token, list=made, task=task, subscribers=count,
                       seconds=seconds)
        with Nats(folder) as peer:
            nats = load("fanout", port=peer.port, dialect="nats", subscribers=count, seconds=seconds)
        out[f"ours to {count}"] = got["per_second"]
        out[f"nats to {count}"] = nats["per_second"]
        out[f"ours / nats, {count}"] = got["per_second"] / nats["per_second"]
    return out


def latency(folder, seconds):
    """A durable POST at 30 % of the most we can, beside pgbench at the same rate."""
    with callboard(postgres_url(new_database())) as ours:
        requests = task_writes(folder, ours.port)
        most = load("http", port=ours.port, requests=requests, connections=64, seconds=max(3, seconds // 2))
        rate = int(most["per_second"] * 0.3)
        got = load("http", port=ours.port, requests=requests, connections=256, seconds=seconds, rate=rate)
    database = new_database(PEERS / "schema.sql")
    pgbench(database, seconds, rate=rate, log=f"{folder}/pgbench")
    took = sorted(int(line.split()[2]) for line in read_logs(folder))
    return {"rate": rate, "ours p50 ms": got["p50_ms"], "ours p99 ms": got["p99_ms"],
            "pgbench p50 ms": took[len(took) // 2] / 1000, "pgbench p99 ms": took[len(took) * 99 // 100] / 1000}


def read_logs(folder):
    import pathlib
    for path in pathlib.Path(folder).glob("pgbench.*"):
        yield from path.read_text().splitlines()


def memory(folder, seconds):
    """Bytes of an idle subscribed socket and of a resident list of 50 tasks; time to start on an empty store."""
    from servers import BUILD
    with callboard(f"sqlite:{folder}/store") as ours:
        client = sign_up(ours.port, 0)
        made = make_list(client, "quiet", tasks=1)
        before = ours.rss_bytes()
        for number in range(100):
            make_list(client, f"list {number}", tasks=50)
        lists = (ours.rss_bytes() - before) / 100
        before, sockets = ours.rss_bytes(), 4_000
        holder = subprocess.Popen([str(BUILD / "callboard_load"), "idle", "--port", str(ours.port), "--token", client.token,
                                   "--list", made, "--subscribers", str(sockets), "--seconds", "5"],
                                  stdout=subprocess.PIPE, text=True)
        holder.stdout.readline()
        time.sleep(1)
        each = (ours.rss_bytes() - before) / sockets
        holder.wait()
        return {"bytes an idle socket": each, "bytes a list of 50": lists, "empty start ms": ours.ready_after * 1000}


def fill(ours, client, events):
    """One list with a task that changed so often; its path."""
    made = make_list(client, "long", tasks=1)
    task = client.call("GET", f"/v1/lists/{made}/tasks")[0]["items"][0]["id"]
    while (seq := client.call("GET", f"/v1/lists/{made}")[0]["seq"]) < events:
        # What is missing at a modest pace, so that the last round does not overshoot by much.
        seconds = 5 if events - seq > 100_000 else 1
        load("commands", port=ours.port, token=client.token, list=made, task=task, seconds=seconds, warmup=0)
    return f"/v1/lists/{made}"


def steps(folder, seconds):
    """Processor time of one durable POST by thread and backend, at 256 connections; below 0.3 us is left out."""
    database = new_database()
    with callboard(postgres_url(database)) as ours:
        requests = task_writes(folder, ours.port)
        load("http", port=ours.port, requests=requests, connections=256, seconds=1, warmup=0)

        def all_times():
            return {**thread_times(ours.process.pid), **backend_times(database), "load generator": children_time()}
        before = all_times()
        done = load("http", port=ours.port, requests=requests, connections=256, seconds=seconds, warmup=0)["done"]
        spent = {name: (used - before.get(name, 0.0)) / done * 1e6 for name, used in all_times().items()}
    # The lane's backend works most, the fold's next.
    backends = sorted((name for name in spent if name.startswith("backend")), key=spent.get, reverse=True)
    for name, role in zip(backends, ("PostgreSQL for the lane", "PostgreSQL for the fold")):
        spent[role] = spent.pop(name)
    out = {f"{name} us": used for name, used in spent.items() if used >= 0.3}
    return {**out, "all us": sum(spent.values())}


def first_read_ms(ours, client, path):
    begun = time.monotonic()
    Client(ours.port, client.token).call("GET", path)
    return (time.monotonic() - begun) * 1000


def start(folder, seconds):
    """Ready on a store of 100,000 events after kill -9 and after an orderly end; the first read of their list."""
    out = {}
    for name, store in (("sqlite", f"sqlite:{folder}/store"), ("postgresql", postgres_url(new_database()))):
        with callboard(store) as ours:
            client = sign_up(ours.port, 0)
            path = fill(ours, client, 100_000)
            ours.stop(signal.SIGKILL)
        for end in (" after kill -9", ""):
            with callboard(store) as ours:
                out[f"{name} ready ms{end}"] = ours.ready_after * 1000
                out[f"{name} first read ms{end}"] = first_read_ms(ours, client, path)
    return out


class Prober:
    """Asks for /health/live all the time, each on a new connection; the longest wait."""

    def __init__(self, port):
        self.port, self.worst, self.stopping = port, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopping.wait(0.05):
            begun = time.monotonic()
            Client(self.port).call("GET", "/health/live")
            self.worst = max(self.worst, time.monotonic() - begun)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


def overload(folder, seconds):
    """The same durable POST from ten times the connections that give the most; how long /health/live takes meanwhile."""
    with callboard(postgres_url(new_database())) as ours:
        requests = task_writes(folder, ours.port)
        most = load("http", port=ours.port, requests=requests, connections=256, seconds=seconds)
        with Prober(ours.port) as prober:
            over = load("http", port=ours.port, requests=requests, connections=2560, seconds=seconds)
        after = load("http", port=ours.port, requests=requests, connections=256, seconds=seconds, warmup=1)
    return {"ours at 256": most["per_second"], "ours at 2,560": over["per_second"],
            "goodput": over["per_second"] / most["per_second"], "refused at 2,560": over["errors"] / seconds,
            "p99 ms at 2,560": over["p99_ms"], "health worst ms": prober.worst * 1000,
            "again at 256": after["per_second"]}


PARTS = {part.__name__: part for part in (writes, sqlite, hot, reads, fanout, latency, memory, start, overload, steps)}
