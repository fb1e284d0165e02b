"""Processor time by thread: it hardly depends on what else the machine does, unlike what is done in a second."""
import pathlib
import resource

NANOSECONDS = 1e-9


def run_time(task):
    return int((task / "schedstat").read_text().split()[0]) * NANOSECONDS


def thread_times(pid):
    """Seconds each named thread of a process has run, threads of one name together."""
    out = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        out[name] = out.get(name, 0.0) + run_time(task)
    return out


def backend_times(database):
    """Seconds the PostgreSQL backends on a database have run, by process."""
    out = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if database.encode() in (process / "cmdline").read_bytes() and (process / "comm").read_text().startswith("postgres"):
                out[f"backend {process.name}"] = run_time(process)
        except OSError:
            continue  # it has ended
    return out


def children_time():
    """Seconds that finished children have run: the load generator's, between two calls."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
