"""Nodes killed with -9 at random moments lose nothing that was ever receipted, and write no lie."""
import hashlib
import json
import random
import struct
import threading
import unittest

import support

KILLS = 6
TYPE = b"application/vnd.jiandu.tx.v1+json"


class Crash(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")

    def act(self, through, n):
        """Sends one draft; its txid when the node says it is in a block, else None."""
        content = self.write(f"draft-{n}.json", support.draft(n))
        done = support.run("--output", "json", "catalog", "draft", content,
                           *self.network.keys("ga-c1"), "--url", self.network.url(through),
                           expect=None)
        if done.returncode != 0:
            return None  # its node was killed: whether it was taken is not known, and not counted
        outcome = json.loads(done.stdout)
        return outcome["txid"] if outcome["status"] == "committed" else None

    def test_every_receipted_transaction_is_there_once_on_every_node_after_kills(self):
        choice = random.Random(support.seed())
        aliases = list(self.network.nodes)
        receipts = []
        counter = 0
        for _ in range(KILLS):
            victim = choice.choice(aliases)
            alive = [alias for alias in aliases if alias != victim]
            # The blow falls somewhere while the client's transactions are on their way.
            blow = threading.Timer(choice.uniform(0.0, 0.6), self.network.kill, [victim])
            blow.start()
            sent = 0
            while blow.is_alive() or sent < 3:
                counter += 1
                through = choice.choice(aliases if blow.is_alive() else alive)
                txid = self.act(through, counter)
                if txid:
                    receipts.append(txid)
                    sent += 1
            blow.join()
            self.network.start(victim)
        self.assertGreaterEqual(len(receipts), KILLS * 3)
        self.assertEqual(len(set(receipts)), len(receipts))
        self.network.await_height(max(self.network.height(alias) for alias in aliases))

        self.network.down()
        reports = self.network.check_databases()
        for alias, report in zip(aliases, reports):
            self.assertIs(report["ok"], True, (alias, report))
        self.assert_receipts_in_segments(receipts, aliases)
        self.assert_lies_are_named(aliases[0])

    def assert_receipts_in_segments(self, receipts, aliases):
        """Read from the files by the tests' own decoder: each stands in one block, everywhere."""
        places = {}
        for alias in aliases:
            found = {}
            data = self.network.folder / alias / "data" / "segments" / f"{1:020d}.seg"
            for height, block in records(data.read_bytes()):
                for txid in txids_of(block):
                    found.setdefault(txid, set()).add(height)
            for txid in receipts:
                self.assertEqual(len(found.get(txid, ())), 1, (alias, txid))
                height = next(iter(found[txid]))
                self.assertEqual(places.setdefault(txid, height), height, (alias, txid))

    def assert_lies_are_named(self, alias):
        """A changed byte under a right checksum is found, and so is a cut file."""
        data = self.network.folder / alias / "data"
        file = data / "segments" / f"{1:020d}.seg"
        whole = file.read_bytes()
        at, size = self.record(whole, 3)
        lied = bytearray(whole)
        lied[at + size - 40] ^= 1  # in the block's last commit
        lied[at:at + 4] = struct.pack(">I", crc32c(bytes(lied[at + 4:at + size])))
        file.write_bytes(bytes(lied))
        report = support.run_json("db", "check", "--data", data, "--genesis", self.network.genesis,
                                  expect=7)
        self.assertEqual(report["lie"]["height"], 3, report)
        self.assertIn(".seg", report["lie"]["file"])

        file.write_bytes(whole[:at])  # a cut file: the database knows of more
        report = support.run_json("db", "check", "--data", data, "--genesis", self.network.genesis,
                                  expect=7)
        self.assertIs(report["ok"], False)
        self.assertEqual(file.stat().st_size, at, "the check changes nothing")
        file.write_bytes(whole)
        support.run("db", "check", "--data", data, "--genesis", self.network.genesis)

    def record(self, segment, height):
        """Offset and size of a height's record (layout: ledger/store/segments.h)."""
        at = 0
        for found, block in records(segment):
            if found == height:
                return at, 49 + len(block)
            at += 49 + len(block)
        raise AssertionError(f"no record of height {height}")


def records(segment):
    """(height, block) of each record; behind the last stand zeros."""
    at = 0
    while at + 49 <= len(segment) and segment[at + 4] != 0:
        height = struct.unpack(">Q", segment[at + 5:at + 13])[0]
        size = struct.unpack(">I", segment[at + 13:at + 17])[0]
        yield height, segment[at + 49:at + 49 + size]
        at += 49 + size


def members(wire, number):
    """Values of one length-delimited field of a protobuf message; varints are passed over."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = wire[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(wire):
        key = varint()
        if key & 7 == 0:
            varint()
            continue
        size = varint()
        if key >> 3 == number:
            yield wire[at:at + size]
        at += size


def txids_of(block):
    """Of Block{2 data{1 transactions{1 payload}}}: SHA-256 over DSSE's pre-authentication form."""
    for data in members(block, 2):
        for transaction in members(data, 1):
            payload = next(members(transaction, 1))
            pae = b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE, len(payload), payload)
            yield hashlib.sha256(b"JIANDU-TX-1\0" + pae).hexdigest()


def crc32c(data):
    """Castagnoli's polynomial, bit by bit: the tests' own, to check the checker."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


if __name__ == "__main__":
    unittest.main()
