#!/usr/bin/python3
"""PostgreSQL restarted, its backends killed, or frozen for 5 s, under load: no 2xx for a lost write, 503 while it is away,
every write answered within 8 s, back soon after it is back. Seeded. Then PostgreSQL stops for a while without load: reads
of what is in memory go on for 5 s at most, and again once it is back.

  postgres_faults.py [--rounds N] [--seed S]
"""
import argparse
import os
import random
import shlex
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import make_list, sign_up  # noqa: E402
from history import judge  # noqa: E402
from load import CLOCK, Load  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402

CONTROL = shlex.split(os.environ.get("CALLBOARD_TEST_PG_CTL", ""))
OURS = "application_name like 'callboard%'"


def psql(query):
    return subprocess.run(["psql", "-qAt", "-c", query], capture_output=True, text=True, timeout=20, check=True).stdout.split()


def restart():
    subprocess.run([*CONTROL, "restart", "-m", "immediate"], stdout=subprocess.DEVNULL, check=True, timeout=60)


def kill_backends():
    psql(f"select pg_terminate_backend(pid) from pg_stat_activity where {OURS}")


def freeze():
    pids = [int(pid) for pid in psql(f"select pid from pg_stat_activity where {OURS}")]
    for stop in (19, 18):  # SIGSTOP, and after 5 s SIGCONT
        for pid in pids:
            try:
                os.kill(pid, stop)
            except ProcessLookupError:
                pass
        if stop == 19:
            time.sleep(5)


def run(rounds, seed):
    rng = random.Random(seed)
    print(f"PostgreSQL faults: {rounds} rounds, seed {seed}", flush=True)
    violations, back = [], {}
    with Server(store_url("postgresql")) as server:
        client, _, _ = sign_up(server.port)
        token, list_id = client.token, make_list(client)["id"]
        client.close()
        load = Load(server, token, list_id, seed)
        load.start()
        order = []
        for _ in range(rounds):
            time.sleep(rng.uniform(0.5, 1.5))
            if not order:  # every fault comes up, in an order of the seed
                order = rng.sample([restart, kill_backends, freeze], 3)
            fault = order.pop()
            fault()
            back.setdefault(fault.__name__, []).append(load.time_to_next_write())
            if not server.alive():
                violations.append(f"the server died after {fault.__name__}: {server.log()[-1000:]}")
                return report(load, [], violations, back)
        log = load.finish()
        slow = [h for h in load.history.lines if h["op"] == "write" and h["end"] and h["end"] - h["start"] > 8.5]
        violations += judge(load.history.lines, log) + [f"answered after {h['end'] - h['start']:.1f} s" for h in slow]
    return report(load, log, violations, back)


def reads_while_it_is_away():
    """What memory answers for a store that is away: 200 for at most its lease of 5 s, then 503, and 200 again."""
    violations = []
    with Server(store_url("postgresql")) as server:
        client, _, _ = sign_up(server.port)
        path = "/v1/lists/" + make_list(client)["id"]

        def status_until(wanted, within):
            limit = CLOCK() + within
            while CLOCK() < limit:
                got = client.get(path)
                if got.status == wanted:
                    return got
                time.sleep(0.1)
            violations.append(f"no {wanted} within {within} s, but {got}")
            return got

        status_until(200, 5)
        subprocess.run([*CONTROL, "stop", "-m", "immediate"], stdout=subprocess.DEVNULL, check=True, timeout=60)
        try:
            gone = CLOCK()
            refused = status_until(503, 15)
            after = CLOCK() - gone
            # The sign-in is confirmed by its own entity, which answers as long as the list does.
            if after > 7:
                violations.append(f"still read after {after:.1f} s")
            if refused.status == 503 and "retry-after" not in refused.headers:
                violations.append(f"no Retry-After: {refused}")
        finally:
            subprocess.run([*CONTROL, "start"], stdout=subprocess.DEVNULL, check=True, timeout=60)
        status_until(200, 15)
        print(f"reads without a store ended after {after:.1f} s", flush=True)
    for violation in violations:
        print("  VIOLATION", violation)
    return not violations


def report(load, log, violations, back):
    times = {name: f"{max(each):.2f} s" for name, each in back.items()}
    print(f"  {load.history.acked()} writes acknowledged, {len(log)} events; slowest return to writing: {times}")
    for violation in violations[:20]:
        print("  VIOLATION", violation)
    return not violations and all(max(each) < 10 for each in back.values())


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=20 if os.environ.get("CALLBOARD_FAULTS") == "full" else 4)
    options.add_argument("--seed", type=int, default=int(time.time()))
    given = options.parse_args()
    sys.exit(0 if run(given.rounds, given.seed) and reads_while_it_is_away() else 1)
