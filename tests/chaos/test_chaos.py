"""The judge of a run sees what it is there to see, and a seed draws the same faults again."""
import contextlib
import io
import json
import pathlib
import random
import sys
import tempfile
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import chaos  # noqa: E402
import faults  # noqa: E402
import nodes  # noqa: E402
import verdict  # noqa: E402
import wire  # noqa: E402

LEDGER = {1: ("block1", "hash1", ["a", "b"]), 2: ("block2", "hash2", ["c"])}
RECEIPTS = {"a": 1, "b": 1, "c": 2}


def changed(**heights):
    return {**LEDGER, **{int(name[1:]): value for name, value in heights.items()}}


def judged(ledger, receipts=None):
    """What is said of one node with this ledger beside one that is in order."""
    said = []
    verdict.compare({"db": LEDGER, "ga": ledger}, said)
    verdict.check_transactions("ga", ledger, receipts or RECEIPTS, said)
    return " ".join(said)


class Verdict(unittest.TestCase):
    def test_a_ledger_in_order_is_not_blamed(self):
        self.assertEqual(judged(LEDGER), "")

    def test_another_block_at_a_height_is_a_fork(self):
        self.assertIn("height 2: ga has another block than db",
                      judged(changed(h2=("other", "hash2", ["c"]))))

    def test_another_app_hash_is_named(self):
        self.assertIn("height 2: ga has app hash other", judged(changed(h2=("x", "other", ["c"]))))

    def test_a_receipt_without_its_transaction_is_a_loss(self):
        self.assertIn("ga: d, receipted at height 2, stands nowhere",
                      judged(LEDGER, {**RECEIPTS, "d": 2}))

    def test_a_transaction_at_another_height_than_its_receipt_says(self):
        self.assertIn("ga: c, receipted at height 1, stands at height 2",
                      judged(LEDGER, {**RECEIPTS, "c": 1}))

    def test_a_transaction_twice_is_named_with_both_places(self):
        self.assertIn("ga: a stands at heights 1 and 2",
                      judged(changed(h2=("block2", "hash2", ["c", "a"]))))

    def test_a_missing_height_is_seen(self):
        self.assertIn("ga: heights are missing among 1..3",
                      judged({1: LEDGER[1], 3: LEDGER[2]}))

    def test_words_that_no_log_may_hold(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "db.log"
            log.write_text('{"msg":"link up"}\n{"msg":"alarm","what":"CONSENSUS FAILURE: x"}\n')
            node = types.SimpleNamespace(alias="db", log=log)
            self.assertEqual(len(verdict.check_log(node)), 1)


class Words(unittest.TestCase):
    def test_where_it_is_not_allowed_it_says_so_and_is_no_success(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = chaos.skip(wire.Skip("no namespaces"), "json")
        self.assertEqual((code, json.loads(said.getvalue())), (77, {"skipped": "no namespaces"}))


class Network:
    """As much of a network as drawing needs."""

    def __init__(self, count):
        self.hub = None
        self.all = [nodes.Node(i, {"alias": f"n{i}", "code": "", "name": "", "roles": []},
                               pathlib.Path("nowhere")) for i in range(1, count + 1)]
        self.small = self.all[:1]
        self.faulty_max = (count - 1) // 3


class Draw(unittest.TestCase):
    def drawn(self, seed, only=None, count=40):
        run = types.SimpleNamespace(network=Network(7))
        choice, used = random.Random(seed), set()
        return [([one.say() for one in chosen], held)
                for chosen, held in (faults.draw(run, choice, only or set(faults.ALL), used)
                                     for _ in range(count))]

    def test_a_seed_draws_the_same_faults_again(self):
        self.assertEqual(self.drawn(7), self.drawn(7))
        self.assertNotEqual(self.drawn(7), self.drawn(8))

    def test_every_fault_comes_up(self):
        names = {say.split()[0].rstrip(":") for sayings, _ in self.drawn(1, count=400)
                 for say in sayings}
        self.assertEqual(names, set(faults.ALL))

    def test_only_what_was_asked_for_is_drawn(self):
        for sayings, _ in self.drawn(3, {"kill"}):
            self.assertTrue(sayings[0].startswith("kill "), sayings)


if __name__ == "__main__":
    unittest.main()
