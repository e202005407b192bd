"""In a stall the nodes say what they wait for, who is missing, why and since when; and they are right."""
import json
import os
import re
import signal
import unittest

import support


class Status(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")
        self.network.commit()

    def status(self, alias):
        return support.status_of(self.network.port(alias)) or {}

    def why(self, alias, whom):
        """What one node says of another, "" when it does not miss it."""
        told = {one["department"]: one for one in self.status(alias).get("missing_why", [])}
        return told.get(whom, {"why": ""})

    def pid(self, alias):
        nodes = json.loads((self.network.folder / "devnet.json").read_text())["nodes"]
        return next(node["pid"] for node in nodes if node["alias"] == alias)

    def human(self, alias):
        return support.run("--output", "text", "node", "status", "--url",
                           self.network.url(alias)).stdout

    def test_one_down_is_named_and_the_others_go_on(self):
        self.assertEqual(self.why("db", "sw")["why"], "")
        self.network.kill("sw")
        for alias in ("db", "ga", "jt"):
            support.until(f"{alias} misses sw", lambda a=alias: self.why(a, "sw")["why"])
        self.network.commit()
        told = self.why("db", "sw")
        self.assertIn("no link for", told["why"])
        self.assertIn("已断开", told["why_zh"])
        self.assertNotIn("127.0.0.1", json.dumps(self.status("db")["missing_why"]))
        since = told["since_ms"]
        support.until("the absence grows", lambda: self.why("db", "sw")["since_ms"] > since)
        self.assertNotIn("quorum", self.status("db")["waiting_for"])

    def test_two_down_is_no_quorum(self):
        for alias in ("jt", "sw"):
            self.network.kill(alias)
        for alias in ("db", "ga"):
            status = support.until(
                f"{alias} says what is wrong", lambda a=alias: next(
                    (one for one in [self.status(a)] if "a quorum: 2 of 4" in one["waiting_for"]),
                    None))
            self.assertEqual({one["department"] for one in status["missing_why"]}, {"jt", "sw"})
            self.assertIn("可达 2 票", status["waiting_for_zh"])
        text = self.human("db")
        for word in ("a quorum: 2 of 4", "jt", "sw", "可达 2 票", "缺"):
            self.assertIn(word, text)
        for line in text.splitlines():
            width = sum(2 if ord(one) > 0x2E80 else 1
                        for one in re.sub(r"\x1b\[[0-9;]*m", "", line))
            self.assertLessEqual(width, 80, line)
        self.network.start("jt")
        support.until("the quorum is back", lambda: "quorum" not in self.status("db")["waiting_for"])
        self.network.commit()

    def test_a_stopped_process_is_told_from_one_that_is_down(self):
        pid = self.pid("sw")
        os.kill(pid, signal.SIGSTOP)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        support.until("db suspects a stopped process",
                      lambda: "process stopped" in self.why("db", "sw")["why"])
        self.network.commit()


if __name__ == "__main__":
    unittest.main()
