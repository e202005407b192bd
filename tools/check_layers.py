#!/usr/bin/env python3
"""Holds every include to the table of layers (docs/adr/0001-the-constitution.md, "Layers").

Prints one line per breach, `file:line: what and what to do`, and exits 1 if there is any.
Usage: check_layers.py [--root DIR]
"""

import re
import sys

import check_main
import cpp_text

# Layer: (own layers it may include besides itself, third-party headers it may include).
GROUND = ("base", "crypto", "ledger/model")
PARTS = GROUND + ("ledger/store", "contracts", "consensus", "gateway")
LAYERS = {
    "base": ((), ("rapidjson/",)),
    "crypto": (("base",), ("openssl/", "sodium", "secp256k1")),
    "ledger/model": (("base", "crypto"), ()),
    "ledger/store": (GROUND, ("leveldb/", "zstd")),
    "contracts": (GROUND, ()),
    "consensus": (("base", "crypto"), ()),
    "ledger/export": (GROUND + ("consensus",), ()),
    "gateway": (GROUND + ("ledger/export",), ("boost/", "openssl/")),
    "node": (PARTS, ("boost/", "openssl/", "spdlog/", "fmt/", "toml++/", "prometheus/")),
    "sdk/cpp": (GROUND + ("consensus",), ("boost/", "openssl/")),
    "evidence": (GROUND + ("ledger/export", "contracts", "sdk/cpp"), ()),
    "cli": (PARTS + ("node", "sdk/cpp", "ledger/export", "evidence"), ("CLI/",)),
    "bench": (PARTS + ("node", "sdk/cpp", "ledger/export", "evidence", "cli", "tests"),
              ("benchmark/", "boost/", "openssl/")),
    "tests": (PARTS + ("node", "sdk/cpp", "ledger/export", "evidence", "cli"),
              ("gtest/", "gmock/", "google/protobuf/", "boost/", "openssl/", "leveldb/", "sodium",
               "secp256k1", "sanitizer/", "ucontext.h")),
}

# Layers in which the same inputs must give the same bytes on every node.
PURE = ("base", "crypto", "ledger/model", "contracts", "consensus", "ledger/export", "evidence")
PURE_FILES = ("sdk/cpp/receipt_verifier",)

# Third-party headers that stand in named files only (path without its suffix).
CONFINED = {
    "boost/": ("gateway/http_server", "gateway/session", "node/event_loop", "node/peer_link",
               "node/peer_hub", "sdk/cpp/client"),
    "rapidjson/": ("base/json",),
    "spdlog/": ("node/log",),
    "fmt/": ("node/log",),
    "toml++/": ("node/config",),
    "prometheus/": ("node/metrics",),
}
# Folders that try the layers out are not bound by CONFINED, but for these.
FREE_FOLDERS = ("tests/", "bench/")
CONFINED_EVERYWHERE = ("rapidjson/", "spdlog/", "toml++/")
ORACLE = {"google/protobuf/": "tests/oracle/"}

IMPURE_HEADERS = (
    "random", "thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore",
    "latch", "barrier", "stop_token", "iostream", "ostream", "istream", "fstream", "sstream",
    "filesystem", "unordered_map", "unordered_set", "locale", "syncstream", "ctime", "cmath",
    "complex", "valarray", "coroutine", "csignal")
IMPURE_WORDS = (
    (r"\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b", "a clock"),
    (r"\b(float|double)\b", "floating point"),
    (r"\b(random_device|mt19937(_64)?)\b|\bs?rand\s*\(", "a random number"),
    (r"\bstd::(thread|jthread|async|mutex|cout|cerr|clog|unordered_\w+)\b", "what pure layers lack"),
    (r"\b(gettimeofday|clock_gettime|getenv|localtime|gmtime|setlocale)\s*\(", "the system"),
    (r"(?<![\w.>:])(time|clock)\s*\(\s*(nullptr|NULL|0|\))", "a clock"),
    (r"\brandombytes_\w+|\bRAND_bytes\b|\bFillRandom\s*\(", "a random number"),
)
# The named exceptions, each with the words it is allowed.
ALLOWED_WORDS = {
    "base/json.cc": ("floating point",),      # names double only to refuse it
    "crypto/secret": ("a random number",),    # the one source; nothing below may call it but:
    "crypto/key_file": ("a random number",),  # salts and nonces of sealed keys
    "crypto/sealed_box": ("a random number",),  # the key and nonce of a message
    "crypto/ecdsa": ("a random number",),     # key generation; blinding of the signing context
    "crypto/ed25519": ("a random number",),   # key generation
    "crypto/table_hash": ("a random number",),  # decides nothing but how fast a key is found
}

STD_HEADERS = frozenset("""
algorithm any array atomic bit bitset cassert cctype cerrno charconv chrono cinttypes climits
compare concepts cstdarg cstddef cstdint cstdio cstdlib cstring deque exception expected
forward_list functional initializer_list iomanip ios iosfwd iterator limits list map memory
memory_resource new numeric optional queue ranges ratio regex scoped_allocator set source_location
span spanstream stack stdexcept streambuf string string_view system_error tuple type_traits
typeindex typeinfo utility variant vector version
""".split()) | frozenset(IMPURE_HEADERS)
POSIX = re.compile(
    r"^(sys|netinet|arpa|net|linux)/|^(unistd|fcntl|poll|signal|netdb|termios|dirent|pthread|sched|"
    r"dlfcn|syslog|spawn|time|errno|stdlib|string|stdio|stdint|pwd|grp|ftw|execinfo|malloc)\.h$")
CPU_HEADERS = re.compile(r"^(nmmintrin|immintrin|x86intrin|wmmintrin|arm_acle|cpuid)\.h$")


def layer_of(path):
    """The row a file belongs to, or None."""
    rows = [row for row in LAYERS if path.startswith(row + "/")]
    return max(rows, key=len) if rows else None


def table_faults(layers):
    """A cycle in the table itself, or a row that names no row."""
    faults, done = [], set()

    def walk(row, path):
        if row in path:
            faults.append(f"tools/check_layers.py:1: the table has a cycle: {' -> '.join(path + (row,))}")
            return
        if row in done:
            return
        for other in layers[row][0]:
            if other not in layers:
                faults.append(f"tools/check_layers.py:1: {row} names {other}, which has no row")
                continue
            walk(other, path + (row,))
        done.add(row)

    for row in layers:
        walk(row, ())
    return faults


def stem(path):
    return path.rsplit(".", 1)[0]


def own_include_fault(path, layer, what):
    target = layer_of(what)
    if what.endswith(".pb.h") and path.startswith("tests/oracle/"):
        return None  # protoc wrote it into the build folder
    if what.startswith(("./", "../")) or "/../" in what:
        return f'"{what}" is relative: name it from the top folder'
    if target is None:
        return f'"{what}" lies in no layer: ours are named from the top folder, others\' in <>'
    if target != layer and target not in LAYERS[layer][0]:
        return f"{layer} may not include {target} (\"{what}\")"
    return None


def confined_fault(path, what):
    for prefix, files in CONFINED.items():
        if not what.startswith(prefix):
            continue
        free = path.startswith(FREE_FOLDERS) and prefix not in CONFINED_EVERYWHERE
        if not free and stem(path) not in files:
            return f"<{what}> stands only in {', '.join(files)}"
    for prefix, folder in ORACLE.items():
        if what.startswith(prefix) and not path.startswith(folder):
            return f"<{what}> stands only in {folder}"
    return None


def other_include_fault(path, layer, what, pure):
    if what in STD_HEADERS:
        return f"<{what}> has no place in a pure layer" if pure and what in IMPURE_HEADERS else None
    if layer_of(what) is not None and layer_of(what) in LAYERS:
        return f'<{what}> is ours: include it as "{what}"'
    if POSIX.search(what):
        return f"<{what}> is the system's: a pure layer does not see it" if pure else None
    if CPU_HEADERS.search(what):
        return None
    confined = confined_fault(path, what)
    if confined:
        return confined
    if not what.startswith(LAYERS[layer][1] or ("\0",)):
        return f"{layer} may not include <{what}> (see the table in tools/check_layers.py)"
    return None


def is_pure(path, layer):
    return layer in PURE or stem(path) in PURE_FILES


def word_faults(path, text):
    clean = cpp_text.strip_all(text)
    allowed = ALLOWED_WORDS.get(path, ()) + ALLOWED_WORDS.get(stem(path), ())
    for pattern, name in IMPURE_WORDS:
        if name in allowed:
            continue
        for match in re.finditer(pattern, clean):
            yield (f"{path}:{cpp_text.line_of(clean, match.start())}: `{match.group().strip()}`: "
                   f"a pure layer has no use for {name}")


def file_faults(path, text):
    layer = layer_of(path)
    if layer is None:
        yield f"{path}:1: this folder has no row in tools/check_layers.py"
        return
    pure = is_pure(path, layer)
    for line, mark, what in cpp_text.includes(text):
        fault = (own_include_fault(path, layer, what) if mark == '"'
                 else other_include_fault(path, layer, what, pure))
        if fault:
            yield f"{path}:{line}: {fault}"
    if path.endswith(".h") and "#pragma once" not in text:
        yield f"{path}:1: a header begins with #pragma once"
    if pure:
        yield from word_faults(path, text)


def cycle_faults(texts):
    """Headers that include one another in a circle."""
    graph = {path: [what for _, mark, what in cpp_text.includes(text) if mark == '"' and what in texts]
             for path, text in texts.items()}
    state, faults = {}, []

    def walk(path, trail):
        state[path] = "open"
        for other in graph[path]:
            if state.get(other) == "open":
                circle = trail[trail.index(other):] if other in trail else [path]
                faults.append(f"{path}:1: includes go in a circle: {' -> '.join(circle + [other])}")
            elif other not in state:
                walk(other, trail + [other])
        state[path] = "done"

    for path in sorted(graph):
        if path not in state:
            walk(path, [path])
    return faults


def check(root):
    texts = {path: cpp_text.read(root, path) for path in cpp_text.source_files(root)}
    faults = table_faults(LAYERS)
    for path, text in texts.items():
        faults += file_faults(path, text)
    return faults + cycle_faults(texts), len(texts)


if __name__ == "__main__":
    sys.exit(check_main.main(__doc__, check, "layers: {count} files keep to the table"))
