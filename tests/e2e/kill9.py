#!/usr/bin/python3
"""kill -9 under load, seeded: no acknowledged write lost, none twice, numbers contiguous, subscribers without a gap.

  kill9.py [--store sqlite|postgresql] [--rounds N] [--seed S]
"""
import argparse
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import make_list, sign_up  # noqa: E402
from history import judge  # noqa: E402
from load import Load  # noqa: E402
from server import Server  # noqa: E402
from stores import store_url  # noqa: E402


ROUNDS_A_LIST = 10  # a list holds 10,000 tasks


def run(store, rounds, seed):
    rng = random.Random(seed)
    print(f"kill -9: {rounds} rounds on {store}, seed {seed}", flush=True)
    ready, acked, violations = [], 0, []
    server = Server(store_url(store))
    with server:
        client, _, _ = sign_up(server.port)
        for first in range(0, rounds, ROUNDS_A_LIST):
            client.port = server.port
            load = Load(server, client.token, make_list(client)["id"], seed + first)
            client.close()
            load.start()
            for _ in range(min(ROUNDS_A_LIST, rounds - first)):
                time.sleep(rng.uniform(0.15, 0.9))
                server.kill9()
                server.start()
                ready.append(server.ready_after)
            if load.time_to_next_write() == float("inf"):
                violations.append("no write was acknowledged after the last start")
            log = load.finish()
            violations += judge(load.history.lines, log)
            acked += load.history.acked()
    print(f"  {acked} writes acknowledged, ready again after {sorted(ready)[len(ready) // 2]:.2f} s "
          f"(slowest {max(ready):.2f} s)")
    for violation in violations[:20]:
        print("  VIOLATION", violation)
    enough = acked >= 20 * rounds
    if not enough:
        print(f"  too few writes to prove anything ({acked})")
    return not violations and enough and max(ready) <= 10


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--store", default="sqlite")
    # `./dev test` runs a share, `./dev faults` all of it.
    full = os.environ.get("CALLBOARD_FAULTS") == "full"
    options.add_argument("--rounds", type=int, default=50 if full else 6)
    options.add_argument("--seed", type=int, default=int(time.time()))
    given = options.parse_args()
    sys.exit(0 if run(given.store, given.rounds, given.seed) else 1)
