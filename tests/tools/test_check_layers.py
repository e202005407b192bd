"""Each rule of tools/check_layers.py is caught on a small bad tree, and its neighbour passes."""

import unittest

import check_layers
from tree import TreeTest

HEADER = "#pragma once\n"


class Layers(TreeTest):
    def caught(self, path, text, line, words):
        self.put(path, text)
        self.assert_caught(check_layers.check, f"{path}:{line}", words)

    def test_the_table_itself_passes(self):
        self.assertEqual(check_layers.table_faults(check_layers.LAYERS), [])

    def test_a_cycle_in_the_table_is_caught(self):
        faults = check_layers.table_faults({"a": (("b",), ()), "b": (("a",), ())})
        self.assertTrue(any("cycle" in fault for fault in faults), faults)

    def test_a_row_that_names_no_row_is_caught(self):
        faults = check_layers.table_faults({"a": (("ghost",), ())})
        self.assertTrue(any("ghost" in fault for fault in faults), faults)

    def test_allowed_includes_pass(self):
        self.put("base/bytes.h", HEADER + "#include <span>\n")
        self.put("crypto/hash.cc", '#include "base/bytes.h"\n#include <openssl/evp.h>\n')
        self.put("contracts/apply.cc", '#include "ledger/model/stub.h"\n')
        self.put("ledger/store/kv.cc", "#include <leveldb/db.h>\n#include <fstream>\n")
        self.put("node/log.cc", "#include <spdlog/spdlog.h>\n#include <sys/file.h>\n")
        self.put("gateway/session.cc", "#include <boost/asio.hpp>\n")
        self.put("cli/main.cc", '#include "node/node.h"\n#include <CLI/CLI.hpp>\n')
        self.assert_clean(check_layers.check)

    def test_each_forbidden_layer_is_caught(self):
        for path, what in (
                ("base/a.cc", "crypto/hash.h"), ("crypto/a.cc", "ledger/model/stub.h"),
                ("consensus/a.cc", "contracts/apply.h"), ("consensus/a.cc", "ledger/model/stub.h"),
                ("contracts/a.cc", "ledger/store/kv_store.h"), ("contracts/a.cc", "consensus/core.h"),
                ("gateway/a.cc", "node/node.h"), ("gateway/a.cc", "contracts/apply.h"),
                ("ledger/model/a.cc", "ledger/store/kv_store.h"),
                ("ledger/store/a.cc", "contracts/apply.h"), ("sdk/cpp/a.cc", "node/node.h"),
                ("sdk/cpp/a.cc", "gateway/ports.h"), ("node/a.cc", "cli/main.h"),
                ("node/a.cc", "sdk/cpp/client.h")):
            with self.subTest(path=path, what=what):
                self.caught(path, f'\n#include "{what}"\n', 2, "may not include")
                self.put(path, "")

    def test_what_protoc_wrote_is_for_the_oracle_only(self):
        self.put("tests/oracle/a_test.cc", '#include "sample.pb.h"\n')
        self.assert_clean(check_layers.check)
        self.caught("tests/base/a_test.cc", '#include "sample.pb.h"\n', 1, "in no layer")

    def test_a_folder_without_a_row_is_caught(self):
        self.caught("helpers/a.cc", "int x;\n", 1, "no row")

    def test_a_file_beside_the_two_ledger_layers_is_caught(self):
        self.caught("ledger/a.cc", "int x;\n", 1, "no row")

    def test_relative_includes_are_caught(self):
        self.caught("crypto/a.cc", '#include "../base/bytes.h"\n', 1, "relative")

    def test_includes_by_bare_name_are_caught(self):
        self.caught("crypto/a.cc", '#include "hash.h"\n', 1, "in no layer")

    def test_our_header_in_angle_brackets_is_caught(self):
        self.caught("base/a.cc", "#include <crypto/hash.h>\n", 1, "is ours")

    def test_third_party_headers_of_another_layer_are_caught(self):
        for path, what in (("base/a.cc", "openssl/evp.h"), ("consensus/a.cc", "sodium.h"),
                           ("contracts/a.cc", "leveldb/db.h"), ("gateway/session.cc", "zstd.h"),
                           ("node/a.cc", "CLI/CLI.hpp"), ("base/a.cc", "absl/strings/cord.h")):
            with self.subTest(path=path, what=what):
                self.caught(path, f"#include <{what}>\n", 1, "may not include")
                self.put(path, "")

    def test_libraries_with_one_home_are_caught_elsewhere(self):
        for path, what in (("gateway/router.cc", "boost/beast.hpp"), ("base/wire.cc", "rapidjson/reader.h"),
                           ("node/config.cc", "spdlog/spdlog.h"), ("node/log.cc", "toml++/toml.h"),
                           ("node/node.cc", "prometheus/registry.h"), ("node/mempool.cc", "boost/asio.hpp"),
                           ("tests/base/a_test.cc", "google/protobuf/message.h"),
                           ("sdk/cpp/receipt_verifier.cc", "boost/asio.hpp")):
            with self.subTest(path=path, what=what):
                self.caught(path, f"#include <{what}>\n", 1, "stands only in")
                self.put(path, "")

    def test_impure_headers_are_caught_in_every_pure_layer(self):
        for layer in check_layers.PURE:
            for what in ("random", "thread", "mutex", "iostream", "fstream", "filesystem",
                         "unordered_map", "unordered_set", "sys/time.h", "unistd.h"):
                with self.subTest(layer=layer, what=what):
                    self.caught(f"{layer}/a.cc", f"#include <{what}>\n", 1, "pure layer")
            self.put(f"{layer}/a.cc", "")

    def test_impure_words_are_caught(self):
        for text in ("double rate = 1;", "float x;", "auto now = std::chrono::steady_clock::now();",
                     "std::chrono::system_clock::time_point t;", "std::random_device device{};",
                     "std::unordered_map<int, int> m;", "auto t = time(nullptr);",
                     "randombytes_buf(p, 4);", "crypto::FillRandom(nonce);", 'getenv("X");'):
            with self.subTest(text=text):
                self.put("consensus/a.cc", "\n" + text + "\n")
                faults, _ = check_layers.check(self.root)
                self.assertTrue(faults and faults[0].startswith("consensus/a.cc:2:"), faults)

    def test_impure_words_in_comments_and_strings_pass(self):
        self.put("consensus/a.cc", '// a double would round\n/* steady_clock */\n'
                 'const char* kWord = "float";\nconst char* kRaw = R"(double)";\nint n = 1\'000;\n')
        self.assert_clean(check_layers.check)

    def test_impure_layers_may_read_a_clock(self):
        self.put("node/a.cc", "#include <thread>\nstd::chrono::steady_clock::time_point t;\n")
        self.assert_clean(check_layers.check)

    def test_the_named_exceptions_hold_for_their_file_only(self):
        self.put("base/json.cc", "#include <rapidjson/reader.h>\nbool Double(double) { return false; }\n")
        self.put("crypto/key_file.cc", "#include <sodium.h>\nvoid F() { randombytes_buf(p, 4); }\n")
        self.assert_clean(check_layers.check)
        self.caught("base/wire.cc", "double x;\n", 1, "floating point")

    def test_the_offline_verifier_is_pure_though_its_layer_is_not(self):
        self.caught("sdk/cpp/receipt_verifier.cc", "#include <fstream>\n", 1, "pure layer")

    def test_headers_in_a_circle_are_caught(self):
        self.put("base/a.h", HEADER + '#include "base/b.h"\n')
        self.put("base/b.h", HEADER + '#include "base/c.h"\n')
        self.put("base/c.h", HEADER + '#include "base/a.h"\n')
        self.assert_caught(check_layers.check, "base/c.h:1", "circle")

    def test_a_header_without_pragma_once_is_caught(self):
        self.caught("base/a.h", "int F();\n", 1, "#pragma once")

    def test_an_include_in_a_comment_is_none(self):
        self.put("base/a.cc", '// #include "node/node.h"\n/*\n#include <thread>\n*/\n')
        self.assert_clean(check_layers.check)

    def test_build_folders_are_not_looked_at(self):
        self.put("build/x/a.cc", "int x;\n")
        self.put("build-asan/a.cc", "int x;\n")
        self.put("base/a.cc", "int x;\n")
        self.assertEqual(check_layers.check(self.root), ([], 1))


if __name__ == "__main__":
    unittest.main()
