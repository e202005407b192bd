"""The demonstration holds, and says so in its last line."""
import json
import unittest

import support


class Demo(support.Folder):
    def test_the_demonstration_holds_in_every_step_and_its_last_line_is_the_summary(self):
        done = support.run("demo", "--once", "--port", 0, "--dir", self.folder / "net", timeout=600)
        summary = json.loads(done.stdout.splitlines()[-1])
        for name in ("validators", "height", "committed", "rejected", "flagged", "failover_ms",
                     "verified", "seconds"):
            self.assertIn(name, summary)
        self.assertEqual(summary["validators"], 4)
        self.assertGreaterEqual(summary["committed"], 30)
        self.assertGreaterEqual(summary["rejected"], 3)
        self.assertGreaterEqual(summary["flagged"], 1)
        self.assertIs(summary["verified"], True)
        self.assertGreater(summary["height"], 10)

        # It stopped everything, and what it left behind verifies and fails as it said.
        nodes = json.loads((self.folder / "net" / "devnet.json").read_text())["nodes"]
        for node in nodes:
            self.assertIsNone(support.status_of(node["gateway_port"]))
        genesis = self.folder / "net" / "genesis.json"
        made = self.folder / "net" / "demo"
        support.run("verify", made / "grant.receipt.json", "--genesis", genesis)
        failed = support.run_json("verify", made / "tampered.receipt.json", "--genesis", genesis,
                                  expect=7)
        self.assertIs(failed["verified"], False)
        self.assertTrue(failed["failed_step"])


if __name__ == "__main__":
    unittest.main()
