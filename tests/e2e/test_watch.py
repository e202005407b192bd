"""Light blocks and `jiandu watch` on a real network: what is followed, and who is called what."""
import http.server
import json
import pathlib
import re
import subprocess
import sys
import threading
import unittest
import urllib.request

import case
import support

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "sdk" / "python"))
try:
    import jdchecks
    import jdforms
except ImportError:
    jdchecks = None


class Proxy:
    """A server in front of a node, or of nothing, that answers as `answer(status, body)` says."""

    def __init__(self, test, url, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status, body = 200, b""
                if url:
                    asked = urllib.request.Request(url + self.path, headers={"Accept": self.headers["Accept"]})
                    with urllib.request.urlopen(asked, timeout=20) as reply:
                        body = reply.read()
                status, body = answer(status, body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    pass  # the caller had enough

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        test.addCleanup(thread.join)
        test.addCleanup(self.server.server_close)
        test.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


class Watch(case.Case):
    counter = 0

    def setUp(self):
        super().setUp()
        self.urls = [self.network.url(alias) for alias in self.network.nodes]
        self.state = self.folder / "watch.json"

    def grow(self, blocks=1):
        """Transactions of their own blocks; the height of the last."""
        for _ in range(blocks):
            Watch.counter += 1
            content = self.write("draft.json", support.draft(700000 + Watch.counter))
            done = support.run_json("catalog", "draft", content, *self.network.keys("ga-c1"),
                                    "--url", self.urls[0])
        return done["height"]

    def words(self, *more, nodes=None):
        return ["watch", "--genesis", self.network.genesis, "--nodes", ",".join(nodes or self.urls),
                "--state", self.state, "--evidence", self.folder, *more]

    def look(self, nodes=None, expect=0):
        return support.run_json(*self.words("--once", nodes=nodes), expect=expect, cwd=self.folder)

    def test_all_nodes_tell_one_history_and_it_is_pinned(self):
        height = self.grow(3)
        self.network.await_height(height)
        first = self.look()
        self.assertGreaterEqual(first["height"], height)
        self.assertEqual([node["state"] for node in first["nodes"]], ["agrees"] * 4)
        self.assertEqual((first["from"], first["alarm"]), (0, False))
        self.assertIn("at most 1/3 faulty", first["statement"])
        self.grow()
        second = self.look()
        self.assertEqual(second["from"], first["height"])
        self.assertGreater(second["height"], first["height"])
        # What it saw stays pinned: a state file that was changed is no state file.
        good = self.state.read_bytes()
        saved = json.loads(good)
        for name, value in (("genesis_hash", "0" * 64), ("newest", saved["newest"][:-8] + "AAAAAAA="),
                            ("format", "other")):
            self.state.write_text(json.dumps({**saved, name: value}))
            before = self.state.read_bytes()
            self.look(expect=7)
            self.assertEqual(self.state.read_bytes(), before)
        self.state.write_bytes(good)
        self.look()
        text = support.run("--output", "text", *self.words("--once")).stdout
        self.assertTrue(all(case.width(line) <= case.COLUMNS for line in text.split("\n")), text)

    def test_it_goes_on_while_a_node_restarts(self):
        goal = self.grow() + 4
        with open(self.folder / "progress", "w+", encoding="utf-8") as progress:
            watcher = subprocess.Popen(
                [support.PROGRAM, "--output", "json",
                 *map(str, self.words("--until", goal, "--poll", 1, "--for", 170, "--every", 1))],
                stdout=subprocess.PIPE, stderr=progress, cwd=self.folder)
            self.addCleanup(watcher.stdout.close)
            self.addCleanup(watcher.wait)
            self.addCleanup(watcher.kill)
            told = pathlib.Path(progress.name)
            support.until("the first height is told", lambda: "height" in told.read_text("utf-8"))
            last = list(self.network.nodes)[-1]
            self.network.kill(last)
            support.until("the node is missed", lambda: "silent" in told.read_text("utf-8"))
            self.network.start(last)
            self.grow(4)
            out = watcher.communicate(timeout=support.LIMIT_S)[0]
        report = json.loads(out)
        self.assertEqual(watcher.returncode, 0, report)
        self.assertGreaterEqual(report["height"], goal)
        self.assertFalse(report["alarm"])

    def test_liars_without_a_certificate_are_named_and_not_followed(self):
        height = self.grow(2)
        self.network.await_height(height)

        def altered(status, body):
            at = len(body) // 2
            return status, body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]

        honest = self.urls[0]
        liars = {"invalid": [Proxy(self, None, lambda *_: (200, b"<html>hello</html>")),
                             Proxy(self, None, lambda *_: (200, bytes(8 << 20))),
                             Proxy(self, None, lambda *_: (302, b"")),
                             Proxy(self, honest, altered)],
                 "silent": [Proxy(self, None, lambda *_: (503, b"")),
                            Proxy(self, None, lambda *_: (404, b""))]}
        for state, proxies in liars.items():
            for proxy in proxies:
                report = self.look([honest, proxy.url], expect=7 if state == "invalid" else 0)
                self.assertEqual([node["state"] for node in report["nodes"]], ["agrees", state])
                self.assertTrue(all(node["detail_zh"] for node in report["nodes"]))
        self.assertGreaterEqual(report["height"], height)
        self.assertEqual(self.look(["http://127.0.0.1:1"], expect=4)["nodes"][0]["state"], "silent")
        self.assertEqual(list(self.folder.glob("fork-*")), [])
        for wrong in (["nonsense"], [honest, honest]):
            self.assertIn("next", self.look(wrong, expect=2))

    def test_one_answer_too_long_does_not_spoil_the_next(self):
        self.grow()
        answers = []

        def once(status, body):
            answers.append(status)
            return status, bytes(8 << 20) if len(answers) == 1 else body

        mends = Proxy(self, self.urls[0], once)
        told = support.run(*self.words("--poll", 1, "--until", 10**9, "--for", 4, nodes=[mends.url]),
                           expect=None, cwd=self.folder)
        self.assertIn("invalid", told.stderr)
        self.assertIn("agrees", told.stderr)
        self.assertGreater(len(answers), 1)

    def test_light_blocks_are_certified_headers_of_every_height(self):
        if jdchecks is None or jdchecks.ed25519 is None:
            self.skipTest("the package cryptography is missing (python3-cryptography)")
        newest = self.grow(2)
        port = self.network.port(list(self.network.nodes)[0])
        genesis = json.loads(self.network.genesis.read_text(encoding="utf-8"))
        for height in range(1, newest + 1):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/light_blocks/{height}",
                                             headers={"Accept": "application/octet-stream"})
            with urllib.request.urlopen(request, timeout=60) as reply:
                wire = reply.read()
            signed, members = [value for _, value in jdforms.fields(wire)]
            header_bytes, commit = [value for _, value in jdforms.fields(signed)]
            header = jdchecks.read_header(header_bytes)
            validators = jdchecks.read_set(b"".join(
                jdforms.written(1, value) for number, value in jdforms.fields(members) if number == 1))
            self.assertEqual(len(validators), len(genesis["validators"]))
            self.assertEqual(jdchecks.set_hash(validators), header["validators"])
            signatures = jdchecks.Signatures()
            jdchecks.check_commit(commit, header, validators, signatures)
            self.assertEqual((header["height"], header["chain"].decode()), (height, self.network.chain))
            status, _, body = support.call(port, "GET", f"/v1/light_blocks/{height}")
            told = body["signed_header"]
            self.assertEqual((status, told["header"]["height"]), (200, str(height)))
            self.assertEqual(told["header"]["app_hash"], header["app_hash"].hex().upper())
            self.assertEqual(told["commit"]["block_id"]["hash"], jdchecks.header_hash(header).hex().upper())
            self.assertRegex(told["header"]["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z$")
        for bad in (0, 10**6, "x"):
            status, _, body = support.call(port, "GET", f"/v1/light_blocks/{bad}")
            self.assertEqual(status, 404)
            self.assertTrue(re.search("height|高度", body["detail"]), body)

    def test_an_honest_ledger_gives_no_fraud_proof(self):
        resource = self.published(f"330100-ga-{7000 + Watch.counter}")
        txid = self.do("history", resource, keys=["sj-a1"])["items"][0]["event"]["txid"]
        fraud = ["prove", "fraud", "--genesis", self.network.genesis, "--file", self.folder / "f"]
        keys = self.options(["sj-a1"])
        none = support.run_json(*fraud, resource, "--txid", txid, *keys, expect=5)
        self.assertIn("the history counts the event", none["error"])
        for kind, asked in (("transaction", txid), ("history", resource)):
            support.run("prove", kind, asked, "--file", self.folder / kind, *keys)
        files = ["--event", self.folder / "transaction", "--state", self.folder / "history"]
        self.assertIn("no fraud", support.run_json(*fraud, *files, expect=5)["error"])
        self.assertFalse((self.folder / "f").exists())
        support.run_json(*fraud, *files[:2], expect=2)


if __name__ == "__main__":
    unittest.main()
