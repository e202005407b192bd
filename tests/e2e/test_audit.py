"""Auditors ask by commands, and what they ask is on record."""
import hashlib
import json
import unittest

import case
import support


class Audit(case.Case):
    def engagement(self, *departments, until=30):
        codes = ",".join(self.department(alias) for alias in departments)
        _, new = self.acts("audit", "open", "--departments", codes, "--period-from",
                           case.day(-20), "--period-to", case.day(), "--document-digest",
                           self.digest_file("notice.txt"), "--until", case.day(until),
                           keys=["sj-h1"])
        return new["engagement"]

    def test_a_person_is_asked_about_only_on_record(self):
        grant, request = self.grant(self.publish("330100-ga-5001"))
        tag = support.digest_of("tag of a person")
        file = self.write("access.json", self.access("acc-q1", subject_tags=[tag]))
        self.do("access", "record", file, "--grant", grant, keys=["ga-gw-01"])
        ask = ["audit", "q1", "--tags", tag, "--from", case.day(-1), "--to", case.day()]
        # Without an engagement the command itself says so.
        self.do(*ask, keys=["sj-gw-01"], expect=2)
        engagement = self.engagement("ga", "jt")
        answer = self.do(*ask, "--engagement", engagement, keys=["sj-gw-01"])
        rows = [row for row in answer["rows"] if row["row"] == "access"]
        self.assertEqual([(row["acc_id"], row["grant"], row["request"]) for row in rows],
                         [("acc-q1", grant, request)])
        self.assertTrue(answer["completeness"]["whole"], answer["completeness"])
        # The ledger has the query and its result, salted.
        acts = self.do("history", engagement, keys=["sj-a1"])["items"]
        self.assertEqual([row["event"]["op"] for row in acts],
                         ["audit.open", "audit.log_query", "audit.log_query"])
        logged = self.do("tx", "show", answer["log"]["txid"], keys=["sj-a1"])
        canonical = json.dumps({"engagement": engagement, "query": "q1", "parameters":
                                {"tags": tag, "from": str(case.day(-1)), "to": str(case.day())}},
                               sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(b"JIANDU-COMMIT-1\0" + bytes.fromhex(answer["log"]["salt"]) +
                                canonical.encode()).hexdigest()
        self.assertIn(digest, json.dumps(logged))
        self.assertNotIn(tag, json.dumps(logged))
        # Around the log nobody reads the tag: not in the transaction, nor in its receipt.
        access = rows[0]["transaction"]["txid"]
        shown = self.do("tx", "show", access, keys=["sj-a1"])
        self.assertNotIn(tag, json.dumps(shown))
        self.assertIn("withheld", shown)
        refused = self.do("tx", "show", access, "--receipt", self.folder / "none.json",
                          keys=["db-c1"], expect=6)
        self.assertIn("NO_ENGAGEMENT", refused["error"])
        self.assertIn(tag, json.dumps(self.do("tx", "show", access, keys=["jt-c1"])))
        # On record the auditor has the record whole, and its receipt verifies.
        record = self.do("audit", "record", "--txid", access, "--engagement", engagement,
                         keys=["sj-gw-01"])["rows"][0]
        self.assertIn(tag, json.dumps(record["payload"]))
        receipt = self.write("receipt.json", record["receipt"])
        self.text("verify", receipt, "--genesis", self.network.genesis)
        # An officer's key logs nothing, so nothing is answered.
        refused = self.do(*ask, "--engagement", engagement, keys=["sj-a1"], expect=6)
        self.assertEqual(refused["code"], "ROLE_DENIED")
        # Another department's engagement is none.
        other = self.do(*ask, "--engagement", engagement, keys=["db-c1"], expect=6)
        self.assertEqual(other["code"], "ROLE_DENIED")

    def test_an_access_is_checked_before_it_is_made(self):
        grant, _ = self.grant(self.publish("330100-ga-5004"))
        ask = ["access", "check", "--grant", grant, "--client-ip", "10.20.3.7"]
        system = ["--system", self.system("jt-app-01")]
        permit = self.do(*ask, *system, "--purpose", "TRANSPORT_SUPERVISION", keys=["ga-gw-01"])
        self.assertTrue(permit["permitted"])
        self.assertEqual(permit["left_today"], 900)
        self.assertIn("permitted", self.text(*ask, *system, keys=["jt-c1"]))
        refused = self.do(*ask, *system, "--purpose", "OTHER", keys=["ga-gw-01"], expect=6)
        self.assertIn("PURPOSE_MISMATCH", refused["error"])
        self.do(*ask, *system, keys=["sw-c1"], expect=5)

    def test_the_file_of_a_case_is_for_its_sides(self):
        grant, request = self.grant(self.publish("330100-ga-5002"))
        page = self.text("audit", "q9", "--case", request, keys=["jt-c1"])
        for word in ("request.submit", "grant.open", "D04", "basis_doc_digest"):
            self.assertIn(word, page)
        same = self.do("audit", "q9", "--case", grant, "--all", keys=["db-c1"])
        self.assertIn("grant.acknowledge", [row.get("op") for row in same["rows"]])
        self.do("audit", "q9", "--case", request, keys=["sw-c1"], expect=5)

    def test_saved_queries_are_listed_and_answered_as_tables(self):
        listed = self.do("audit", "list", keys=["jt-c1"])["items"]
        names = [query["name"] for query in listed]
        for name in ("q3", "q4", "q15", "39-1", "40-7", "41-3"):
            self.assertIn(name, names)
        self.assertIn("39-8", self.text("audit", "list", keys=["jt-c1"]))
        grant, _ = self.grant(self.publish("330100-ga-5003"))
        file = self.write("access.json", self.access("acc-q8"))
        self.do("access", "record", file, "--grant", grant, keys=["ga-gw-01"])
        ask = ["audit", "q8", "--grade", "G1", "--all"]
        answer = self.do(*ask, keys=["sj-a1"])
        mine = [row for row in answer["rows"] if row["entities"][0]["entity"] == grant]
        self.assertEqual([row["last_use"] for row in mine], [case.day()])
        self.assertEqual(len(mine[0]["transactions"][0]["txid"]), 64)
        for member in ("app_hash", "profile", "period", "completeness", "height"):
            self.assertIn(member, answer)
        self.assertIn(grant, self.text(*ask, keys=["sj-a1"]))
        # A department is told of itself alone.
        own = self.do(*ask, keys=["sw-c1"])["rows"]
        self.assertNotIn(grant, [row["entities"][0]["entity"] for row in own])
        self.do(*ask, "--department", self.department("ga"), keys=["sw-c1"], expect=6)
        # Ops that took effect, page after page.
        keys = self.do("audit", "40-6", "--from", case.day(-1), "--limit", 1, keys=["db-c1"])
        self.assertLessEqual(len(keys["rows"]), 1)
        scope = self.text("audit", "39-8", keys=["db-c1"])
        self.assertIn("out of scope", scope)


if __name__ == "__main__":
    unittest.main()
