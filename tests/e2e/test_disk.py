"""What a bad disk does to a node: it refuses with what to do, or mends itself aloud; never in silence."""
import json
import shutil
import subprocess
import unittest

import support

VICTIM = "sw"


class Disk(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")
        self.home = self.network.folder / VICTIM
        self.data = self.home / "data"
        for _ in range(6):
            self.network.commit()
        self.network.await_height(6)
        self.network.kill(VICTIM)

    def refused(self, expect=3):
        """What a start says that does not succeed."""
        done = subprocess.run([support.PROGRAM, "node", "run", "--config", self.home / "node.toml"],
                              capture_output=True, text=True, timeout=support.LIMIT_S, check=False)
        self.assertEqual(done.returncode, expect, done.stderr[-3000:])
        return done.stdout + done.stderr

    def start(self):
        """The victim goes on: it has caught up and signs. Its status then."""
        self.network.start(VICTIM)
        self.network.commit()
        height = self.network.height("ga")

        def well():
            status = support.status_of(self.network.port(VICTIM))
            return status if status and status["height"] >= height and status["signing"] else None
        return support.until("it has caught up and signs", well)

    def test_damage_is_refused_with_what_to_do_and_what_it_says_helps(self):
        safety = self.data / "safety.rec"
        kept = safety.read_bytes()
        safety.write_bytes(b"")
        self.assertIn("safety.rec is empty", self.refused())
        safety.write_bytes(kept)

        lock = self.data / "LOCK"
        lock.unlink()
        lock.symlink_to("/dev/full")
        self.assertIn("腾出磁盘空间", self.refused(expect=75))
        lock.unlink()

        segment = self.data / "segments" / f"{1:020d}.seg"
        whole = bytearray(segment.read_bytes())
        whole[60] ^= 1  # in block 1
        segment.write_bytes(bytes(whole))
        said = self.refused()
        for word in (segment.name, "height 1", "bad checksum", "put its safety.rec alone"):
            self.assertIn(word, said)

        # As it says: the ledger is fetched again, under the record of what was signed.
        self.data.rename(self.home / "evidence")
        self.data.mkdir(mode=0o700)
        shutil.copy2(self.home / "evidence" / "safety.rec", safety)
        status = self.start()
        self.assertFalse([alarm for alarm in status["alarms"] if "signing stopped" in alarm],
                         json.dumps(status))

    def test_a_damaged_block_is_fetched_again_by_its_digest(self):
        segment = self.data / "segments" / f"{1:020d}.seg"
        whole = segment.read_bytes()
        changed = bytearray(whole)
        changed[60] ^= 1  # in block 1
        segment.write_bytes(bytes(changed))
        self.assertIn("db repair", self.refused())
        report = support.run_json("db", "repair", "--config", self.home / "node.toml")
        self.assertEqual(report["refetched"], [{"file": f"segments/{segment.name}", "height": 1}])
        self.assertFalse(report["database_removed"])
        mended = segment.read_bytes()
        self.assertEqual(mended, whole[:len(mended)], "byte for byte what was there")
        self.assertEqual((self.data / report["kept"][0]).read_bytes(), bytes(changed))
        again = support.run_json("db", "repair", "--config", self.home / "node.toml")
        self.assertTrue(again["clean"], again)
        checked = support.run_json("db", "check", "--data", self.data, "--genesis",
                                   self.network.genesis)
        self.assertTrue(checked["ok"], checked)
        self.start()

    def test_without_other_nodes_a_repair_says_so_and_changes_nothing(self):
        segment = self.data / "segments" / f"{1:020d}.seg"
        changed = bytearray(segment.read_bytes())
        changed[60] ^= 1
        segment.write_bytes(bytes(changed))
        for alias in ("db", "ga", "jt"):
            self.network.kill(alias)
        done = support.run("db", "repair", "--config", self.home / "node.toml", "--wait-ms", 500,
                           expect=None)
        self.assertNotEqual(done.returncode, 0)
        for word in (segment.name, "height 1", "no other node could be reached"):
            self.assertIn(word, done.stdout + done.stderr)
        self.assertEqual(segment.read_bytes(), bytes(changed))

    def test_keys_and_names_of_another_department_are_refused(self):
        config = self.home / "node.toml"
        written = config.read_text(encoding="utf-8")
        own, other = (self.network.nodes[alias]["department"] for alias in (VICTIM, "ga"))
        for lie, word in ((written.replace(own, other), "node.department"),
                          (written.replace(own, "119901000990019999"), "node.department"),
                          (written.replace(other, "119901000990019999"), "peers.dial")):
            self.assertNotEqual(lie, written)
            config.write_text(lie, encoding="utf-8")
            self.assertIn(word, self.refused())
        config.write_text(written, encoding="utf-8")
        key = self.home / "keys" / "_node.key"
        key.write_bytes((self.network.folder / "ga" / "keys" / "_node.key").read_bytes())
        self.assertIn("keys.node", self.refused())

    def test_a_database_that_does_not_open_is_rebuilt_aloud(self):
        (self.data / "ledger" / "CURRENT").write_bytes(b"x")
        status = self.start()
        self.assertTrue([alarm for alarm in status["alarms"] if "rebuilt from the segments" in alarm],
                        json.dumps(status))

    def test_a_lost_disk_makes_a_validator_silent_only_for_a_while(self):
        shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        self.start()


if __name__ == "__main__":
    unittest.main()
