#!/usr/bin/env python3
"""The check itself: it finds planted faults and leaves good files alone."""

import unittest

from layers import problems_of


def wrong(path, *names):
    return problems_of(path, "".join(f'#include "{name}"\n' for name in names))


class Layers(unittest.TestCase):
    def test_inward_includes_are_fine(self):
        self.assertEqual(wrong("net/bridge.cpp", "actors/ports/entities.hpp", "caf/actor.hpp", "config/options.hpp"), [])
        self.assertEqual(wrong("cluster/node.cpp", "net/listener.hpp", "persistence/sqlite/open.hpp"), [])
        self.assertEqual(wrong("config/load.cpp", "toml++/toml.h"), [])

    def test_outward_includes_are_found(self):
        self.assertTrue(wrong("actors/list/list.hpp", "net/http_message.hpp"))
        self.assertTrue(wrong("net/api/lists.cpp", "persistence/store.hpp"))
        self.assertTrue(wrong("config/load.cpp", "actors/base/refusal.hpp"))

    def test_kinds_do_not_know_each_other(self):
        self.assertTrue(wrong("actors/list/list.hpp", "actors/account/account.hpp"))
        self.assertTrue(wrong("actors/base/refusal.hpp", "actors/ports/store.hpp"))

    def test_libraries_stay_in_their_rooms(self):
        self.assertTrue(wrong("net/api/lists.cpp", "pqxx/pqxx"))
        self.assertTrue(wrong("actors/list/list_decide.cpp", "caf/actor.hpp"))
        self.assertTrue(wrong("net/bridge.cpp", "caf/actor.hpp", "boost/beast/http.hpp"))
        self.assertTrue(wrong("actors/base/log.hpp", "spdlog/spdlog.h"))

    def test_headers_stay_light(self):
        self.assertTrue(wrong("net/http_connection.hpp", "boost/beast/core.hpp"))
        self.assertEqual(wrong("actors/base/json_reader.hpp", "boost/json/fwd.hpp"), [])


if __name__ == "__main__":
    unittest.main()
