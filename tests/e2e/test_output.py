"""Who reads decides the form of the output; every exit code of the manual is met once."""
import json
import os
import pty
import signal
import subprocess
import unittest

import case
import support

CODES = {"ok": 0, "failed": 1, "usage": 2, "config": 3, "network": 4, "not found": 5,
         "refused": 6, "verification": 7, "time-out": 8}


def on_terminal(*args):
    """What the program writes to a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen([support.PROGRAM, *map(str, args)], stdin=subprocess.DEVNULL,
                          stdout=slave, stderr=slave, cwd=support.SOURCE) as process:
        os.close(slave)
        text = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:  # Linux says so when the other side has closed
                break
            if not more:
                break
            text += more
        process.wait(timeout=support.LIMIT_S)
    os.close(master)
    return process.returncode, text.decode()


class Form(support.Folder):
    def test_a_terminal_gets_text_and_anything_else_one_json_object(self):
        ask = ["config", "reference"]
        piped = support.run(*ask).stdout
        self.assertIn("toml", json.loads(piped))
        self.assertEqual(len(piped.splitlines()), 1)
        code, shown = on_terminal(*ask)
        self.assertEqual(code, 0)
        self.assertIn("[node]", shown)
        self.assertNotEqual(shown[0], "{")
        self.assertIn("[node]", support.run("--output", "text", *ask).stdout.splitlines())
        code, shown = on_terminal("--output", "json", *ask)
        self.assertIn("toml", json.loads(shown))

    def test_an_error_is_one_object_too_and_a_sentence_beside_it(self):
        for wrong in (["keys", "show", self.folder / "none.key"], ["tx", "new", "no.such.op"],
                      ["no-such-noun"], ["keys"], ["tx", "wait", "--colour"], []):
            done = support.run(*wrong, expect=None)
            told = json.loads(done.stdout)
            self.assertEqual(told["exit"], done.returncode)
            self.assertGreater(done.returncode, 0, wrong)
            self.assertTrue(told["error"], wrong)
            self.assertTrue(told["next"], wrong)
            self.assertIn("error: ", done.stderr)
            text = support.run("--output", "text", *wrong, expect=done.returncode)
            self.assertEqual(text.stdout, "")
            self.assertIn("next:", text.stderr)

    def test_the_pages_of_help_fit_the_screen_in_both_languages(self):
        def entries(page):
            """Each option and subcommand with its text, which may go on for lines."""
            found = []
            for line in page.splitlines():
                if line.startswith("  ") and line[2] != " ":
                    found.append(line)
                elif line.startswith("   ") and found:
                    found[-1] += line
                elif not line:
                    found += [""]
            return [one for one in found if one]

        def commands(page):
            part = page.partition("Subcommands:\n")[2]
            return [line.split()[0] for line in part.splitlines()
                    if line.startswith("  ") and line[2] != " "]

        def walk(path):
            page = support.run(*path, "--help").stdout
            for line in page.splitlines():
                self.assertLessEqual(case.width(line), case.COLUMNS, (path, line))
            for entry in entries(page):
                self.assertRegex(entry, "[\u4e00-\u9fff]", path)
            below = commands(page)
            return 1 + sum(walk([*path, name]) for name in below)
        self.assertGreater(walk([]), 70)


class Codes(case.Case):
    def test_every_exit_code_of_the_manual(self):
        met = {}

        def exits(name, *args, **more):
            done = support.run(*args, expect=CODES[name], **more)
            if done.returncode != 0:
                self.assertEqual(json.loads(done.stdout).get("exit", CODES[name]), CODES[name])
            met[name] = done
        clerk = self.options(["jt-c1"])
        exits("ok", "catalog", "list", *clerk)
        key = self.network.folder / "jt" / "keys" / "jt-c1.key"
        exits("failed", "keys", "new", key, "--passphrase-file", self.network.passphrase)
        exits("usage", "catalog", "list", "--no-such-option")
        exits("usage", "catalog", "list", "--url", self.network.url("jt"))  # no key
        exits("config", "config", "check", self.write("node.toml", "[nod]\n"))
        exits("config", "node", "run", "--config", self.folder / "node.toml")
        exits("network", "node", "status", "--url", "http://127.0.0.1:1")
        exits("not found", "grant", "show", "13" + "0" * 32, *clerk)
        exits("not found", "tx", "show", "0" * 64, *clerk)
        exits("not found", "keys", "show", self.folder / "none.key")
        publish = ["catalog", "publish", "11" + "0" * 32]
        exits("refused", *publish, *clerk)
        exits("verification", "verify", self.write("receipt.json", "{}"), "--genesis",
              self.network.genesis)

        # Half of the network stops: nothing is decided, and the caller is told so in time.
        file = self.write("draft.json", {**self.content("330100-ga-4001")})
        for alias in ("db", "sw"):
            self.network.kill(alias)
        draft = ["catalog", "draft", file, *self.options(["ga-c1"])]
        exits("time-out", *draft, "--wait", 1)
        txid = json.loads(met["time-out"].stdout)["txid"]
        wait = ["tx", "wait", txid, *self.options(["ga-c1"])]
        exits("time-out", *wait, "--timeout", 1)
        # Where it was not submitted it is known as well, and as pending: gossip brought it.
        self.pending_at("jt", txid)
        waiting = subprocess.Popen([support.PROGRAM, *map(str, wait), "--timeout", "100"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        waiting.send_signal(signal.SIGINT)
        self.assertEqual(waiting.wait(timeout=support.LIMIT_S), -signal.SIGINT)  # 130 of a shell
        self.assertEqual(set(met), set(CODES))

        # The network is whole again: what was pending is decided, wherever one asks.
        for alias in ("db", "sw"):
            self.network.start(alias)
        done = self.do("tx", "wait", txid, "--timeout", 100, keys=["ga-c1"], at="jt")
        self.assertEqual((done["status"], done["txid"]), ("committed", txid))

    def pending_at(self, alias, txid):
        def asked():
            done = support.run("tx", "show", txid, *self.options([alias + "-c1"], alias),
                               expect=None)
            return done.returncode == 0 and json.loads(done.stdout)
        self.assertEqual(support.until(f"{alias} knows of it", asked)["status"], "pending")


if __name__ == "__main__":
    unittest.main()
