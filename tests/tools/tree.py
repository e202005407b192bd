"""A small source tree in a folder of its own, to feed a check with."""

import os
import tempfile
import unittest


class TreeTest(unittest.TestCase):
    """Write files with put(), then ask the check what it finds in self.root."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = self._folder.name

    def put(self, path, text):
        whole = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(whole) or ".", exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)

    def assert_clean(self, check):
        faults, count = check(self.root)
        self.assertEqual(faults, [])
        self.assertGreater(count, 0, "the check looked at nothing")

    def assert_caught(self, check, place, words):
        """Exactly one fault, at `place`, that says `words`."""
        faults, _ = check(self.root)
        self.assertEqual(len(faults), 1, faults)
        self.assertTrue(faults[0].startswith(place + ":"), faults[0])
        self.assertIn(words, faults[0])
