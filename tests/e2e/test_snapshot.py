"""A fifth node joins a network of four by a snapshot while transactions go on, is killed in the
middle, goes on where it was, and answers readers without ever having signed."""
import json
import os
import pathlib
import random
import signal
import threading
import unittest

import support

EVERY = 20  # heights between snapshots
AUDIT = support.AUDIT


class Joining(support.Folder):
    def setUp(self):
        super().setUp()
        self.home = self.folder / "follower"
        (self.home / "keys").mkdir(parents=True)
        secret = self.write("secret", "eine lange Probe\n")
        secret.chmod(0o600)
        self.secret = secret
        key = support.run_json("keys", "new", "--purpose", "node",
                               self.home / "keys" / "_node.key", "--passphrase-file", secret)
        # Every node of the network lets it in and makes snapshots at the same heights.
        for name, value in (("JIANDU_SNAPSHOTS_EVERY", str(EVERY)),
                            ("JIANDU_PEERS_FOLLOWERS", f"{AUDIT}={key['public_key']}")):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)
        self.network = support.Network(self, self.folder / "net")
        self.txids = []

    def send(self, through="ga"):
        """One transaction more; its txid, once it is in a block."""
        self.txids.append(self.network.commit(through)["txid"])
        return self.txids[-1]

    def send_up_to(self, height):
        while min(self.network.height(alias) for alias in self.network.nodes) < height:
            self.send()

    def snapshots(self, data):
        return {path.name for path in pathlib.Path(data, "snapshots").glob("*.manifest")}

    def await_snapshot(self, height):
        name = f"{height:020d}.manifest"
        for alias in self.network.nodes:
            support.until(f"{alias} has {name}", lambda a=alias: name in self.snapshots(
                self.network.folder / a / "data"))
        return name

    def configure(self, behind=5):
        dial = "".join(
            f'[[peers.dial]]\ndepartment = "{node["department"]}"\n'
            f'address = "127.0.0.1:{node["peer_port"]}"\n' for node in self.network.nodes.values())
        config = self.home / "node.toml"
        config.write_text(
            f'[node]\nrole = "follower"\ndata_dir = "data"\ndepartment = "{AUDIT}"\n'
            f'genesis = "{self.network.genesis}"\n[peers]\n{dial}'
            f'[gateway]\nlisten = "127.0.0.1:0"\n'
            f'[keys]\nnode = "keys/_node.key"\npassphrase_file = "{self.secret}"\n'
            f"[snapshots]\nevery = {EVERY}\njoin_behind = {behind}\n", encoding="utf-8")
        support.run("config", "check", config)
        return config

    def start(self, config):
        # What the network's nodes were told is not for this one.
        follower = support.Process(self, config, self.folder)
        return follower, follower.ports()["gateway_port"]

    def segments(self):
        return sorted(path.name for path in (self.home / "data" / "segments").glob("*.seg"))

    def test_a_follower_joins_by_a_snapshot_under_load_and_after_kills_and_serves_reads(self):
        choice = random.Random(support.seed())
        early = self.send()
        self.send_up_to(EVERY + 2)
        name = self.await_snapshot(EVERY)
        self.assert_same_bytes(name)

        config = self.configure()
        over = threading.Event()
        load = threading.Thread(target=self.load, args=(over,))
        load.start()
        self.addCleanup(load.join)
        self.addCleanup(over.set)
        self.kill_while_joining(config, choice)
        follower, port = self.start(config)
        joined = support.until("the follower is near the tip", lambda: self.near(port))
        over.set()
        load.join()
        self.assertNotIn(f"{1:020d}.seg", self.segments(), "it began with genesis")
        self.assertIn("began with the snapshot", self.log_of(follower) + str(joined))

        late = self.send()
        height = max(self.network.height(alias) for alias in self.network.nodes)
        support.until("the follower has the newest", lambda: (
            support.status_of(port) or {}).get("height", 0) >= height)
        status = support.status_of(port)
        self.assertEqual(status["role"], "follower")
        self.assertIs(status["signing"], False)
        self.assertIs(status["validator"], False)
        self.assertEqual(status["alarms"], [])
        human = support.run("node", "status", "--url", f"http://127.0.0.1:{port}").stdout
        self.assertIn("follower", human)
        self.assert_same_state(port)
        self.assert_reads(port, early, late)

        self.assertEqual(follower.stop(), 0)
        report = support.run_json("db", "check", "--full", "--data", self.home / "data",
                                  "--genesis", self.network.genesis)
        self.assertIs(report["ok"], True, report)
        self.assertIn("snapshot of height", json.dumps(report))

    def load(self, over):
        while not over.is_set():
            self.send("db")

    def near(self, port):
        status = support.status_of(port)
        top = max(self.network.height(alias) for alias in self.network.nodes)
        return status if status and status["height"] + 3 >= top else None

    def log_of(self, follower):
        return follower.text()

    def assert_same_bytes(self, name):
        for ending in (".manifest", ".rows"):
            found = {(self.network.folder / alias / "data" / "snapshots" / name).with_suffix(
                ending).read_bytes() for alias in self.network.nodes}
            self.assertEqual(len(found), 1, ending)

    def kill_while_joining(self, config, choice):
        """Three blows, each a while after something of the snapshot was on disk."""
        for _ in range(3):
            follower = support.Process(self, config, self.folder)
            data = self.home / "data"
            support.until("the snapshot comes", lambda: follower.process.poll() is not None or any(
                (data / "snapshots").glob("**/*.rows")))
            over = threading.Event()
            over.wait(choice.uniform(0.0, 0.05))  # anywhere in what follows, not till it is done
            follower.process.kill()
            follower.process.wait()

    def assert_same_state(self, port):
        """Every node proves the same log and state under the same header."""
        heights = [status["height"] for status in (
            support.status_of(p) for p in [port, *map(self.network.port, self.network.nodes)])]
        height = min(heights)
        blocks = {json.dumps(support.call(p, "GET", f"/v1/light_blocks/{height}")[2]
                             ["signed_header"]["header"], sort_keys=True)
                  for p in [port, *map(self.network.port, self.network.nodes)]}
        self.assertEqual(len(blocks), 1)

    def assert_reads(self, port, early, late):
        """New records with their receipt, old ones by their place in the log, old texts not."""
        acting = [*self.network.keys("ga-c1"), "--url", f"http://127.0.0.1:{port}"]
        support.run("tx", "show", late, *acting)
        proof = self.folder / "late.jdproof"
        support.run("prove", "transaction", late, "--file", proof, *acting)
        support.run("verify", proof, "--genesis", self.network.genesis)
        old = support.run("tx", "show", early, *acting, expect=None)
        self.assertNotEqual(old.returncode, 0)
        self.assertIn("snapshot", old.stderr + old.stdout)


if __name__ == "__main__":
    unittest.main()
