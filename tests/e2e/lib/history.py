"""Judges what clients saw against the final log of a list (the invariants I1-I6 of a fault run).

A history is what the clients saw:
  write:   {"op": "write", "id": task id, "start": t, "end": t | None, "result": "ok" | "fail" | "unknown", "seq": n | None}
  read:    {"op": "read", "start": t, "end": t, "seq": n}
  event:   {"op": "event", "subscriber": s, "seq": n, "id": task id}
  reset:   {"op": "reset", "subscriber": s, "seq": n}      a snapshot, or an explicit resync at n
The log is the journal read at the end: a list of {"seq": n, "id": task id, "type": ...}.
`fail` is only what the server answered with outcome not_applied or a 4xx; a timeout or a lost connection is `unknown`.
"""


def judge(history, log):
    """The violations found, as texts; none: the history is fine."""
    found = []
    seqs = [event["seq"] for event in log]
    if seqs != list(range(1, len(seqs) + 1)):
        found.append(f"version_gap: the log is not 1..n ({seqs[:5]}… of {len(seqs)})")
    created = {}
    for event in log:
        if event["type"] == "task.created":
            if event["id"] in created:
                found.append(f"duplicate_effect: {event['id']} at {created[event['id']]} and {event['seq']}")
            created[event["id"]] = event["seq"]
    found += _judge_writes([h for h in history if h["op"] == "write"], created)
    found += _judge_order(history, created)
    found += _judge_subscribers(history, {event["seq"]: event["id"] for event in log})
    return found


def _judge_writes(writes, created):
    found = []
    sent = {}
    for write in writes:
        sent.setdefault(write["id"], []).append(write)
    for task, attempts in sent.items():
        acks = {w["seq"] for w in attempts if w["result"] == "ok"}
        if acks and task not in created:
            found.append(f"LOST_ACKED_WRITE: {task} was acknowledged at {sorted(acks)}")
        if len(acks) > 1:
            found.append(f"retry_got_other_version: {task} {sorted(acks)}")
        if acks and task in created and created[task] not in acks:
            found.append(f"acked_version_differs: {task} acked {sorted(acks)}, is at {created[task]}")
        if all(w["result"] == "fail" for w in attempts) and task in created:
            found.append(f"failed_write_took_effect: {task}")
    for task in created:
        if task not in sent:
            found.append(f"phantom_write: {task} was never sent")
    return found


def _judge_order(history, created):
    """Linearizable: the server numbered every effect, so only real-time order is left to check."""
    found = []
    first_sent = {}  # a repeat belongs to the operation that began with its first attempt
    for h in history:
        if h["op"] == "write":
            first_sent[h["id"]] = min(first_sent.get(h["id"], h["start"]), h["start"])
    done = []  # (end, seq) of everything that completed
    for h in history:
        if h["op"] == "write" and h["result"] == "ok":
            done.append((h["end"], h["seq"], first_sent[h["id"]], "write"))
        elif h["op"] == "read":
            done.append((h["end"], h["seq"], h["start"], "read"))
    by_end = sorted(done)
    by_start = sorted(done, key=lambda d: d[2])
    highest, at = 0, 0
    for end, seq, start, kind in by_start:
        while at < len(by_end) and by_end[at][0] < start:
            highest = max(highest, by_end[at][1])
            at += 1
        if kind == "write" and seq <= highest:
            found.append(f"STALE_WRITE: seq {seq} began after {highest} had completed")
        if kind == "read" and seq < highest:
            found.append(f"STALE_READ: saw {seq} after {highest} had completed")
    for h in history:
        if h["op"] == "event" and "at" in h and h["id"] in first_sent and h["at"] < first_sent[h["id"]]:
            found.append(f"effect_before_invocation: {h['id']}")
    return found


def _judge_subscribers(history, log):
    found = []
    last = {}
    for h in history:
        if h["op"] == "reset":
            if h["seq"] < last.get(h["subscriber"], 0):
                found.append(f"SUB_WENT_BACK: {h['subscriber']} reset from {last[h['subscriber']]} to {h['seq']}")
            last[h["subscriber"]] = h["seq"]
        elif h["op"] == "event":
            expected = last.get(h["subscriber"], 0) + 1
            if h["seq"] > expected:
                found.append(f"SUB_GAP: {h['subscriber']} saw {h['seq']}, expected {expected}")
            elif h["seq"] < expected:
                found.append(f"SUB_DUPLICATE_OR_REORDER: {h['subscriber']} saw {h['seq']}, expected {expected}")
            last[h["subscriber"]] = h["seq"]
            if h["seq"] not in log:
                found.append(f"SUB_SAW_WHAT_IS_NOT: {h['subscriber']} saw {h['seq']}, which the log does not have")
            elif h["id"] is not None and log[h["seq"]] != h["id"]:
                found.append(f"sub_delivered_wrong_event: {h['subscriber']} at {h['seq']}")
    head = max(log, default=0)
    for subscriber, seq in last.items():
        if seq != head:
            found.append(f"SUB_BEHIND: {subscriber} ended at {seq} of {head}")
    return found
