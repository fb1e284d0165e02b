#!/usr/bin/env python3
"""The peer on SQLite: one process, one row a commit, synchronous=FULL. Prints rows a second."""
import os
import sqlite3
import sys
import time

folder, seconds = sys.argv[1], float(sys.argv[2])
db = sqlite3.connect(os.path.join(folder, "peer.db"), isolation_level=None)
db.execute("pragma journal_mode=wal")
db.execute("pragma synchronous=full")
db.execute("create table event (id blob primary key, list blob, type text, payload text, at integer)")
payload = '{"id":"01920000-0000-7000-8000-000000000002","title":"a small task of the bench","status":"pending"}'
end, rows = time.monotonic() + seconds, 0
while time.monotonic() < end:
    for _ in range(50):
        db.execute("insert into event values (randomblob(16), ?, 'task.created.v1', ?, 0)", (b"list", payload))
        rows += 1
print(round(rows / seconds))
