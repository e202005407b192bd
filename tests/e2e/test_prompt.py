"""Passphrases typed at a terminal: twice for a new key, never shown, and the terminal as it was."""
import os
import pty
import select
import signal
import subprocess
import termios
import time
import unittest

import support


class Prompts(support.Folder):
    def setUp(self):
        super().setUp()
        self.key = self.folder / "a.key"
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.shown = ""

    def start(self, *args):
        """The program with a terminal for its questions, and nothing in the environment to answer."""
        left = {name: value for name, value in os.environ.items()
                if name != "JIANDU_PASSPHRASE_FILE"}
        process = subprocess.Popen([support.PROGRAM, "--output", "json", *map(str, args)],
                                   stdin=self.slave, stderr=self.slave, stdout=subprocess.PIPE,
                                   env=left, cwd=self.folder)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def asked(self, words, times=1):
        """Reads what the terminal shows until the question has been asked so many times."""
        deadline = time.monotonic() + support.LIMIT_S
        while self.shown.count(words) < times:
            self.assertLess(time.monotonic(), deadline, self.shown)
            if select.select([self.master], [], [], 1)[0]:
                self.shown += os.read(self.master, 65536).decode(errors="replace")

    def echoes(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def new(self, *answers):
        """(exit code, stdout) of a key made with these answers to both questions."""
        process = self.start("keys", "new", self.key)
        for question, answer in zip(("新密钥的口令", "请再输入一次"), answers):
            self.asked(question)
            self.assertFalse(self.echoes())
            os.write(self.master, answer.encode() + b"\n")
        said = process.stdout.read().decode()
        code = process.wait(timeout=support.LIMIT_S)
        self.assertTrue(self.echoes())
        return code, said

    def test_a_new_key_asks_twice_and_opens_with_what_was_typed(self):
        typed = "八个汉字作为口令"
        code, said = self.new(typed, typed)
        self.assertEqual(code, 0, said)
        self.assertNotIn(typed, self.shown)
        self.assertIn(self.key.name, support.run("keys", "show", self.key).stdout)

    def test_what_is_too_short_or_differs_makes_nothing(self):
        for answers, says in ((("1234567",), "8 个字符"), (("",), "未输入"),
                              (("eine lange Probe", "eine lange Prob"), "不一致")):
            code, said = self.new(*answers)
            self.assertEqual(code, 2, said)
            self.assertIn(says, said)
            self.assertFalse(self.key.exists())
            self.shown = ""

    def test_nothing_is_asked_for_a_file_that_is_there(self):
        self.key.write_text("kept")
        process = self.start("keys", "new", self.key)
        said = process.stdout.read().decode()
        self.assertEqual(process.wait(timeout=support.LIMIT_S), 1)
        self.assertIn("exists already", said)
        self.assertEqual(self.key.read_text(), "kept")

    def test_a_signal_at_the_question_gives_the_echo_back(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.shown = ""
            process = self.start("keys", "new", self.key)
            self.asked("新密钥的口令")
            self.assertFalse(self.echoes())
            process.send_signal(number)
            self.assertEqual(process.wait(timeout=support.LIMIT_S), -number)
            self.assertTrue(self.echoes())
            self.assertFalse(self.key.exists())


if __name__ == "__main__":
    unittest.main()
