"""A whole sharing case through the commands alone, from the draft to the retired resource."""
import json
import time
import unittest

import case
import support


class Catalogue(case.Case):
    def test_a_resource_from_its_draft_to_its_end(self):
        whole = self.write("whole.json", self.content("330100-ga-1001"))
        holed = self.write("holed.json", self.content("330100-ga-1001", grade=None))
        words, new = self.acts("catalog", "draft", holed, keys=["ga-c1"])
        self.assertIn("accepted 已入账", words)
        resource = new["resource"]
        draft = ["catalog", "submit", resource]
        refused = self.do(*draft, holed, "--unchecked", keys=["ga-c1", "ga-l1"], expect=6)
        self.assertEqual(refused["code"], "CATALOG_INCOMPLETE")
        self.acts(*draft, whole, keys=["ga-c1", "ga-l1"])
        # Returned with reasons, submitted again, approved, published.
        verdict = ["catalog", "review", resource, "--verdict"]
        self.assertEqual(self.do(*verdict, "RETURN", keys=["db-c1", "db-h1"], expect=6)["code"],
                         "REASON_REQUIRED")
        self.acts(*verdict, "RETURN", "--reason-code", "QUALITY", "--reason-digest",
                  self.digest_file("reasons.txt"), keys=["db-c1", "db-h1"])
        self.acts(*draft, whole, keys=["ga-c1", "ga-l1"])
        self.acts(*verdict, "OK", keys=["db-c1", "db-h1"])
        self.acts("catalog", "publish", resource, keys=["db-c1", "db-h1"])
        self.acts("catalog", "refresh", resource, "--dataset-version", 1, "--dataset-digest",
                  self.digest_file("data.csv"), keys=["ga-c1"])
        shown = self.do("catalog", "show", resource, keys=["jt-c1"])
        self.assertEqual(shown["status"], "PUBLISHED")
        page = self.text("catalog", "show", resource, keys=["jt-c1"])
        for word in ("机动车登记信息", "PUBLISHED", "号牌号码"):
            self.assertIn(word, page)
        # Its end needs the leader and the manager's head, and names the cases it ends.
        request = self.request(resource)
        end = ["catalog", "retire", resource]
        self.assertEqual(self.do(*end, keys=["ga-l1"], expect=6)["code"],
                         "HEAD_SIGNATURE_REQUIRED")
        both = ["ga-l1", "db-h1:PEER"]
        self.assertEqual(self.do(*end, keys=both, expect=6)["code"], "OPEN_CASES")
        self.acts(*end, "--settled", request, keys=both)
        self.assertEqual(self.do("catalog", "show", resource, keys=["ga-c1"])["status"], "RETIRED")
        self.assertEqual(self.do("request", "show", request, keys=["jt-c1"])["status"], "CLOSED")
        ops = [event["event"]["op"] for event in
               self.do("history", resource, keys=["sj-a1"])["items"]]
        self.assertEqual([op for op in ops if op.startswith("resource.")],
                         ["resource.draft", "resource.submit", "resource.submit",
                          "resource.review", "resource.review", "resource.submit",
                          "resource.review", "resource.publish", "resource.refresh",
                          "resource.retire", "resource.retire", "resource.retire"])

    def test_a_draft_may_be_thrown_away(self):
        file = self.write("draft.json", self.content("330100-ga-1002"))
        resource = case.born(self.do("catalog", "draft", file, keys=["ga-c1"]), "resource")
        self.acts("catalog", "discard", resource, keys=["ga-c1"])
        rows = self.do("catalog", "list", "--status", "PUBLISHED", keys=["ga-c1"])["items"]
        self.assertNotIn(resource, [row["id"] for row in rows])


class Requests(case.Case):
    def setUp(self):
        super().setUp()
        self.resource = self.published("330100-ga-2001")

    def status(self, request):
        return self.do("request", "show", request, keys=["jt-c1"])["status"]

    def terms_file(self):
        return self.write("terms.json", {"items": ["plate"], "daily_cap": 100})

    def reasons(self):
        return ["--reason-code", "SCOPE", "--reason-digest", self.digest_file("reasons.txt")]

    def test_the_clerk_prepares_the_head_signs_and_each_step_is_taken_in_turn(self):
        file = self.write("request.json", self.request_body(self.resource))
        to_head = ["--await", self.department("jt") + ":HEAD"]
        words, new = self.acts("request", "submit", file, *to_head, keys=["jt-c1"])
        pending = new["pending"]
        self.assertIn("jiandu tx cosign " + pending, words.replace("\n" + " " * 14, " "))
        # The head finds it, sees what would be signed, and signs.
        rows = self.do("tx", "pending", "list", keys=["jt-h1"])["items"]
        self.assertIn(pending, [row["id"] for row in rows])
        self.assertIn(pending, self.text("tx", "pending", "list", keys=["jt-h1"]))
        shown = self.text("tx", "pending", "show", pending, keys=["jt-h1"])
        digest = words.split("--digest")[1].split()[0]
        self.assertIn(digest, shown)
        self.assertEqual(self.do("tx", "cosign", pending, "--digest", "0" * 64, keys=["jt-h1"],
                                 expect=6)["status"], "rejected")
        _, new = self.acts("tx", "cosign", pending, "--digest", digest, keys=["jt-h1"])
        request = new["request"]

        # Returned once with the list of what is missing; answered; narrowed; accepted.
        self.acts("request", "return", request, "--missing", "BASIS,SCENE", keys=["ga-c1"])
        self.assertEqual(self.status(request), "RETURNED")
        answers = [{"code": code, "digest": support.digest_of(code)} for code in ("BASIS", "SCENE")]
        self.assertEqual(self.do("request", "resubmit", request, "--set",
                                 "answers=" + json.dumps(answers[:1]), keys=["jt-c1", "jt-h1"],
                                 expect=6)["code"], "LIST_NOT_COVERED")
        self.acts("request", "resubmit", request, "--set", "answers=" + json.dumps(answers),
                  keys=["jt-c1", "jt-h1"])
        self.assertEqual(self.do("request", "return", request, "--missing", "BASIS",
                                 keys=["ga-c1"], expect=6)["code"], "RETURN_TWICE")
        self.acts("approve", request, "--narrow", self.terms_file(), *self.reasons(),
                  keys=["ga-c1", "ga-h1"])
        self.assertEqual(self.status(request), "OFFERED")
        self.acts("request", "accept", request, keys=["jt-c1", "jt-h1"])
        # The bureau's clerk decides, its head signs later.
        words, new = self.acts("approve", request, "--await", self.department("db") + ":HEAD",
                               keys=["db-c1"])
        digest = words.split("--digest")[1].split()[0]
        self.acts("tx", "cosign", new["pending"], "--digest", digest, keys=["db-h1"])
        self.assertEqual(self.status(request), "APPROVED")
        rows = self.do("request", "list", "--status", "APPROVED", "--resource", self.resource,
                       keys=["jt-c1"])["items"]
        self.assertEqual([row["id"] for row in rows], [request])
        page = self.text("request", "show", request, keys=["ga-h1"])
        for op in ("request.submit", "request.return", "request.resubmit", "decision.submit",
                   "request.accept"):
            self.assertIn(op, page)
        self.text("request", "list", keys=["jt-c1"])
        # Approved, it can still be withdrawn.
        self.acts("request", "withdraw", request, "--reason-code", "NOT_NEEDED",
                  keys=["jt-c1", "jt-h1"])
        self.assertEqual(self.status(request), "WITHDRAWN")

    def test_an_offer_declined_and_a_request_refused_end(self):
        request = self.request(self.resource)
        self.acts("approve", request, "--narrow", self.terms_file(), *self.reasons(),
                  keys=["ga-c1", "ga-h1"])
        self.acts("request", "decline", request, "--reason-code", "NOT_NEEDED", keys=["jt-h1"])
        self.assertEqual(self.status(request), "DECLINED")
        request = self.request(self.resource)
        words = self.text("approve", request, "--refuse", keys=["ga-c1", "ga-h1"], expect=2)
        self.assertEqual(words, "")
        self.acts("approve", request, "--refuse", *self.reasons(), keys=["ga-c1", "ga-h1"])
        self.assertEqual(self.status(request), "REFUSED")
        words, _ = self.acts("approve", request, keys=["db-c1", "db-h1"], expect=6)
        for word in ("rejected 被驳回", "why", "原因", "txid"):
            self.assertIn(word, words)


class Grants(case.Case):
    def setUp(self):
        super().setUp()
        self.resource = self.published("330100-ga-3001")

    def status(self, grant):
        return self.do("grant", "show", grant, keys=["jt-c1"])["status"]

    def test_a_grant_used_suspended_mended_resumed_and_ended(self):
        request = self.request(self.resource)
        self.do("approve", request, keys=["ga-c1", "ga-h1"])
        self.do("approve", request, keys=["db-c1", "db-h1"])
        words, new = self.acts("grant", "open", request, *self.terms(), keys=["db-c1", "db-h1"])
        grant = new["grant"]
        self.assertEqual(self.status(grant), "OPENED")
        self.acts("grant", "acknowledge", grant, "--duty-agreement-digest",
                  self.digest_file("duty.txt"), keys=["jt-h1"])
        self.acts("grant", "ready", grant, keys=["ga-gw-01"])
        self.accesses(grant)
        self.corrections(grant)

        evidence = self.do("history", grant, keys=["sj-a1"])["items"][-1]["event"]["txid"]
        misuse = ["grant", "suspend", grant, "--ground", "MISUSE_27_2", "--evidence", evidence]
        self.assertEqual(self.do(*misuse, keys=["db-h1"], expect=6)["code"], "TERM_REQUIRED")
        misuse += ["--order-term", case.hour(5), "--order-measures-digest",
                   self.digest_file("measures.txt")]
        _, new = self.acts(*misuse, keys=["db-h1"])
        order = new["rectification"]
        self.assertEqual(self.status(grant), "SUSPENDED")
        file = self.write("late.json", self.access("acc-suspended"))
        done = self.do("access", "record", file, "--grant", grant, keys=["ga-gw-01"])
        self.assertIn("WHILE_SUSPENDED", done["flags"])
        self.assertEqual(self.do("grant", "resume", grant, keys=["db-h1"], expect=6)["code"],
                         "RECTIFY_OPEN")
        self.assertEqual(self.do("grant", "accept", order, keys=["db-h1"], expect=6)["code"],
                         "BAD_STATE")
        self.acts("grant", "report", order, "--report-digest", self.digest_file("report.txt"),
                  keys=["jt-h1"])
        rows = self.do("grant", "orders", "list", keys=["jt-h1"])["items"]
        self.assertEqual([row["id"] for row in rows], [order])
        self.text("grant", "orders", "list", keys=["jt-h1"])
        self.assertIn("rectification.report",
                      self.text("grant", "orders", "show", order, keys=["jt-h1"]))
        self.acts("grant", "accept", order, keys=["db-h1"])
        self.acts("grant", "resume", grant, keys=["db-h1"])
        self.assertEqual(self.status(grant), "ACTIVE")
        # Again, and this time what was reported does not do.
        order = self.acts(*misuse, keys=["db-h1"])[1]["rectification"]
        self.assertEqual(self.do("grant", "terminate", grant, keys=["db-h1"], expect=6)["code"],
                         "RECTIFY_NOT_DUE")
        self.acts("grant", "report", order, "--report-digest", self.digest_file("report.txt"),
                  "--refused", "true", keys=["jt-h1"])
        self.acts("grant", "fail", order, "--reason-code", "QUALITY", "--reason-digest",
                  self.digest_file("reasons.txt"), keys=["db-h1"])
        self.acts("grant", "terminate", grant, "--reason-digest",
                  self.digest_file("reasons.txt"), keys=["db-h1"])
        self.assertEqual(self.status(grant), "TERMINATED")
        self.assertIn("TERMINATED", self.text("grant", "list", keys=["jt-c1"]))
        self.histories(grant, request, order)

    def accesses(self, grant):
        system = ["ga-gw-01"]
        begun = int(time.time() * 1000)
        file = self.write("one.json", self.access("acc-1"))
        words, _ = self.acts("access", "record", file, "--grant", grant, keys=system)
        self.assertNotIn("flag", words)
        file = self.write("strange.json", self.access("acc-2", client_ip="10.99.1.7"))
        words, _ = self.acts("access", "record", file, "--grant", grant, keys=system)
        self.assertIn("IP_NOT_ALLOWED", words)
        records = [self.access(f"acc-f{n}", rows=1 if n else 5000) for n in range(20)]
        file = self.write("full.json", {"batch_id": "b-1", "form": "full", "records": records})
        done = self.do("access", "batch", file, "--grant", grant, keys=system)
        self.assertIn("OVER_ROWS", done["flags"])
        self.assertEqual(done["flag_counts"]["OVER_ROWS"], 1)  # of twenty
        digest = {"from": begun, "to": int(time.time() * 1000), "rows": 9, "bytes": 1000, "max_rows": 1,
                  "counts": {"ok": 9, "not_found": 0, "denied": 0, "error": 0},
                  "peak_per_min": 9, "ip_counts": [{"address": "10.20.3.7", "n": 9}],
                  "items_mask_counts": [{"mask": "03", "n": 9}], "matter_codes": ["JT-0102"],
                  "purpose_codes": ["TRANSPORT_SUPERVISION"], "dataset_versions": [0],
                  "case_root": support.digest_of("cases"), "root": support.digest_of("root")}
        file = self.write("digest.json", {"batch_id": "b-2", "form": "digest", "digest": digest,
                                          "prev_batch_id": "b-1",
                                          "system": self.system("jt-app-01")})
        words, _ = self.acts("access", "batch", file, "--grant", grant, keys=system)
        self.assertNotIn("flag", words)
        self.acts("access", "acknowledge", grant, "--acc-id", "acc-1", "--response-digest",
                  support.digest_of("aacc-1"), keys=["jt-app-01"])
        digest["ip_counts"] = [{"address": "10.99.1.7", "n": 4}, {"address": "10.20.3.7", "n": 5}]
        file = self.write("strangers.json", {"batch_id": "b-3", "form": "digest", "digest": digest,
                                             "prev_batch_id": "b-2",
                                             "system": self.system("jt-app-01")})
        words, _ = self.acts("access", "batch", file, "--grant", grant, keys=system)
        self.assertIn("IP_NOT_ALLOWED x4", words)
        rows = self.do("access", "list", grant, keys=["jt-c1"])["items"]
        self.assertGreaterEqual(len(rows), 5)
        counted = [flag for flag in rows[-1]["event"]["flags"] if flag["name"] == "IP_NOT_ALLOWED"]
        self.assertEqual([flag["count"] for flag in counted], [4])
        single = [flag for row in rows for flag in row["event"]["flags"] if "count" not in flag]
        self.assertIn("IP_NOT_ALLOWED", [flag["name"] for flag in single])  # the record acc-2
        self.assertIn("IP_NOT_ALLOWED x4", self.text("access", "list", grant, keys=["jt-c1"]))
        self.assertIn("IP_NOT_ALLOWED x4",
                      self.text("tx", "show", rows[-1]["event"]["txid"], keys=["jt-c1"]))

    def corrections(self, grant):
        doubt = ["correct", "file", self.resource, "--kind", "WRONG", "--item-ids", "status",
                 "--version-seen", 0, "--observed-digest", self.digest_file("seen.txt"),
                 "--evidence-digest", self.digest_file("evidence.txt"), "--seen-grant", grant]
        correction = self.acts(*doubt, keys=["jt-c1"])[1]["correction"]
        self.acts("correct", "accept", correction, keys=["ga-c1"])
        self.acts("catalog", "refresh", self.resource, "--dataset-version", 1,
                  "--dataset-digest", self.digest_file("data.csv"), keys=["ga-c1"])
        self.acts("correct", "resolve", correction, "--verdict", "FIXED", "--new-version", 1,
                  "--change-digest", self.digest_file("change.txt"), keys=["ga-c1", "ga-h1"])
        self.acts("correct", "confirm", correction, "--confirmed", "true", keys=["jt-c1"])
        shown = self.do("correct", "show", correction, keys=["ga-c1"])
        self.assertEqual(shown["status"], "CONFIRMED")
        page = self.text("correct", "show", correction, keys=["ga-c1"])
        for op in ("correction.file", "correction.accept", "correction.resolve",
                   "correction.confirm"):
            self.assertIn(op, page)
        other = self.acts(*doubt, "--severity", "LOW", keys=["jt-c1"])[1]["correction"]
        self.acts("correct", "withdraw", other, keys=["jt-c1"])
        rows = self.do("correct", "list", keys=["jt-c1"])["items"]
        self.assertEqual(sorted(row["id"] for row in rows), sorted([correction, other]))
        self.correction = correction

    def histories(self, grant, request, order):
        for entity in (self.resource, request, grant, order, self.correction,
                       self.system("jt-app-01")):
            events = self.do("history", entity, "--all", keys=["sj-a1"])["items"]
            self.assertEqual([event["seq"] for event in events], list(range(len(events))))
            self.assertTrue(events, entity)
            words = self.text("history", entity, "--all", keys=["sj-a1"])
            self.assertIn(events[-1]["event"]["op"] if "event" in events[-1] else "genesis", words)
        # Tax has no part in any of it.
        self.text("grant", "show", grant, keys=["sw-h1"], expect=5)

    def test_a_receipt_is_fetched_and_verifies_offline_and_a_changed_one_fails(self):
        request = self.request(self.resource, items=[{"item_id": "inspect",
                                                      "need_code": "SUPERVISION"}])
        birth = self.do("history", request, keys=["jt-c1"])["items"][0]["event"]["txid"]
        self.assertIn("committed", self.text("tx", "show", birth, keys=["jt-c1"]))
        file = self.folder / "receipt.json"
        self.text("tx", "show", birth, "--receipt", file, keys=["jt-c1"])
        words = self.text("verify", file, "--genesis", self.network.genesis)
        self.assertIn("verified 验证通过", words)
        self.assertIn("at most 1/3 faulty", words)
        receipt = json.loads(file.read_text())
        for name in receipt:
            if not isinstance(receipt[name], str) or not receipt[name]:
                continue
            changed = dict(receipt)
            last = receipt[name].rstrip("=")[-5]
            changed[name] = receipt[name].replace(last, "A" if last != "A" else "B", 1)
            self.write("changed.json", changed)
            told = support.run_json("verify", self.folder / "changed.json", "--genesis",
                                    self.network.genesis, expect=7)
            self.assertTrue(told.get("failed_step") or "FAILED" in told.get("error", ""), told)


if __name__ == "__main__":
    unittest.main()
