#!/usr/bin/env python3
"""Checks which folder includes which (DESIGN: the arrows point inwards) and where each library may be seen."""

import pathlib
import re
import sys

FOLDERS = ("config", "actors", "persistence", "net", "cluster")

# What a folder may include of ours, besides itself.
ALLOWED = {
    "config": set(),
    "actors": {"config"},
    "persistence": {"actors", "config"},
    "net": {"actors", "config"},
    "cluster": set(FOLDERS),
}

# Parts of actors/ that are stricter than the folder: a rule knows nothing of the machinery.
KINDS = ("list", "account", "login", "session", "inbox", "queue", "integration")

# Library, how its headers look, and the only places that may include them.
LIBRARIES = (
    ("CAF", r"caf/", ("actors/runtime/", "net/bridge.cpp", "cluster/")),
    ("Beast", r"boost/beast", ("net/",)),
    ("libpqxx", r"pqxx/", ("persistence/postgres/",)),
    ("libpq", r"(postgresql/)?libpq", ("persistence/postgres/",)),
    ("SQLite", r"sqlite3", ("persistence/sqlite/", "persistence/queries/sqlite")),
    ("CLI11", r"CLI/", ("cluster/cli/parse.cpp",)),
    ("toml++", r"toml", ("config/load.cpp",)),
    ("spdlog", r"spdlog/", ("actors/base/log.cpp",)),
    ("prometheus-cpp", r"prometheus/", ("actors/base/metrics.cpp",)),
    ("libcurl", r"curl/", ("net/http_client",)),
)
BEAST_FILES_MAX = 3
HEAVY_IN_HEADERS = (r"caf/all\.hpp", r"nlohmann/json\.hpp", r"boost/beast", r"spdlog/", r"prometheus/", r"CLI/",
                    r"toml\+\+")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]', re.MULTILINE)


def includes(text):
    return INCLUDE.findall(text)


def problems_of(path, text):
    """What is wrong with one file; `path` is relative to the root."""
    folder = path.split("/", 1)[0]
    seen = includes(text)
    found = []
    for name in seen:
        target = name.split("/", 1)[0]
        if target in FOLDERS and target != folder and target not in ALLOWED[folder]:
            found.append(f"{path}: {folder} must not include {name}")
        for library, pattern, places in LIBRARIES:
            if re.match(pattern, name) and not path.startswith(places):
                found.append(f"{path}: {library} ({name}) is seen only in {', '.join(places)}")
        if path.endswith(".hpp") and any(re.match(p, name) for p in HEAVY_IN_HEADERS):
            found.append(f"{path}: a header holds {name}; take its forward declarations")
    found += actors_problems(path, seen)
    sees = {lib for lib, pattern, _ in LIBRARIES for name in seen if re.match(pattern, name)}
    if {"CAF", "Beast"} <= sees:
        found.append(f"{path}: sees both CAF and Beast")
    return found


def actors_problems(path, seen):
    found = []
    parts = path.split("/")
    if parts[0] != "actors" or len(parts) < 3:
        return found
    for name in seen:
        target = name.split("/")
        if target[0] != "actors" or len(target) < 3:
            continue
        if parts[1] == "base" and target[1] != "base":
            found.append(f"{path}: base must not include {name}")
        if parts[1] in KINDS and target[1] in KINDS and target[1] != parts[1]:
            found.append(f"{path}: a kind must not include another: {name}")
        if parts[1] in KINDS and target[1] == "runtime":
            found.append(f"{path}: a kind must not include the runtime: {name}")
        if parts[1] == "ports" and target[1] in ("runtime",):
            found.append(f"{path}: a port must not include {name}")
    return found


def check(root):
    found, beast = [], set()
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".hpp", ".cpp"):
                continue
            path = file.relative_to(root).as_posix()
            text = file.read_text(encoding="utf-8")
            found += problems_of(path, text)
            if any(name.startswith("boost/beast") for name in includes(text)):
                beast.add(path)
    if len(beast) > BEAST_FILES_MAX:
        found.append(f"more than {BEAST_FILES_MAX} files see Beast: {', '.join(sorted(beast))}")
    return found


if __name__ == "__main__":
    wrong = check(pathlib.Path(__file__).resolve().parent.parent)
    for line in wrong:
        print(line)
    print(f"layers: {len(wrong)} problem{'' if len(wrong) == 1 else 's'}")
    sys.exit(1 if wrong else 0)
