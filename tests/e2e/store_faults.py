#!/usr/bin/python3
"""What a store can do to a server short of dying: a full disk, a failing write, a directory that cannot be written, a second
server, a taken port, a store of a newer program. Each is a clear answer and leaves the store whole.

  store_faults.py [part…]
"""
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import Client, make_list, sign_up  # noqa: E402
from history import judge  # noqa: E402
from load import CLOCK, Load  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402

NOBODY = 65534


def wait_for(what, condition, within=20.0):
    """Seconds until the condition held."""
    since = CLOCK()
    while not condition():
        assert CLOCK() - since < within, f"{what}: not within {within} s"
        time.sleep(0.02)
    return CLOCK() - since


def refused_start(server, *words, prefix=()):
    """Runs a command that must fail with exit code 1 and one line; that line."""
    done = subprocess.run([*prefix, *server.command(*(words or ("serve",)))], capture_output=True, text=True, timeout=30)
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert "callboard ready" not in done.stdout, done.stdout
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    return errors[0]


def expect(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is not in {text!r}"


def psql(store, query):
    return subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", query, store], capture_output=True, text=True,
                          check=True, timeout=30).stdout.strip()


# -- a full disk -------------------------------------------------------------------------------------------------------


@contextmanager
def small_disk(megabytes):
    """A file system of its own; None where this process may not mount one."""
    folder = tempfile.mkdtemp(prefix="callboard-disk-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", folder],
                             stderr=subprocess.DEVNULL).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)
        os.rmdir(folder)


def fill(folder):
    path = os.path.join(folder, "filler")
    with open(path, "ab", buffering=0) as filler:
        for size in (1 << 16, 4096):
            try:
                while True:
                    filler.write(b"\0" * size)
            except OSError:
                pass
    return path


def refused_write(client, list_id):
    """Files have some room in themselves, so not the first write need be refused."""
    for _ in range(50):
        reply = client.post(f"/v1/lists/{list_id}/tasks", {"title": "Large", "description": "y" * 20_000})
        if reply.status != 201:
            assert reply.status == 503, reply
            return reply
    raise AssertionError("the disk is not full")


def write_on_a_full_disk(server, disk):
    """A load that runs into the full disk and out of it again."""
    client, _, _ = sign_up(server.port)
    list_id, quiet, large = (make_list(client, name)["id"] for name in ("Busy", "Quiet", "Large"))
    load = Load(server, client.token, list_id, seed=int(time.time()), writers=4, readers=1, subscribers=2)
    load.start()
    wait_for("writes", lambda: load.history.acked() > 100)
    filler = fill(disk)
    refused = refused_write(client, large)
    expect(refused.json["code"], "journal_unavailable")
    assert refused.json["outcome"] == "not_applied" and int(refused.headers["retry-after"]) >= 1, refused
    # A list with changes that wait for the disk is not shown as if they were committed; any other is.
    for path in (f"/v1/lists/{quiet}?include=tasks", f"/v1/lists/{quiet}/events?since_seq=0&limit=10"):
        reply = client.get(path)
        assert reply.status == 200, f"what is committed can be read: {reply}"
    assert client.get("/health/ready").status == 503 and client.get("/health/live").status == 200
    held = load.history.acked()
    os.remove(filler)
    back = wait_for("writing again", lambda: load.history.acked() > held)
    wait_for("ready again", lambda: client.get("/health/ready").status == 200)
    log = load.finish()
    violations = judge(load.history.lines, log)
    assert not violations, violations[:5]
    assert server.alive(), "no restart is needed"
    assert back < 5, f"came back after {back:.1f} s"
    return f"{load.history.acked()} acknowledged, {len(log)} events; writing again {back:.1f} s after there was room"


def full_disk_under_sqlite():
    with small_disk(16) as disk:
        if not disk:
            return "skipped: mounting a small disk needs root"
        with Server("sqlite:" + os.path.join(disk, "data")) as server:
            return write_on_a_full_disk(server, disk)


def full_disk_under_postgresql():
    store = store_url("postgresql")
    with small_disk(16) as disk:
        if not disk:
            return "skipped: mounting a small disk needs root"
        owner = os.stat(psql(store, "show data_directory"))
        place = os.path.join(disk, "space")
        os.mkdir(place)
        os.chown(place, owner.st_uid, owner.st_gid)
        space = os.path.basename(disk).replace("-", "_").lower()
        psql(store, f"create tablespace {space} location '{place}'")
        with Server(store) as server:
            psql(store, f"alter table journal set tablespace {space}")
            told = write_on_a_full_disk(server, disk)
        psql(store, "alter table journal set tablespace pg_default")
        psql(store, f"drop tablespace {space}")
        return told


# -- a write that fails ------------------------------------------------------------------------------------------------


def failing_write_under_sqlite():
    """After an I/O error only a new process knows what the journal holds: this one says so and ends."""
    with Server() as server:
        client, _, _ = sign_up(server.port)
        list_id = make_list(client)["id"]
        load = Load(server, client.token, list_id, seed=int(time.time()), writers=4, readers=1, subscribers=2)
        load.start()
        wait_for("writes", lambda: load.history.acked() > 100)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
        wait_for("the end of the server", lambda: not server.alive())
        assert server.process.returncode == 1, server.process.returncode
        expect(server.log(), "what it holds is known after a restart")
        server.start()
        log = load.finish()
        violations = judge(load.history.lines, log)
        assert not violations, violations[:5]
        return f"{load.history.acked()} acknowledged, {len(log)} events"


# -- a start that must not happen --------------------------------------------------------------------------------------


def unwritable_directory():
    with Server() as server:
        client, user, _ = sign_up(server.port)
        data = server.store_url.removeprefix("sqlite:")
        server.stop()
        if os.geteuid() == 0:
            os.chmod(server.directory, 0o755)
            shutil.chown(data, NOBODY, NOBODY)
            for name in os.listdir(data):
                shutil.chown(os.path.join(data, name), NOBODY, NOBODY)
            prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        else:
            prefix = []
        os.chmod(data, 0o500)
        line = refused_start(server, prefix=prefix)
        expect(line, data, "Permission denied", "another directory")
        os.chmod(data, 0o700)
        server.start()
        client = Client(server.port, client.token)
        assert client.get("/v1/auth/me").json["id"] == user["id"]


def read_only_file_system():
    with small_disk(16) as disk:
        if not disk:
            return "skipped: mounting a small disk needs root"
        with Server("sqlite:" + os.path.join(disk, "data")) as server:
            server.stop()
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            expect(refused_start(server), disk, "Read-only file system", "another directory")


def second_server(store):
    with Server(store) as server:
        client, _, _ = sign_up(server.port)
        list_id = make_list(client)["id"]
        load = Load(server, client.token, list_id, seed=int(time.time()), writers=2, readers=1, subscribers=1)
        load.start()
        line = refused_start(server)
        expect(line, "stop it", "store.url", f"process {server.process.pid}" if server.store_url.startswith("sqlite") else "pid")
        violations = judge(load.history.lines, load.finish())
        assert not violations, violations[:5]
        assert server.alive() and all(h["result"] == "ok" for h in load.history.lines if h["op"] == "write")


def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = Server(settings=[f"http.listen=127.0.0.1:{other.getsockname()[1]}"])
        line = refused_start(server)
        expect(line, f"127.0.0.1:{other.getsockname()[1]}", "http.listen")
    server.settings = ["limits.rate_limits=false"]
    with server:
        assert server.first_login, "the first start that serves names the admin"


def newer_store(store):
    with Server(store) as server:
        client, user, _ = sign_up(server.port)
        server.stop()
        future = "insert into schema_migration (version, name, checksum, applied_at) values (9999, 'from_the_future', 'x', {})"
        past = "delete from schema_migration where version = 9999"
        rows = "select count(*) from member"
        sqlite_file = os.path.join(server.directory, "data", "callboard.db")

        def sql(query):
            if server.store_url.startswith("postgresql"):
                return psql(server.store_url, query.format("now()"))
            with sqlite3.connect(sqlite_file) as db:
                return db.execute(query.format("0")).fetchone()

        before = sql(rows)
        sql(future)
        for words in (("serve",), ("migrate", "up"), ("migrate", "down")):
            expect(refused_start(server, *words), "9999", "from_the_future", "newer", "migrate down")
        assert sql(rows) == before, "a refused start leaves no trace"
        sql(past)
        server.start()
        assert Client(server.port, client.token).get("/v1/auth/me").json["id"] == user["id"]


def newer_sqlite_store():
    newer_store(store_url("sqlite"))


def newer_postgresql_store():
    newer_store(store_url("postgresql"))


def second_server_on_sqlite():
    second_server(store_url("sqlite"))


def second_server_on_postgresql():
    second_server(store_url("postgresql"))


PARTS = {part.__name__: part for part in (
    full_disk_under_sqlite, full_disk_under_postgresql, failing_write_under_sqlite, unwritable_directory, read_only_file_system,
    second_server_on_sqlite, second_server_on_postgresql, taken_port, newer_sqlite_store, newer_postgresql_store)}

def run(names):
    """One part after the other; False after the first that fails."""
    for name in names:
        started = CLOCK()
        try:
            told = PARTS[name]()
        except Exception:
            print(f"{name} FAILED\n{traceback.format_exc()}", flush=True)
            return False
        print(f"{name}: {told or 'ok'} ({CLOCK() - started:.1f} s)", flush=True)
    return True


if __name__ == "__main__":
    names = sys.argv[1:] or list(PARTS)
    # They wait most of the time, and share nothing: the two stores side by side.
    with ThreadPoolExecutor() as both:
        done = list(both.map(run, ([n for n in names if "postgresql" in n], [n for n in names if "postgresql" not in n])))
    # A load of a part that failed may still be running.
    os._exit(0 if all(done) else 1)
