"""A small HTTP client written against API.md alone: one keep-alive connection, JSON in and out."""
import http.client
import json
import uuid


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    def __init__(self, port, token=None, timeout=10.0):
        self.port, self.token, self.timeout = port, token, timeout
        self.connection = None

    def request(self, method, path, body=None, headers=None):
        """One request; raises OSError or HTTPException when the connection dies (nothing is repeated by itself)."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        send = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            send["Content-Type"] = "application/json"
        send.update(headers or {})
        try:
            self.connection.request(method, path, data, send)
            reply = self.connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read().decode())
        except Exception:
            self.close()
            raise

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.request("POST", path, {} if body is None else body, headers)


def sign_up(port, email=None, password="correct horse battery"):
    """A new user: (client, user, tokens)."""
    client = Client(port)
    email = email or f"{uuid.uuid4().hex[:12]}@example.org"
    reply = client.post("/v1/auth/signup", {"email": email, "password": password, "name": email[:8]})
    assert reply.status == 201, reply
    client.token = reply.json["access_token"]
    return client, reply.json["user"], reply.json


def make_list(client, name="Groceries"):
    reply = client.post("/v1/lists", {"name": name})
    assert reply.status == 201, reply
    return reply.json


def position_of(answer):
    """(epoch, seq) of Callboard-Stream."""
    parts = dict(p.split("=") for p in answer.headers["callboard-stream"].split(";")[1:])
    return parts["epoch"], int(parts["seq"])
