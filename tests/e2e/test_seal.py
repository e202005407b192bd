"""A sealed access: what it hides goes to the blob alone, its keepers open it, the ledger checks."""
import base64
import json
import subprocess
import unittest

import byte_search
import case
import support

GA = "119901000990010292"
PERSON = support.digest_of("tag of a person, sealed")
OPERATOR = support.digest_of("tag of an operator, sealed")
MATTER = "XJ-SEALED-0417"
UNTIL = case.hour(30)


class Seal(case.Case):
    @classmethod
    def example(cls, folder):
        return support.example(folder, "sealing", jt={"may_seal": True})

    def setUp(self):
        super().setUp()
        self.file = self.write("keeper.passphrase", "eine Passphrase des Hüters\n")
        self.file.chmod(0o600)
        self.auditor = self.key("auditor", case.AUDITOR)
        self.keeper = self.key("keeper", GA)
        self.blob = self.folder / "a.seal"

    def key(self, name, department):
        return support.run_json("seal", "key", self.folder / f"{name}.key", "--department",
                                department, "--fast-seal", "--passphrase-file",
                                self.file)["public_key"]

    def opening(self, name):
        return ["--key", self.folder / f"{name}.key", "--passphrase-file", self.file]

    def piped(self, value, *args, expect=0, form="json"):
        text = value if isinstance(value, bytes) else json.dumps(value).encode()
        done = subprocess.run([support.PROGRAM, "--output", form, *map(str, args)], input=text,
                              capture_output=True, check=False, timeout=support.LIMIT_S)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.told = done.stdout + done.stderr
        return json.loads(done.stdout) if form == "json" else done.stdout.decode()

    def make(self, record, *more, expect=0, blob=None, auditor=None, keeper=None, form="json"):
        return self.piped(record, "seal", "make", blob or self.blob, "--auditor",
                          auditor or self.auditor, "--keeper",
                          keeper or self.folder / "keeper.key", "--ground", "CASE_SECRECY",
                          "--until", UNTIL, *more, expect=expect, form=form)

    def record(self, name="acc-s1"):
        record = self.access(name, subject_tags=[PERSON], operator_tag=OPERATOR,
                             matter_code=MATTER)
        return record

    def test_sealed_submitted_disclosed_and_opened_with_nothing_in_the_clear_before(self):
        resource = self.publish("330100-ga-7001")
        grant, _ = self.grant(resource)
        record = self.record()
        sealed = self.make(record)
        hidden = {"subject_tags", "operator_tag", "matter_code", "case_commitment"}
        self.assertEqual(set(record) - set(sealed), hidden)
        self.assertEqual(set(sealed) - set(record), {"seal"})
        self.assertEqual(self.blob.stat().st_mode & 0o777, 0o600)
        gateway = self.options(["ga-gw-01"])
        done = self.piped(sealed, "access", "record", "-", "--grant", grant, *gateway)
        self.assertEqual((done["status"], done["flags"]), ("committed", []))

        # The ledger has digest and commitment; the blob is the one it names, for both keepers.
        shown = self.do("tx", "show", done["txid"], keys=["sj-a1"])
        on_ledger = shown["payload"]["body"]["seal"]
        self.assertEqual(on_ledger["ground_code"], "CASE_SECRECY")
        named = ["--blob-digest", on_ledger["blob_digest"], "--commitment",
                 on_ledger["commitment"]]
        checked = support.run_json("seal", "check", self.blob, *named)
        self.assertEqual((checked["as_on_ledger"], checked["opened"]), (True, False))
        self.assertEqual(checked["keys"], [self.auditor, self.keeper])
        self.assertTrue(support.run_json("seal", "check", self.blob, *named,
                                         *self.opening("keeper"))["opened"])
        bodies = [support.run_json("seal", "open", self.blob, *named, *self.opening(name))
                  for name in ("auditor", "keeper")]
        self.assertEqual(bodies[0], bodies[1])
        self.assertEqual(bodies[0]["opened"], {name: record[name] for name in hidden})
        self.assertEqual(bodies[0]["acc_id"], "acc-s1")

        # Until it is disclosed nothing of it lies anywhere: not at a node, not beside the blob.
        secrets = [PERSON, OPERATOR, MATTER, bodies[0]["salt"]]
        for folder in (self.folder, self.network.folder):
            self.assertEqual(byte_search.find(folder, secrets)[0], set())
            raw = [bytes.fromhex(one) for one in (PERSON, OPERATOR, bodies[0]["salt"])]
            for where, data in byte_search.contents(folder):
                self.assertFalse([1 for one in raw if one in data], where)

        # Disclosed by the head of who sealed; what does not open the commitment is flagged first.
        head = [*self.options(["jt-h1"]), "--body", "-"]
        wrong = {**bodies[0], "salt": "0" * 64}
        done = self.piped(wrong, "access", "disclose", grant, *head)
        self.assertEqual(done["flags"], ["DIGEST_MISMATCH"])
        done = self.piped(bodies[1], "access", "disclose", grant, *head)
        self.assertEqual((done["status"], done["flags"]), ("committed", []))
        done = self.piped(bodies[1], "access", "disclose", grant, *head, expect=6)
        self.assertEqual(done["code"], "DUPLICATE")
        txid = self.do("history", grant, keys=["sj-a1"])["items"][-2]["event"]["txid"]
        shown = self.do("tx", "show", txid, keys=["jt-c1"])["payload"]["body"]["opened"]
        self.assertEqual(shown["subject_tags"], [PERSON])
        # Who is no side of it reads tags inside an engagement, on record.
        shown = self.do("tx", "show", txid, keys=["sj-a1"])["payload"]["body"]["opened"]
        self.assertNotIn("subject_tags", shown)

    def test_only_its_keepers_open_it_and_only_unchanged(self):
        sealed = self.make(self.record())
        self.key("other", GA)
        told = support.run_json("seal", "open", self.blob, *self.opening("other"), expect=3)
        self.assertIn("not sealed for this key", told["error"])
        support.run("seal", "open", self.blob, "--blob-digest", "0" * 64, *self.opening("keeper"),
                    expect=7)
        support.run("seal", "check", self.blob, "--commitment", "0" * 64, expect=7)
        # Every member matters: a changed one is another blob, or none.
        whole = json.loads(self.blob.read_text())
        for change in ("sealed", "nonce", "commitment", "box", "key"):
            blob = json.loads(json.dumps(whole))
            if change == "sealed":
                data = bytearray(base64.b64decode(blob["sealed"]))
                data[7] ^= 1
                blob["sealed"] = base64.b64encode(data).decode()
            elif change == "box":
                blob["boxes"][0]["box"] = blob["boxes"][1]["box"]
            elif change == "key":
                blob["boxes"][1]["key"] = self.key("intruder", GA)
            else:
                blob[change] = blob[change][:-1] + ("0" if blob[change][-1] != "0" else "1")
            file = self.write(f"{change}.seal", json.dumps(blob, sort_keys=True,
                                                           separators=(",", ":")))
            support.run("seal", "open", file, *self.opening("auditor"), expect=7)
            support.run("seal", "check", file, "--blob-digest", sealed["seal"]["blob_digest"],
                        expect=7)
        for junk in ("", "{}", "[" * 64, "\0" * 64, "x" * 40000):
            told = support.run_json("seal", "check", self.write("junk.seal", junk), expect=None)
            self.assertIn(told["exit"], (1, 7))
            self.assertTrue(told["error_zh"] and told["next_zh"])

    def test_two_seals_of_one_record_have_nothing_in_common(self):
        one = self.make(self.record())["seal"]
        two = self.make(self.record(), blob=self.folder / "b.seal")["seal"]
        for member in ("blob_digest", "commitment"):
            self.assertNotEqual(one[member], two[member])
        self.assertEqual(one["until"], two["until"])

    def test_what_cannot_be_sealed_is_refused_in_words_and_nothing_is_written(self):
        bare = {"acc_id": "acc-s2", "action": "QUERY"}
        for record in (b"", b"no json", b"[]", bare, {**self.record(), "seal": {}},
                       {**bare, "subject_tags": ["330100199001011234"]},
                       {**bare, "operator_tag": "王小明"}, b"{" + b" " * 70000 + b"}"):
            told = self.make(record, expect=2)
            for member in ("error", "error_zh", "next", "next_zh"):
                self.assertTrue(told[member], told)
            self.assertNotIn(b"330100199001011234", self.told)
            self.assertNotIn("王小明".encode(), self.told)
        self.make(self.record(), expect=2, keeper=self.auditor)
        self.make(self.record(), expect=2, keeper="0" * 64)  # a point no secret belongs to
        self.make(self.record(), expect=2, keeper=self.folder)
        self.make(self.record(), expect=2,
                  keeper=self.network.folder / "jt" / "keys" / "jt-c1.key")
        self.assertFalse(self.blob.exists())
        self.make(self.record())
        self.make(self.record(), expect=1)  # never overwritten
        for words in (self.make(self.record(), blob=self.folder / "c.seal", form="text"),
                      support.run("--output", "text", "seal", "check", self.blob).stdout,
                      support.run("--output", "text", "seal", "open", self.blob,
                                  *self.opening("keeper")).stdout):
            self.fits(words)


if __name__ == "__main__":
    unittest.main()
