"""A program that is not `jiandu` drives a network with the `jiandu` beside it, never with itself.

A benchmark once started itself as its own node, which started itself, without end.
"""
import json
import os
import pathlib
import shutil
import signal
import tempfile
import unittest

import support

# Says how it was called, then ends: a node that starts is not wanted here.
RECORDER = """#!/bin/sh
echo "$0 $*" >> "$(dirname "$0")/calls"
exit 1
"""


class SelfStart(support.Folder):
    def setUp(self):
        super().setUp()
        # Beside the real one, so that a link does instead of a copy of 200 MB.
        build = pathlib.Path(support.PROGRAM).resolve().parent
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="self-start-", dir=build))
        self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.stranger = self.place / "some_bench"
        os.link(pathlib.Path(support.PROGRAM).resolve(), self.stranger)

    def up(self):
        """The stranger makes a network and starts its nodes; it must fail, and soon."""
        program, support.PROGRAM = support.PROGRAM, str(self.stranger)
        try:
            return support.run("devnet", "up", "--port", 0, "--dir", self.folder / "net",
                               expect=None, timeout=60)
        finally:
            support.PROGRAM = program

    def running(self):
        """Process ids that run the stranger."""
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*/exe"):
            try:
                if entry.resolve() == self.stranger:
                    found.append(int(entry.parent.name))
            except OSError:  # it has ended, or is not ours to look at
                continue
        return found

    def tearDown(self):
        for pid in self.running():  # what must not be there; the test has failed by then
            os.kill(pid, signal.SIGKILL)

    def test_alone_it_starts_nothing(self):
        done = self.up()
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertIn("jiandu is not beside", done.stderr)
        self.assertEqual(self.running(), [])
        for log in (self.folder / "net").glob("logs/*"):
            self.assertEqual(log.read_text(), "")

    def test_with_the_program_beside_it_that_one_is_the_node(self):
        beside = self.place / "jiandu"
        beside.write_text(RECORDER)
        beside.chmod(0o755)
        done = self.up()
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ended at once", done.stderr)
        calls = (self.place / "calls").read_text().splitlines()
        self.assertTrue(calls)
        for call in calls:
            self.assertEqual(call.split()[:3], [str(beside), "node", "run"])
        self.assertEqual(self.running(), [])
        nodes = json.loads((self.folder / "net" / "devnet.json").read_text())["nodes"]
        self.assertEqual(len(nodes), 4)


if __name__ == "__main__":
    unittest.main()
