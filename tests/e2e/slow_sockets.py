#!/usr/bin/python3
"""200 sockets that never read, under a stream of events: memory stays bounded, others see everything, the slow ones are
resynced or closed with 4003."""
import asyncio
import base64
import json
import os
import socket
import sys
import time

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from client import make_list, sign_up  # noqa: E402
from server import Server  # noqa: E402

SLOW = 200
QUEUE_BYTES = 1 << 20  # what API.md allows a socket to queue


def slow_socket(port, token, stream):
    """A subscriber with small buffers that sends its frames and then never reads."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall((f"GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
    reply = b""
    while b"\r\n\r\n" not in reply:
        reply += s.recv(512)
    assert b" 101 " in reply.split(b"\r\n")[0], reply
    # Padded so that its length takes the 16-bit form below (RFC 6455 wants the shortest one).
    text = json.dumps([{"t": "hello", "client": {"name": "never reads", "version": "1"}},
                       {"t": "sub", "id": 1, "stream": stream, "snapshot": "never"}]).ljust(200).encode()
    mask = os.urandom(4)
    s.sendall(b"\x81" + bytes([0x80 | 126]) + len(text).to_bytes(2, "big") + mask
              + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))
    return s


async def follow(port, token, stream, seen, stop):
    async with websockets.connect(f"ws://127.0.0.1:{port}/v1/ws", subprotocols=["callboard.v1", f"bearer.{token}"],
                                  max_size=None) as ws:
        await ws.send(json.dumps([{"t": "hello"}, {"t": "sub", "id": 1, "stream": stream, "snapshot": "never"}]))
        while not stop.is_set():
            try:
                message = json.loads(await asyncio.wait_for(ws.recv(), 0.5))
            except asyncio.TimeoutError:
                continue
            for frame in message if isinstance(message, list) else [message]:
                if frame["t"] == "ev":
                    seen.append(frame["seq"])
                elif frame["t"] == "evs":
                    seen += [e["seq"] for e in frame["items"]]


async def write(port, token, stream, task, seconds):
    """Updates of one task, pipelined: as many as the window takes, paced to about 2,000 a second."""
    last, sent, begun = 0, 0, time.monotonic()
    async with websockets.connect(f"ws://127.0.0.1:{port}/v1/ws", subprotocols=["callboard.v1", f"bearer.{token}"],
                                  max_size=None) as ws:
        await ws.send(json.dumps({"t": "hello"}))
        await ws.recv()
        while time.monotonic() - begun < seconds:
            batch = [{"t": "cmd", "id": sent + i, "stream": stream, "type": "task.update",
                      "args": {"id": task, "description": f"{sent + i} " + "x" * 900}} for i in range(40)]
            sent += 40
            await ws.send(json.dumps(batch))
            answered = 0
            while answered < 40:
                message = json.loads(await ws.recv())
                for frame in message if isinstance(message, list) else [message]:
                    if frame["t"] == "reply":
                        assert frame["ok"], frame
                        answered, last = answered + 1, frame["seq"]
            await asyncio.sleep(max(0, sent / 2000 - (time.monotonic() - begun)))
    return last, sent


def closed_as_slow(client):
    return next(float(line.split()[-1]) for line in client.get("/metrics").body.splitlines()
                if line.startswith("callboard_ws_slow_closes_total"))


async def run(server):
    limit = time.monotonic() + 90
    client, _, _ = sign_up(server.port)
    made = make_list(client)
    stream = f"list:{made['id']}"
    task = client.post(f"/v1/lists/{made['id']}/tasks", {"title": "busy"}).json["id"]
    seen, stop = [], asyncio.Event()
    healthy = asyncio.create_task(follow(server.port, client.token, stream, seen, stop))
    await asyncio.sleep(0.3)
    slow = [slow_socket(server.port, client.token, stream) for _ in range(SLOW)]
    before = server.rss_bytes()
    grown = closed = sent = 0
    while not closed and time.monotonic() < limit:
        last, more = await write(server.port, client.token, stream, task, 3)
        sent += more
        grown = max(grown, server.rss_bytes() - before)
        closed = closed_as_slow(client)
    for _ in range(100):
        if seen and seen[-1] >= last:
            break
        await asyncio.sleep(0.1)
    stop.set()
    await healthy
    for one in slow:
        one.close()
    print(f"{sent} events to {SLOW} sockets that never read: memory grew {grown / 1e6:.0f} MB, {closed:.0f} closed as slow, "
          f"the healthy subscriber saw {len(seen)} up to {seen[-1]} of {last}")
    assert seen == list(range(seen[0], last + 1)), "the healthy subscriber has a gap"
    assert grown < SLOW * 2 * QUEUE_BYTES, "memory is not bounded by the sockets' queues"
    assert closed > 0, "nobody was closed as slow"
    assert client.get("/health/live").status == 200


if __name__ == "__main__":
    with Server() as running:
        asyncio.run(run(running))
