"""The verifier in Python against the verdicts of the C++ one, and against small changes of a bundle.

JIANDU_SDK_TEST names the C++ test program, which writes its cases; JIANDU_PROOF_CASES_DIR names a
folder of cases that are there already.
"""
import base64
import functools
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = SOURCE / "sdk" / "python" / "jdverify.py"
sys.path.insert(0, str(PROGRAM.parent))
import jdchecks  # noqa: E402
import jdforms  # noqa: E402
import jdverify  # noqa: E402

try:
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError:
    ed25519 = None


@functools.cache
def cases():
    """The folder of the cases, which the C++ tests write unless there is one."""
    if ed25519 is None:
        raise unittest.SkipTest("the package cryptography is missing (python3-cryptography)")
    ready, program = os.environ.get("JIANDU_PROOF_CASES_DIR"), os.environ.get("JIANDU_SDK_TEST")
    if ready:
        return pathlib.Path(ready)
    if not program:
        raise unittest.SkipTest("JIANDU_SDK_TEST names no program, JIANDU_PROOF_CASES_DIR no folder")
    temporary = tempfile.TemporaryDirectory(prefix="jdverify")
    unittest.addModuleCleanup(temporary.cleanup)
    done = subprocess.run([program, "--gtest_filter=Proof*.*:FraudProofs.*"], capture_output=True, text=True, check=False,
                          timeout=600, env={**os.environ, "JIANDU_PROOF_CASES": temporary.name})
    if done.returncode:
        raise AssertionError(done.stdout[-3000:] + done.stderr[-3000:])
    return pathlib.Path(temporary.name)


def sealed(lines):
    """The lines with an end that counts and hashes them."""
    body = b"".join(lines)
    return body + b'{"kind":"end","lines":%d,"sha256":"%s"}\n' % (
        len(lines), hashlib.sha256(body).hexdigest().encode())


def kind(line):
    return json.loads(line)["kind"]


class Written(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cases()
        cls.genesis = (cls.folder / "genesis.json").read_bytes()
        cls.good = sorted(cls.folder.glob("*.good.jdproof"), key=lambda path: (path.stat().st_size, path))
        # The smallest, an absence; and a short history of which all are shown, with its transactions.
        cls.small = cls.good[0].read_bytes()
        cls.history = next(text for text in (path.read_bytes() for path in cls.good)
                           if b'"history"' in text and b'"transaction"' in text and b'"withheld"' not in text)

    def verdict(self, text):
        return jdverify.verify(text, self.genesis)


class Cases(Written):
    def refuse(self, text, what):
        self.assertFalse(self.verdict(text).verified, what)

    def run_program(self, *args, **env):
        return subprocess.run([sys.executable, PROGRAM, *map(str, args)], capture_output=True, text=True,
                              check=False, timeout=60, env={**os.environ, "PYTHONIOENCODING": "utf-8", **env})

    def test_both_verifiers_agree_on_every_bundle(self):
        paths = sorted(self.folder.glob("*.jdproof"))
        verdicts = {path.name: self.verdict(path.read_bytes()) for path in paths}
        others = [(name, verdict.steps[-1]) for name, verdict in verdicts.items()
                  if verdict.verified != name.endswith(".good.jdproof")]
        self.assertEqual(others, [])
        self.assertGreater(len(self.good), 50)
        self.assertGreater(len(paths) - len(self.good), 500)

    def test_both_verifiers_agree_on_every_fraud_proof(self):
        paths = sorted(self.folder.glob("*.jdfraud"))
        verdicts = {path.name: jdverify.verify(path.read_bytes(), self.genesis) for path in paths}
        others = [(name, verdict.steps[-1]) for name, verdict in verdicts.items()
                  if verdict.verified != name.endswith(".good.jdfraud")]
        self.assertEqual(others, [])
        good = [name for name in verdicts if name.endswith(".good.jdfraud")]
        self.assertGreater(len(good), 10)
        self.assertGreater(len(paths) - len(good), 100)
        text = (self.folder / good[0]).read_bytes()
        for at in range(0, len(text), 3):
            changed = bytearray(text)
            changed[at] ^= 1 << at % 7
            self.refuse(bytes(changed), at)
        self.refuse(text + b"\n", "a line after the end")

    def test_the_steps_are_those_of_the_format(self):
        text = (SOURCE / "docs" / "proof-format.md").read_text(encoding="utf-8")
        self.assertEqual([name for name, _, _ in self.verdict(self.small).steps],
                         [line.split("**")[1] for line in text.split("\n") if line[:1].isdigit() and "**" in line])

    def test_no_byte_can_be_another(self):
        for at in range(len(self.small)):
            changed = bytearray(self.small)
            changed[at] ^= 1 << at % 7
            self.refuse(bytes(changed), at)

    def test_no_byte_can_be_another_under_a_new_digest(self):
        lines = self.small.splitlines(keepends=True)[:-1]
        for number, line in enumerate(lines):
            for at in range(len(line)):
                changed = bytearray(line)
                changed[at] ^= 1 << at % 7
                self.refuse(sealed([*lines[:number], bytes(changed), *lines[number + 1:]]), (number, at))

    def test_no_line_can_be_missing_doubled_or_moved(self):
        for text in (self.small, self.history):
            lines = text.splitlines(keepends=True)[:-1]
            self.assertTrue(self.verdict(sealed(lines)).verified)
            for at, line in enumerate(lines):
                self.refuse(b"".join(lines[:at]), at)
                self.refuse(sealed(lines[:at] + lines[at:at + 1] + lines[at:]), at)
                if at:
                    self.refuse(sealed([*lines[:at - 1], line, lines[at - 1], *lines[at + 1:]]), at)
                if kind(line) != "transaction":  # what a bundle need not have
                    self.refuse(sealed(lines[:at] + lines[at + 1:]), at)
            self.refuse(text + b"\n", "a line after the end")
            self.refuse(text[:-1], "no LF after the end")

    def test_what_no_answer_needs_is_refused_as_it_comes(self):
        lines = self.small.splitlines(keepends=True)[:-1]
        at = next(number for number, line in enumerate(lines) if kind(line) == "leaf")
        short = b'{"depth":0,"key":"AA==","kind":"leaf"}\n'
        many = [*lines[:at], *[short] * (jdforms.LINES_MAX["leaf"] + 1), *lines[at + 1:]]
        with self.assertRaisesRegex(jdforms.Refused, "too many lines"):
            jdforms.read_bundle(sealed(many))
        full = b'{"hashes":[' + b",".join([b'""'] * 1000) + b'],"kind":"siblings"}\n'
        several = [*lines[:at], *[b'{"depth":0,"key":"%s","kind":"leaf"}\n' % base64.b64encode(bytes([n]))
                                  for n in sorted(range(9), key=lambda n: hashlib.sha256(bytes([n])).digest())],
                   full, full, *[line for line in lines[at:] if kind(line) not in ("leaf", "siblings")]]
        jdforms.read_bundle(sealed(several))
        with unittest.mock.patch.object(jdforms, "HASHES_MAX", 1999), \
                self.assertRaisesRegex(jdforms.Refused, "more hashes"):
            jdforms.read_bundle(sealed(several))
        # Lines of nothing are refused at the first, whatever their number.
        with self.assertRaises(jdforms.Refused), unittest.mock.patch.object(jdforms, "read_line") as reads:
            reads.side_effect = jdforms.Refused("no object")
            jdforms.read_bundle(b"\n" * 10000)
        self.assertEqual(reads.call_count, 1)

    def test_a_query_of_no_type_is_refused(self):
        first, *rest = self.small.splitlines(keepends=True)[:-1]
        for kind_of in ([], {}, None, 1):
            manifest = {**json.loads(first), "query": {"type": kind_of}}
            self.refuse(sealed([jdforms.canonical(manifest).encode() + b"\n", *rest]), kind_of)

    def test_another_genesis_is_refused(self):
        verdict = jdverify.verify(self.small, self.genesis.replace(b'"power":1', b'"power":2', 1))
        self.assertEqual((verdict.verified, verdict.steps[-1][0]), (False, "genesis"))

    def test_the_program_says_what_it_found(self):
        genesis, path = self.folder / "genesis.json", self.good[0]
        done = self.run_program(path, "--genesis", genesis)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("VERIFIED 已验证", "at most 1/3 faulty", "Not proven 未予证明", "10. answer 结论"):
            self.assertIn(word, done.stdout)
        bad = next(self.folder.glob("*.bad.jdproof"))
        self.assertEqual(self.run_program(bad, "--genesis", genesis).returncode, 1)
        self.assertEqual(self.run_program(path).returncode, 2)
        self.assertEqual(self.run_program(path, "--genesis", self.folder / "none").returncode, 2)

    def test_without_cryptography_nothing_is_verified(self):
        with tempfile.TemporaryDirectory(prefix="jdverify") as folder:
            (pathlib.Path(folder) / "cryptography.py").write_text("raise ImportError\n", encoding="utf-8")
            genesis = self.folder / "genesis.json"
            done = self.run_program(self.good[0], "--genesis", genesis, PYTHONPATH=folder)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn("SIGNATURES WERE NOT CHECKED 未检查签名", done.stdout)
            self.assertNotIn("VERIFIED 已验证", done.stdout)
            bad = next(self.folder.glob("*.bad.jdproof"))
            self.assertEqual(self.run_program(bad, "--genesis", genesis, PYTHONPATH=folder).returncode, 1)


class Network:
    """A bundle again, under validators whose keys are ours: what three honest ones would not sign."""

    def __init__(self, text, genesis, powers):
        self.lines = [json.loads(line) for line in text.splitlines()[:-1]]
        self.head = next(line for line in self.lines if line["kind"] == "head")
        self.old_header = base64.b64decode(self.head["header"])
        self.set = self.new_set(powers)
        document = json.loads(genesis)
        document["validators"] = [{"consensus_key": public(key).hex(), "power": power} for key, power in self.set]
        self.genesis = jdforms.canonical(document).encode()
        self.lines[0]["genesis"] = hashlib.sha256(self.genesis).hexdigest()

    @staticmethod
    def new_set(powers, seed=0):
        keys = [ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed + n]) * 32) for n in range(len(powers))]
        return sorted(zip(keys, powers), key=lambda one: jdchecks.set_order((public(one[0]), one[1])))

    def header(self, now, later, height=13):
        parts = dict(jdforms.fields(self.old_header))
        parts.update({3: height, 8: hash_of(now), 9: hash_of(later)})
        return b"".join(jdforms.written(number, value) for number, value in parts.items())

    def commit(self, header, voters, votes):
        """One character a validator: b for the block, n for nil, a absent, x a false signature for nil."""
        block = (jdforms.written(1, jdchecks.header_hash(jdforms.message("Header", header)))
                 + jdforms.written(2, b"\x08\x01" + jdforms.written(2, b"\x11" * 32)))
        told = {"height": jdforms.message("Header", header)["height"], "round": 0, "block_id": {"raw": block}}
        signatures = b""
        for (key, _), vote in zip(voters, votes, strict=True):
            time = b"\x08\x01" if vote != "a" else jdforms.written(1, 2**64 + jdchecks.YEAR_1)
            flag = {"b": 2, "a": 1}.get(vote, 3)
            text = jdchecks.signed_text(told, {"flag": flag, "time": {"raw": time}}, b"test-1")
            signature = key.sign(text if vote != "x" else text + b"x")
            told_by = jdforms.written(2, jdchecks.address(public(key))) if vote != "a" else b""
            signatures += jdforms.written(4, jdforms.written(1, flag) + told_by + jdforms.written(3, time)
                                          + (jdforms.written(4, signature) if vote != "a" else b""))
        return jdforms.written(1, told["height"]) + jdforms.written(3, block) + signatures

    def verdict(self, votes, voters=None, epochs=()):
        voters = voters or self.set
        header = self.header(voters, voters)
        self.head.update(certified(header, self.commit(header, voters, votes)))
        lines = [self.lines[0], *epochs, *self.lines[1:]]
        text = sealed([jdforms.canonical(line).encode() + b"\n" for line in lines])
        return jdverify.verify(text, self.genesis)

    def epoch(self, later, votes, height=5):
        header = self.header(self.set, later, height)
        members = b"".join(jdforms.written(1, jdforms.written(1, jdchecks.address(public(key)))
                                           + jdforms.written(2, jdforms.written(1, public(key)))
                                           + jdforms.written(3, power)) for key, power in later)
        return {"kind": "epoch", "set": base64.b64encode(members).decode(),
                **certified(header, self.commit(header, self.set, votes))}


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def hash_of(validators):
    return jdchecks.set_hash([(public(key), power) for key, power in validators])


def certified(header, commit):
    return {"header": base64.b64encode(header).decode(), "commit": base64.b64encode(commit).decode()}


class Certificates(Written):
    """Of networks of our own: what the C++ cases do not have."""

    def network(self, powers):
        return Network(self.small, self.genesis, powers)

    def test_more_than_two_thirds_of_the_power_must_sign(self):
        for powers, votes, holds in (((4, 3, 2, 1), "bbbb", True), ((4, 3, 2, 1), "bbna", True),
                                     ((4, 3, 2, 1), "bnbn", False), ((4, 3, 2, 1), "babn", False),
                                     ((2, 2, 2), "bbb", True), ((2, 2, 2), "bba", False), ((1,), "b", True),
                                     ((1,), "a", False), ((4, 3, 2, 1), "bbbx", False)):
            verdict = self.network(powers).verdict(votes)
            self.assertEqual(verdict.verified, holds, (powers, votes, verdict.steps[-1]))
            self.assertEqual(verdict.steps[-1][0], "answer" if holds else "certificate")

    def test_votes_stand_in_the_order_of_the_set(self):
        network = self.network((1, 1, 1))
        network.set.reverse()
        self.assertEqual(network.verdict("bbb").steps[-1][0], "header")

    def test_sets_follow_each_other(self):
        network = self.network((3, 2, 1))
        later = network.new_set((1, 1, 1, 1), seed=50)
        self.assertEqual(network.verdict("bbbb", later).steps[-1][0], "header")
        self.assertTrue(network.verdict("bbbb", later, [network.epoch(later, "bbb")]).verified)
        for epoch, voters in ((network.epoch(later, "bna"), later), (network.epoch(later[::-1], "bbb"), later),
                              (network.epoch(network.set, "bbb"), network.set)):
            self.assertEqual(network.verdict("b" * len(voters), voters, [epoch]).steps[-1][0], "epochs")
        for height in (13, 14):
            epoch = network.epoch(later, "bbb", height)
            self.assertEqual(network.verdict("bbbb", later, [epoch]).steps[-1][0], "header")


class Forms(unittest.TestCase):
    def test_json_is_read_in_one_writing(self):
        self.assertEqual(jdforms.read_json('{"a":[1,-2,"é"],"b":{}}'.encode())["a"], [1, -2, "é"])
        self.assertTrue(jdforms.read_json('{"\U00010000":1,"\ufb33":2}'.encode()), "UTF-16 order")
        for text in ('{"b":1,"a":1}', '{"a":1,"a":1}', '{"a":1.0}', '{"a":1e2}', '{"a":-0}', '{"a":NaN}',
                     '{"a": 1}', '{"a":"\\u0061"}', '{"a":"\\ud800"}', '{"a":9007199254740992}', '[]', '1',
                     '{"a":' + "9" * 5000 + '}', '{"a":' + "[" * 99999, '\ufeff{}', '{"\ufb33":2,"\U00010000":1}', ''):
            with self.subTest(text[:40]), self.assertRaises(jdforms.Refused):
                jdforms.read_json(text.encode())

    def test_messages_have_one_encoding(self):
        self.assertEqual(jdforms.message("Time", bytes.fromhex("0805")), {
            "raw": b"\x08\x05", "seconds": 5, "nanos": 0})
        for text in ("0800", "088500", "08050805", "10050805", "1805", "0d05000000", "08", "0a00",
                     "08ffffffffffffffffff02", "0880808080808080808000", "8a0105"):
            with self.subTest(text), self.assertRaises(jdforms.Refused):
                jdforms.message("Time", bytes.fromhex(text))
        for text in ("0a20" + "00" * 32 + "1200", "0a1f" + "11" * 31 + "1200", "0a20" + "11" * 32):
            with self.subTest(text), self.assertRaises(jdforms.Refused):
                jdforms.message("BlockId", bytes.fromhex(text))

    def test_keys_of_small_order_sign_nothing(self):
        one = (1).to_bytes(32, "little")
        with self.assertRaises(jdforms.Refused):
            jdchecks.Signatures().ed25519(one, one + bytes(32), b"anything")

    def test_a_path_through_all_256_bits_is_walked(self):
        end = jdchecks.leaf_hash(b"end")
        claims = [(bytes(31) + b"\1", 256, end), (bytes(32), 256, end)]
        root = jdchecks.state_part(0, claims, iter([bytes(32)] * 255))
        self.assertEqual(len(root), 32)


if __name__ == "__main__":
    unittest.main()
