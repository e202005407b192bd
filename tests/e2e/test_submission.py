"""One transaction sent a hundred times, in every form a client may send, is one transaction.

The client is Python with the `cryptography` package alone (tests/clients/sign.py): its key is made
here and registered on the ledger by the department's own officers.
"""
import base64
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest
import urllib.request

import support

TIMES = 25


class Submission(support.Folder):
    def setUp(self):
        super().setUp()
        try:
            from cryptography.hazmat.primitives import hashes  # noqa: F401
        except ImportError:
            self.skipTest("python3-cryptography is not installed")
        self.network = support.Network(self, self.folder / "net")
        self.department = self.network.nodes["ga"]["department"]
        self.seed = hashlib.sha256(os.urandom(32)).hexdigest()

    def register(self):
        """A clerk of public security whose key was never in a file of ours."""
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        key = ec.derive_private_key(int(self.seed, 16), ec.SECP256K1())
        public = key.public_key().public_bytes(serialization.Encoding.X962,
                                               serialization.PublicFormat.CompressedPoint)
        name = "ga-py1"
        digest = hashlib.sha256(b"JIANDU-KEYPROOF-1\0" + self.network.chain.encode() + b"\0"
                                + self.department.encode() + b"\0" + name.encode()).digest()
        der = key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        r, s = utils.decode_dss_signature(der)
        order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
        s = min(s, order - s)
        body = self.write("register.json", {
            "name": name, "kind": "OFFICER", "duties": ["CLERK"], "key": public.hex(),
            "key_proof": (r.to_bytes(32, "big") + s.to_bytes(32, "big")).hex()})
        done = support.run_json("tx", "submit", body, "--op", "identity.register",
                                *self.network.keys("ga-s1:MAKER", "ga-h1:HEAD"),
                                "--url", self.network.url("ga"))
        self.assertEqual(done["status"], "committed", done)
        # Keys are judged by the state before the block: usable from the next height on.
        return hashlib.sha256(public).hexdigest()

    def sign(self, payload, form):
        done = subprocess.run(
            [sys.executable, str(support.SOURCE / "tests" / "clients" / "sign.py"), self.seed,
             json.dumps(payload), form], capture_output=True, text=True, check=True)
        return done.stdout

    def payload(self, n):
        now = int(time.time() * 1000)
        return {"chain": self.network.chain, "op": "resource.draft", "department": self.department,
                "signers": [{"key": "", "role": "MAKER"}], "nonce": os.urandom(8).hex(),
                "exp": now + 600_000, "at": now, "body": {"content": support.draft(n)}}

    def send(self, alias, envelope, wait=20):
        return support.call(self.network.port(alias), "POST", "/v1/transactions", envelope,
                            {"Content-Type": "application/json", "Prefer": f"wait={wait}"})

    def test_the_same_transaction_to_every_node_many_times_is_committed_once(self):
        key = self.register()
        payload = self.payload(1)
        forms = [self.sign(payload, form) for form in ("raw", "der", "urlsafe")]
        aliases = list(self.network.nodes)
        jobs = [(alias, forms[i % len(forms)]) for i in range(TIMES) for alias in aliases]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda job: self.send(*job), jobs))
        self.assertEqual(len(replies), TIMES * len(aliases))
        for status, _, body in replies:
            self.assertIn(status, (200, 202), body)
        txids = {body["txid"] for _, _, body in replies}
        self.assertEqual(len(txids), 1, "one transaction, whatever the form of its signature")
        places = {(body["height"], body["index"]) for status, _, body in replies if status == 200}
        self.assertEqual(len(places), 1)
        height = places.pop()[0]
        txid = txids.pop()

        # It stands once in the blocks of every node.
        self.network.await_height(height)
        for alias in aliases:
            found = 0
            for h in range(1, self.network.height(alias) + 1):
                block = self.block(alias, h)
                found += block["transactions"].count(txid)
            self.assertEqual(found, 1, alias)
        self.assertEqual(len(key), 64)

    def test_what_is_not_the_transaction_that_was_signed_is_refused(self):
        self.register()
        envelope = json.loads(self.sign(self.payload(2), "raw"))
        good = base64.b64decode(envelope["payload"])
        changed = dict(envelope)
        changed["payload"] = base64.b64encode(good.replace(b"330100", b"330101")).decode()
        status, _, body = self.send("db", json.dumps(changed), 0)
        self.assertEqual((status, body["stage"]), (401, "auth"), body)
        # The id of what was sent, so that its sender can tell which it was.
        changed = good.replace(b"330100", b"330101")
        pae = b"DSSEv1 33 application/vnd.jiandu.tx.v1+json %d " % len(changed) + changed
        self.assertEqual(body["txid"], hashlib.sha256(b"JIANDU-TX-1\0" + pae).hexdigest())
        twice = dict(envelope)
        twice["signatures"] = envelope["signatures"] * 2
        status, _, body = self.send("db", json.dumps(twice), 0)
        self.assertEqual(status, 400, body)
        other = self.payload(3)
        other["chain"] = "another-1"
        status, _, body = self.send("db", self.sign(other, "raw"), 0)
        self.assertGreaterEqual(status, 400, body)
        late = self.payload(4)
        late["exp"] = late["at"] - 3_600_000  # in block time, which may lag on an idle network
        status, _, body = self.send("db", self.sign(late, "raw"), 0)
        self.assertGreaterEqual(status, 400, body)
        self.assertIsNotNone(support.status_of(self.network.port("db")))

    def block(self, alias, height):
        if not hasattr(self, "tokens"):
            self.tokens = {}
        if alias not in self.tokens:
            self.tokens[alias] = self.sign_in(alias)
        status, _, body = support.call(self.network.port(alias), "GET", f"/v1/blocks/{height}",
                                       headers={"Authorization": "Bearer " + self.tokens[alias]})
        self.assertEqual(status, 200, body)
        return body

    def read(self, token, target):
        """The headers and the text of an answer of public security's node."""
        request = urllib.request.Request(self.network.url("ga") + target, headers={
            "Authorization": "Bearer " + token})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.headers, reply.read().decode()

    def test_exports_over_http_are_those_of_the_command_and_name_their_proof(self):
        self.register()
        token = self.sign_in("ga")
        natural = b"JIANDU-NAT-1\0\x01" + self.department.encode()
        department = "01" + hashlib.sha256(natural).hexdigest()[:32]
        for kind in ("prov", "openlineage"):
            file = pathlib.Path(self.folder) / kind
            told = support.run_json("export", kind, department, "--file", file, "--url",
                                    self.network.url("ga"), *self.network.keys("ga-c1"))
            headers, text = self.read(
                token, f"/v1/exports/{kind}/{department}?as_of={told['as_of']}")
            self.assertEqual(text, file.read_text(encoding="utf-8"))
            proof = re.match("<([^>]+)>; rel=\"describedby\"", headers["Link"])[1]
            self.assertEqual(self.read(token, proof)[1],
                             pathlib.Path(told["proof"]).read_text(encoding="utf-8"))

    def sign_in(self, alias):
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, utils
        key = ec.derive_private_key(int(self.seed, 16), ec.SECP256K1())
        public = key.public_key().public_bytes(serialization.Encoding.X962,
                                               serialization.PublicFormat.CompressedPoint)
        key_id = hashlib.sha256(public).hexdigest()
        port = self.network.port(alias)
        json_type = {"Content-Type": "application/json"}
        challenge = support.until("a challenge", lambda: support.call(
            port, "POST", "/v1/auth/challenge", json.dumps({"key": key_id}), json_type)[2])
        text = challenge["challenge"]
        digest = hashlib.sha256(b"JIANDU-READ-1\0" + text.encode()).digest()
        der = key.sign(digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        status, _, session = support.call(port, "POST", "/v1/auth/session", json.dumps(
            {"key": key_id, "challenge": text, "signature": base64.b64encode(der).decode()}),
            json_type)
        self.assertEqual(status, 200, session)
        return session["token"]


if __name__ == "__main__":
    unittest.main()
