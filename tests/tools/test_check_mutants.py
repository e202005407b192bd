"""tools/check_mutants.py: an entry that no longer fits the code or the tests is caught."""

import unittest

import check_mutants
from tree import TreeTest

ENTRY = {"name": "one", "file": "consensus/a.cc", "find": "if (locked) return;", "replace": "",
         "test": "Suite.Claim", "why": "Because."}


class Mutants(TreeTest):
    def setUp(self):
        super().setUp()
        self.put("consensus/a.cc", "void F() {\n  if (locked) return;\n}\n")
        self.put("tests/consensus/a_test.cc", "TEST(Suite, Claim) {\n}\nTEST_P(Suite, Many) {\n}\n")

    def put_list(self, *changes):
        lines = []
        for change in changes:
            lines.append("[[mutant]]")
            lines += [f"{key} = '''{value}'''" if key in ("find", "replace") else f'{key} = "{value}"'
                      for key, value in dict(ENTRY, **change).items() if value is not None]
        self.put(check_mutants.LIST, "\n".join(lines) + "\n")

    def caught(self, words, line=2, **change):
        self.put_list(change)
        self.assert_caught(check_mutants.check, f"{check_mutants.LIST}:{line}", words)

    def test_an_entry_that_fits_passes(self):
        self.put_list({}, {"name": "two"})
        self.assert_clean(check_mutants.check)

    def test_a_text_that_is_gone_is_caught_with_what_to_do(self):
        self.caught("stands 0 times in consensus/a.cc", find="if (gone) return;")
        self.caught("mend the entry", find="if (gone) return;")

    def test_a_text_that_stands_twice_is_caught(self):
        self.put("consensus/a.cc", "if (locked) return;\nif (locked) return;\n")
        self.caught("stands 2 times")

    def test_a_file_or_test_that_does_not_exist_is_caught(self):
        self.caught("no source file", file="consensus/b.cc")
        self.caught("0 tests Suite.Gone", test="Suite.Gone")
        self.caught("0 tests Suite.Many", test="Suite.Many")

    def test_a_mutant_of_a_test_is_caught(self):
        self.caught("no source file", file="tests/consensus/a_test.cc", find="TEST(Suite, Claim)")

    def test_a_mutant_that_changes_nothing_or_gives_no_reason_is_caught(self):
        self.caught("changes nothing", replace=ENTRY["find"])
        self.caught("does not say why", why="  ")

    def test_a_name_twice_or_badly_written_is_caught(self):
        self.put_list({}, {})
        self.assert_caught(check_mutants.check, f"{check_mutants.LIST}:1", "one stands twice")
        self.caught("small letters", name="One Two")

    def test_missing_and_unknown_members_are_caught(self):
        self.caught("other members", line=1, why=None)
        self.caught("other members", line=1, extra="x")

    def test_a_list_that_is_no_toml_is_caught(self):
        self.put(check_mutants.LIST, "[[mutant]\n")
        self.assert_caught(check_mutants.check, f"{check_mutants.LIST}:1", "Expected")

    def test_a_test_belongs_to_the_program_of_its_folder(self):
        self.put("tests/ledger/store/b_test.cc", "TEST_F(Fixture, Claim) {\n}\n")
        tests = check_mutants.tests_of(self.root)
        self.assertEqual(tests["Suite.Claim"], ["jiandu_consensus_test"])
        self.assertEqual(tests["Fixture.Claim"], ["jiandu_ledger_store_test"])


if __name__ == "__main__":
    unittest.main()
