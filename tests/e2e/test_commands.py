"""A sharing case by commands alone, with what they say and the codes they end with."""
import hashlib
import json
import struct
import time
import unittest

import support


class Commands(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")

    def do(self, *args, keys, at, expect=0):
        return support.run_json(*args, *self.network.keys(*keys), "--url", self.network.url(at),
                                expect=expect)

    def content(self):
        items = [{"item_id": "licence", "name": "许可证号", "element_code": "DE00402",
                  "item_role": "KEY", "type": "C", "item_grade": "G1", "pi_flag": "NONE",
                  "subject_kind": "LEGAL"}]
        return {"code": "330100-jt-0003", "name": "道路运输经营许可信息", "abstract": "许可",
                "category": {"class": "3", "group": "01", "directory": "001",
                             "subdirectory": "0001"},
                "kind": "DEPARTMENT", "format": "JSON", "update_cycle": "DAILY",
                "share_class": "UNCONDITIONAL", "delivery_modes": ["API"], "labels": ["transport"],
                "schema_digest": support.digest_of("schema"), "schema_version": 1,
                "secrecy_assessment_digest": support.digest_of("secrecy"),
                "secrecy_declared": "none", "grade": "G1", "items": items,
                "share_scope_all": True}

    def publish(self):
        file = self.write("content.json", self.content())
        born = self.do("catalog", "draft", file, keys=["jt-c1"], at="jt")["born"]
        resource = born[0]["id"]
        self.assertEqual(born[0]["kind"], "resource")
        self.do("catalog", "submit", resource, file, keys=["jt-c1", "jt-l1"], at="jt")
        # The wrong department, in words.
        refused = self.do("catalog", "review", resource, "--verdict", "OK",
                          keys=["ga-c1", "ga-h1"], at="ga", expect=6)
        self.assertEqual((refused["status"], refused["code"]), ("rejected", "ROLE_DENIED"))
        for word in ("message", "message_zh", "hint", "hint_zh"):
            self.assertTrue(refused[word], refused)
        self.do("catalog", "review", resource, "--verdict", "OK", keys=["db-c1", "db-h1"], at="db")
        self.do("catalog", "publish", resource, keys=["db-c1", "db-h1"], at="db")
        return resource

    def request(self, resource):
        today = int(time.strftime("%Y%m%d", time.gmtime(time.time() + 8 * 3600)))
        events = self.do("history", resource, keys=["jt-c1"], at="jt")
        self.assertGreaterEqual(len(events["items"]), 4)
        return {"resource": resource, "resource_version": 1, "kind": "NORMAL",
                "items": [{"item_id": "licence", "need_code": "SUPERVISION"}],
                "share_class": "UNCONDITIONAL", "basis_kind": "LAW", "basis_ref": "道路运输条例",
                "basis_doc_digest": support.digest_of("basis"),
                "scene_code": "TRANSPORT_SUPERVISION",
                "scene_digest": support.digest_of("scene"), "use_scope": "监管",
                "delivery_mode": "API", "matter_code": "JT-0102",
                "systems": [{"system": self.system("sw-app-01"), "cidrs": ["10.20.4.0/24"]}],
                "valid_from": today, "valid_to": today + 10000, "measures": ["MASK", "ACCESS_LOG"],
                "measures_doc_digest": support.digest_of("measures"), "deploy_level": "CITY",
                "daily_avg_declared": 5, "truth_commitment": True}

    def system(self, name):
        """The id of one born in genesis: of kind 16, from its place in the document."""
        document = self.network.genesis.read_bytes()
        names = [one["name"] for one in json.loads(document)["identities"]]
        place = struct.pack(">H", names.index(name))
        born = hashlib.sha256(b"JIANDU-ID-1\0" + hashlib.sha256(document).digest() + place)
        return "10" + born.hexdigest()[:32]

    def test_from_catalogue_to_a_decided_request_with_each_refusal_in_words(self):
        resource = self.publish()
        body = self.request(resource)
        # A form with a hole is told before anything is sent.
        holed = {name: value for name, value in body.items() if name != "scene_code"}
        told = support.run("request", "submit", self.write("holed.json", holed),
                           *self.network.keys("sw-c1", "sw-h1"), "--url", self.network.url("sw"),
                           expect=2)
        self.assertIn("scene_code", told.stderr)
        # Sent all the same, the ledger says no, with clause and code.
        refused = self.do("request", "submit", self.folder / "holed.json", "--unchecked",
                          keys=["sw-c1", "sw-h1"], at="sw", expect=6)
        self.assertEqual(refused["code"], "FIELD_REQUIRED", refused)
        file = self.write("request.json", body)
        sent = self.do("request", "submit", file, "--await",
                       self.network.nodes["sw"]["department"] + ":HEAD", keys=["sw-c1"], at="sw")
        self.assertEqual(sent["born"][0]["kind"], "pending", sent)
        sent = self.do("tx", "cosign", sent["born"][0]["id"], "--digest", sent["digest"],
                       keys=["sw-h1"], at="sw")
        request = sent["born"][0]["id"]
        shown = self.do("request", "show", request, keys=["jt-h1"], at="jt")
        self.assertEqual(shown["kind"], "request")
        # A refusal without reasons is told at once; public security has no part in this.
        support.run("approve", request, "--refuse", *self.network.keys("jt-c1", "jt-h1"),
                    "--url", self.network.url("jt"), expect=2)
        support.run("request", "show", request, *self.network.keys("ga-h1"),
                    "--url", self.network.url("ga"), expect=5)
        alone = self.do("approve", request, keys=["jt-c1"], at="jt", expect=6)
        self.assertEqual(alone["code"], "HEAD_SIGNATURE_REQUIRED")
        reasons = self.write("reasons.txt", "范围过大")
        self.do("approve", request, "--refuse", "--reason-code", "SCOPE", "--reason-digest",
                f"@{reasons}", keys=["jt-c1", "jt-h1"], at="jt")
        rows = self.do("request", "list", keys=["sj-a1"], at="db")["items"]
        self.assertEqual([row["status"] for row in rows if row["id"] == request], ["REFUSED"])
        # Decided is decided.
        self.do("approve", request, keys=["jt-c1", "jt-h1"], at="jt", expect=6)

        events = self.do("history", request, keys=["sj-a1"], at="sw")["items"]
        self.assertEqual([event["seq"] for event in events], list(range(len(events))))
        self.assertGreaterEqual(len(events), 4)

    def test_words_fit_80_columns_and_codes_are_those_of_the_manual(self):
        everything = support.run("--output", "text", "tx", "new", "request.submit", "--form").stdout
        for line in everything.splitlines():
            wide = sum(2 if ord(c) > 0x2E80 else 1 for c in line)
            self.assertLessEqual(wide, 80, line)
        self.assertIn("S0 6.2.1", everything)
        ops = support.run_json("tx", "new")["ops"]
        self.assertGreater(len(ops), 30)
        for op in ops:
            support.run_json("tx", "new", op["op"], "--form")
            support.run_json("tx", "new", op["op"], "--skeleton")
        support.run("tx", "new", "no.such", expect=2)
        keys = self.network.keys("ga-c1")
        support.run("tx", "show", "ab" * 32, *keys, "--url", self.network.url("ga"), expect=5)
        support.run("catalog", "list", *keys, "--url", "http://127.0.0.1:1", expect=4)
        support.run("catalog", "list", "--url", self.network.url("ga"), expect=2)
        support.run("catalog", "nonsense", expect=2)
        # Three of four nodes gone: taken, and still pending when the time is up.
        for alias in ("db", "jt", "sw"):
            self.network.kill(alias)
        late = support.run("--output", "json", "catalog", "draft",
                           self.write("late.json", support.draft(9)), "--wait", 1, *keys,
                           "--url", self.network.url("ga"), expect=8)
        self.assertEqual(json.loads(late.stdout)["status"], "pending")


if __name__ == "__main__":
    unittest.main()
