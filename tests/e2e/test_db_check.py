"""`jiandu db check` names every lie: each kind of row of the database, each part of a segment."""
import json
import shutil
import struct
import unittest

import leveldb_log
import support

HEAD = 49  # of a record: crc 4, kind 1, height 8, length 4, id 32 (docs/ledger-format.md)


def kind_of(key):
    """The letter or word a key of the database begins with."""
    for word in (b"ent/", b"key/", b"uniq/", b"cfg/", b"val", b"meta"):
        if key.startswith(word):
            return word.decode()
    return chr(key[0])


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1:]


class DbCheck(support.Alone):
    def made(self):
        """A data directory with a few blocks, made once for all lies."""
        node = support.Process(self, self.make(), self.folder)
        port = node.ports()["gateway_port"]
        for n in range(3):
            content = self.write("draft.json", support.draft(n))
            done = support.run_json("catalog", "draft", content, *self.acting(port))
            self.assertEqual(done["status"], "committed")
        height = done["height"]
        support.until("the app hash is certified", lambda: (
            support.status_of(port) or {"height": 0})["height"] > height)
        self.assertEqual(node.stop(), 0)
        return self.home / "data"

    def copy(self, data):
        lie = self.folder / "lie"
        shutil.rmtree(lie, ignore_errors=True)
        shutil.copytree(data, lie)
        return lie

    def told(self, lie, expect=7):
        return support.run_json("db", "check", "--full", "--data", lie, "--genesis", self.genesis,
                                expect=expect)

    def test_every_lie_is_named_and_the_truth_is_not(self):
        data = self.made()
        # On a copy: opening a database moves its rows from the log into tables.
        report = self.told(self.copy(data), expect=0)
        self.assertGreaterEqual(report["transactions"], 3)
        self.lies_in_rows(data)
        self.lies_in_segments(data)
        self.lies_in_safety(data)
        self.another_genesis(data)
        self.assertEqual(self.told(data, expect=0), report)
        self.assertEqual(self.told(data, expect=0), report)  # nothing was changed by looking

    def lies_in_rows(self, data):
        rows = leveldb_log.rows(data / "ledger")
        kinds = {}
        for key in sorted(rows):
            kinds.setdefault(kind_of(key), []).append(key)
        self.assertLessEqual({"E", "T", "H", "t", "L", "D", "h", "C", "V", "meta", "ent/", "key/",
                              "uniq/"}, set(kinds), sorted(kinds))
        for kind, keys in sorted(kinds.items()):
            for key in {keys[0], keys[-1]}:
                value = rows[key]
                lies = {"gone": None, "longer": value + b"\0"}
                if value:
                    lies |= {"first bit": flipped(value, 0), "last bit": flipped(value, -1 + len(
                        value)), "cut": value[:-1]}
                for name, lie_value in lies.items():
                    if kind == "meta" and name == "gone":
                        continue  # an empty database: the node builds it again, and says so
                    with self.subTest(kind=kind, key=key.hex(), lie=name):
                        lie = self.copy(data)
                        leveldb_log.change(lie / "ledger", key, lie_value)
                        self.assertEqual(self.told(lie)["lie"]["file"], "ledger")
        with self.subTest(lie="a row nobody wrote"):
            lie = self.copy(data)
            leveldb_log.change(lie / "ledger", b"ent/nobody", b"x")
            self.assertEqual(self.told(lie)["lie"]["file"], "ledger")

    def lies_in_segments(self, data):
        file = next((data / "segments").glob("*.seg"))
        whole = file.read_bytes()
        records, at = [], 0
        while whole[at + 4]:  # the rest of the file is room for more: zeros
            size = struct.unpack_from(">I", whole, at + 13)[0]
            records.append((at, HEAD + size))
            at += HEAD + size
        self.assertGreaterEqual(len(records), 4)
        begin, size = records[1]
        parts = {"crc": 0, "kind": 4, "height": 5, "length": 16, "id": 17, "header": HEAD + 10,
                 "transactions": size // 2, "end": size - 1}
        for name, place in parts.items():
            with self.subTest(part=name):
                self.segment_lie(data, file, flipped(whole, begin + place), 2)
            if name in ("id", "header", "transactions", "end"):
                with self.subTest(part=name, checksum="made good"):
                    changed = flipped(whole, begin + place)
                    record = changed[begin + 4:begin + size]
                    crc = struct.pack(">I", leveldb_log.crc32c(record))
                    self.segment_lie(data, file, changed[:begin] + crc + changed[begin + 4:], 2)
        cut, length = records[1]
        after, length_after = records[2]
        swapped = (whole[:cut] + whole[after:after + length_after] + whole[cut:after]
                   + whole[after + length_after:])
        for name, changed in {"a record gone": whole[:cut] + whole[cut + length:],
                              "a record twice": whole[:cut + length] + whole[cut:],
                              "two records swapped": swapped,
                              "cut in the middle": whole[:cut + length // 2],
                              "empty": b""}.items():
            with self.subTest(file=name):
                self.segment_lie(data, file, changed, None)
        with self.subTest(file="gone"):
            lie = self.copy(data)
            (lie / "segments" / file.name).unlink()
            self.assertTrue(self.told(lie)["lie"]["file"].startswith("segments"))

    def lies_in_safety(self, data):
        whole = (data / "safety.rec").read_bytes()
        other_slot = flipped(whole, len(whole) // 2 + 20)
        for name, changed in {"empty": b"", "cut": whole[:100],
                              "both slots": flipped(other_slot, 20)}.items():
            with self.subTest(safety=name):
                lie = self.copy(data)
                (lie / "safety.rec").write_bytes(changed)
                told = self.told(lie)["lie"]
                self.assertEqual(told["file"], "safety.rec", told)
                self.assertIn("do not take the file into a new data directory", told["next"])
                self.assertIn("不要启动", told["next_zh"])
        lie = self.copy(data)
        (lie / "safety.rec").unlink()
        self.assertEqual(self.told(lie, expect=0)["safety_of"], "")  # as of a follower
        said = support.run("--output", "text", "db", "check", "--data", lie, "--genesis",
                           self.genesis).stdout
        self.assertIn("there is none", said)
        self.assertNotIn(" in order", said.replace("ledger in order", ""))
        self.assertEqual(self.told(data, expect=0)["safety_of"], support.BUREAU)

    def another_genesis(self, data):
        document = json.loads(self.genesis.read_text(encoding="utf-8"))
        document["time"] += 1
        other = self.write("other.json", json.dumps(document, ensure_ascii=False, sort_keys=True,
                                                    separators=(",", ":")))
        lie = self.copy(data)
        told = support.run_json("db", "check", "--data", lie, "--genesis", other, expect=7)["lie"]
        self.assertIn("another network's genesis", told["next"])
        self.assertNotIn("disposable", told["next"])
        self.assertIn("其他网络的创世文件", told["next_zh"])

    def segment_lie(self, data, file, changed, height):
        lie = self.copy(data)
        (lie / "segments" / file.name).write_bytes(changed)
        told = self.told(lie)["lie"]
        self.assertTrue(told["file"].startswith("segments"), told)
        if height is not None:
            self.assertLessEqual(told["height"], height + 1, told)
            self.assertGreaterEqual(told["height"], height, told)


if __name__ == "__main__":
    unittest.main()
