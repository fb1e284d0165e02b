"""The stores an end-to-end test runs on: a directory, or a fresh database of the PostgreSQL that tests/run-with-postgres gives."""
import os
import subprocess
import uuid


def store_url(name):
    """None for sqlite (the server makes its own directory), a URL of a new database for postgresql."""
    if name == "sqlite":
        return None
    if "PGHOST" not in os.environ:
        raise SystemExit("no PostgreSQL: run this through tests/run-with-postgres")
    database = "e2e_" + uuid.uuid4().hex[:12]
    subprocess.run(["psql", "-q", "-c", f"create database {database}"], check=True)
    env = os.environ
    return f"postgresql://{env['PGUSER']}:{env['PGPASSWORD']}@{env['PGHOST']}:{env['PGPORT']}/{database}"
