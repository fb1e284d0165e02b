"""One WebSocket of protocol callboard.v1 as a test wants it: frames one by one, and how it was closed."""
import asyncio
import json

import websockets


class Socket:
    opened = []

    def __init__(self, port, token=None, ticket=None):
        """Opens and says hello; an upgrade that is refused raises websockets.InvalidStatusCode."""
        self.loop = asyncio.new_event_loop()
        self.socket = None
        Socket.opened.append(self)
        query = f"?ticket={ticket}" if ticket else ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.socket = self._run(self._open(f"ws://127.0.0.1:{port}/v1/ws{query}", headers))
        self.waiting = []
        self.say({"t": "hello"})
        self.welcome = self.until("welcome")

    @staticmethod
    async def _open(url, headers):
        return await websockets.connect(url, subprotocols=["callboard.v1"], extra_headers=headers, open_timeout=10)

    def _run(self, what, within=15):
        async def bounded():
            return await asyncio.wait_for(what, within)
        return self.loop.run_until_complete(bounded())

    def say(self, frame):
        self._run(self.socket.send(json.dumps(frame)))

    def next(self, within=5):
        while not self.waiting:
            message = json.loads(self._run(self.socket.recv(), within))
            self.waiting = message if isinstance(message, list) else [message]
        return self.waiting.pop(0)

    def until(self, kind, within=5):
        while True:
            frame = self.next(within)
            if frame["t"] == kind:
                return frame

    def ask(self, frame, within=5):
        """The reply to a frame with an id."""
        self.say(frame)
        while True:
            reply = self.until("reply", within)
            if reply.get("id") == frame["id"]:
                return reply

    def close_code(self, within=5):
        """The code the server closes with; what comes before is read and forgotten."""
        try:
            while True:
                self._run(self.socket.recv(), within)
        except websockets.exceptions.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None

    @classmethod
    def close_all(cls):
        while cls.opened:
            one = cls.opened.pop()
            if one.socket:
                one._run(one.socket.close())
            one.loop.close()
