"""Exports and evidence packs: of every entity of the worked scenario, and of a case on a network.

PROV documents are held to the W3C schema and to the constraints (prov_check), and read back by
python3-prov; OpenLineage events to the schema of the specification. What is not installed, or not
at hand, is skipped with a word.
"""
import collections
import html.parser
import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

import case
import prov_check
import redirecting
import support

VECTORS = pathlib.Path(os.environ.get("JIANDU_VECTORS",
                                      support.SOURCE.parent / "shared" / "vectors"))


def validator_of(test, *path):
    """Says what is wrong with a document by a schema of the shared vectors."""
    try:
        import jsonschema
    except ImportError:
        test.skipTest("python3-jsonschema is not installed")
    file = VECTORS.joinpath(*path)
    if not file.exists():
        test.skipTest(f"{file} is not at hand: set JIANDU_VECTORS")
    schema = json.loads(file.read_text())
    kind = jsonschema.validators.validator_for(schema)
    return kind(schema, format_checker=jsonschema.FormatChecker())


class Exports(unittest.TestCase):
    """One run of the scenario; its nodes stay up for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="jiandu-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.net = cls.folder / "net"
        cls.addClassCleanup(cls.down)
        # Whether each row holds is for test_scenario; here its ledger is what matters.
        support.run("--output", "json", "scenario", "run", "linjiang", "--dir", cls.net, "--keep",
                    timeout=600, expect=None)
        cls.genesis = cls.net / "genesis.json"
        nodes = json.loads((cls.net / "devnet.json").read_text())["nodes"]
        cls.url = f"http://127.0.0.1:{nodes[0]['gateway_port']}"
        cls.made = {}
        cls.entities = cls.listed()

    @classmethod
    def down(cls):
        support.run("devnet", "down", "--dir", cls.net, expect=None)

    @classmethod
    def reading(cls, key):
        file = cls.net / key.split("-")[0] / "keys" / f"{key}.key"
        return ["--url", cls.url, "--passphrase-file", cls.net / "passphrase", "--key", file]

    @classmethod
    def listed(cls):
        """Ids of everything that the catalogue, the cases and what they touch lead to, by kind."""
        waiting, found = [], collections.defaultdict(list)
        for noun in ("catalog", "request", "grant", "correct", "demand", "incident", "leak"):
            rows = support.run_json(noun, "list", "--all", *cls.reading("sj-a1"))["items"]
            waiting += [row["id"] for row in rows]
        known = set(waiting)
        while waiting:
            entity = waiting.pop()
            text, _ = cls.export("prov", entity)
            for kind, other in re.findall(r'"jd:([a-z-]+)/([0-9a-f]{34})"', text):
                if other == entity and entity not in found[kind]:
                    found[kind].append(entity)
                if other not in known:
                    known.add(other)
                    waiting.append(other)
        return found

    @classmethod
    def export(cls, kind, entity, key="sj-a1"):
        """The text of an export, made once; the proof lies beside it."""
        if (kind, entity, key) not in cls.made:
            file = cls.folder / f"{kind}-{entity}-{key}"
            told = support.run_json("export", kind, entity, "--file", file, *cls.reading(key))
            cls.made[kind, entity, key] = file.read_text(), told
        return cls.made[kind, entity, key]

    def everything(self, kind, key="sj-a1"):
        for name, ids in self.entities.items():
            for entity in ids:
                text, told = self.export(kind, entity, key)
                yield f"{name} {entity}", text, told

    def test_the_scenario_has_something_of_almost_every_kind(self):
        self.assertGreaterEqual(len(self.entities), 18, sorted(self.entities))

    def test_prov_obeys_the_constraints(self):
        seen = collections.Counter()
        for name, text, told in self.everything("prov"):
            document = json.loads(text)
            self.assertEqual(prov_check.faults_of(document), [], name)
            for bundle in document["bundle"].values():
                for relation, rows in bundle.items():
                    seen[relation] += len(rows)
                for row in bundle.get("activity", {}).values():
                    self.assertNotEqual(row["prov:type"]["$"], "jdt:UnknownOp", name)
            (about,) = [row for row in document["entity"].values()
                        if row["prov:type"]["$"] == "prov:Bundle"]
            self.assertEqual(int(about["jdt:withheld"]["$"]), told["withheld"])
            self.assertEqual(int(about["jdt:events"]["$"]), told["events"])
        for relation in ("used", "wasGeneratedBy", "wasDerivedFrom", "wasInvalidatedBy",
                         "wasInformedBy", "specializationOf", "wasAssociatedWith",
                         "actedOnBehalfOf", "wasAttributedTo", "wasInfluencedBy"):
            self.assertGreater(seen[relation], 0, relation)

    def test_the_checker_finds_what_breaks_the_constraints(self):
        """A checker that cannot fail says nothing."""
        text = max((self.export("prov", grant)[0] for grant in self.entities["grant"]), key=len)

        def broken(change):
            document = json.loads(text)
            (bundle,) = document["bundle"].values()
            change(bundle)
            return prov_check.faults_of(document)

        def rows(bundle, relation):
            return list(bundle[relation].values())

        def twice(bundle):
            first = rows(bundle, "wasGeneratedBy")[0]
            bundle["wasGeneratedBy"]["jd:again"] = dict(first)

        def outside(bundle):
            rows(bundle, "used")[0]["prov:time"] = "1999-01-01T00:00:00.000Z"

        def mixed(bundle):
            bundle["entity"][next(iter(bundle["activity"]))] = {}

        def unmatched(bundle):
            rows(bundle, "wasDerivedFrom")[0]["prov:usage"] = "jd:nothing"

        def ended_early(bundle):
            place = prov_check.Checker(bundle).place
            last = max(rows(bundle, "used"), key=lambda row: place(row["prov:activity"]))
            used, first = last["prov:entity"], min(bundle["activity"], key=place)
            bundle.setdefault("wasInvalidatedBy", {})["jd:end"] = {
                "prov:entity": used, "prov:activity": first}

        self.assertEqual(broken(lambda bundle: None), [])
        for change in (twice, outside, mixed, unmatched, ended_early):
            self.assertNotEqual(broken(change), [], change.__name__)

    def test_prov_keeps_to_the_schema(self):
        validator = validator_of(self, "prov", "prov-json.schema.json")
        for name, text, _ in self.everything("prov"):
            faults = [error.message for error in validator.iter_errors(json.loads(text))]
            self.assertEqual(faults, [], name)

    def test_another_library_reads_prov_and_finds_nothing_to_unify(self):
        try:
            import prov.model
        except ImportError:
            self.skipTest("python3-prov is not installed")
        for name, text, _ in self.everything("prov"):
            document = prov.model.ProvDocument.deserialize(content=text, format="json")
            self.assertEqual(document.unified(), document, name)
            again = prov.model.ProvDocument.deserialize(
                content=document.serialize(format="json"), format="json")
            self.assertEqual(again, document, name)

    def test_openlineage_keeps_to_the_schema(self):
        validator = validator_of(self, "openlineage", "OpenLineage.json")
        facets = {}
        for file in (VECTORS / "openlineage" / "facets").glob("*.json"):
            schema = json.loads(file.read_text())
            facets[schema["$id"]] = schema
        for name, text, _ in self.everything("openlineage"):
            for line in text.splitlines():
                event = json.loads(line)
                self.assertEqual([error.message for error in validator.iter_errors(event)], [], name)
                self.check_facets(event, facets, name)

    def check_facets(self, event, facets, name):
        """Each names a schema that exists, and has what that asks for."""
        holders = [event.get("run"), event.get("job"), event.get("dataset"),
                   *event.get("inputs", []), *event.get("outputs", [])]
        for holder in filter(None, holders):
            for facet in holder.get("facets", {}).values():
                url, _, place = facet["_schemaURL"].partition("#/$defs/")
                if url.startswith("https://jiandu.example/"):
                    continue
                self.assertIn(url, facets, name)
                wanted = facets[url]["$defs"][place]["allOf"][1]
                self.assertLessEqual(set(wanted.get("required", [])), set(facet), name)

    def test_each_run_starts_and_ends_once(self):
        failed = 0
        for name, text, told in self.everything("openlineage"):
            runs = collections.defaultdict(list)
            events = [json.loads(line) for line in text.splitlines()]
            self.assertEqual(events[0]["dataset"]["facets"]["jiandu_proof"]["withheld"],
                             told["withheld"])
            for event in events:
                if "run" in event:
                    runs[event["run"]["runId"]].append(event)
            for run, (start, end) in runs.items():
                self.assertRegex(run, "^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-")
                self.assertEqual(start["eventType"], "START", name)
                self.assertIn(end["eventType"], ("COMPLETE", "FAIL"), name)
                self.assertLessEqual(start["eventTime"], end["eventTime"])
                self.assertEqual(end["eventType"] == "FAIL",
                                 "errorMessage" in end["run"]["facets"], name)
                failed += end["eventType"] == "FAIL"
        self.assertGreater(failed, 0)

    def test_the_proof_beside_an_export_verifies(self):
        for entity in (self.entities["grant"][0], self.entities["resource"][0]):
            _, told = self.export("prov", entity)
            verdict = support.run_json("verify", told["proof"], "--genesis", self.genesis)
            self.assertTrue(verdict["verified"])
            self.assertEqual(len(verdict["events"]), told["events"])
            self.assertEqual(verdict["as_of"], told["as_of"])

    def test_packs_of_all_cases_verify(self):
        for name, ids in self.entities.items():
            if name in ("department", "identity", "resource", "network"):
                continue
            for entity in ids[:2]:
                file = self.folder / "pack.html"
                support.run_json("case", "export", entity, "--file", file, *self.reading("sj-a1"))
                verdict = support.run_json("verify", file, "--genesis", self.genesis)
                self.assertTrue(verdict["verified"], name)
                self.assertEqual(verdict["steps"][-1]["name"], "report")
                check_page(self, file.read_text(encoding="utf-8"))


class Page(html.parser.HTMLParser):
    """What an HTML page has: its tags in pairs, no script, nothing from elsewhere."""
    VOID = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.words = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "link", "img", "form", "base"):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "style", "srcset"):
                self.faults.append(f"{tag} {name}")
            if name == "href" and not value.startswith("#"):
                self.faults.append(f"{tag} {value}")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of place")

    def handle_data(self, data):
        self.words.append(data)


def check_page(test, text):
    page = Page()
    page.feed(text)
    page.close()
    test.assertEqual(page.faults + page.open, [])
    return "".join(page.words)


class EvidencePack(case.Case):
    """A pack of a case made of a running network."""

    def setUp(self):
        super().setUp()
        self.resource = self.published("330100-ga-4001")
        self.file = self.folder / "case.html"

    def a_request(self):
        """The same open request for all tests of the class."""
        if "request" not in self.shared:
            self.shared["request"] = self.request(self.resource)
        return self.shared["request"]

    def verify(self, genesis=None, expect=0):
        return support.run_json("verify", self.file, "--genesis", genesis or self.network.genesis,
                                expect=expect)

    def test_a_request_with_its_decisions_and_grant(self):
        grant, request = self.grant(self.published("330100-ga-4002"))
        told = self.do("case", "export", request, "--file", self.file, keys=["sj-a1"])
        self.assertGreaterEqual(told["entities"], 2)
        verdict = self.verify()
        self.assertTrue(verdict["verified"])
        self.assertEqual(len(verdict["events"]), told["events"])
        words = check_page(self, self.file.read_text(encoding="utf-8"))
        for expected in (request, grant, "request.submit", "decision.submit", "grant.open",
                         "grant.acknowledge", "ga-h1", "db-h1", "jt-h1", "D04", "809 Art. 21",
                         support.digest_of("basis"), "at most 1/3 faulty"):
            self.assertIn(expected, words, expected)
        for asked, expect in ((request, 0), (grant, 7)):
            support.run_json("verify", self.file, "--genesis", self.network.genesis, "--history",
                             asked, expect=expect)
        # The grant's pack has the request it came from.
        self.do("case", "export", grant, "--file", self.file, keys=["sj-a1"])
        self.assertTrue(self.verify()["verified"])
        self.assertIn("request.submit", self.file.read_text(encoding="utf-8"))

    def test_an_answer_about_something_else_is_refused(self):
        """A node that answers with another entity's proof, true as it is, is not written down."""
        request = self.a_request()
        liar = redirecting.Redirecting(self, self.network.url("db"), request, self.resource)
        for words in (["case", "export"], ["export", "prov"], ["export", "openlineage"]):
            told = support.run_json(*words, request, "--file", self.file, *self.network.keys("sj-a1"),
                                    "--url", liar.url, expect=7)
            self.assertIn("another question", json.dumps(told))
            self.assertFalse(self.file.exists())
            # Asked for what it says, it is believed.
            support.run_json(*words, self.resource, "--file", self.file, *self.network.keys("sj-a1"),
                             "--url", liar.url)
            self.file.unlink()

    def test_what_was_changed_fails(self):
        request = self.a_request()
        self.do("case", "export", request, "--file", self.file, keys=["jt-c1"])
        good = self.file.read_bytes()
        self.assertTrue(self.verify()["verified"])
        for at in range(7, len(good), len(good) // 40):
            changed = bytearray(good)
            changed[at] ^= 1
            self.file.write_bytes(changed)
            self.verify(expect=7)
        forged = good.replace("已接受".encode(), "已驳回".encode(), 1)
        self.assertNotEqual(forged, good)
        self.file.write_bytes(forged)
        self.assertEqual(self.verify(expect=7)["failed_step"], "report")
        self.file.write_bytes(good + b"\n")
        self.verify(expect=7)

    def test_another_network_believes_nothing_of_it(self):
        request = self.a_request()
        self.do("case", "export", request, "--file", self.file, keys=["jt-c1"])
        document = json.loads(self.network.genesis.read_text(encoding="utf-8"))
        document["time"] += 1
        other = self.folder / "other.json"
        other.write_text(json.dumps(document, ensure_ascii=False, sort_keys=True,
                                    separators=(",", ":")), encoding="utf-8")
        self.assertEqual(self.verify(other, expect=7)["failed_step"], "genesis")
        # Nor is a pack made under the wrong document.
        self.do("case", "export", request, "--file", self.file, "--genesis", other,
                keys=["jt-c1"], expect=7)

    def test_what_is_withheld_is_counted(self):
        """A department that is no party sees the resource, and how much it does not see."""
        self.a_request()
        told = {}
        for key in ("sj-a1", "sw-c1"):
            file = self.folder / f"{key}.json"
            told[key] = self.do("export", "prov", self.resource, "--file", file, keys=[key])
            document = json.loads(file.read_text(encoding="utf-8"))
            self.assertEqual(prov_check.faults_of(document), [])
            (bundle,) = document["bundle"].values()
            gaps = [row for row in bundle["activity"].values()
                    if row["prov:type"]["$"] == "jdt:Withheld"]
            self.assertEqual(len(gaps), told[key]["withheld"])
            self.assertEqual(len(bundle["activity"]), told[key]["events"])
        self.assertEqual(told["sj-a1"]["withheld"], 0)
        self.assertGreater(told["sw-c1"]["withheld"], 0)
        self.assertEqual(told["sw-c1"]["events"], told["sj-a1"]["events"])

    def test_who_may_not_see_a_case_gets_no_pack(self):
        request = self.a_request()
        self.do("case", "export", request, "--file", self.file, keys=["sw-c1"], expect=5)
        self.assertFalse(self.file.exists())


if __name__ == "__main__":
    unittest.main()
