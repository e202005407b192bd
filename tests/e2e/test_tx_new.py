"""`jiandu tx new`: a form filled in at a terminal, or from options; and a command for every op."""
import json
import os
import pty
import re
import select
import subprocess
import unittest

import case
import support


class Terminal:
    """The program at a terminal of its own: what it asks is awaited, then answered."""

    def __init__(self, test, *args):
        self.shown = ""
        self.raw = b""
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.execv(support.PROGRAM, [support.PROGRAM, *map(str, args)])
        test.addCleanup(self.end)
        self.status = None

    def read(self, limit_s=support.LIMIT_S):
        """More of what is shown; False when the program has ended."""
        ready, _, _ = select.select([self.fd], [], [], limit_s)
        if not ready:
            raise AssertionError(f"silent for {limit_s} s after:\n{self.shown[-2000:]}")
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            more = b""
        self.raw += more
        self.shown = self.raw.decode(errors="replace").replace("\r\n", "\n")
        return bool(more)

    def until(self, words):
        """Reads on until the words stand in what came since the last answer."""
        while words not in self.shown[self.place:]:
            if not self.read():
                raise AssertionError(f"ended before {words!r}:\n{self.shown[-2000:]}")

    place = 0

    def answer(self, asked, text):
        self.until(asked)
        at = self.shown.index(asked, self.place)
        while not re.search(r"(> |\] |: )$", self.shown[at:]):
            if not self.read():
                raise AssertionError(f"ended at {asked!r}:\n{self.shown[-2000:]}")
        self.place = len(self.shown)
        os.write(self.fd, text.encode() + b"\n")

    def wait(self):
        while self.read():
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])
        return self.status

    def end(self):
        os.close(self.fd)
        if self.status is None:
            os.waitpid(self.child, 0)


def without_terminal(*args, expect=0, text=""):
    done = subprocess.run([support.PROGRAM, "--output", "json", *map(str, args)], input=text,
                          capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != expect:
        raise AssertionError(f"{args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout)


class Alone(support.Folder):
    def test_without_a_terminal_what_is_missing_is_listed_with_its_source(self):
        told = without_terminal("tx", "new", "demand.submit", expect=2)
        self.assertEqual([one["name"] for one in told["missing"]],
                         ["items_wanted", "basis", "scene", "urgency"])
        for one in told["missing"]:
            self.assertTrue(one["label"] and one["label_zh"] and one["type"], one)
        self.assertEqual(told["missing"][0]["source"], "S0 6.2.3")
        holed = ["--set", 'items_wanted=[{"element_code":"DE00402"}]', "--set", "basis=条例",
                 "--set", "scene=监管", "--set", "urgency=NORMAL"]
        told = without_terminal("tx", "new", "demand.submit", *holed, expect=2)
        self.assertEqual([one["name"] for one in told["missing"]], ["items_wanted.0.subject_kind"])
        words = support.run("--output", "text", "tx", "new", "demand.submit", "--check", expect=2)
        for word in ("items_wanted", "所需数据项", "S0 6.2.3"):
            self.assertIn(word, words.stdout)

    def body(self):
        return {"items_wanted": [{"element_code": "DE00402", "subject_kind": "LEGAL"}],
                "basis": "道路运输条例", "scene": "监管", "urgency": "NORMAL"}

    def test_check_tells_right_from_wrong_and_saving_keeps_what_is_there(self):
        file = self.write("body.json", self.body())
        told = without_terminal("tx", "new", "demand.submit", "--from", file, "--check")
        self.assertEqual((told["complete"], told["missing"]), (True, []))
        for name, value in (("urgency", "SOON"), ("basis", "含 990101199003070015"),
                            ("resource", "00")):
            told = without_terminal("tx", "new", "demand.submit", "--from", file, "--check",
                                    "--set", f"{name}={value}", expect=2)
            self.assertIn(name, told["wrong"])
        saved = self.folder / "saved.json"
        more = ["--from", file, "--set", "urgency=URGENT", "--save", saved]
        without_terminal("tx", "new", "demand.submit", *more)
        self.assertEqual(json.loads(saved.read_text()), dict(self.body(), urgency="URGENT"))
        without_terminal("tx", "new", "demand.submit", *more, expect=1)
        told = without_terminal("tx", "new", "demand.submit", "--from", "-", "--check",
                                text=json.dumps(self.body()))
        self.assertTrue(told["complete"])
        without_terminal("tx", "new", "demand.submit", "--set", "nonsense=1", expect=2)
        without_terminal("tx", "new", "no.such", expect=2)

    def test_the_end_of_the_terminal_sends_nothing_and_says_so(self):
        terminal = Terminal(self, "tx", "new", "demand.submit")
        terminal.answer("element_code", "DE00402")
        terminal.until("subject_kind")
        os.write(terminal.fd, b"\x04")
        self.assertEqual(terminal.wait(), 2)
        self.assertIn("nothing was sent", terminal.shown)

    def test_a_form_is_asked_for_member_by_member_and_saved(self):
        saved = self.folder / "incident.json"
        terminal = Terminal(self, "tx", "new", "incident.report", "--set", "kind=LEAK")
        terminal.answer("事件级别", "HUGE")
        terminal.answer("no 有误", "LARGER")
        self.assertIn("GENERAL | LARGER", terminal.shown)
        self.assertIn("809 Art. 35", terminal.shown)
        terminal.answer("detected_at", "yesterday")
        terminal.answer("no 有误", "2026-03-02T10:00")
        terminal.answer("cii", "no")
        terminal.answer("report_digest", "")
        terminal.answer("it is needed 必填", "ab" * 32)
        terminal.answer("[y/N]", "y")
        terminal.answer("grants", "")
        terminal.answer("affected_count", "-1")
        terminal.answer("no 有误", "12")
        terminal.answer("plan_started_at", "")
        terminal.answer("reported_to.0", "y")
        terminal.answer("authority", "联系人 13900010001")
        terminal.answer("不得上链", "市网信办")
        terminal.answer("reported_to.0.at", "2026-03-02T11:00")
        terminal.answer("reported_to.1", "")
        terminal.answer("notify_subjects", "yes")
        terminal.until('"affected_count": 12')
        terminal.answer("存为文件", "f")
        terminal.answer("file 文件名", str(saved))
        self.assertEqual(terminal.wait(), 0, terminal.shown)
        begun = 1772416800000  # 2026-03-02 10:00 in the hours of the country
        self.assertEqual(json.loads(saved.read_text()), {
            "affected_count": 12, "cii": False, "detected_at": begun, "kind": "LEAK",
            "level": "LARGER", "notify_subjects": True, "report_digest": "ab" * 32,
            "reported_to": [{"at": begun + 3600_000, "authority": "市网信办"}]})
        for line in terminal.shown.splitlines():
            self.assertLessEqual(case.width(re.sub(r"\x1b\[[0-9;]*m", "", line)), 120, line)

    def test_every_op_has_a_command_and_its_help_fits(self):
        ops = [op["op"] for op in support.run_json("tx", "new")["ops"]]
        elsewhere = {"resource": "catalog", "correction": "correct", "rectification": "grant"}
        renamed = {"grant.service_ready": "ready"}
        unsaid = []
        helps = {}
        for op in ops:
            noun, _, verb = op.partition(".")
            if not verb or noun == "audit":
                continue
            noun = elsewhere.get(noun, noun).replace("_", "-")
            if noun not in helps:
                helps[noun] = support.run(noun, "--help").stdout
            verb = renamed.get(op, verb.replace("_", "-"))
            if not re.search(rf"^ *{verb} ", helps[noun], re.MULTILINE):
                unsaid.append(op)
        self.assertEqual(unsaid, [])
        for words in helps.values():
            for line in words.splitlines():
                self.assertLessEqual(case.width(line), 80, line)
        answer = support.run("demand", "answer", "--help").stdout
        for word in ("--answer", "--superior-statement-digest", "A_PROVIDE, B_SUPERIOR",
                     "函件文号"):
            self.assertIn(word, answer)


class Sent(case.Case):
    def test_a_demand_filled_in_at_the_terminal_goes_its_way_by_commands(self):
        terminal = Terminal(self, "tx", "new", "demand.submit", *self.options(["jt-c1", "jt-h1"]))
        terminal.answer("element_code", "DE09901")
        terminal.answer("subject_kind", "VEHICLE")
        terminal.answer("items_wanted.1", "n")
        terminal.answer("basis", "道路运输条例")
        terminal.answer("scene", "营运车辆监管")
        terminal.answer("urgency", "NORMAL")
        terminal.answer("[y/N]", "")
        terminal.until('"element_code": "DE09901"')
        terminal.answer("签名提交", "s")
        self.assertEqual(terminal.wait(), 0, terminal.shown)
        demand = re.search(r"new demand +([0-9a-f]{34})", terminal.shown).group(1)

        self.assertEqual(self.do("demand", "show", demand, keys=["jt-c1"])["status"], "SUBMITTED")
        rows = self.do("demand", "list", keys=["jt-c1"])["items"]
        self.assertIn(demand, [row["id"] for row in rows])
        self.assertEqual(self.do("demand", "assign", demand, "--verdict", "REJECT",
                                 keys=["db-c1", "db-h1"], expect=6)["code"], "REASON_REQUIRED")
        self.acts("demand", "assign", demand, "--verdict", "ASSIGN", "--provider",
                  self.department("ga"), keys=["db-c1", "db-h1"])
        self.acts("demand", "answer", demand, "--answer", "B_SUPERIOR", "--superior-body",
                  "省交通运输厅", "--superior-system", "全省运政系统",
                  "--superior-statement-digest", self.digest_file("statement.txt"),
                  keys=["ga-c1", "ga-h1"])
        shown = self.do("demand", "show", demand, keys=["jt-c1"])
        self.assertEqual(shown["status"], "SUPERIOR")
        self.acts("demand", "unified-apply", demand, "--remote-case", "SJT-2026-1",
                  "--letter-digest", self.digest_file("letter.txt"), keys=["db-c1", "db-h1"])
        self.acts("demand", "withdraw", demand, keys=["jt-c1"])
        self.assertEqual(self.do("demand", "show", demand, keys=["jt-c1"])["status"], "WITHDRAWN")
        # A fact of another machine, its department in the place of an id.
        _, new = self.acts("complaint", "file", self.department("ga"), "--case-commitment",
                           support.digest_of("case"), "--subject-code", "MISUSE", keys=["sw-c1"])
        self.acts("complaint", "answer", new["complaint"], "--answer-digest",
                  self.digest_file("answer.txt"), keys=["ga-c1", "ga-h1"])
        rows = self.do("complaint", "list", keys=["ga-c1"])["items"]
        self.assertIn(new["complaint"], [row["id"] for row in rows])


if __name__ == "__main__":
    unittest.main()
