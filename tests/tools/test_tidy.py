"""tools/tidy.py: a remembered result holds exactly as long as nothing it was judged by changed."""

import unittest

import cpp_text
import tidy
from tree import TreeTest


class Tidy(TreeTest):
    def setUp(self):
        super().setUp()
        self.put("base/a.cc", '#include "base/a.h"\n')
        self.put("base/a.h", '#include "base/deep.h"\n#include <span>\n')
        self.put("base/deep.h", "int x;\n")
        self.put("base/other.h", "int y;\n")

    def key(self, command="g++ -c", judge=b"19"):
        return tidy.key_of(self.root, "base/a.cc", command, judge)

    def test_the_headers_of_headers_belong_to_a_file(self):
        self.assertEqual(tidy.closure(self.root, "base/a.cc"), ["base/a.cc", "base/a.h", "base/deep.h"])

    def test_nothing_changed_gives_the_same_key(self):
        before = self.key()
        self.put("base/other.h", "int z;\n")
        self.assertEqual(self.key(), before)

    def test_each_thing_that_counts_gives_another_key(self):
        before = self.key()
        self.assertNotEqual(self.key(command="g++ -O2 -c"), before)
        self.assertNotEqual(self.key(judge=b"20"), before)
        for path in ("base/a.cc", "base/a.h", "base/deep.h"):
            old = self.key()
            self.put(path, cpp_text.read(self.root, path) + "\n")
            self.assertNotEqual(self.key(), old, path)

    def test_definitions_are_the_same_in_every_checkout_and_build(self):
        one = tidy.definitions("/usr/bin/c++ -DA -I/here/x -O2 -std=c++23 -o CMakeFiles/a.o -c a.cc", "/here")
        two = tidy.definitions("/usr/bin/ccache c++ -DA -I/there/x -std=c++23 -g -o b/a.o -c a.cc", "/there")
        self.assertEqual(one, two)
        self.assertNotEqual(one, tidy.definitions("c++ -DB -I/here/x -std=c++23", "/here"))

    def test_the_record_keeps_files_that_exist_and_reads_as_written(self):
        self.put("tools/.keep", "")
        tidy.write_clean(self.root, {"base/a.cc": "k1", "base/gone.cc": "k2"}, {"base/a.cc": ""})
        self.assertEqual(tidy.read_clean(self.root), {"base/a.cc": "k1"})

    def test_headers_in_a_circle_end(self):
        self.put("base/deep.h", '#include "base/a.h"\n')
        self.assertEqual(len(tidy.closure(self.root, "base/a.cc")), 3)


if __name__ == "__main__":
    unittest.main()
