"""AT31: a case about citizens leaves no number, name or telephone on any disk of the network."""
import base64
import json
import pathlib
import subprocess
import time
import unittest

import byte_search
import case
import support

# All invented: there is no region 990101.
PEOPLE = [("欧阳若兰", "990101199003070015", "13900010001"),
          ("司徒文远", "99010119900307098X", "13900010002"),
          ("慕容晓白", "99010119900307100X", "13900010003")]
SECRETS = [text for person in PEOPLE for text in person]
CASE_NUMBER = "办件二〇二六第〇〇七号"
# Like a citizen number but for its check character: the ledger takes it, so the search has to
# find it wherever it would find one.
CANARY = "990101199003070014"


class Privacy(case.Case):
    def setUp(self):
        super().setUp()
        self.said = b""
        self.own = self.write("own.pass", "of the provider\n")
        self.auditor = self.write("auditor.pass", "of the auditor\n")
        self.manager = self.write("manager.pass", "of the manager\n")
        for path in (self.own, self.auditor, self.manager):
            path.chmod(0o600)

    def piped(self, text, *args):
        """A verb of `jiandu tag` with the secret on standard input; what it says is kept."""
        done = subprocess.run([support.PROGRAM, "--output", "json", "tag", *map(str, args)],
                              input=text.encode(), capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.said += done.stdout + done.stderr
        return json.loads(done.stdout)

    def make_keys(self):
        for name in ("ga", "jt"):
            support.run("tag", "new", self.folder / f"{name}.key", "--department",
                        self.department(name), "--year", time.strftime("%Y"), "--half-auditor",
                        self.folder / f"{name}.a.key", "--half-manager",
                        self.folder / f"{name}.m.key", "--passphrase-file", self.own,
                        "--passphrase-auditor", self.auditor, "--passphrase-manager", self.manager,
                        "--fast-seal")
        support.run("tag", "new", self.folder / "staff.key", "--department", self.department("jt"),
                    "--year", time.strftime("%Y"), "--staff", "--passphrase-file", self.own,
                    "--fast-seal")

    def tags(self, provider, resource, numbers):
        return self.piped("\n".join(numbers), "subject", "--key", self.folder / f"{provider}.key",
                          "--passphrase-file", self.own, "--resource", resource, "--month",
                          time.strftime("%Y%m"))["tags"]

    def operator(self, name):
        return self.piped(name, "staff", "--key", self.folder / "staff.key", "--passphrase-file",
                          self.own, "--kind", "OPERATOR")["tags"][0]

    def commit(self, name, text, *more):
        return self.piped(text, "commit", "--salt-file", self.folder / f"{name}.salt",
                          *more)["commitment"]

    def record(self, grant, name, *, by="ga-gw-01", **changes):
        record = self.access(name, **changes)
        file = self.write(f"{name}.json",
                          {key: value for key, value in record.items() if value is not None})
        return self.do("access", "record", file, "--grant", grant, keys=[by])

    def seal(self, name, opened):
        commitment = self.commit(name, json.dumps(opened), "--json")
        return {"blob_digest": support.digest_of("blob"), "commitment": commitment,
                "ground_code": "CASE", "until": int(time.time() * 1000) + 1000}

    def public_use(self, resource, grant):
        """Transport's accesses about three citizens, and a doubt about one of them."""
        numbers = [number for _, number, _ in PEOPLE]
        tags = self.tags("ga", resource, numbers)
        commitment = self.commit("case", f"{CASE_NUMBER} {PEOPLE[0][0]} {PEOPLE[0][2]}")
        operator = self.operator(PEOPLE[1][0])
        done = self.record(grant, "at31-1", subject_tags=tags, operator_tag=operator,
                           case_commitment=commitment)
        self.assertEqual(done["flags"], [])
        root = self.piped("\n".join(tags), "root")["root"]
        now = int(time.time() * 1000)
        digest = {"from": now - 1000, "to": now, "rows": 3, "bytes": 900, "max_rows": 1,
                  "counts": {"ok": 3, "not_found": 0, "denied": 0, "error": 0}, "peak_per_min": 3,
                  "ip_counts": [{"address": "10.20.3.7", "n": 3}], "subject_root": root,
                  "items_mask_counts": [{"mask": "03", "n": 3}], "matter_codes": ["JT-0102"],
                  "purpose_codes": ["TRANSPORT_SUPERVISION"], "dataset_versions": [0],
                  "case_root": support.digest_of("cases"), "root": support.digest_of("leaves")}
        file = self.write("digest.json", {"batch_id": "at31-b", "form": "digest", "digest": digest,
                                          "system": self.system("jt-app-01")})
        self.do("access", "batch", file, "--grant", grant, keys=["ga-gw-01"])
        self.do("correct", "file", resource, "--kind", "WRONG", "--item-ids", "status",
                "--version-seen", 0, "--observed-digest", self.digest_file("seen"),
                "--evidence-digest", self.digest_file("evidence"), "--seen-grant", grant,
                "--set", f"record_tags={tags[0]}", keys=["jt-c1"])
        # Transport may not seal: what it hides is missed.
        done = self.record(grant, "at31-2", case_commitment=None, seal=self.seal("jt-seal", {
            "case_commitment": commitment}))
        self.assertEqual(done["flags"], ["FIELD_MISSING"])

    def sealed_use(self):
        """Public security looks up a citizen at transport's; only the seal knows whom."""
        file = self.write("permits.json", self.content(
            "330100-jt-7002", name="从业资格信息", abstract=f"统一社会信用代码 {support.BUREAU}"))
        resource = case.born(self.do("catalog", "draft", file, keys=["jt-c1"]), "resource")
        self.do("catalog", "submit", resource, file, keys=["jt-c1", "jt-l1"])
        self.do("catalog", "review", resource, "--verdict", "OK", keys=["db-c1", "db-h1"])
        self.do("catalog", "publish", resource, keys=["db-c1", "db-h1"])
        body = self.request_body(resource, systems=[{"system": self.system("ga-gw-01"),
                                                     "cidrs": ["10.20.2.0/24"]}])
        request = case.born(self.do("request", "submit", self.write("ask.json", body),
                                    keys=["ga-c1", "ga-h1"]), "request")
        for alias in ("jt", "db"):
            self.do("approve", request, keys=[f"{alias}-c1", f"{alias}-h1"])
        grant = case.born(self.do("grant", "open", request, *self.terms(),
                                  keys=["db-c1", "db-h1"]), "grant")
        self.do("grant", "acknowledge", grant, "--duty-agreement-digest",
                self.digest_file("duty.txt"), keys=["ga-h1"])
        opened = {"subject_tags": self.tags("jt", resource, [PEOPLE[2][1]]),
                  "case_commitment": self.commit("sealed-case", CASE_NUMBER)}
        done = self.record(grant, "at31-s", by="jt-gw-01", client_ip="10.20.2.7",
                           system=self.system("ga-gw-01"), case_commitment=None, matter_code=None,
                           seal=self.seal("seal", opened))
        self.assertEqual(done["flags"], [])
        salt = self.piped(json.dumps(opened), "open", "--json", "--salt-file",
                          self.folder / "seal.salt")["salt"]
        disclose = ["access", "disclose", grant, "--acc-id", "at31-s", "--set",
                    "opened=" + json.dumps(opened), "--salt"]
        self.assertEqual(self.do(*disclose, "0" * 64, keys=["ga-h1"])["flags"],
                         ["DIGEST_MISMATCH"])
        self.assertEqual(self.do(*disclose, salt, keys=["ga-h1"])["flags"], [])

    def refused_texts(self):
        for text in (f"含 {PEOPLE[0][1]} 的说明", PEOPLE[1][1].lower(), "９９０１０１１９９００３０７００１５",
                     f"电话 {PEOPLE[0][2]}"):
            file = self.write("leaky.json", dict(support.draft(int(time.time_ns() % 1000000)),
                                                 abstract=text))
            refused = self.do("catalog", "draft", file, keys=["ga-c1"], expect=2)
            self.assertEqual(refused["code"], "PERSONAL_DATA_IN_TEXT", refused)
            self.assertTrue(refused["message_zh"])
        for text in (f"{support.BUREAU} 与 {support.AUDIT}", f"编号 {CANARY}"):
            file = self.write("harmless.json",
                              dict(support.draft(int(time.time_ns() % 1000000)), abstract=text))
            self.do("catalog", "draft", file, keys=["ga-c1"])

    def test_what_a_case_about_citizens_leaves_on_disk(self):
        self.make_keys()
        resource = self.publish("330100-ga-7001")
        grant, _ = self.grant(resource)
        self.public_use(resource, grant)
        self.sealed_use()
        self.refused_texts()
        # Started anew, a node's database lies in tables; what came after in its log.
        net = self.network
        for alias in net.nodes:
            net.kill(alias)
            net.start(alias)
        net.await_height(max(net.height(alias) for alias in net.nodes))
        net.down()

        found, looked_at = byte_search.find(net.folder, SECRETS + [CASE_NUMBER, CANARY])
        leaks = {one for one in found if one[0] != CANARY}
        self.assertEqual(leaks, set())
        self.assertGreater(looked_at, 1 << 20)
        for secret in SECRETS + [CASE_NUMBER]:
            self.assertNotIn(secret.encode(), self.said)
        # The same search finds what is there: in each node's segments and in its database.
        places = {where for text, _, where in found if text == CANARY}
        for alias in net.nodes:
            data = f"{alias}/data/"
            self.assertTrue([w for w in places if w.startswith(data) and w.endswith(".seg")],
                            (alias, places))
            self.assertTrue([w for w in places if w.startswith(data)
                             and w.endswith(("unpacked", "put together"))], (alias, places))
        tables = [where for where, _ in byte_search.contents(net.folder)
                  if where.endswith("unpacked")]
        self.assertGreaterEqual(len(tables), len(net.nodes))

    def test_the_search_finds_what_is_planted_in_every_form(self):
        name, number, telephone = PEOPLE[0]
        for text in (name, number, telephone):
            for form, planted in byte_search.forms_of(text).items():
                folder = pathlib.Path(self.folder / "planted")
                folder.mkdir(exist_ok=True)
                (folder / "file.bin").write_bytes(b"\0\xffbefore" + planted + b"behind\0")
                found, _ = byte_search.find(folder, [text])
                self.assertIn((text, form, "file.bin"), found)
        (folder / "file.bin").write_bytes(b"nothing " * 100)
        self.assertEqual(byte_search.find(folder, SECRETS)[0], set())
        # In the middle of what was coded as a whole.
        coded = base64.b64encode(b"xx" + number.encode() + b"yy")
        (folder / "file.bin").write_bytes(coded)
        self.assertTrue(byte_search.find(folder, [number])[0])


if __name__ == "__main__":
    unittest.main()
