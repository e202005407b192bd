"""The g++ 12.2 trap of tools/check_coroutines.py: every shape known to be miscompiled is caught."""

import unittest

import check_coroutines
from tree import TreeTest

HOME = "gateway/session.cc"


class Coroutines(TreeTest):
    def test_the_miscompiled_shapes_are_caught(self):
        for line in ("int n = co_await Use(Opt{x, y});", "int m = co_await Run([p, s] { return *p; });",
                     "int k = co_await UseRef({x, y});", "co_await Use(\n    Opt{x});",
                     "if (co_await F()) {\n}", "co_return co_await F(a[0]);"):
            with self.subTest(line=line):
                self.put(HOME, "\n" + line + "\n")
                self.assert_caught(check_coroutines.check, HOME + ":2", "co_await")

    def test_calls_on_named_variables_pass(self):
        self.put(HOME, "Opt o{x, y};\nint ok = co_await Use(std::move(o));\n"
                 "auto [ec, n] = co_await http::async_read(s, b, p);\nco_return;\n"
                 "// co_await Use(Opt{x})\n")
        self.assert_clean(check_coroutines.check)

    def test_a_brace_after_the_statement_passes(self):
        self.put(HOME, "co_await F(a);\nif (x) {\n}\n")
        self.assert_clean(check_coroutines.check)

    def test_a_coroutine_outside_the_boost_files_is_caught(self):
        self.put("gateway/router.cc", "\n\nco_return x;\n")
        self.assert_caught(check_coroutines.check, "gateway/router.cc:3", "Boost")


if __name__ == "__main__":
    unittest.main()
