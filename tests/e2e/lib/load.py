"""Load for fault runs: writers that never give up on a task, readers, and subscribers that resume; all write a history."""
import asyncio
import json
import random
import threading
import time
import uuid

import websockets

from client import Client

CLOCK = time.monotonic


class History:
    def __init__(self):
        self.lock = threading.Lock()
        self.lines = []

    def add(self, **line):
        with self.lock:
            self.lines.append(line)

    def acked(self):
        with self.lock:
            return sum(1 for h in self.lines if h["op"] == "write" and h["result"] == "ok")


class Load:
    """`server` gives the port of the moment; `token` and `list_id` are what everybody works on."""

    def __init__(self, server, token, list_id, seed, writers=8, readers=2, subscribers=3):
        self.server, self.token, self.list_id = server, token, list_id
        self.history = History()
        self.stopping = threading.Event()
        self.last_seen = {}
        self.threads = [threading.Thread(target=self._write, args=(random.Random(seed * 100 + i),)) for i in range(writers)]
        self.threads += [threading.Thread(target=self._read) for _ in range(readers)]
        self.subscribers = [threading.Thread(target=self._subscribe_forever, args=(f"s{i}",)) for i in range(subscribers)]
        self.end_at = None  # the head that subscribers must reach
        self.failure = None

    def start(self):
        for thread in self.threads + self.subscribers:
            thread.start()

    def time_to_next_write(self, within=30):
        """Seconds until a write that began after now is acknowledged; infinite: none was."""
        since = CLOCK()
        while CLOCK() < since + within:
            with self.history.lock:
                if any(h["op"] == "write" and h["result"] == "ok" and h["start"] > since for h in self.history.lines[-200:]):
                    return CLOCK() - since
            time.sleep(0.02)
        return float("inf")

    def finish(self, within=60):
        """Lets every writer settle its last task, then lets the subscribers reach the head; the log of the list."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(within)
            assert self.failure is None, self.failure
            assert not thread.is_alive(), "a writer could not settle its last write"
        log = self.read_log()
        self.end_at = log[-1]["seq"]
        for thread in self.subscribers:
            thread.join(within)
            assert not thread.is_alive(), f"a subscriber did not reach {self.end_at}: {self.last_seen}"
        assert self.failure is None, self.failure
        return log

    def read_log(self):
        log, since = [], 0
        client = Client(self.server.port, self.token)
        while True:
            page = client.get(f"/v1/lists/{self.list_id}/events?since_seq={since}&limit=1000")
            assert page.status == 200, page
            items = page.json["items"]
            log += [{"seq": e["seq"], "id": e["entity"]["id"], "type": e["type"]} for e in items]
            if not items:
                client.close()
                return log
            since = items[-1]["seq"]

    # -- writers: one task after the other, each repeated under its key until its outcome is known ------------------------

    def _write(self, rng):
        client = Client(self.server.port, self.token, timeout=10)
        while not self.stopping.is_set():
            task, key = str(uuid.UUID(int=rng.getrandbits(128), version=4)), uuid.uuid4().hex
            while not self._write_once(client, task, key):
                if self.failure:
                    return
                time.sleep(0.02)
                client.close()
                client.port = self.server.port
        client.close()

    def _write_once(self, client, task, key):
        start = CLOCK()
        try:
            reply = client.post(f"/v1/lists/{self.list_id}/tasks", {"id": task, "title": "Milk"}, {"Idempotency-Key": key})
        except Exception:
            self.history.add(op="write", id=task, start=start, end=None, result="unknown", seq=None)
            return False
        end = CLOCK()
        if reply.status == 201:
            self.history.add(op="write", id=task, start=start, end=end, result="ok", seq=reply.json["rev"])
            return True
        if reply.status < 500 and reply.json["code"] != "idempotency_in_progress":
            self.failure = f"a repeat under its key was answered {reply}"
        outcome = reply.json.get("outcome")
        result = "fail" if outcome == "not_applied" else "unknown"
        self.history.add(op="write", id=task, start=start, end=end, result=result, seq=None)
        return False

    def _read(self):
        client = Client(self.server.port, self.token, timeout=10)
        while not self.stopping.is_set():
            start = CLOCK()
            try:
                reply = client.get(f"/v1/lists/{self.list_id}")
                if reply.status == 200:
                    self.history.add(op="read", start=start, end=CLOCK(), seq=reply.json["seq"])
            except Exception:
                client.port = self.server.port
            time.sleep(0.005)
        client.close()

    # -- subscribers: resume from the last position over every break ----------------------------------------------------

    def _subscribe_forever(self, name):
        asyncio.run(self._subscribe(name))

    async def _subscribe(self, name):
        position = None
        while self.end_at is None or self.last_seen.get(name, 0) < self.end_at:
            try:
                position = await self._follow(name, position)
            except (OSError, websockets.exceptions.WebSocketException, asyncio.TimeoutError):
                await asyncio.sleep(0.05)
            except Exception as wrong:  # a frame we do not understand is a finding, not a reason to stop quietly
                self.failure = f"{name}: {wrong!r}"
                return

    async def _follow(self, name, position):
        stream = f"list:{self.list_id}"
        url = f"ws://127.0.0.1:{self.server.port}/v1/ws"
        async with websockets.connect(url, subprotocols=["callboard.v1"], open_timeout=3, max_size=None) as socket:
            await socket.send(json.dumps({"t": "hello", "token": self.token, "client": {"name": "e2e", "version": "1"}}))
            sub = {"t": "sub", "id": "1", "stream": stream}
            if name in self.last_seen:
                sub["since"] = {"epoch": self.epoch, "seq": self.last_seen[name]}
            await socket.send(json.dumps(sub))
            while self.end_at is None or self.last_seen.get(name, 0) < self.end_at:
                try:
                    message = json.loads(await asyncio.wait_for(socket.recv(), 1.0))
                except asyncio.TimeoutError:
                    continue
                for frame in message if isinstance(message, list) else [message]:
                    self._on_frame(name, stream, frame)
        return position

    def _on_frame(self, name, stream, frame):
        kind = frame["t"]
        if kind == "reply" and frame.get("id") == "1":
            assert frame["ok"], frame
            self.epoch = frame["epoch"]
            if frame["mode"] != "replay":
                self.history.add(op="reset", subscriber=name, seq=frame["seq"])
                self.last_seen[name] = frame["seq"]
        elif kind == "resync":
            self.last_seen.pop(name, None)
            raise OSError("resync: subscribe again")
        elif kind == "ev" and frame["stream"] == stream:
            self._on_event(name, frame)
        elif kind == "evs" and frame["stream"] == stream:
            for event in frame["items"]:
                self._on_event(name, event)

    def _on_event(self, name, event):
        self.history.add(op="event", subscriber=name, seq=event["seq"], id=event["entity"]["id"], at=CLOCK())
        self.last_seen[name] = event["seq"]
