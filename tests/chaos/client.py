"""A client of the network that remembers: signs drafts, sends each to nodes as they come, keeps every
receipt, and asks again, elsewhere, for each transaction whose fate it was not told.

Threads share the two tables under one lock. What a node under a fault refuses is not believed: it
is sent again until somebody commits it, the latest when all is healed (settle()).
"""
import base64
import hashlib
import http.client
import json
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

import hostile_peer
import nodes
import support

TYPE = b"application/vnd.jiandu.tx.v1+json"
HOUR_MS = 3600 * 1000
OPEN_MAX = 2000  # transactions of unknown fate; beyond that nothing new is sent
AGAIN = 0.3  # part of the calls that ask again for one of these


class Envelope:
    def __init__(self, txid, body):
        self.txid, self.body = txid, body
        self.sent = 0
        self.said = ""  # the last answer that was no receipt


class Signer:
    """A clerk's key, and what it signs."""

    def __init__(self, network, node):
        self.chain, self.code = network.chain, node.code
        file = node.home / "keys" / f"{node.alias}-c1.key"
        passphrase = network.passphrase.read_text().strip("\n").encode()
        secret = int.from_bytes(hostile_peer.unseal(file, passphrase), "big")
        self.key = ec.derive_private_key(secret, ec.SECP256K1())
        public = bytes.fromhex(json.loads(file.read_text())["public"])
        self.key_id = hashlib.sha256(public).hexdigest()

    def draft(self, number, nonce):
        now = hostile_peer.now_ms()
        payload = {"at": now, "body": {"content": support.draft(number)}, "chain": self.chain,
                   "department": self.code, "exp": now + 12 * HOUR_MS, "nonce": nonce,
                   "op": "resource.draft",
                   "signers": [{"key": self.key_id, "role": "MAKER"}]}
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"),
                          ensure_ascii=False).encode()
        pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(text), text)
        signature = self.key.sign(pae, ec.ECDSA(hashes.SHA256()))
        envelope = {"payload": base64.b64encode(text).decode(), "payloadType": TYPE.decode(),
                    "signatures": [{"keyid": self.key_id,
                                    "sig": base64.b64encode(signature).decode()}]}
        return Envelope(hashlib.sha256(b"JIANDU-TX-1\0" + pae).hexdigest(),
                        json.dumps(envelope).encode())


class Client:
    def __init__(self, network, choice, threads=4, pace_s=0.0, wait_s=5):
        self.network, self.choice = network, choice
        self.pace_s, self.wait_s = pace_s, wait_s
        self.signers = [Signer(network, node) for node in network.all]
        self.lock = threading.Lock()
        self.open = {}  # txid: Envelope; fate unknown
        self.receipts = {}  # txid: height
        self.contradictions = []
        self.number = 0
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(threads)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            if thread.is_alive():
                thread.join(timeout=60)

    def new(self):
        with self.lock:
            self.number += 1
            number = self.number
            signer = self.choice.choice(self.signers)
            nonce = f"{self.choice.getrandbits(64):016x}"
        envelope = signer.draft(number, nonce)
        with self.lock:
            self.open[envelope.txid] = envelope
        return envelope

    def next(self):
        """A new one, or one whose fate nobody has told."""
        with self.lock:
            old = self.open and (len(self.open) >= OPEN_MAX or self.choice.random() < AGAIN)
            if old:
                return self.choice.choice(list(self.open.values()))
        return self.new()

    def work(self):
        links = {}
        while not self.stopped.is_set():
            envelope = self.next()
            with self.lock:
                node = self.choice.choice(self.network.all)
            self.send(envelope, node, links)
            self.stopped.wait(self.pace_s)
        for link in links.values():
            link.close()

    def send(self, envelope, node, links):
        """True when the node says where it stands in the ledger."""
        link = links.get(node.alias)
        if link is None:
            link = http.client.HTTPConnection(node.host, nodes.GATEWAY, timeout=self.wait_s + 3)
            links[node.alias] = link
        envelope.sent += 1
        headers = {"Content-Type": "application/json"}
        if self.wait_s:
            headers["Prefer"] = f"wait={self.wait_s}"
        try:
            link.request("POST", "/v1/transactions", envelope.body, headers)
            reply = link.getresponse()
            return self.take(envelope, node, reply.status, json.loads(reply.read() or b"null"))
        except (OSError, http.client.HTTPException, ValueError) as error:
            envelope.said = f"{node.alias}: {error}"
            link.close()
            links.pop(node.alias, None)
            self.stopped.wait(0.05)  # nobody there: do not ask as fast as the machine can
            return False

    def take(self, envelope, node, status, answer):
        decided = status == 200 and answer.get("status") in ("committed", "rejected")
        with self.lock:
            if answer and answer.get("txid") not in (None, "", envelope.txid):
                self.contradictions.append(f"{node.alias} answers {answer['txid']} to "
                                           f"{envelope.txid}")
            if not decided:
                envelope.said = f"{node.alias}: {status} {json.dumps(answer)[:200]}"
                return False
            self.open.pop(envelope.txid, None)
            height = answer["height"]
            before = self.receipts.setdefault(envelope.txid, height)
            if before != height:
                self.contradictions.append(f"{envelope.txid}: height {before}, but {node.alias} "
                                           f"says {height}")
            if answer["status"] != "committed":
                self.contradictions.append(f"{envelope.txid}: {json.dumps(answer)[:300]}")
        return True

    def count(self):
        with self.lock:
            return len(self.receipts)

    def newest(self):
        """The greatest height any receipt names."""
        with self.lock:
            return max(self.receipts.values(), default=0)

    def through(self, node, limit_s):
        """A new transaction, committed through this node; False when it is not within the limit."""
        return self.press(self.new(), [node], limit_s)

    def press(self, envelope, through, limit_s):
        deadline = time.monotonic() + limit_s
        links = {}
        try:
            while True:
                for node in through:
                    if self.send(envelope, node, links):
                        return True
                    if time.monotonic() > deadline:
                        return False
                time.sleep(0.1)  # between two questions
        finally:
            for link in links.values():
                link.close()

    def settle(self, limit_s):
        """With all healed: everything of unknown fate gets its receipt. Those that do not."""
        deadline = time.monotonic() + limit_s
        with self.lock:
            left = list(self.open.values())
        return [f"{one.txid}: {one.said}" for one in left
                if not self.press(one, self.network.all, max(1.0, deadline - time.monotonic()))]
