"""People, lists and tasks for a load, made over HTTP."""
import http.client
import json
import pathlib


class Client:
    def __init__(self, port, token=None):
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.token = token

    def call(self, method, path, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.link.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self.link.getresponse()
        text = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return json.loads(text) if text else None, answer


def sign_up(port, number):
    body = {"email": f"bench{number}@bench.example", "password": "correct horse battery"}
    return Client(port, Client(port).call("POST", "/v1/auth/signup", body)[0]["access_token"])


def make_list(client, name, tasks=0):
    made = client.call("POST", "/v1/lists", {"name": name})[0]["id"]
    for number in range(tasks):
        client.call("POST", f"/v1/lists/{made}/tasks", {"title": f"task {number} of the bench"})
    return made


def write_requests(folder, rows):
    """Rows of (method, path, token, etag, body) for the load generator; the file's path."""
    path = pathlib.Path(folder) / "requests"
    path.write_text("".join(" ".join(part or "-" for part in row) + "\n" for row in rows))
    return str(path)


def task_writes(folder, port, users=4, lists=100):
    """Requests that add tasks to many lists of several people (a list holds 10,000)."""
    rows = []
    for number in range(users):
        client = sign_up(port, number)
        for index in range(lists):
            made = make_list(client, f"list {index}")
            rows.append(("POST", f"/v1/lists/{made}/tasks", client.token, None, '{"title":"a small task of the bench"}'))
    return write_requests(folder, rows)
