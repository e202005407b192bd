"""The log as C2SP tiles: exported, verified here and by readers that others wrote, and forged."""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import time
import unittest

import case
import support



class Log(case.Case):
    def setUp(self):
        super().setUp()
        try:
            import tlog_read
        except ImportError as missing:
            self.skipTest(f"python3-cryptography is not installed: {missing}")
        self.read = tlog_read
        self.out = self.folder / "log"
        self.policy = support.run_json("log", "policy", "--genesis", self.network.genesis)["policy"]

    def draft(self, n):
        """One transaction of public security."""
        return self.do("catalog", "draft", self.write(f"{n}.json", support.draft(n)),
                       keys=["ga-c1"])

    def grow(self, begin, count):
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            list(pool.map(self.draft, range(begin, begin + count)))

    def export(self, *more, key="sj-a1", at=None, expect=0):
        return self.do("log", "export", self.out, *more, keys=[key], at=at, expect=expect)

    def exported(self, size, **how):
        """An export of at least that size: the newest checkpoint comes within a second or so."""
        def grown():
            done = self.export("--genesis", self.network.genesis, expect=None, **how)
            self.assertIn(done.get("exit", 0), (0, 5), done)  # 5: there is none yet
            return done if done.get("size", 0) >= size else None
        return support.until(f"a checkpoint of {size} entries", grown)

    def verify(self, expect=0, folder=None):
        return support.run_json("log", "verify", folder or self.out, "--genesis",
                                self.network.genesis, expect=expect)

    def test_an_auditor_has_the_whole_log_and_goes_on_with_it(self):
        first, drafts = {"size": 0}, 0
        while first["size"] < 270:  # several may share a block and its entry
            self.grow(1000 + drafts, 60)
            drafts += 60
            first = self.exported(drafts)
        verdict = self.verify()
        self.assertEqual((verdict["size"], verdict["entries"]), (first["size"], first["size"]))
        self.assertEqual(len(verdict["witnesses"]), 3)
        self.assertLess(abs(verdict["oldest_cosignature"] - time.time()), 3600)
        size, leaves, entries = self.read.read(self.out, self.policy, True)
        self.assertEqual(size, first["size"])
        self.assertEqual(len(entries), size)
        # It goes on: whole tiles are kept, and what was there is the beginning of what is.
        self.grow(2000, 5)
        more = self.exported(size + 5, at="jt")
        self.assertGreater(more["kept"], 0)
        again, longer, _ = self.read.read(self.out, self.policy, True)
        self.assertGreater(again, size)
        self.assertEqual(longer[:size], leaves)
        self.assertTrue(self.verify()["verified"])
        self.go_agrees(again)
        self.a_proof_of_one_entry(longer)
        self.what_was_changed_is_found()

    def a_proof_of_one_entry(self, leaves):
        file = self.folder / "9.tlog-proof"
        self.do("log", "proof", 9, "--file", file, keys=["jt-c1"])
        text = file.read_text(encoding="utf-8")
        self.assertEqual(self.read.check_proof(text, self.policy, leaves[9]), 9)
        with self.assertRaises(AssertionError):
            self.read.check_proof(text, self.policy, leaves[8])
        self.do("log", "proof", 10 ** 9, keys=["jt-c1"], expect=5)

    def go_agrees(self, size):
        """golang.org/x/mod reads it too, when Go and the module are at hand."""
        if shutil.which("go") is None:
            print("Go is not installed: x/mod/sumdb did not read the export", flush=True)
            return
        program = self.folder / "tlog_check"
        made = subprocess.run(["go", "build", "-o", str(program), "."],
                              cwd=pathlib.Path(__file__).parent / "tlog_check", check=False,
                              capture_output=True, text=True,
                              env={**os.environ, "GOPROXY": "off", "GOFLAGS": "-mod=readonly"})
        if made.returncode != 0:
            print("golang.org/x/mod is not at hand: it did not read the export", flush=True)
            return
        policy = self.write("policy", self.policy)
        done = subprocess.run([program, self.out, policy], check=False, capture_output=True,
                              text=True, timeout=support.LIMIT_S)
        self.assertEqual((done.returncode, done.stdout.split()[:1]), (0, [str(size)]), done.stderr)

    def what_was_changed_is_found(self):
        size = self.verify()["size"]
        width = size % 256
        for name in ("checkpoint", "tile/0/000", f"tile/0/001.p/{width}", "tile/1/000.p/1",
                     "tile/entries/000", f"tile/entries/001.p/{width}"):
            path = self.out / name
            good = path.read_bytes()
            for at in (3, len(good) // 2, len(good) - 2):
                path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
                self.assertIn("FAILED", self.verify(expect=7)["error"], (name, at))
                with self.assertRaises(Exception):
                    self.read.read(self.out, self.policy, True)
            path.unlink()
            self.verify(expect=5 if name == "checkpoint" else 7)
            path.write_bytes(good)
        self.assertTrue(self.verify()["verified"])
        # A folder spoilt beyond its checkpoint mends itself; one spoilt below it is refused.
        (self.out / "tile/0/000").write_bytes(bytes(8192))
        (self.out / "checkpoint").unlink()
        self.exported(size)
        self.assertTrue(self.verify()["verified"])
        (self.out / "tile/0/000").write_bytes(bytes(8192))
        self.assertIn("FAILED", self.export(expect=7)["error"])
        # Of a folder with another history of this log the node's is no continuation.
        shutil.rmtree(self.out / "tile")
        path = self.out / "checkpoint"
        lines = path.read_text(encoding="utf-8").split("\n")
        lines[2] = "A" * 43 + "="
        path.write_text("\n".join(lines), encoding="utf-8")
        self.assertIn("two histories", self.export(expect=7)["error"])
        self.assertEqual(path.read_text(encoding="utf-8").split("\n"), lines)

    def test_a_member_has_the_hashes_and_no_entries(self):
        self.draft(4000)
        done = self.exported(3, key="jt-c1")
        self.assertEqual(done["entries"], 0)
        self.assertFalse((self.out / "tile" / "entries").exists())
        verdict = self.verify()
        self.assertEqual((verdict["entries"], verdict["genesis"]), (0, True))
        self.read.read(self.out, self.policy, False)
        self.fits(support.run("--output", "text", "log", "verify", self.out, "--genesis",
                              self.network.genesis).stdout)

    def test_another_log_or_nothing_to_trust_is_refused(self):
        self.draft(5000)
        self.exported(3)
        support.run("log", "verify", self.out, expect=2)
        support.run("log", "verify", self.folder / "none", "--genesis", self.network.genesis,
                    expect=5)
        keys = self.policy.splitlines()
        strange = self.write("policy", "\n".join([keys[0], "quorum none"]) + "\n")
        self.assertTrue(support.run_json("log", "verify", self.out, "--policy", strange)["verified"])
        alone = self.write("policy", "quorum none\n")
        support.run("log", "verify", self.out, "--policy", alone, expect=7)
        support.run("log", "verify", self.out, "--policy", self.write("bad", "quorum x\n"), expect=3)
        checkpoint = self.out / "checkpoint"
        text = checkpoint.read_text(encoding="utf-8")
        checkpoint.write_text(text.replace("jiandu.example/", "jiandu.example/x"), encoding="utf-8")
        self.assertIn("another log", self.export(expect=1)["error"])

    def test_every_node_serves_the_checkpoint_and_a_started_one_again(self):
        self.draft(3000)
        sizes = [self.exported(1, at=alias)["size"] for alias in self.network.nodes]
        self.assertEqual(len(sizes), 4)
        self.network.kill("jt")
        self.draft(3001)
        self.network.start("jt")
        newest = self.exported(max(sizes) + 1, at="db")["size"]
        self.exported(newest, at="jt")
        # The node with the log key may be away: what was published stays.
        self.network.kill("db")
        self.assertGreaterEqual(self.exported(newest, at="jt")["size"], newest)
        self.network.start("db")
        self.draft(3002)
        self.exported(newest + 1, at="ga")
        self.exported(newest + 1, at="db")

    def test_the_policy_of_a_node_is_that_of_genesis(self):
        told = self.do("log", "policy", keys=["jt-c1"])["policy"]
        self.assertEqual([line for line in told.splitlines() if not line.startswith("#")],
                         self.policy.splitlines())


if __name__ == "__main__":
    unittest.main()
