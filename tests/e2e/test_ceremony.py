"""One department alone: genesis by ceremony, a node, a receipt, what a lie looks like; clean stops."""
import json
import re
import signal
import unittest

import support


class Ceremony(support.Alone):
    def test_a_receipt_of_a_single_node_verifies_and_a_tampered_one_does_not(self):
        node = support.Process(self, self.make(), self.folder)
        port = node.ports()["gateway_port"]
        content = self.write("draft.json", support.draft(1))
        sent = support.run_json("catalog", "draft", content, *self.acting(port))
        self.assertEqual(sent["status"], "committed")
        receipt = self.folder / "receipt.json"
        support.until("a receipt", lambda: support.run(
            "tx", "show", sent["txid"], "--receipt", receipt, *self.acting(port),
            expect=None).returncode == 0)
        verdict = support.run_json("verify", receipt, "--genesis", self.genesis)
        self.assertIs(verdict["verified"], True)
        self.assertEqual(verdict["txid"], sent["txid"])

        # One character of any member that is hex or base64: the check names a step and ends 7.
        whole = json.loads(receipt.read_text())
        self.assertLess({"commit", "header", "entry", "transaction", "state_root"}, set(whole))
        for name, value in whole.items():
            if not isinstance(value, str) or len(value) < 40:
                continue
            place = len(value) // 2
            changed = dict(whole)
            changed[name] = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1:]
            tampered = self.write("tampered.json", changed)
            with self.subTest(member=name):
                done = support.run("--output", "text", "verify", tampered, "--genesis",
                                   self.genesis, expect=7)
                self.assertIn("FAILED", done.stdout + done.stderr)

        self.assertEqual(node.stop(), 0)
        report = support.run_json("db", "check", "--full", "--data", self.home / "data",
                                  "--genesis", self.genesis)
        self.assertIs(report["ok"], True)
        self.assertEqual(report["transactions"], 1)

    def test_a_passphrase_file_is_found_wherever_the_command_was_given(self):
        config = self.make()
        config.unlink()
        support.run("node", "init", "--home", "db", "--genesis", "genesis.json", "--department",
                    support.BUREAU, "--peers-listen", "127.0.0.1:0", "--gateway-listen",
                    "127.0.0.1:0", "--passphrase-file", "passphrase", cwd=self.folder)
        node = support.Process(self, config, self.folder)
        self.assertIsNotNone(support.status_of(node.ports()["gateway_port"]))
        self.assertEqual(node.stop(), 0)

    def test_a_department_joins_without_a_node_and_is_told_so(self):
        self.make()
        home = self.folder / "audit"
        support.run("network", "join", "--network", self.network, "--home", home, "--no-node",
                    "--code", support.AUDIT, "--name", "临江市审计局", "--alias", "sj",
                    "--jurisdiction", "990100", "--role", "AUDITOR", "--officer", "sj-a1=AUDIT",
                    "--fast-seal", "--passphrase-file", self.passphrase)
        joined = json.loads((home / "join.json").read_text())
        self.assertNotIn("validator", joined)
        self.assertEqual([one.name for one in (home / "keys").iterdir()], ["sj-a1.key"])
        both = self.folder / "both.json"
        support.run("network", "seal", "--network", self.network, "--file", both,
                    self.home / "join.json", home / "join.json")
        self.assertEqual(len(json.loads(both.read_text())["validators"]), 1)
        refused = support.run("node", "init", "--home", home, "--genesis", both,
                              "--department", support.AUDIT, "--passphrase-file", self.passphrase,
                              expect=3)
        self.assertIn("without a node", refused.stdout + refused.stderr)

    def test_what_sealing_would_refuse_is_refused_before_keys_are_made(self):
        self.make()
        home = self.folder / "audit"
        join = ["network", "join", "--network", self.network, "--home", home, "--no-node",
                "--code", support.AUDIT, "--fast-seal", "--passphrase-file", self.passphrase]
        right = {"--name": "临江市审计局", "--alias": "sj", "--jurisdiction": "990100",
                 "--role": "AUDITOR", "--officer": "sj-a1=AUDIT"}
        for option, value, says in (("--alias", "S J", "alias"), ("--jurisdiction", "99", "jurisdiction"),
                                    ("--role", "BOSS", "roles"), ("--name", "a\x1b[2J", "terminal"),
                                    ("--name", "a\u202eb", "terminal"),
                                    ("--officer", "../../x=CLERK", "lower-case word"),
                                    ("--officer", "_node=CLERK", "lower-case word"),
                                    ("--officer", "sj-a1=AUDIT+CLERK", "exclude"),
                                    ("--officer", "sj-a1=", "has a duty")):
            words = [word for pair in {**right, option: value}.items() for word in pair]
            told = support.run_json(*join, *words, expect=2)
            self.assertIn(says, told["error"])
            self.assertIn("尚未生成", told["next_zh"])
            self.assertFalse(home.exists())
        self.assertFalse((self.folder.parent / "x.key").exists())
        words = [word for pair in right.items() for word in pair]
        twice = support.run_json(*join, *words, "--officer", "sj-a1=AUDIT", expect=2)
        self.assertIn("named twice", twice["error"])
        support.run("network", "init", "--chain", "a b", "--file", self.folder / "n.json", expect=2)
        # A second time nothing is asked: the first join file is kept.
        support.run(*join, *words)
        done = support.run_json(*join[:-2], *words, expect=1)
        self.assertIn("join.json exists already", done["error"])

    def test_sealing_names_the_join_file_that_is_wrong(self):
        self.make()
        good = self.home / "join.json"
        whole = json.loads(good.read_text())
        out = ["network", "seal", "--network", self.network, "--file", self.folder / "out.json"]
        for name, change in (("alias", {"department": whole["department"] | {"alias": "A B"}}),
                             ("chain", {"chain": "probe-2"}), ("form", {"more": 1}),
                             ("twice", {})):
            wrong = self.write(f"{name}.json", whole | change)
            told = support.run_json(*out, good, wrong, expect=1)
            self.assertTrue(told["error"].startswith(f"{wrong}: "), told)
        stolen = self.write("stolen.json", whole | {
            "department": whole["department"] | {"code": support.AUDIT, "alias": "sj",
                                                 "roles": ["AUDITOR"]}, "log_key": ""} )
        told = support.run_json(*out, good, stolen, expect=1)
        self.assertTrue(told["error"].startswith(f"{stolen}: "), told)

    def test_one_manager_with_a_node_keeps_the_log(self):
        self.make()
        own = json.loads((self.home / "join.json").read_text())["log_key"]
        self.assertEqual(json.loads(self.genesis.read_text())["log_key"], own)
        province = ["--code", support.AUDIT, "--name", "省数据局", "--alias", "sdb",
                    "--jurisdiction", "990000", "--role", "MANAGER", "--fast-seal",
                    "--passphrase-file", self.passphrase]
        for with_node, extra in ((False, ["--no-node"]), (True, [])):
            home = self.folder / f"province-{with_node}"
            support.run("network", "join", "--network", self.network, "--home", home, *extra,
                        *province)
            both = self.folder / f"both-{with_node}.json"
            done = support.run("network", "seal", "--network", self.network, "--file", both,
                               self.home / "join.json", home / "join.json",
                               expect=1 if with_node else 0)
            if with_node:
                self.assertIn("one node keeps the log", done.stdout + done.stderr)
            else:
                self.assertEqual(json.loads(both.read_text())["log_key"], own)
                # As an older program wrote it: a key of a node that there is not.
                stale = json.loads((home / "join.json").read_text()) | {"log_key": "11" * 32}
                (home / "stale.json").write_text(json.dumps(stale))
                done = support.run("network", "seal", "--network", self.network, "--file", both,
                                   self.home / "join.json", home / "stale.json", expect=1)
                self.assertIn("no node that could keep the log", done.stdout + done.stderr)

    def test_sigterm_stops_cleanly_and_a_second_process_is_refused(self):
        config = self.make()
        node = support.Process(self, config, self.folder)
        port = node.ports()["gateway_port"]
        # Whoever comes second is told, and the first goes on.
        second = support.run("node", "run", "--config", config, expect=3)
        self.assertIn("another process", (second.stdout + second.stderr).lower())
        self.assertIsNotNone(support.status_of(port))
        busy = support.run("db", "check", "--data", self.home / "data", "--genesis", self.genesis,
                           expect=None)
        self.assertNotEqual(busy.returncode, 0)
        self.assertEqual(node.stop(signal.SIGTERM), 0)
        # The same command again, and it is the same ledger.
        again = support.Process(self, config, self.folder)
        self.assertIsNotNone(support.status_of(again.ports()["gateway_port"]))
        self.assertEqual(again.stop(signal.SIGINT), 0)

    def test_time_is_set_by_hand_only_where_genesis_says_so(self):
        config = self.make()
        clock = self.write("clock", "0\n")
        line = f'genesis = "genesis.json"\ntest_clock = "{clock}"'
        config.write_text(config.read_text().replace('genesis = "genesis.json"', line, 1))
        said = support.run("node", "run", "--config", config, expect=3).stderr
        self.assertIn("node.test_clock", said)
        self.assertIn("remove the setting", said)
        # The same department in a network for trying.
        network = json.loads(self.network.read_text())
        network["test_clock"] = True
        self.network.write_text(json.dumps(network))
        genesis = self.folder / "test-genesis.json"
        support.run("network", "seal", "--network", self.network, "--file", genesis,
                    self.home / "join.json")
        self.assertIs(json.loads(genesis.read_text())["test_clock"], True)
        (self.home / "genesis.json").write_text(genesis.read_text())
        node = support.Process(self, config, self.folder)
        self.assertIsNotNone(support.status_of(node.ports()["gateway_port"]))
        self.assertEqual(node.stop(signal.SIGTERM), 0)

    def test_plain_http_beyond_this_machine_is_spoken_only_by_who_was_told_to(self):
        config = self.make()
        text = config.read_text()
        open_to_all = '[gateway]\nhosts = ["node.example"]\nlisten = "0.0.0.0:0"\n'
        section = re.search(r"\[gateway\]\nlisten = .*\n", text).group()
        config.write_text(text.replace(section, open_to_all))
        said = support.run("node", "run", "--config", config, expect=3).stderr
        self.assertIn("tls_certificate", said)
        config.write_text(text.replace(section, open_to_all + 'plain_http = "anywhere"\n'))
        node = support.Process(self, config, self.folder)
        status, _, _ = support.call(node.ports()["gateway_port"], "GET", "/v1/status",
                                    headers={"Host": "node.example"})
        self.assertEqual(status, 200)
        self.assertEqual(node.stop(signal.SIGTERM), 0)

    def test_a_mistake_in_the_config_is_named_with_its_line_and_the_nearest_name(self):
        config = self.make()
        text = config.read_text()
        wrong = self.write("wrong.toml", text.replace("data_dir", "data_dri", 1))
        line = next(n for n, one in enumerate(wrong.read_text().splitlines(), 1)
                    if "data_dri" in one)
        for command in (("config", "check", wrong), ("node", "run", "--config", wrong)):
            done = support.run(*command, expect=3)
            said = done.stdout + done.stderr
            self.assertIn(f"wrong.toml:{line}", said)
            self.assertIn("data_dri", said)
            self.assertIn("data_dir", said)
        # All mistakes at once.
        both = self.write("both.toml", text.replace("data_dir", "data_dri", 1)
                          .replace("[log]", "[logg]", 1))
        said = support.run("config", "check", both, expect=3).stderr
        self.assertIn("data_dri", said)
        self.assertIn("logg", said)

    def test_the_examples_name_every_setting_and_are_in_order(self):
        reference = support.run("--output", "text", "config", "reference").stdout
        names = set(re.findall(r"^(?:# )?(\w+) =", reference, re.MULTILINE)) - {"dial"}
        self.assertGreater(len(names), 30)
        for example in ("single", "four-departments"):
            file = support.SOURCE / "network-configs" / example / "node.toml"
            support.run("config", "check", file)
            found = set(re.findall(r"^(?:# )?(\w+) =", file.read_text(), re.MULTILINE))
            self.assertLessEqual(names, found, example)


if __name__ == "__main__":
    unittest.main()
