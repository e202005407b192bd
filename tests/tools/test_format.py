"""tools/format.sh: says which file is not laid out, and lays it out."""

import os
import shutil
import subprocess
import unittest

from tree import TreeTest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))


@unittest.skipUnless(shutil.which("clang-format-19"), "clang-format-19 is not installed")
class Format(TreeTest):
    def setUp(self):
        super().setUp()
        for path in (".clang-format", "tools/format.sh"):
            os.makedirs(os.path.join(self.root, os.path.dirname(path)), exist_ok=True)
            shutil.copy(os.path.join(TOP, path), os.path.join(self.root, path))

    def run_format(self, *flags):
        return subprocess.run([os.path.join(self.root, "tools/format.sh"), *flags],
                              capture_output=True, text=True, check=False)

    def test_a_file_out_of_shape_is_named_and_then_mended(self):
        self.put("base/a.cc", "int   F( ) {return 1;}\n")
        self.put("base/b.cc", "int G() { return 1; }\n")
        answer = self.run_format("--check")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("base/a.cc:1:", answer.stdout)
        self.assertNotIn("base/b.cc", answer.stdout)
        self.assertEqual(self.run_format().returncode, 0)
        self.assertEqual(self.run_format("--check").returncode, 0)

    def test_build_folders_are_left_alone(self):
        self.put("build/a.cc", "int   F( ) {return 1;}\n")
        self.put("base/b.cc", "int G() { return 1; }\n")
        self.assertEqual(self.run_format("--check").returncode, 0)


if __name__ == "__main__":
    unittest.main()
