"""`jiandu tag` against the definitions, computed here by Python's own hashes."""
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import unittest

import support

RESOURCE = "11" + "ab" * 16
NUMBER = "990101199003070015"  # invented: there is no region 990101
WITH_X = "99010119900307098X"


def hkdf(secret, info):
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


class Tags(support.Folder):
    def setUp(self):
        super().setUp()
        self.files = {name: self.secret_file(name) for name in ("own", "auditor", "manager")}

    def secret_file(self, name):
        path = self.write(f"{name}.pass", f"the passphrase of {name}\n")
        path.chmod(0o600)
        return path

    def path(self, name):
        return self.folder / name

    def new(self, name="2026", *more, year="2026", verb=("new",), department=support.BUREAU,
            expect=0):
        who = ["--department", department, "--year", year] if verb == ("new",) else []
        return support.run_json(
            "tag", *verb, self.path(f"{name}.key"), *who, "--half-auditor",
            self.path(f"{name}.a.key"), "--half-manager", self.path(f"{name}.m.key"),
            "--passphrase-file", self.files["own"], "--passphrase-auditor", self.files["auditor"],
            "--passphrase-manager", self.files["manager"], "--fast-seal", *more, expect=expect)

    def key(self, name="2026"):
        return ["--key", self.path(f"{name}.key"), "--passphrase-file", self.files["own"]]

    def halves(self, a="2026", m="2026"):
        return ["--half-auditor", self.path(f"{a}.a.key"), "--half-manager",
                self.path(f"{m}.m.key"), "--passphrase-auditor", self.files["auditor"],
                "--passphrase-manager", self.files["manager"]]

    def piped(self, text, *args, expect=0):
        done = subprocess.run([support.PROGRAM, "--output", "json", "tag", *map(str, args)],
                              input=text.encode(), capture_output=True, check=False, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        self.last = done
        return json.loads(done.stdout) if done.stdout else None

    def subjects(self, text, *more, key=None, month="202603", expect=0):
        return self.piped(text, "subject", *(key or self.key()), "--resource", RESOURCE,
                          "--month", month, *more, expect=expect)

    def tags(self, text, *more, **named):
        return self.subjects(text, *more, **named)["tags"]

    def test_a_key_and_its_halves_make_the_same_tags_and_one_half_none(self):
        made = self.new()
        for name in ("2026.key", "2026.a.key", "2026.m.key"):
            self.assertEqual(self.path(name).stat().st_mode & 0o777, 0o600)
        tags = self.tags(f"{NUMBER}\n{WITH_X}\n")
        self.assertEqual(len(set(tags)), 2)
        self.assertEqual(self.tags(f"{NUMBER}\n{WITH_X}", key=self.halves()), tags)
        self.assertEqual(made["secret_id"], self.subjects(NUMBER)["secret_id"])
        # One half, one half twice, halves of two keys, a half in the key's place.
        one = ["--half-auditor", self.path("2026.a.key")]
        self.subjects(NUMBER, key=one, expect=2)
        twice = self.halves()
        twice[3] = self.path("2026.a.key")
        self.subjects(NUMBER, key=twice, expect=3)
        self.new("other")
        self.subjects(NUMBER, key=self.halves(a="2026", m="other"), expect=3)
        self.subjects(NUMBER, expect=3, key=["--key", self.path("2026.a.key"),
                                             "--passphrase-file", self.files["auditor"]])
        self.assertNotEqual(self.tags(NUMBER, key=self.key("other")), tags[:1])
        # A wrong passphrase opens nothing.
        self.subjects(NUMBER, expect=3, key=["--key", self.path("2026.key"), "--passphrase-file",
                                             self.files["auditor"]])

    def test_the_tag_is_the_formula(self):
        self.new()
        # The secret, by the sealed file's own format: argon2id and secretbox are libsodium's.
        halves = [self.unseal(self.path(f"2026.{half}.key"), self.files[name])
                  for half, name in (("a", "auditor"), ("m", "manager"))]
        secret = bytes(a ^ b for a, b in zip(*halves))
        month = hkdf(secret, bytes.fromhex(RESOURCE) + b"202603")
        for kind, given, plain in (("PERSON", " 990101 19900307 0015\r", NUMBER),
                                   ("PERSON", WITH_X.lower(), WITH_X),
                                   ("PERSON", "110105491231002", "11010519491231002X"),
                                   ("LEGAL", support.AUDIT, support.AUDIT),
                                   ("VEHICLE", "临A·12345", "临A12345")):
            expected = hmac.new(month, (kind + plain).encode(), hashlib.sha256).hexdigest()
            self.assertEqual(self.tags(given + "\n", "--kind", kind), [expected], given)

    def unseal(self, path, passphrase_file):
        """libsodium through ctypes: an implementation of the file that shares no code with ours."""
        import ctypes
        import ctypes.util
        sodium = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
        sealed = json.loads(path.read_text())
        password = passphrase_file.read_text().splitlines()[0].encode()
        key = ctypes.create_string_buffer(32)
        done = sodium.crypto_pwhash(key, ctypes.c_ulonglong(32), password,
                                    ctypes.c_ulonglong(len(password)),
                                    bytes.fromhex(sealed["salt"]), ctypes.c_ulonglong(sealed["ops"]),
                                    ctypes.c_size_t(sealed["mem_kib"] * 1024), 2)
        self.assertEqual(done, 0)
        box = bytes.fromhex(sealed["sealed"])
        plain = ctypes.create_string_buffer(len(box) - 16)
        opened = sodium.crypto_secretbox_open_easy(plain, box, ctypes.c_ulonglong(len(box)),
                                                   bytes.fromhex(sealed["nonce"]), key)
        self.assertEqual(opened, 0)
        return plain.raw[:32]

    def test_tags_differ_by_month_resource_and_year_and_the_month_is_the_keys(self):
        self.new()
        rotated = self.new("2027", verb=("rotate", self.path("2026.key")))
        self.assertEqual(rotated["year"], "2027")
        here = self.tags(NUMBER)
        self.assertNotEqual(here, self.tags(NUMBER, month="202604"))
        self.assertNotEqual(here, self.piped(NUMBER, "subject", *self.key(), "--resource",
                                             "11" + "cd" * 16, "--month", "202603")["tags"])
        self.subjects(NUMBER, month="202701", expect=2)
        self.subjects(NUMBER, month="202613", expect=2)
        self.tags(NUMBER, month="202701", key=self.key("2027"))
        self.tags(NUMBER, month="202701", key=self.halves("2027", "2027"))
        # In place of one that was seen: the same year, another secret. Never backwards, and what
        # is there is kept.
        again = self.new("2026b", "--year", "2026", verb=("rotate", self.path("2026.key")))
        self.assertEqual(again["year"], "2026")
        self.assertNotEqual(self.tags(NUMBER, key=self.key("2026b")), here)
        self.new("2025", "--year", "2025", verb=("rotate", self.path("2026.key")), expect=2)
        before = self.path("2026.key").read_bytes()
        self.new("2026", expect=1)
        self.assertEqual(self.path("2026.key").read_bytes(), before)

    def test_what_is_no_key_is_refused(self):
        self.new("x", "--staff", expect=2)
        self.new("x", department="119901000990010106", expect=2)
        self.new("x", year="26", expect=2)
        self.files["manager"] = self.files["auditor"]
        self.new("x", expect=2)
        self.assertEqual([p for p in self.folder.iterdir() if p.suffix == ".key"], [])
        support.run("tag", "new", self.path("x.key"), "--department", support.BUREAU, "--year",
                    "2026", "--passphrase-file", self.files["own"], expect=2)
        # A key for tags signs nothing, and an officer's key makes no tags.
        self.files["manager"] = self.secret_file("manager")
        self.new()
        support.run("keys", "new", self.path("c.key"), "--passphrase-file", self.files["own"])
        self.subjects(NUMBER, expect=3, key=["--key", self.path("c.key"), "--passphrase-file",
                                             self.files["own"]])
        shown = support.run_json("keys", "show", self.path("2026.key"))
        self.assertEqual((shown["suite"], shown["purpose"]),
                         ("hmac-sha256", f"subject-tag:{support.BUREAU}:2026"))
        self.assertNotIn("public_key", shown)

    def test_a_wrong_line_is_named_and_never_shown_and_nothing_is_tagged(self):
        self.new()
        self.subjects(f"{NUMBER}\n990101199003070014\n", expect=2)
        told = (self.last.stdout + self.last.stderr).decode()
        self.assertIn("line 2", told)
        for secret in ("990101199003070014", NUMBER, "tags"):
            self.assertNotIn(secret, told)
        for text in ("", "\n", f"{NUMBER}\n\n{NUMBER}\n"):
            self.subjects(text, expect=2)
        # Not as an argument.
        self.subjects("", NUMBER, expect=2)

    def test_csv_gives_tags_beside_the_columns_that_are_kept(self):
        self.new()
        sheet = (f"\ufeffname,acc_id,id_no\r\n\"张,三\",A-1,{NUMBER}\r\n"
                 f"\"李\"\"四\"\"\",\"A,2\",\"{WITH_X}\"\r\n")
        column = ["--csv", "--column", "id_no"]
        rows = self.tags(sheet, *column, "--keep", "acc_id")
        self.assertEqual([row["acc_id"] for row in rows], ["A-1", "A,2"])
        self.assertEqual([row["tag"] for row in rows], self.tags(f"{NUMBER}\n{WITH_X}\n"))
        for secret in ("张", "李", NUMBER, WITH_X):
            self.assertNotIn(secret, self.last.stdout.decode())
        words = subprocess.run(
            [support.PROGRAM, "--output", "text", "tag", "subject", *map(str, self.key()),
             "--resource", RESOURCE, "--month", "202603", *column, "--keep", "acc_id"],
            input=sheet.encode(), capture_output=True, check=True).stdout.decode().splitlines()
        self.assertEqual(words[0], "acc_id,tag")
        self.assertEqual(words[2], f"\"A,2\",{rows[1]['tag']}")
        # What looks like personal data is not kept, nor the identifiers themselves.
        self.subjects(f"id_no,phone\n{NUMBER},13912345678\n", *column, "--keep", "phone", expect=2)
        self.assertNotIn(b"13912345678", self.last.stdout + self.last.stderr)
        self.subjects(sheet, *column, "--keep", "id_no", expect=2)
        for wrong in ("id_no\n\"x", "id_no,b\n1\n", "id_no\nx\"y\n", "id_no\n\"x\"y\n", "other\nx\n"):
            self.subjects(wrong, *column, expect=2)

    def test_staff_tags_are_equal_for_equals_and_need_the_consumers_key(self):
        support.run_json("tag", "new", self.path("staff.key"), "--department", support.BUREAU,
                         "--year", "2026", "--staff", "--passphrase-file", self.files["own"],
                         "--fast-seal")
        staff = ["staff", *self.key("staff"), "--kind"]
        accounts = self.piped("zhang\nli\nzhang\n", *staff, "ACCOUNT")["tags"]
        self.assertEqual(accounts[0], accounts[2])
        self.assertNotEqual(accounts[0], accounts[1])
        self.assertNotEqual(self.piped("zhang", *staff, "OPERATOR")["tags"][0], accounts[0])
        self.new()
        self.piped("zhang", "staff", *self.key(), "--kind", "ACCOUNT", expect=3)
        self.subjects(NUMBER, key=self.key("staff"), expect=3)

    def test_a_commitment_opens_with_its_value_and_salt_only(self):
        salt_file = self.path("case.salt")
        made = self.piped("办件 20260310-17\n", "commit", "--salt-file", salt_file)
        self.assertEqual(salt_file.stat().st_mode & 0o777, 0o600)
        salt = bytes.fromhex(json.loads(salt_file.read_text())["salt"])
        value = "办件 20260310-17".encode()
        expected = hashlib.sha256(b"JIANDU-COMMIT-1\0" + salt + value).hexdigest()
        self.assertEqual(made["commitment"], expected)
        self.assertNotIn("办件", salt_file.read_text() + self.last.stdout.decode())
        again = self.piped("办件 20260310-17", "commit", "--salt-file", self.path("b.salt"))
        self.assertNotEqual(again["commitment"], expected)
        opened = ["open", "--salt-file", salt_file]
        self.assertTrue(self.piped("办件 20260310-17", *opened)["opens"])
        self.piped("办件 20260310-18", *opened, expect=7)
        self.piped("办件 20260310-17", *opened, "--commitment", again["commitment"], expect=7)
        self.piped("办件 20260310-17", "open", "--salt-file", self.path("b.salt"), "--commitment",
                   expected, expect=7)
        self.piped("anything", "commit", "--salt-file", salt_file, expect=1)
        # JSON in whatever order and spacing.
        self.piped('{"b": 1, "a": "x"}', "commit", "--json", "--salt-file", self.path("j.salt"))
        self.assertTrue(self.piped('{"a":"x","b":1}', "open", "--json", "--salt-file",
                                   self.path("j.salt"))["opens"])

    def test_a_root_shows_what_is_in_the_batch_and_what_is_not(self):
        self.new()
        people = [f"E{n:07d}" for n in range(20)]
        tags = self.tags("\n".join(people))
        file = self.write("tags.txt", "\n".join(tags[:19] + tags[:3]) + "\n")
        made = support.run_json("tag", "root", file)
        self.assertEqual(made["tags"], 19)

        def tree(leaves):  # RFC 6962 over the sorted tags
            if len(leaves) == 1:
                return hashlib.sha256(b"\0" + leaves[0]).digest()
            half = 1 << (len(leaves) - 1).bit_length() - 1
            return hashlib.sha256(b"\1" + tree(leaves[:half]) + tree(leaves[half:])).digest()
        self.assertEqual(made["root"], tree(sorted(map(bytes.fromhex, tags[:19]))).hex())
        for tag, member in ((tags[4], True), (tags[19], False), ("00" * 32, False),
                            ("ff" * 32, False)):
            proof = self.write("proof.json", support.run_json("tag", "prove", tag, file))
            shown = support.run_json("tag", "check", proof, "--root", made["root"])
            self.assertEqual((shown["tag"], shown["member"]), (tag, member))
            support.run("tag", "check", proof, "--root", "0" * 64, expect=7)
            lie = json.loads(proof.read_text())
            shown = [place["tag"] for place in lie["places"]]
            lie["tag"] = next(one for one in tags[:19] if one not in shown)
            support.run("tag", "check", self.write("lie.json", lie), "--root", made["root"],
                        expect=7)
        support.run("tag", "check", self.write("none.json", {"tag": tags[4]}), "--root",
                    made["root"], expect=7)
        support.run("tag", "root", self.write("bad.txt", "no tag\n"), expect=2)

    def test_the_identifier_is_asked_without_echo_and_stays_out_of_the_arguments(self):
        self.new()
        import pty
        child, terminal = pty.fork()
        if child == 0:
            os.execv(support.PROGRAM, [support.PROGRAM, "--output", "json", "tag", "subject",
                                       *map(str, self.key()), "--resource", RESOURCE, "--month",
                                       "202603"])
        shown = b""
        asked = False
        while True:
            try:
                more = os.read(terminal, 4096)
            except OSError:
                break
            if not more:
                break
            shown += more
            if not asked and "不回显".encode() in shown:
                asked = True
                support.until("the terminal's echo is off", lambda: not self.echoes(terminal))
                words = pathlib.Path(f"/proc/{child}/cmdline").read_bytes()
                self.assertNotIn(NUMBER.encode(), words)
                os.write(terminal, NUMBER.encode() + b"\n")
        _, status = os.waitpid(child, 0)
        os.close(terminal)
        self.assertEqual(status, 0, shown)
        self.assertNotIn(NUMBER.encode(), shown)
        self.assertIn(self.tags(NUMBER)[0].encode(), shown)

    @staticmethod
    def echoes(terminal):
        import termios
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


if __name__ == "__main__":
    unittest.main()
