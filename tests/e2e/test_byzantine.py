"""One validator of four that does what it likes: the three others go on, and know whom to blame."""
import json
import re
import time
import unittest

import hostile_peer
import support

HOSTILE = "sw"
HONEST = ("db", "ga", "jt")
TURN_S = 5  # between the reports of two validators (docs/consensus.md)


class Byzantine(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")
        self.network.kill(HOSTILE)
        self.validator = hostile_peer.Validator(self.network, HOSTILE)
        self.links = {}
        for alias in HONEST:
            self.links[alias] = hostile_peer.Link(
                self.validator, self.network.nodes[alias]["peer_port"])
            self.addCleanup(self.links[alias].close)
        for alias, link in self.links.items():
            support.until(f"{alias} talks to us",
                          lambda one=link: max(one.heard, default=0) >= hostile_peer.FIRST_MESSAGE)

    def height(self):
        return max(self.network.height(alias) for alias in HONEST)

    def complaints(self, alias):
        """Whom the node's log blames, and whom it shut out."""
        log = (self.network.folder / "logs" / f"{alias}.log").read_text(errors="replace")
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return {line["peer"] for line in lines
                if line.get("msg") in ("peer misbehaves", "peer shut out")}

    def test_proposals_out_of_turn_do_not_take_the_places_of_those_in_turn(self):
        self.network.commit()
        height = self.height()
        for one in (height + 1, height + 2):
            for i, parts in enumerate([129] * 7 + [121]):  # 64 MiB announced, nothing sent
                block = hostile_peer.random_block_id(parts)
                for link in self.links.values():
                    link.send(self.validator.proposal(one, i // 2, block))
        self.network.commit()
        self.assertGreater(self.height(), height)

    def test_bytes_that_are_no_block_are_blamed_on_who_signed_them(self):
        self.network.commit()
        for round_number in range(12):
            height = self.height() + 1
            data, block = hostile_peer.junk_block()
            for link in self.links.values():
                link.send(self.validator.proposal(height, round_number, block),
                          hostile_peer.part(height, block, data))
        self.network.commit()
        self.network.commit()
        department = self.network.nodes[HOSTILE]["department"]
        for alias in HONEST:
            self.assertLessEqual(self.complaints(alias), {department}, alias)

    def metric(self, alias, name):
        _, text = support.metrics_of(self.network.nodes[alias]["metrics_port"])
        return float(dict(line.rsplit(" ", 1) for line in text.splitlines()
                          if not line.startswith("#")).get(name, "-1"))

    def reports(self, alias):
        """Reports of equivocation in the node's blocks, by their nonce."""
        blocks = b"".join(file.read_bytes() for file in sorted(
            (self.network.folder / alias / "data" / "segments").glob("*.seg")))
        return {payload for payload in re.findall(rb'"nonce":"([0-9a-f]{16})","op":"([a-z_.]+)"',
                                                  blocks) if payload[1] == b"node.equivocation"}

    def waiting_at(self):
        """The height at which all honest nodes wait for work; nothing while they do not.

        Behind a block with transactions one that certifies it follows at once.
        """
        found = [support.status_of(self.network.port(alias)) for alias in HONEST]
        if any(one is None or one["step"] != "waiting-for-work" for one in found):
            return None
        if any(hostile_peer.now_ms() - one["block_time"] < 1500 for one in found):
            return None
        heights = {one["height"] for one in found}
        return heights.pop() if len(heights) == 1 else None

    def test_a_validator_that_signs_twice_stands_on_record_exactly_once(self):
        self.network.commit()
        height = support.until("they wait for work", self.waiting_at) + 1
        votes = [self.validator.vote(1, height, 0, hostile_peer.random_block_id(1))
                 for _ in range(2)]
        for link in self.links.values():
            link.send(*votes)
        for alias in HONEST:
            support.until(f"{alias} has noticed",
                          lambda a=alias: self.metric(a, "jiandu_equivocations_total") == 1)
        begun = time.monotonic()
        self.network.commit()  # the report comes after the height of the two votes
        for alias in HONEST:
            support.until(f"{alias} has the report on its ledger", lambda a=alias: self.reports(a))
            support.until(f"{alias} reports nothing more",
                          lambda a=alias: self.metric(a, "jiandu_equivocation_reports_waiting") == 0)
        # Where a block takes longer than a turn, the next one has reported as well.
        reports_max = 1 + int((time.monotonic() - begun) / TURN_S)
        self.network.commit()
        for alias in HONEST:
            self.assertIn(len(self.reports(alias)), range(1, reports_max + 1), alias)
            alarms = support.status_of(self.network.port(alias))["alarms"]
            department = self.network.nodes[HOSTILE]["department"]
            told = [alarm for alarm in alarms if department in alarm and "two different" in alarm]
            self.assertEqual(len(told), 1, alarms)


if __name__ == "__main__":
    unittest.main()
