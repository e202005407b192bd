"""Validators come and go by the heads' votes while transactions go on."""
import hashlib
import json
import threading
import unittest

from cryptography.hazmat.primitives.asymmetric import ed25519

import hostile_peer
import support

NEWCOMER = "sj"  # a department without a node
LEAVER = "sw"


class Load:
    """Drafts of public security, one after the other, until stopped; each must be committed."""

    def __init__(self, test, network):
        self.test, self.network = test, network
        self.count, self.failures = 0, []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        test.addCleanup(self.stop)

    def run(self):
        while not self.ended.is_set():
            content = self.test.write(f"load-{self.count}.json", support.draft(1000 + self.count))
            done = support.run("--output", "json", "catalog", "draft", content,
                               *self.network.keys("ga-c1"), "--url", self.network.url("ga"),
                               expect=None)
            if done.returncode != 0:
                self.failures.append(done.stdout + done.stderr)
            self.count += 1

    def stop(self):
        self.ended.set()
        self.thread.join()

    def more(self, count=3):
        """Waits until so many more are committed."""
        wanted = self.count + count
        support.until("transactions go on", lambda: self.count >= wanted)
        self.test.assertEqual(self.failures, [])


class Membership(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")
        self.home = self.network.folder / NEWCOMER
        self.load = Load(self, self.network)

    def make_keys(self):
        """The newcomer's three keys, with the proofs that it holds them."""
        passphrase = self.network.passphrase.read_text().strip("\n").encode()
        body = {"department": support.AUDIT}
        for which in ("consensus", "node", "cosign"):
            file = self.home / "keys" / f"_{which}.key"
            support.run("keys", "new", file, "--purpose", which,
                        "--passphrase-file", self.network.passphrase)
            key = ed25519.Ed25519PrivateKey.from_private_bytes(
                hostile_peer.unseal(file, passphrase))
            digest = hashlib.sha256(b"\0".join(
                (b"JIANDU-KEYPROOF-1", self.network.chain.encode(), support.AUDIT.encode(),
                 b"node-" + which.encode()))).digest()
            body[f"{which}_key"] = hostile_peer.Validator.raw(key).hex()
            body[f"{which}_proof"] = key.sign(digest).hex()
        return body

    def vote(self, op, body, *heads):
        """One transaction of the manager's head that the other heads have signed too."""
        keys = self.network.keys("db-h1:HEAD", *(head + ":PEER" for head in heads))
        return support.run_json("tx", "submit", self.write("change.json", body), "--op", op, *keys,
                                "--url", self.network.url("db"), expect=None)

    def start_newcomer(self):
        peers = []
        for node in self.network.nodes.values():
            peers += ["--peer", f"{node['department']}=127.0.0.1:{node['peer_port']}"]
        support.run("node", "init", "--home", self.home, "--genesis", self.network.genesis,
                    "--department", support.AUDIT, "--peers-listen", "127.0.0.1:0",
                    "--gateway-listen", "127.0.0.1:0", *peers,
                    "--passphrase-file", self.network.passphrase)
        node = support.Process(self, self.home / "node.toml", self.folder)
        return node, node.ports()["gateway_port"]

    def test_one_is_admitted_votes_and_takes_the_place_of_one_that_leaves(self):
        body = self.make_keys()
        refused = self.vote("node.admit", body, "ga-h1")
        self.assertEqual(refused["code"], "QUORUM_NOT_MET", refused)
        admitted = self.vote("node.admit", body, "ga-h1", "jt-h1")
        self.assertEqual(admitted["status"], "committed", admitted)
        self.load.more()  # four of five are a quorum
        node, port = self.start_newcomer()
        support.until("the newcomer signs", lambda: (
            support.status_of(port) or {"signing": False})["signing"])
        self.load.more(6)
        # Without its votes three of five would be left, which is no quorum.
        self.network.kill(LEAVER)
        self.load.more()
        # Who is not seen at work cannot be replaced by who was not yet seen either.
        removal = {"consensus_key": json.loads(support.run(
            "--output", "json", "keys", "show",
            self.network.folder / LEAVER / "keys" / "_consensus.key").stdout)["public_key"],
            "reason_code": "RETIRED"}
        removed = self.vote("node.remove", removal, "ga-h1", "jt-h1", "sj-h1")
        self.assertEqual(removed["status"], "committed", removed)
        self.load.more()
        self.assertEqual(node.stop(), 0)
        self.load.more()  # three of four
        self.load.stop()
        heights = {self.network.height(alias) for alias in ("db", "ga", "jt")}
        self.assertGreater(min(heights), removed["height"])


if __name__ == "__main__":
    unittest.main()
