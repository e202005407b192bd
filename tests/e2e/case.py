"""A sharing case as officers run it: the commands, their files, and what they say at 80 columns.

One network of four departments serves all tests of a class; each test makes its own entities.
"""
import hashlib
import json
import pathlib
import re
import shutil
import struct
import tempfile
import time
import unicodedata

import support

COLUMNS = 80
AUDITOR = "11990100099001061D"


def width(line):
    """Columns a terminal uses for a line."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def born(done, kind):
    """The id of what a transaction brought forth."""
    ids = [one["id"] for one in done["born"] if one["kind"] == kind]
    assert len(ids) == 1, done
    return ids[0]


def day(ahead=0):
    """A date of the country, yyyymmdd."""
    return int(time.strftime("%Y%m%d", time.gmtime(time.time() + (8 + 24 * ahead) * 3600)))


def hour(ahead_days):
    """A time as an officer writes it."""
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + (8 + 24 * ahead_days) * 3600))


class Case(support.Folder):
    """Tests on one network, made once for the class."""

    @classmethod
    def example(cls, folder):
        """Another configuration than that of the four departments, or None."""
        return None

    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="jiandu-e2e-"))
        cls.addClassCleanup(shutil.rmtree, folder, ignore_errors=True)
        cls.network = support.Network(cls, folder / "net", cls.example(folder))
        cls.shared = {}

    def options(self, keys, at=None):
        """Who acts, and at which node: the one of the first key unless it is named."""
        at = at or keys[0].split("-")[0]
        return [*self.network.keys(*keys), "--url", self.network.url("db" if at == "sj" else at)]

    def do(self, *args, keys, at=None, expect=0):
        """The command's JSON."""
        return support.run_json(*args, *self.options(keys, at), expect=expect)

    def fits(self, text):
        for line in text.splitlines():
            self.assertLessEqual(width(line), COLUMNS, line)
        return text

    def text(self, *args, keys=(), at=None, expect=0):
        """The command's words, on stdout and stderr, which must fit the screen."""
        more = self.options(keys, at) if keys else []
        done = support.run("--output", "text", "--color", "never", *args, *more, expect=expect)
        self.fits(done.stderr)
        return self.fits(done.stdout)

    def acts(self, *args, keys, at=None, expect=0):
        """The same for an act: (words, {kind: id of what is new})."""
        words = self.text(*args, keys=keys, at=at, expect=expect)
        return words, dict(re.findall(r"^  new (\w+) +([0-9a-f]{34})$", words, re.MULTILINE))

    def department(self, alias):
        return AUDITOR if alias == "sj" else self.network.nodes[alias]["department"]

    def system(self, name):
        """The id of an identity born in genesis: of kind 16, from its place in the document."""
        document = self.network.genesis.read_bytes()
        names = [one["name"] for one in json.loads(document)["identities"]]
        place = struct.pack(">H", names.index(name))
        digest = hashlib.sha256(b"JIANDU-ID-1\0" + hashlib.sha256(document).digest() + place)
        return "10" + digest.hexdigest()[:32]

    def digest_file(self, name):
        """A document on disk, as an option that names its digest."""
        return f"@{self.write(name, name)}"

    def content(self, code, **changes):
        """A resource of public security, conditional, complete but for what `changes` takes out."""
        def item(name, label, grade="G1"):
            return {"item_id": name, "name": label, "element_code": "DE00307", "item_role": "KEY",
                    "type": "C", "item_grade": grade, "pi_flag": "NONE", "subject_kind": "VEHICLE"}
        content = {"code": code, "name": "机动车登记信息", "abstract": "本市机动车登记与检验状态",
                   "category": {"class": "3", "group": "01", "directory": "001",
                                "subdirectory": "0001"},
                   "kind": "DEPARTMENT", "format": "JSON", "update_cycle": "DAILY",
                   "share_class": "CONDITIONAL", "delivery_modes": ["API", "BATCH"],
                   "labels": ["vehicle"], "schema_digest": support.digest_of("schema"),
                   "schema_version": 1, "secrecy_declared": "none", "grade": "G2",
                   "secrecy_assessment_digest": support.digest_of("secrecy"),
                   "share_scope_all": True, "share_conditions": ["SUPERVISION"],
                   "items": [item("plate", "号牌号码"), item("status", "车辆状态", "G2"),
                             item("inspect", "检验有效期", "G2")]}
        content.update(changes)
        return {name: value for name, value in content.items() if value is not None}

    def publish(self, code, **changes):
        """A resource of public security in the catalogue."""
        file = self.write(f"{code}.json", self.content(code, **changes))
        resource = born(self.do("catalog", "draft", file, keys=["ga-c1"]), "resource")
        self.do("catalog", "submit", resource, file, keys=["ga-c1", "ga-l1"])
        self.do("catalog", "review", resource, "--verdict", "OK", keys=["db-c1", "db-h1"])
        self.do("catalog", "publish", resource, keys=["db-c1", "db-h1"])
        return resource

    def published(self, code):
        """The same published resource for all tests of the class."""
        return self.once(code, lambda: self.publish(code))

    def once(self, name, make):
        """What one test of the class made, for all of them."""
        if name not in self.shared:
            self.shared[name] = make()
        return self.shared[name]

    def request_body(self, resource, **changes):
        """What transport asks for."""
        body = {"resource": resource, "resource_version": 1, "kind": "NORMAL",
                "items": [{"item_id": name, "need_code": "SUPERVISION"}
                          for name in ("plate", "status")],
                "share_class": "CONDITIONAL", "basis_kind": "LAW", "basis_ref": "道路运输条例",
                "basis_doc_digest": support.digest_of("basis"),
                "scene_code": "TRANSPORT_SUPERVISION",
                "scene_digest": support.digest_of("scene"), "use_scope": "营运车辆监管",
                "delivery_mode": "API", "matter_code": "JT-0102",
                "systems": [{"system": self.system("jt-app-01"), "cidrs": ["10.20.3.0/24"]}],
                "valid_from": day(), "valid_to": day(300),
                "measures": ["MASK", "ACCESS_LOG", "ENCRYPTED_TRANSFER"],
                "measures_doc_digest": support.digest_of("measures"), "deploy_level": "CITY",
                "daily_avg_declared": 500, "daily_cap": 990, "truth_commitment": True}
        body.update(changes)
        return body

    def request(self, resource, **changes):
        file = self.write("request.json", self.request_body(resource, **changes))
        return born(self.do("request", "submit", file, keys=["jt-c1", "jt-h1"]), "request")

    def grant(self, resource):
        """An active grant of transport, and the request it came from."""
        request = self.request(resource)
        self.do("approve", request, keys=["ga-c1", "ga-h1"])
        self.do("approve", request, keys=["db-c1", "db-h1"])
        done = self.do("grant", "open", request, *self.terms(), keys=["db-c1", "db-h1"])
        grant = born(done, "grant")
        self.do("grant", "acknowledge", grant, "--duty-agreement-digest",
                self.digest_file("duty.txt"), keys=["jt-h1"])
        return grant, request

    def terms(self):
        """The options of `grant open`."""
        return ["--duty-agreement-digest", self.digest_file("duty.txt"), "--purpose-code",
                "TRANSPORT_SUPERVISION", "--disposal-method", "DELETE", "--valid-to", day(300),
                "--daily-cap", 900, "--rate-per-min", 100, "--rows-per-call-max", 100,
                "--bytes-per-day", 1000000]

    def access(self, name, **changes):
        """One access as the provider's gateway reports it."""
        record = {"acc_id": name, "action": "QUERY", "bytes": 320, "client_ip": "10.20.3.7",
                  "case_commitment": support.digest_of("case" + name), "dataset_version": 0,
                  "items_mask": "03", "mask_profile": "none", "matter_code": "JT-0102",
                  "occurred_at": int(time.time() * 1000), "purpose_code": "TRANSPORT_SUPERVISION",
                  "request_digest": support.digest_of("q" + name),
                  "response_digest": support.digest_of("a" + name), "result": "OK", "rows": 1,
                  "system": self.system("jt-app-01")}
        record.update(changes)
        return record
