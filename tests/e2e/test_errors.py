"""What goes wrong says what happened and what to do next, in both languages, with its exit code."""
import http.server
import json
import os
import subprocess
import threading
import unittest

import case
import support


class Stranger(http.server.BaseHTTPRequestHandler):
    """Answers as a node would, but for what the test has it say instead."""
    said = {}
    called = []

    def answer(self):
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.called.append(self.path)
        said = self.said.get(self.path, '{"chain": "elsewhere"}')
        body = (said if isinstance(said, str) else said(self.headers["Host"], asked)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def challenge(domain=None, chain="elsewhere", identity=None, title="Jiandu: sign in to read"):
    """Offers a sign-in to whoever asks for one: at this address and for his key, or others."""
    def said(host, asked):
        lines = [title, f"domain: {domain or host}", f"chain: {chain}",
                 f"identity: {identity or json.loads(asked)['key']}", "nonce: 00", "issued: 1",
                 "expires: 2", "server: 00", ""]
        return json.dumps({"challenge": "\n".join(lines)})
    return said


class Errors(support.Folder):
    def setUp(self):
        super().setUp()
        self.good = self.secret("good", "eine lange Probe\n")
        (self.folder / "dir").mkdir()

    def secret(self, name, text, mode=0o600):
        path = self.write(name, text)
        path.chmod(mode)
        return path

    def fails(self, *args, expect, says=(), given=b"", cwd=support.SOURCE, form="json"):
        """Runs it, holds what it says against the rules for errors, and returns that."""
        done = subprocess.run([support.PROGRAM, "--output", form, *map(os.fspath, args)],
                              input=given, capture_output=True, check=False, cwd=cwd,
                              timeout=support.LIMIT_S)
        what = (args, done.stdout, done.stderr)
        self.assertEqual(done.returncode, done.returncode if expect is None else expect, what)
        self.assertGreater(done.returncode, 0, what)
        words = done.stderr.decode()
        self.assertFalse([c for c in words if c < " " and c != "\n" or c == "\u202e"], what)
        for line in ("error: ", "错误：", "next:  ", "下一步："):
            self.assertEqual(len([one for one in words.splitlines() if one.startswith(line)]), 1,
                             what)
        if form == "json":
            told = json.loads(done.stdout)
            self.assertEqual(told["exit"], done.returncode)
            for member in ("error", "error_zh", "next", "next_zh"):
                self.assertTrue(told[member], what)
            for member in ("error_zh", "next_zh"):
                self.assertTrue(any(ord(c) > 0x2e80 for c in told[member]), what)
            for phrase in says:
                self.assertIn(phrase, told["error"])
            return told
        return words

    def test_files_that_are_none_are_refused_with_what_they_are_not(self):
        empty, huge = self.write("empty", ""), self.write("huge", "x" * 9_000_000)
        bad, none = self.write("bad.json", '{"a":'), self.folder / "none"
        files = {none: "No such file", self.folder / "dir": "directory", huge: "more than"}
        for file, says in {**files, empty: "", bad: ""}.items():
            for command in (["keys", "show", file], ["verify", bad, "--genesis", file],
                            ["db", "check", "--data", self.folder, "--genesis", file],
                            ["tx", "submit", file], ["tag", "root", file], ["seal", "check", file],
                            ["tag", "open", "--salt-file", file],
                            ["network", "seal", "--network", file, bad],
                            ["node", "init", "--home", self.folder, "--department", "X",
                             "--passphrase-file", self.good, "--genesis", file]):
                # A file of tags may have many lines: it is the first one that is none.
                words = "a tag is" if command[0] == "tag" and file == huge and \
                    command[1] == "root" else says
                told = self.fails(*command, expect=None, says=[words])
                self.assertIn(told["exit"], (1, 2, 3, 5, 7), told)
                self.assertEqual(told["exit"] == 5, file == none, told)

    def test_a_passphrase_file_that_will_not_do(self):
        key = ["keys", "new", self.folder / "a.key", "--passphrase-file"]
        told = self.fails(*key, self.secret("open", "x\n", 0o644), expect=3, says=["chmod 600"])
        self.assertIn("可被他人读取", told["error_zh"])
        self.assertIn("chmod 600", told["next_zh"])
        told = self.fails(*key, self.folder / "none", expect=5, says=["No such file"])
        self.assertIn("找不到口令文件", told["error_zh"])
        self.fails(*key, self.secret("empty", ""), expect=2, says=["no passphrase in it"])
        self.fails(*key, self.folder / "dir", expect=2, says=["not a file"])
        self.fails(*key[:-1], expect=2, says=["--passphrase-file"])
        self.assertFalse((self.folder / "a.key").exists())

    def test_what_is_committed_to_has_a_size_and_may_not_be_empty(self):
        commit = ["tag", "commit", "--salt-file", self.folder / "salt"]
        for more in ([], ["--json"]):
            told = self.fails(*commit, *more, expect=2, given=b" " * 100_000,
                              says=["more than 64 KiB"])
            self.assertIn("64 KiB", told["next_zh"])
            self.fails(*commit, *more, expect=2, says=["is empty"])
        told = self.fails(*commit, "--json", expect=2, given=b"{secret", says=["no JSON value"])
        self.assertNotIn("secret", json.dumps(told))
        self.assertFalse((self.folder / "salt").exists())

    def test_a_command_that_is_nearly_one(self):
        for wrong, meant in ((["catlog", "list"], "catalog"), (["catalog", "lst"], "list"),
                             (["catalog", "list", "--limt", "3"], "--limit"),
                             (["help", "catlog"], "catalog")):
            self.assertIn(f"did you mean {meant}?", self.fails(*wrong, expect=2)["next"])
        told = self.fails("catalog", "list", "--kye", "some.key", expect=2)
        self.assertEqual(told["error"], "jiandu catalog list has no option --kye")
        self.assertIn("did you mean --key?", told["next"])
        self.fails("tx", "wait", expect=2)
        self.fails("tag", "subject", "--kind", "KING", "--key", "k", "--resource", "r", "--month",
                   "202603", expect=2)
        self.fails(b"\xff\xfe".decode("utf-8", "surrogateescape"), expect=2)
        shown = support.run("--output", "text", "help", "catalog", "draft").stdout
        self.assertEqual(shown, support.run("catalog", "draft", "--help").stdout)

    def told_by_a_stranger(self, said, *args, expect, url=None):
        """What a command with a key says of a server that answers so."""
        Stranger.said = said
        key = self.folder / "a.key"
        if not key.exists():
            support.run("keys", "new", key, "--passphrase-file", self.good)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            try:
                url = url or f"http://127.0.0.1:{server.server_address[1]}"
                return self.fails(*args, "--url", url, "--key", key, "--passphrase-file",
                                  self.good, expect=expect)
            finally:
                server.shutdown()

    def test_only_a_wrong_address_is_told_as_one(self):
        told = self.told_by_a_stranger({}, "catalog", "list", expect=2, url="ftp://x")
        self.assertIn("--url", told["next"])
        told = self.told_by_a_stranger({"/v1/auth/challenge": "<html>"}, "catalog", "list",
                                       expect=4)
        self.assertIn("no JSON", told["error"])
        session = {"/v1/auth/challenge": challenge(),
                   "/v1/auth/session": '{"token": "t", "department": "x"}'}
        told = self.told_by_a_stranger(session, "demand", "submit", "--unchecked", "--key",
                                       self.folder / "a.key", expect=2)  # a key twice
        self.assertIn("makes no transaction", told["error"])
        self.assertNotIn("--url", told["next"])

    def test_only_a_sign_in_at_the_address_called_is_signed(self):
        """Who was called hands on the challenge of another node, to be signed in there himself."""
        for wrong in (challenge(domain="node.example:8440"), challenge(domain="127.0.0.1"),
                      challenge(chain="linjiang-1"), challenge(identity="0" * 64),
                      challenge(title="Jiandu: sign in to read\ndomain: node.example:8440"),
                      '{"challenge": "sign this"}'):
            Stranger.called.clear()
            told = self.told_by_a_stranger({"/v1/auth/challenge": wrong}, "catalog", "list",
                                           expect=7)
            self.assertIn("not signed", told["error"])
            self.assertIn("未予签名", told["error_zh"])
            self.assertIn("/v1/auth/challenge", Stranger.called)
            self.assertNotIn("/v1/auth/session", Stranger.called)
        Stranger.called.clear()
        self.told_by_a_stranger({"/v1/auth/challenge": challenge()}, "catalog", "list", expect=6)
        self.assertIn("/v1/auth/session", Stranger.called)

    def test_an_address_has_a_port(self):
        for port in ("99999", "0", "8440x", "-1"):
            told = self.fails("node", "status", "--url", f"http://127.0.0.1:{port}", expect=2)
            self.assertIn("65535", told["error"])

    def test_errors_fit_the_screen(self):
        for wrong in (["keys", "show", self.folder / "none.key"], ["catlog"], ["tx"],
                      ["node", "status", "--url", "http://127.0.0.1:1"],
                      ["keys", "new", "k", "--passphrase-file", self.folder / "none"],
                      ["tx", "new", "request.submit"], ["scenario", "run", "none"]):
            done = support.run("--output", "text", *wrong, expect=None)
            for line in done.stderr.splitlines():
                self.assertLessEqual(case.width(line), case.COLUMNS, (wrong, line))

    def test_files_that_prove_nothing_are_told_as_what_they_are(self):
        key = self.folder / "a.key"
        support.run("keys", "new", key, "--passphrase-file", self.good)
        network, genesis = self.folder / "network.json", self.folder / "genesis.json"
        support.run("network", "init", "--chain", "probe-1", "--file", network)
        support.run("network", "join", "--network", network, "--home", self.folder / "db", "--code",
                    support.BUREAU, "--name", "临江市数据局", "--alias", "db", "--jurisdiction",
                    "990100", "--role", "MANAGER", "--fast-seal", "--passphrase-file", self.good)
        support.run("network", "seal", "--network", network, "--file", genesis,
                    self.folder / "db" / "join.json")
        lineage = {"eventTime": "", "producer": "", "schemaURL": "https://openlineage.io/spec/x"}
        files = {"sealed key": key.read_text(), "genesis document": genesis.read_text(),
                 "export": '{"agent":{"jd:validators":{"prov:type":"z"}},"bundle":{}}\n'}
        files["PROV or OpenLineage"] = json.dumps(lineage, separators=(",", ":")) + "\n"
        for says, text in files.items():
            told = self.fails("verify", self.write("file", text), "--genesis", genesis, expect=2,
                              says=[says])
            self.assertNotIn("FAILED", told["error"])

    def test_what_cannot_be_written_to_stdout_is_an_error(self):
        with open("/dev/full", "wb") as full:
            for words in (["config", "reference"], ["--help"]):
                done = subprocess.run([support.PROGRAM, *words], stdout=full, stderr=subprocess.PIPE,
                                      check=False, timeout=support.LIMIT_S)
                self.assertEqual(done.returncode, 1)
                self.assertIn("未能写到标准输出", done.stderr.decode())

    def test_what_a_gateway_says_commands_no_terminal(self):
        evil = "\x1b]0;owned\x07 \u202egnp\nnext:  rm -rf"
        told = {"/v1/auth/challenge": challenge(), "/v1/auth/session": json.dumps(
            {"code": "X", "detail": evil, "title": evil})}
        said = self.told_by_a_stranger(told, "catalog", "list", expect=6)
        self.assertIn("owned", said["error"])

    def test_a_network_whose_making_was_interrupted_is_made_by_the_same_command(self):
        folder = self.folder / "net"
        up = ["devnet", "up", "--port", "0", "--dir", str(folder)]
        process = subprocess.Popen([support.PROGRAM, *up], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, cwd=support.SOURCE)
        support.until("it has begun", (folder / "passphrase").exists)
        process.kill()
        process.wait()
        self.assertFalse((folder / "devnet.json").exists())
        self.addCleanup(support.run, "devnet", "down", "--dir", folder, expect=None)
        support.run(*up)
        self.assertFalse((folder / "devnet.unfinished").exists())

    def test_a_folder_with_other_things_in_it_is_not_emptied(self):
        kept = self.write("dir/kept", "mine")
        self.fails("devnet", "up", "--dir", self.folder / "dir", expect=6, says=["other things"])
        self.assertEqual([one.name for one in (self.folder / "dir").iterdir()], ["kept"])
        for command in (["demo", "--once", "--dir", self.folder / "dir"],
                        ["scenario", "run", "linjiang", "--dir", self.folder / "dir"]):
            self.fails(*command, expect=6, says=["holds no network made here"])
            self.assertEqual(kept.read_text(), "mine")
        # A node that is set up keeps its genesis, too.
        home = self.folder / "home"
        home.mkdir()
        (home / "node.toml").write_text("kept")
        (home / "genesis.json").write_text("kept")
        self.fails("node", "init", "--home", home, "--department", case.AUDITOR, "--genesis",
                   self.write("genesis.json", {}), "--passphrase-file", self.good, expect=3)
        self.assertEqual((home / "genesis.json").read_text(), "kept")


class Scenarios(support.Folder):
    """Scenarios that cannot be played say so; most before a node is started."""

    def scenario(self, rows, templates=None, clock=True):
        network = {"test_clock": True, "time": 1767571200000,
                   "consensus": {"heartbeat_ms": 300}} if clock else {}
        made = support.example(self.folder, "one", network)
        (made / "scenario").mkdir()
        row = [{"row": name, "title": name, "expected": "as it comes", "steps": steps}
               for name, steps in rows.items()]
        (made / "scenario" / "rows.json").write_text(
            json.dumps({"rows": row, "templates": templates or {}}), encoding="utf-8")
        done = support.run("--output", "json", "scenario", "run", "one", "--port", 0, "--dir",
                           self.folder / "net", cwd=self.folder, expect=None)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def step(self, body):
        return [{"at": "01-06 09:00", "op": "emergency.declare", "by": ["db-h1"], "body": body}]

    def refused(self, says, *args, **more):
        code, told = self.scenario(*args, **more)
        self.assertEqual(code, 3, told)
        self.assertIn(says, told[0]["error"])
        self.assertTrue(told[0]["error_zh"] and told[0]["next_zh"])
        self.assertFalse((self.folder / "net").exists(), "nodes were made")

    def test_without_a_clock_no_node_is_made(self):
        self.refused("test_clock", {"A": self.step({})}, clock=False)

    def test_a_template_that_uses_itself_is_named_with_its_way_round(self):
        templates = {"a": {"x": {"$use": "b"}}, "b": {"y": [{"$use": "a"}]}}
        self.refused("template a uses itself: a > b > a", {"A": self.step({"$use": "a"})},
                     templates)

    def test_a_template_that_is_not_there_is_named_with_its_row(self):
        self.refused("row A: no template b", {"A": self.step({"$use": "b"})})

    def test_templates_have_a_depth(self):
        templates = {f"t{n}": {"x": {"$use": f"t{n + 1}"}} for n in range(9, 0, -1)}
        self.refused("more than 8", {"A": self.step({"$use": "t1"})}, {**templates, "t10": {}})

    def test_a_body_that_is_too_large_says_how_large_and_the_rest_is_played(self):
        huge = {"$repeat": 3000, "item": {"$repeat": 3000, "item": "${i}"}}
        large = {"$repeat": 4000, "item": "#label ${i}"}
        inner = [{"$repeat": 2, "item": "${i}"}, "${i}"]
        code, told = self.scenario({"A": self.step({"x": huge}), "B": self.step({"x": large}),
                                    "C": self.step({"x": {"$repeat": 3, "item": inner}})})
        self.assertEqual(code, 1)
        rows = {one["row"]: " ".join(one["wrong"]) for one in told if "row" in one}
        self.assertIn("grows beyond 2 MiB", rows["A"])
        self.assertIn("emergency.declare has 64 KiB at most", rows["B"])
        self.assertNotIn("KiB", rows["C"])  # it came to its end, and the node has judged it
        self.assertTrue(rows["C"])


if __name__ == "__main__":
    unittest.main()
