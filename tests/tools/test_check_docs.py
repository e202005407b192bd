"""tools/check_docs.py: a document that names what is not there is caught."""

import unittest

import check_docs
from tree import TreeTest


class Docs(TreeTest):
    def test_what_exists_passes(self):
        self.put("base/wire.h", "")
        self.put("docs/a.md", "# A\n## Two words: `x`\n`base/wire.h` [b](b.md#b-c) [a](#two-words-x)\n")
        self.put("docs/b.md", "# B c\n[a](a.md) [web](https://example.org/) `POST /v1/x`\n")
        self.assert_clean(check_docs.check)

    def test_a_file_that_does_not_exist_is_caught(self):
        self.put("docs/a.md", "\nsee `node/ghost.cc`\n")
        self.assert_caught(check_docs.check, "docs/a.md:2", "node/ghost.cc does not exist")

    def test_a_link_that_leads_nowhere_is_caught(self):
        self.put("docs/a.md", "[b](b.md)\n")
        self.assert_caught(check_docs.check, "docs/a.md:1", "leads nowhere")

    def test_a_heading_that_is_not_there_is_caught(self):
        self.put("docs/a.md", "# A\n[b](#b)\n")
        self.assert_caught(check_docs.check, "docs/a.md:2", "no heading #b")

    def test_a_command_missing_in_the_other_language_is_caught(self):
        self.put("README.md", "# J\n`./dev demo --once`\n")
        self.put("README.zh.md", "# J\n")
        self.assert_caught(check_docs.check, "README.zh.md:1", "./dev demo --once")

    def test_a_heading_missing_in_the_other_language_is_caught(self):
        self.put("README.md", "# J\n## K\n")
        self.put("README.zh.md", "# J\n")
        self.assert_caught(check_docs.check, "README.zh.md:1", "headings")


if __name__ == "__main__":
    unittest.main()
