"""Lineage as an auditor meets it: derivations of derivations, drawn, followed by item and in time."""
import json
import shutil
import unittest

import case
import support


class Lineage(case.Case):
    def derived(self, code, name, items):
        """A draft of public security, made of its own data."""
        content = self.content(code, name=name, kind="DERIVED")
        content["items"] = [dict(content["items"][0], item_id=item, name=item) for item in items]
        file = self.write(f"{code}.json", content)
        return case.born(self.do("catalog", "draft", file, keys=["ga-c1"]), "resource")

    def derive(self, made, inputs, maps, version=1):
        """`inputs`: [(resource, items)]; `maps`: {out item: [(input, item)]}."""
        body = {"resource": made, "out_version": version, "kind": "INTEGRATE",
                "transform_digest": support.digest_of("transform"),
                "inputs": [{"resource": one, "version": 1, "items": items}
                           for one, items in inputs],
                "item_map": [{"out_item": out,
                              "from": [{"input": n, "item": item} for n, item in sources]}
                             for out, sources in maps.items()]}
        file = self.write("derivation.json", body)
        return self.do("tx", "new", "derivation.record", "--from", file, keys=["ga-c1"])

    def show(self, entity, *words, keys=("sj-a1",)):
        return self.do("lineage", "show", entity, *words, keys=list(keys))

    def setUp(self):
        super().setUp()
        if "lineage" in self.shared:
            return
        source = self.publish("330100-ga-7001")
        left = self.derived("330100-ga-7002", "检验状态汇总", ["status_sum"])
        right = self.derived("330100-ga-7003", "号牌索引", ["plate_index"])
        end = self.derived("330100-ga-7004", "车辆画像", ["face"])
        self.derive(left, [(source, ["status"])], {"status_sum": [(0, "status")]})
        before = self.derive(right, [(source, ["plate"])], {"plate_index": [(0, "plate")]})
        self.derive(end, [(left, ["status_sum"]), (right, ["plate_index"])],
                    {"face": [(0, "status_sum"), (1, "plate_index")]})
        grant, _ = self.grant(source)
        file = self.write("access.json", self.access("acc-7001"))
        self.do("access", "record", file, "--grant", grant, keys=["ga-gw-01"])
        self.shared["lineage"] = (source, left, right, end, grant, before)

    def nodes(self, answer):
        return [node["entity"] for node in answer["nodes"]]

    def test_the_tree_names_everything_and_draws_a_diamond_once(self):
        source, left, right, end, grant, _ = self.shared["lineage"]
        text = self.text("lineage", "show", source, "--depth", 4, keys=["sj-a1"])
        for entity in (source, left, right, end, grant):
            self.assertEqual(text.count(entity), 1, text)
        lines = text.splitlines()
        self.assertEqual(lines[0], "What became of it 去向")
        self.assertTrue(lines[1].startswith("机动车登记信息 [330100-ga-7001]  "), text)
        self.assertEqual(text.count("车辆画像 [330100-ga-7004]"), 2, text)
        self.assertEqual(text.count("(see above 见上)"), 1, text)
        self.assertRegex(text, r"├─ 检验状态汇总 \[330100-ga-7002\]")
        self.assertRegex(text, r"INTEGRATE v1 -> v1 .*#\d+")
        self.assertIn("status_sum<-status", text)
        self.assertRegex(text, r"grant 授权 -> \S+")
        self.assertRegex(text, r"held by 持有 \S+")
        self.assertRegex(text, r"\n6 of 6 nodes 个节点, as of height 截至高度 \d+")

    def test_up_by_item_and_in_time(self):
        source, left, right, end, _, before = self.shared["lineage"]
        up = self.show(end, "--up")
        self.assertEqual(set(self.nodes(up)), {end, left, right, source})
        one = self.show(source, "--item", "plate")
        self.assertIn(right, self.nodes(one))
        self.assertNotIn(left, self.nodes(one))
        then = self.show(source, "--as-of", before["height"])
        self.assertEqual(set(self.nodes(then)), {source, left, right})
        self.assertEqual(then["height"], before["height"])
        before = self.do("lineage", "show", source, "--as-of", "2020-01-01", keys=["sj-a1"], expect=5)
        self.assertIn("born after that moment", before["error"])
        self.assertIsNone(up["truncated"])
        cut = self.show(source, "--depth", 1)
        self.assertEqual(cut["truncated"]["why"], "depth")

    def test_an_edge_names_the_transactions_behind_it(self):
        source, _, right, _, _, before = self.shared["lineage"]
        edge, = [edge for edge in self.show(source)["edges"] if edge["to"] == right]
        self.assertEqual(edge["begun"]["txid"], before["txid"])
        self.assertEqual(edge["derivations"][0]["items"],
                         [{"out_item": "plate_index", "from": ["plate"]}])

    def test_a_department_sees_its_own_sides_and_how_much_it_does_not(self):
        source, left, _, _, grant, _ = self.shared["lineage"]
        own = self.show(source, keys=["jt-c1"])
        kinds = {node["kind"] for node in own["nodes"]}
        self.assertEqual(kinds, {"resource", "grant", "pair"})
        self.assertIn(grant, self.nodes(own))
        self.assertNotIn(left, self.nodes(own))
        self.assertEqual(own["withheld"], 2)
        other = self.show(source, keys=["sw-c1"])
        self.assertEqual(self.nodes(other), [source])
        self.assertEqual(other["withheld"], 3)
        self.do("lineage", "show", left, keys=["sw-c1"], expect=5)  # a draft of others

    def test_dot_pages_and_what_is_wrong_with_a_question(self):
        source, *_ = self.shared["lineage"]
        dot = support.run("lineage", "show", source, "--output", "dot",
                          *self.options(["sj-a1"])).stdout
        self.assertTrue(dot.startswith("digraph lineage {"), dot)
        self.assertEqual(dot.count(" -> \"") , len(self.show(source)["edges"]))
        cut = self.show(source, "--limit", 2)
        self.assertEqual(len(cut["nodes"]), 2)
        self.assertEqual(cut["total"], 6)
        self.do("lineage", "show", source, "--depth", 0, keys=["sj-a1"], expect=2)
        self.do("lineage", "show", source, "--as-of", "soon", keys=["sj-a1"], expect=2)
        self.do("lineage", "show", "11" + "0" * 32, keys=["sj-a1"], expect=5)

    def test_an_index_that_is_lost_is_made_anew(self):
        source, *_ = self.shared["lineage"]
        as_of = self.show(source)["height"]
        before = self.do("lineage", "show", source, "--as-of", as_of, keys=["sj-a1"], at="sw")
        self.network.kill("sw")
        shutil.rmtree(self.network.folder / "sw" / "data" / "lineage")
        self.network.start("sw")
        after = support.until("the index is made anew", lambda: self.again(source, as_of))
        for part in ("nodes", "edges", "height", "log_size", "total"):
            self.assertEqual(after[part], before[part])

    def again(self, source, as_of):
        """The answer of the node that was restarted, once it gives one."""
        done = support.run("lineage", "show", source, "--as-of", as_of, "--output", "json",
                           *self.options(["sj-a1"], at="sw"), expect=None)
        return json.loads(done.stdout) if done.returncode == 0 else None


if __name__ == "__main__":
    unittest.main()
