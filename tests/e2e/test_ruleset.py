"""A rule set that is voted and that this release does not know: told beforehand, then a clean stop.

All nodes are of one release here, so the whole network stops at one height, and none goes another
way.
"""
import json
import unittest
import urllib.request

import case
import support

EX_CONFIG = 78
HEIGHTS = 60  # from the vote to the change: time to ask everybody


class Ruleset(support.Folder):
    def setUp(self):
        super().setUp()
        fast = support.example(self.folder, "fast", {"consensus": {"heartbeat_ms": 250}})
        self.network = support.Network(self, self.folder / "net", fast)
        # Again in the foreground of processes of ours: their exit codes are what is asked for.
        support.run("devnet", "down", "--dir", self.network.folder)
        self.nodes = {alias: self.node(alias) for alias in self.network.nodes}
        for node in self.nodes.values():
            node.ports()

    def node(self, alias):
        return support.Process(self, self.network.folder / alias / "node.toml", self.folder)

    def activate(self, effective):
        keys = self.network.keys("db-h1:HEAD", "ga-h1:PEER", "jt-h1:PEER", "sw-h1:PEER")
        done = support.run_json("ruleset", "activate", "--ruleset", 2, "--effective", effective,
                                "--source-digest", support.digest_of("release 2"), *keys,
                                "--url", self.network.url("db"))
        self.assertEqual(done["status"], "committed", done)

    def text_of(self, alias, path):
        with urllib.request.urlopen(self.network.url(alias) + path, timeout=60) as reply:
            return reply.read().decode()

    def told_beforehand(self, effective):
        for alias in self.nodes:
            status = support.until(f"{alias} knows of it", lambda a=alias: (
                support.status_of(self.network.port(a)) or {}).get("planned_ruleset") and
                support.status_of(self.network.port(a)))
            planned = status["planned_ruleset"]
            self.assertEqual((planned["ruleset"], planned["from"], planned["known"]),
                             (2, effective, False))
            left = effective - 1 - status["height"]
            self.assertEqual(planned["heights_left"], left)
            alarm = [one for one in status["alarms"] if "rule set 2" in one]
            self.assertEqual(len(alarm), 1, status["alarms"])
            self.assertIn(f"in {left} heights", alarm[0])
            self.assertIn(f"再过 {left} 个高度", alarm[0])
            for path, first in (("/healthz", "ok"), ("/readyz", "ready")):
                lines = self.text_of(alias, path).splitlines()
                self.assertEqual(lines[0], first)
                self.assertIn(f"rule set 2 from height {effective}", lines[1])
                self.assertIn("个高度", lines[1])
        shown = support.run("--output", "text", "--color", "never", "node", "status", "--url",
                            self.network.url("sw")).stdout
        self.assertIn(f"height {effective}", " ".join(shown.split()))
        self.assertIn("heights", shown)
        for line in shown.splitlines():
            self.assertLessEqual(case.width(line), case.COLUMNS, line)

    def test_every_node_says_it_stops_before_the_height_and_why(self):
        effective = self.network.height("db") + HEIGHTS
        self.activate(effective)
        self.told_beforehand(effective)
        for alias, node in self.nodes.items():
            self.assertEqual(node.process.wait(timeout=support.LIMIT_S), EX_CONFIG, alias)
            self.says_why(node, effective)
        # Nobody went on, and nobody went another way: one ledger, byte for byte.
        heights, segments = set(), set()
        for alias in self.nodes:
            data = self.network.folder / alias / "data"
            report = support.run_json("db", "check", "--data", data, "--genesis",
                                      self.network.genesis)
            heights.add(report["height"])
            segments.add(tuple(file.read_bytes() for file in sorted(data.glob("segments/*.seg"))))
        self.assertEqual(heights, {effective - 1})
        self.assertEqual(len(segments), 1)
        # The same release started again stops at once, and says the same.
        again = self.node("jt")
        self.assertEqual(again.process.wait(timeout=support.LIMIT_S), EX_CONFIG)
        self.says_why(again, effective)

    def says_why(self, node, effective):
        told = [line for line in node.text().splitlines() if line.startswith("error: ")]
        self.assertEqual(len(told), 1, node.text()[-2000:])
        self.assertIn(f"from height {effective} the network judges by rule set 2", told[0])
        for words in ("next:  install a release", "错误：", "下一步：安装支持该规则集的版本"):
            self.assertIn(words, node.text())
        result = [json.loads(line) for line in node.text().splitlines() if line.startswith("{")]
        self.assertIn(EX_CONFIG, [one.get("exit") for one in result])


if __name__ == "__main__":
    unittest.main()
