"""Step 10 of docs/proof-format.md: what a bundle answers, by its query.

Histories that are whole, and the lineage that follows from their stubs. Used by jdverify.py; whatever
does not hold is Refused.
"""
from typing import Any

from jdchecks import event_leaf, leaf_hash, tree_root, u64
from jdforms import ENTITIES_MAX, RESOURCE, Refused, member, message, need, sha256

NEW, SRC, REV = 1, 4, 32  # roles of an entity in an event
BORN_KINDS = 16  # the least kind whose ids are not natural
BIRTHS_MAX = 64
FULL = 62  # entities of one act: of what they hang on some may be left out
GRANT, PROPOSAL, DERIVATION = 19, 23, 26  # kinds
DEPARTMENT, PAIR = 1, 3
ASIDE = (22, 23)  # kinds of what waits
NAMING = ("case", "complaint", "consultation", "correction", "demand", "derivation", "derived_resource", "disposal",
          "dispute", "emergency", "engagement", "finding", "grant", "grants", "incident", "inspection", "leaf_demand",
          "leak", "rectification", "request", "resource", "resources", "source_task", "third_party", "watermark")
ACCESS_OPS = ("access.acknowledge", "access.batch", "access.record", "watermark.register")
Edges = tuple[bytes, set[bytes]]  # M and I of a derivation


def natural(kind: int, key: bytes) -> bytes:
    """The id of what is named by a natural key (ledger-format.md)."""
    return bytes([kind]) + sha256(b"JIANDU-NAT-1\0", bytes([kind]), key)[:16]


def entity_id(value: Any) -> bytes | None:
    try:
        return member("id", value)
    except Refused:
        return None


def ids_in(value: Any) -> list[bytes]:
    found = [one for item in value for one in ids_in(item)] if isinstance(value, list) else [entity_id(value)]
    return [one for one in found if one is not None]


def ids_named(value: Any) -> list[bytes]:
    """Of the members that name entities, at any depth."""
    if isinstance(value, list):
        return [one for item in value for one in ids_named(item)]
    if not isinstance(value, dict):
        return []
    return [one for name, item in value.items()
            for one in (ids_in(item) if name in NAMING else []) + ids_named(item)]


def named_by(payload: dict[str, Any]) -> list[bytes]:
    body = payload["body"]
    if payload["op"] not in ACCESS_OPS:
        return ids_named(body)
    return ids_in(body["grant"] if "grant" in body else body.get("resource"))


def derivation_edges(payload: dict[str, Any]) -> Edges | None:
    """What was made, and from what; nothing when the payload records no derivation."""
    body = payload["body"]
    made = entity_id(body.get("resource")) if payload["op"] == "derivation.record" else None
    if made is None:
        return None
    inputs = body.get("inputs")
    named = [entity_id(one.get(name)) for one in (inputs if isinstance(inputs, list) else [])
             if isinstance(one, dict) for name in ("resource", "grant")]
    return made, {one for one in named if one is not None}


def is_case(entity: bytes) -> bool:
    return entity[0] >= RESOURCE and entity[0] != PROPOSAL


def follow(stub: dict[str, Any], edges: Edges | None, of: bytes, down: bool) -> tuple[set[bytes], bool]:
    """What follows from the stub for the lineage of an entity it lists; and whether that is inexact."""
    roles = {touch["entity"]: touch["roles"] for touch in stub["touched"]}
    if stub["code"]:
        return set(), False
    born = next((one for one in roles if one[0] == DERIVATION and roles[one] & NEW), None)
    if born is None:
        if down:
            found = {one for one in roles if is_case(one) and roles[one] & NEW}
        else:
            found = {one for one in roles if is_case(one)} if roles[of] & (NEW | REV) else set()
        return found - {of}, False
    if edges is None:
        concerned = of == born or of[0] == RESOURCE or (down and of[0] == GRANT)
        found = {born} | {one for one in roles if one[0] == RESOURCE}
        return (found - {of}, True) if concerned else (set(), False)
    made, inputs = edges
    found = set()
    if of == born or (of in inputs if down else of == made):
        found = {made} if down else set(inputs)
        found |= {born}
    return (found & set(roles)) - {of}, False


class Answer:
    """The rows and events of one bundle, proven by the steps before, and the question."""

    def __init__(self, query: dict[str, Any], events: list[dict[str, Any]], rows: dict[bytes, bytes | None],
                 as_of: int, payloads: dict[int, dict[str, Any]], genesis: tuple[bytes, int]) -> None:
        self.query, self.events, self.rows, self.as_of = query, events, rows, as_of
        self.payloads, self.genesis = payloads, genesis
        self.derivations = {index: derivation_edges(payload) for index, payload in payloads.items()}
        self.inexact: set[int] = set()
        self.named = 0  # events held against what their transactions name

    def check(self) -> str:
        kind = self.query["type"]
        others = [key for key in self.rows if not key.startswith(b"key/")]
        if kind == "lineage":
            need(all(key.startswith(b"ent/") and len(key) == 21 for key in others) and len(others) <= ENTITIES_MAX,
                 "a row was not asked for 有未问的状态行")
            return self.answer_lineage(sorted(key[4:] for key in others))
        asked = self.asked_keys()
        need(asked <= set(self.rows), "the row asked for is missing 缺少所问的状态行")
        need(set(others) <= asked | {key for key in self.rows if key.startswith(b"key/")},
             "a row was not asked for 有未问的状态行")
        if kind == "transaction":
            return self.answer_transaction()
        if kind == "absence":
            present = self.present_keys()
            absent = (asked - present).pop()
            need(self.rows[absent] is None and not self.events, "it exists, or has events 该项存在或有事件")
            need(all(self.rows[key] is not None for key in present), "no such resource or department 没有该资源或该部门")
            if present:
                return (f"department {self.query['department']} never touched resource {self.query['resource'].hex()}; "
                        f"both exist 该部门从未涉及该资源，二者均已登记在账")
            return "there is no such entity or name 不存在该主体或名称"
        entities = self.query.get("entities") or [self.query["entity"]]
        self.check_histories(entities)
        return (f"these are all {len(self.events)} events of {len(entities)} entities "
                f"所列 {len(entities)} 个主体的全部事件共 {len(self.events)} 条")

    def asked_keys(self) -> set[bytes]:
        if self.query["type"] == "transaction":
            return set()
        if "name" in self.query:
            return {b"uniq/" + self.query["name"].encode()}
        if "resource" in self.query:
            pair = natural(PAIR, self.query["resource"] + natural(DEPARTMENT, self.query["department"].encode()))
            return {b"ent/" + pair} | self.present_keys()
        return {b"ent/" + entity for entity in self.query.get("entities") or [self.query["entity"]]}

    def present_keys(self) -> set[bytes]:
        """Of an absence: rows without which it would say nothing."""
        if "resource" not in self.query:
            return set()
        return {b"ent/" + self.query["resource"],
                b"ent/" + natural(DEPARTMENT, self.query["department"].encode())}

    def answer_transaction(self) -> str:
        need(len(self.events) == 1 and self.events[0].get("is") == "Stub", "there is not one event 事件不是一条")
        stub = self.events[0]["read"]
        need(stub["txid"] == self.query["txid"] and stub["height"] <= self.as_of,
             "the event is of another transaction 事件属于另一笔交易")
        place = f"{stub['height']}, {self.events[0]['index']}"
        english, chinese = ("accepted", "已接受") if stub["code"] == 0 else (
            f"rejected with code {stub['code']}", f"被拒绝，代码 {stub['code']}")
        return (f"the transaction is recorded (height, log index: {place}) and was {english} "
                f"该交易已入账（高度、日志位置：{place}），{chinese}")

    def check_histories(self, entities: list[bytes]) -> None:
        """All events are of the entities, and of each of these all are there."""
        leaves = {}
        for entity in entities:
            row = self.rows.get(b"ent/" + entity)
            need(row is not None, "there is no such entity 没有该主体")
            leaves[entity] = message("EntityLeaf", row)
        histories: dict[bytes, list[dict[str, Any]]] = {entity: [] for entity in entities}
        for line in self.events:
            owners = self.owners(line, leaves)
            need(owners, "an event is of nothing asked for 事件与所问无关")
            for entity in owners:
                histories[entity].append(line)
        for entity, leaf in leaves.items():
            self.check_history(entity, leaf, histories[entity])
        for line in self.events:
            if line["index"] in self.payloads:
                self.check_named(line, self.payloads[line["index"]], leaves)

    def check_named(self, line: dict[str, Any], payload: dict[str, Any], leaves: dict[bytes, dict[str, Any]]) -> None:
        """The stub lists what its transaction names among the entities, and the resources of grants."""
        stub = line["read"]
        listed = {touch["entity"] for touch in stub["touched"]}
        aside = any(touch["entity"][0] in ASIDE and touch["roles"] & NEW for touch in stub["touched"])
        if stub["code"] or payload["op"] in ("cosign", "vote") or aside:
            return
        self.named += 1
        for entity in named_by(payload):
            if entity not in leaves or leaves[entity]["birth"] >= line["index"]:
                continue
            need(entity in listed, "an event hides an entity it names 事件隐去其所涉主体")
            is_asked = entity[0] == GRANT and len(listed) < FULL
            resources = self.sources_of(leaves[entity]["birth"]) if is_asked else []
            need(len(resources) != 1 or resources[0] in listed, "an event hides a grant's resource 事件隐去权限的资源")

    def sources_of(self, birth: int) -> list[bytes]:
        """The resources with the role SRC in the event, if it is shown."""
        line = next((line for line in self.events if line["index"] == birth), {})
        if line.get("is") != "Stub":
            return []
        return [touch["entity"] for touch in line["read"]["touched"]
                if touch["entity"][0] == RESOURCE and touch["roles"] & SRC]

    def owners(self, line: dict[str, Any], leaves: dict[bytes, dict[str, Any]]) -> list[bytes]:
        """Those of the entities in whose history the event is."""
        if line["kind"] == "withheld":
            owners = line.get("entities", list(leaves))  # of a history: the one
            need(all(entity in leaves for entity in owners), "an event is of nothing asked for 事件与所问无关")
            return owners
        if line["is"] == "Stub":
            return [touch["entity"] for touch in line["read"]["touched"] if touch["entity"] in leaves]
        return [entity for entity, leaf in leaves.items() if leaf["birth"] == 0]

    def check_history(self, entity: bytes, leaf: dict[str, Any], events: list[dict[str, Any]]) -> None:
        need(events and len(events) == leaf["size"], "there are more events, or fewer 事件数不符")
        for place, line in enumerate(events):
            if line.get("is") == "Stub":
                self.check_place(entity, place, line["read"])
            elif place == 0 and "read" in line and entity[0] >= BORN_KINDS:
                self.check_birth(entity, *self.genesis)
        data = [b"JIANDU-HIST-1\0" + u64(line["index"]) + event_leaf(line) for line in events]
        need(tree_root([leaf_hash(one) for one in data]) == leaf["history_root"], "the history is another 历史根不符")
        need(leaf["birth"] == events[0]["index"] and leaf["last"] == events[-1]["index"],
             "the history begins or ends elsewhere 历史起止不符")

    def check_place(self, entity: bytes, place: int, stub: dict[str, Any]) -> None:
        touch = next(touch for touch in stub["touched"] if touch["entity"] == entity)
        need(touch["seq"] == place, "an event has another place in the history 事件在历史中的次序不符")
        if place == 0 and entity[0] >= BORN_KINDS:
            need(touch["roles"] & NEW, "the first event is no birth 首个事件并非其产生")
            self.check_birth(entity, stub["txid"], BIRTHS_MAX)

    @staticmethod
    def check_birth(entity: bytes, origin: bytes, births: int) -> None:
        ids = (sha256(b"JIANDU-ID-1\0", origin, n.to_bytes(2, "big"))[:16] for n in range(births))
        need(entity[1:] in ids, "the entity was born elsewhere 主体并非生于该处")

    def answer_lineage(self, members: list[bytes]) -> str:
        """The entities of the rows are those that follow from one another, none more and none less."""
        start, down = self.query["entity"], self.query["direction"] == "down"
        need(is_case(start), "it has no lineage 该类主体没有谱系")
        need(start in members, "the row asked for is missing 缺少所问的状态行")
        self.check_histories(members)
        stubs: dict[bytes, list[dict[str, Any]]] = {}
        for line in self.events:
            for touch in line["read"]["touched"] if line.get("is") == "Stub" else ():
                stubs.setdefault(touch["entity"], []).append(line)
        known, fresh, present = {start}, [start], set(members)
        while fresh:
            entity = fresh.pop()
            need(entity in present, "an entity of the lineage is missing 缺少谱系内的主体")
            for line in stubs.get(entity, ()):
                found, inexact = follow(line["read"], self.derivations.get(line["index"]), entity, down)
                if inexact:
                    self.inexact.add(line["index"])
                fresh += found - known
                known |= found
        need(known == present, "there are entities that are not of the lineage 有不属于谱系的主体")
        way = "down 下游" if down else "up 上游"
        return (f"the whole lineage ({way}) has {len(known)} entities, with {len(self.events)} events "
                f"完整谱系共 {len(known)} 个主体、{len(self.events)} 条事件")
