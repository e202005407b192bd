"""One validator of four that does what it likes: the three others go on, and know whom to blame."""
import json
import unittest

import hostile_peer
import support

HOSTILE = "sw"
HONEST = ("db", "ga", "jt")


class Byzantine(support.Folder):
    def setUp(self):
        super().setUp()
        self.network = support.Network(self, self.folder / "net")
        self.network.kill(HOSTILE)
        self.validator = hostile_peer.Validator(self.network, HOSTILE)
        self.links = {}
        self.drafts = 0
        for alias in HONEST:
            self.links[alias] = hostile_peer.Link(
                self.validator, self.network.nodes[alias]["peer_port"])
            self.addCleanup(self.links[alias].close)
        for alias, link in self.links.items():
            support.until(f"{alias} talks to us",
                          lambda one=link: max(one.heard, default=0) >= hostile_peer.FIRST_MESSAGE)

    def height(self):
        return max(self.network.height(alias) for alias in HONEST)

    def commit(self):
        """A draft of public security, in a block although the hostile validator is there."""
        self.drafts += 1
        content = self.write(f"draft-{self.drafts}.json", support.draft(self.drafts))
        outcome = support.run_json("catalog", "draft", content, *self.network.keys("ga-c1"),
                                   "--url", self.network.url("ga"))
        self.assertEqual(outcome["status"], "committed", outcome)

    def complaints(self, alias):
        """Whom the node's log blames, and whom it shut out."""
        log = (self.network.folder / "logs" / f"{alias}.log").read_text(errors="replace")
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        return {line["peer"] for line in lines
                if line.get("msg") in ("peer misbehaves", "peer shut out")}

    def test_proposals_out_of_turn_do_not_take_the_places_of_those_in_turn(self):
        self.commit()
        height = self.height()
        for one in (height + 1, height + 2):
            for i, parts in enumerate([129] * 7 + [121]):  # 64 MiB announced, nothing sent
                block = hostile_peer.random_block_id(parts)
                for link in self.links.values():
                    link.send(self.validator.proposal(one, i // 2, block))
        self.commit()
        self.assertGreater(self.height(), height)

    def test_bytes_that_are_no_block_are_blamed_on_who_signed_them(self):
        self.commit()
        for round_number in range(12):
            height = self.height() + 1
            data, block = hostile_peer.junk_block()
            for link in self.links.values():
                link.send(self.validator.proposal(height, round_number, block),
                          hostile_peer.part(height, block, data))
        self.commit()
        self.commit()
        department = self.network.nodes[HOSTILE]["department"]
        for alias in HONEST:
            self.assertLessEqual(self.complaints(alias), {department}, alias)


if __name__ == "__main__":
    unittest.main()
