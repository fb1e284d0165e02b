#!/usr/bin/python3
"""The checker must catch what it is there to catch: each planted fault is found, the clean history is not blamed."""
import copy
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from history import judge  # noqa: E402


def clean():
    log = [{"seq": 1, "id": "L", "type": "list.created"}]
    history = [{"op": "reset", "subscriber": "s", "seq": 1}]
    for n in range(2, 12):
        log.append({"seq": n, "id": f"t{n}", "type": "task.created"})
        history.append({"op": "write", "id": f"t{n}", "start": n, "end": n + 0.5, "result": "ok", "seq": n})
        history.append({"op": "read", "start": n + 0.6, "end": n + 0.7, "seq": n})
        history.append({"op": "event", "subscriber": "s", "seq": n, "id": f"t{n}"})
    return history, log


class Checker(unittest.TestCase):
    def assert_finds(self, word, plant):
        history, log = copy.deepcopy(clean())
        plant(history, log)
        self.assertTrue(any(v.startswith(word) for v in judge(history, log)), judge(history, log))

    def test_a_clean_history_is_fine(self):
        self.assertEqual(judge(*clean()), [])

    def test_a_lost_acknowledged_write(self):
        def plant(history, log):
            log.pop()
        self.assert_finds("LOST_ACKED_WRITE", plant)

    def test_a_double_effect(self):
        def plant(history, log):
            log.append({"seq": 12, "id": "t3", "type": "task.created"})
        self.assert_finds("duplicate_effect", plant)

    def test_a_hole_in_the_numbers(self):
        def plant(history, log):
            log[4]["seq"] = 99
        self.assert_finds("version_gap", plant)

    def test_a_write_that_nobody_sent(self):
        def plant(history, log):
            log.append({"seq": 12, "id": "ghost", "type": "task.created"})
        self.assert_finds("phantom_write", plant)

    def test_a_refused_write_that_took_effect(self):
        def plant(history, log):
            next(h for h in history if h.get("id") == "t5" and h["op"] == "write").update(result="fail", seq=None)
        self.assert_finds("failed_write_took_effect", plant)

    def test_an_acknowledgement_of_another_place(self):
        def plant(history, log):
            next(h for h in history if h.get("id") == "t5" and h["op"] == "write").update(seq=6)
        self.assert_finds("acked_version_differs", plant)

    def test_a_stale_read(self):
        def plant(history, log):
            next(h for h in history if h["op"] == "read" and h["seq"] == 8).update(seq=3)
        self.assert_finds("STALE_READ", plant)

    def test_a_write_placed_before_one_that_had_completed(self):
        def plant(history, log):
            next(h for h in history if h.get("id") == "t5" and h["op"] == "write").update(start=20, end=21)
        self.assert_finds("STALE_WRITE", plant)

    def test_a_late_repeat_of_a_write_whose_answer_was_lost_is_fine(self):
        history, log = clean()
        write = next(h for h in history if h.get("id") == "t5" and h["op"] == "write")
        history.append({**write, "start": 20, "end": 21})
        write.update(result="unknown", end=None, seq=None)
        self.assertEqual(judge(history, log), [])

    def test_a_gap_a_duplicate_and_a_wrong_event_at_a_subscriber(self):
        def gap(history, log):
            history.remove(next(h for h in history if h["op"] == "event" and h["seq"] == 6))
        self.assert_finds("SUB_GAP", gap)

        def twice(history, log):
            history.append({"op": "event", "subscriber": "s", "seq": 11, "id": "t11"})
        self.assert_finds("SUB_DUPLICATE_OR_REORDER", twice)

        def wrong(history, log):
            next(h for h in history if h["op"] == "event" and h["seq"] == 6).update(id="t7")
        self.assert_finds("sub_delivered_wrong_event", wrong)

    def test_an_event_that_did_not_survive(self):
        def plant(history, log):
            history.append({"op": "event", "subscriber": "s", "seq": 12, "id": "t12"})
        self.assert_finds("SUB_SAW_WHAT_IS_NOT", plant)

    def test_a_subscriber_that_stays_behind(self):
        def plant(history, log):
            history.pop()
        self.assert_finds("SUB_BEHIND", plant)


if __name__ == "__main__":
    unittest.main()
