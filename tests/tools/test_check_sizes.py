"""The measures of tools/check_sizes.py: at the limit passes, one over is caught."""

import unittest

import check_sizes
import cpp_text
from tree import TreeTest


def function_of(lines, head="void F()"):
    """A function of so many lines from its brace to its brace."""
    return head + " {\n" + "  Call();\n" * (lines - 2) + "}\n"


class Sizes(TreeTest):
    def test_a_file_of_400_lines_passes_and_of_401_is_caught(self):
        self.put("base/a.cc", "int x;\n" * 400)
        self.assert_clean(check_sizes.check)
        self.put("base/a.cc", "int x;\n" * 401)
        self.assert_caught(check_sizes.check, "base/a.cc:1", "401 lines")

    def test_a_last_line_without_its_newline_counts(self):
        self.put("base/a.cc", "int x;\n" * 400 + "int y;")
        self.assert_caught(check_sizes.check, "base/a.cc:1", "401 lines")

    def test_scripts_have_the_same_measure(self):
        self.put("tools/a.py", "x = 1\n" * 401)
        self.assert_caught(check_sizes.check, "tools/a.py:1", "401 lines")

    def test_the_newcomers_script_has_the_same_measure(self):
        self.put("dev", ":\n" * 401)
        self.assert_caught(check_sizes.check, "dev:1", "401 lines")

    def test_a_function_of_70_lines_passes_and_of_71_is_caught(self):
        self.put("base/a.cc", function_of(70))
        self.assert_clean(check_sizes.check)
        self.put("base/a.cc", "\n" + function_of(71))
        self.assert_caught(check_sizes.check, "base/a.cc:2", "F has 71 lines")

    def test_every_kind_of_function_is_measured(self):
        for head in ("int Core::Step(const Input& input) const", "Core::Core(int a) : a_(a), b_{a}",
                     "auto F() -> Result<int>", "TEST(Grant, IsRefused)", "template <class T>\nvoid F(T x)",
                     "void F() noexcept", "Result<void> F(std::function<void()> f = {})",
                     "bool operator==(const A& a, const A& b)"):
            for wrap in ("%s", "namespace a::b {\n%s}\n", "class A {\n public:\n%s};\n",
                         "namespace {\nstruct A final : B {\n%s};\n}\n"):
                with self.subTest(head=head, wrap=wrap):
                    self.put("base/a.cc", wrap % function_of(71, head))
                    faults, _ = check_sizes.check(self.root)
                    self.assertEqual(len(faults), 1, faults)
                    self.assertIn("71 lines", faults[0])

    def test_a_long_table_is_no_function(self):
        self.put("base/a.cc", "const Row kRows[] = {\n" + "    {1, F(2)},\n" * 100 + "};\n")
        self.assert_clean(check_sizes.check)

    def test_a_long_class_or_namespace_is_no_function(self):
        self.put("base/a.h", "namespace a {\nclass B {\n" + "  void F();\n" * 100 + "};\n}\n")
        self.assert_clean(check_sizes.check)

    def test_braces_in_literals_comments_and_macros_do_not_count(self):
        self.put("base/a.cc", "#define OPEN \\\n  {\nvoid F() {\n  // {\n  Call(\"{\", '{');\n}\n"
                 + "int x;\n" * 100)
        self.assertEqual(cpp_text.functions(cpp_text.read(self.root, "base/a.cc")), [("F", 3, 4)])

    def test_a_folders_readme_of_41_lines_is_caught_the_top_one_is_free(self):
        self.put("README.md", "x\n" * 300)
        self.put("base/README.md", "x\n" * 40)
        self.assert_clean(check_sizes.check)
        self.put("base/README.md", "x\n" * 41)
        self.assert_caught(check_sizes.check, "base/README.md:1", "41 lines")

    def test_unfinished_marks_are_caught(self):
        for mark in ("TO" "DO", "FIX" "ME"):
            with self.subTest(mark=mark):
                self.put("base/a.cc", f"int x;\n// {mark}: later\n")
                self.assert_caught(check_sizes.check, "base/a.cc:2", mark)


if __name__ == "__main__":
    unittest.main()
