"""Verifies proof bundles of Jiandu without a network and without Jiandu's program.

Written from docs/proof-format.md and docs/ledger-format.md alone; read it with those beside it. The
methods of Verifier are the numbered steps of proof-format.md, in its order and by its names;
jdforms.py reads the lines and the wire form, jdchecks.py has trees, signatures and commits.

    python3 jdverify.py FILE.jdproof --genesis genesis.json

Exit codes: 0 verified; 1 not verified; 2 bad usage; 3 all else holds, but signatures were not
checked because the package `cryptography` is missing: then nothing is proven.
"""
import argparse
import dataclasses
import datetime
import json
import pathlib
import sys
from typing import Any

from jdanswers import FULL, Answer
from jdchecks import (Signatures, Validators, check_commit, check_set, event_leaf, leaf_hash, log_part,
                      read_header, read_set, set_hash, set_order, shared_bits, state_part, u64)
from jdforms import (BUNDLE_MAX, NONE, Refused, ascend, member, message, need, read_bundle, read_entry,
                     read_json, read_payload, sha256)
from jdfraud import contradict, read_fraud

STEPS = {"genesis": "创世文件", "epochs": "验证者更替", "header": "区块头", "certificate": "共识签名",
         "opening": "应用哈希", "log": "日志", "entries": "日志条目", "state": "状态", "transactions": "交易",
         "answer": "结论"}
TRUST = ("This holds as of height {0}, time {1}, assuming at most 1/3 faulty in every validator set since genesis. "
         "以上截至高度 {0}（{1}）成立，前提是创世以来每一届验证者中作恶者均不超过三分之一。")
SECP256K1 = 1  # algorithm of a KeyRecord


@dataclasses.dataclass
class Verdict:
    """`verified` is never true while a signature was not checked."""
    verified: bool
    steps: list[tuple[str, bool, str]]
    not_proven: list[str]
    query: str = ""
    proven: str = ""
    trust: str = ""
    unchecked: int = 0


class Verifier:
    """One bundle and one genesis document; each step returns what it found, or is Refused."""

    def __init__(self, bundle: dict[str, list], document: bytes) -> None:
        self.bundle, self.document = bundle, document
        self.manifest, self.head = bundle["manifest"][0], bundle["head"][0]
        self.query: dict[str, Any] = self.manifest["query"]
        self.chain = self.manifest["chain"].encode()
        self.events: list[dict[str, Any]] = bundle["event"]
        self.rows = {row["key"]: row.get("value") for row in bundle["leaf"]}
        self.signatures = Signatures()
        self.validators: Validators = []
        self.genesis_keys: dict[bytes, bytes] = {}
        self.identities = 0
        self.last_header: dict[str, Any] = {"height": 0}
        self.as_of, self.time = 0, ""
        self.unproven_keys: set[bytes] = set()
        self.payloads: dict[int, dict[str, Any]] = {}
        self.inexact: set[int] = set()
        self.named = 0

    def genesis(self) -> str:
        need(sha256(self.document) == self.manifest["genesis"], "the bundle is of another genesis 创世文件不符")
        document = read_json(self.document)
        need(document.get("chain") == self.manifest["chain"], "the bundle is of another chain 链不符")
        try:
            self.validators = [(member("hash", one["consensus_key"]), member("int", one["power"]))
                               for one in document["validators"]]
            keys = [member("key", one["key"]) for one in document["identities"]]
        except (KeyError, TypeError):
            raise Refused("this is no genesis document 不是创世文件") from None
        self.validators.sort(key=set_order)
        check_set(self.validators)
        self.genesis_keys = {sha256(key): key for key in keys}
        self.identities = len(keys)
        count = len(self.validators)
        return (f"chain {json.dumps(self.manifest['chain'])}, {count} validators at genesis "
                f"创世时有 {count} 个验证者")

    def follow(self, data: bytes) -> dict[str, Any]:
        """A header after the last one, that names the set in force."""
        header = read_header(data)
        need(header["chain"] == self.chain, "a header is of another chain 区块头属于另一条链")
        need(header["height"] > self.last_header["height"], "heights do not ascend 高度未递增")
        need(header["validators"] == set_hash(self.validators), "a header names another set 区块头的验证者集合不符")
        self.last_header = header
        return header

    def epochs(self) -> str:
        for line in self.bundle["epoch"]:
            header = self.follow(line["header"])
            need(header["next"] != header["validators"], "an epoch changes nothing 验证者没有更替")
            check_commit(line["commit"], header, self.validators, self.signatures)
            self.validators = read_set(line["set"])
            check_set(self.validators)
            need(set_hash(self.validators) == header["next"], "the next set is another 下一届验证者不符")
        count = len(self.bundle["epoch"])
        return f"{count} changes of the validator set 验证者更替 {count} 次"

    def header(self) -> str:
        header = self.follow(self.head["header"])
        self.as_of = header["height"] - 1
        self.time = f"{datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=header['time']['seconds'])} UTC"
        told = f"{header['height']}, {self.time}"
        return f"height {told}, of the set in force 高度 {told}，验证者集合相符"

    def certificate(self) -> str:
        power, total = check_commit(self.head["commit"], self.last_header, self.validators, self.signatures)
        return f"signed by {power} of {total} of the power 签名权重 {power}/{total}"

    def opening(self) -> str:
        opened = sha256(b"JIANDU-APP-1\0", u64(self.head["log_size"]), self.head["log_root"],
                        self.head["state_root"])
        need(opened == self.last_header["app_hash"], "the roots are not the header's 根与应用哈希不符")
        return f"log and state as of height {self.as_of} 高度 {self.as_of} 的日志与状态"

    def log(self) -> str:
        size = self.head["log_size"]
        need(size and all(line["index"] < size for line in self.events), "an index is beyond the log 位置超出日志")
        listed = [] if self.query["type"] == "lineage" else self.events  # whose histories bind them
        known = {line["index"]: event_leaf(line) for line in listed}
        newest = leaf_hash(self.bundle["block"][0]["entry"])
        need(known.setdefault(size - 1, newest) == newest, "the newest entry is told twice 末条目前后不一")
        siblings = iter([value for line in self.bundle["log"] for value in line["hashes"]])
        need(log_part(0, size, known, siblings) == self.head["log_root"], "the log's root is another 日志根不符")
        need(next(siblings, None) is None, "hashes are left over 有多余的哈希")
        return f"{len(listed)} events are in the log of {size} 日志共 {size} 条，含所列 {len(listed)} 条"

    def check_genesis_entry(self, index: int, entry: dict[str, Any]) -> None:
        need(index == 0 and entry["chain"] == self.chain and entry["genesis_hash"] == sha256(self.document),
             "the genesis entry is of another document 创世条目不符")

    def entries(self) -> str:
        kind, newest = read_entry(self.bundle["block"][0]["entry"])
        if kind == "Genesis":
            self.check_genesis_entry(self.head["log_size"] - 1, newest)
        else:
            need(kind == "Block" and newest["height"] <= self.as_of
                 and newest["state_root"] == self.head["state_root"], "the newest entry is another's 末条目不符")
        for line in self.events:
            if line["kind"] == "withheld":
                continue
            line["is"], line["read"] = read_entry(line["entry"])
            need(line["is"] != "Block", "an event is a block's entry 事件是区块条目")
            if line["is"] == "Genesis":
                self.check_genesis_entry(line["index"], line["read"])
        withheld = sum(line["kind"] == "withheld" for line in self.events)
        shown = len(self.events) - withheld
        return f"{shown} are shown, {withheld} withheld 示出 {shown} 条，隐去 {withheld} 条"

    def state(self) -> str:
        siblings = iter([value for line in self.bundle["siblings"] for value in line["hashes"]])
        claims = [self.claim(row) for row in self.bundle["leaf"]]
        if claims:
            need(state_part(0, claims, siblings) == self.head["state_root"], "the state's root is another 状态根不符")
        need(next(siblings, None) is None, "hashes are left over 有多余的哈希")
        return f"{len(claims)} rows of the state 状态行 {len(claims)} 条"

    @staticmethod
    def claim(row: dict[str, Any]) -> tuple[bytes, int, bytes]:
        """The path of a row, and the depth and hash of the subtree in which it ends."""
        path, other = sha256(row["key"]), row.get("other")
        need(other is None or "value" not in row, "a present row has another's leaf 已有的行带有他行的叶")
        if "value" in row:
            return path, row["depth"], leaf_hash(path + sha256(row["value"]))
        if other is None:
            return path, row["depth"], NONE
        need(other["path"] != path and shared_bits(other["path"], path) >= row["depth"],
             "another leaf stands elsewhere 他行的叶不在此处")
        return path, row["depth"], leaf_hash(other["path"] + other["value"])

    def transactions(self) -> str:
        stubs = {line["index"]: line["read"] for line in self.events if line.get("is") == "Stub"}
        for line in self.bundle["transaction"]:
            need(line["index"] in stubs, "a transaction is of no event shown 交易不属于所示事件")
            self.payloads[line["index"]] = self.check_transaction(line["stored"], stubs[line["index"]])
        count = len(self.bundle["transaction"])
        return f"{count} transactions are those of their events 交易 {count} 笔与事件相符"

    def check_transaction(self, data: bytes, stub: dict[str, Any]) -> dict[str, Any]:
        need(sha256(data) == stub["env"], "a transaction is not its event's 交易与事件不符")
        stored = message("StoredTransaction", data)
        payload = read_payload(stored["payload"])
        pae = b"DSSEv1 33 application/vnd.jiandu.tx.v1+json %d %s" % (len(stored["payload"]), stored["payload"])
        need(sha256(b"JIANDU-TX-1\0", pae) == stub["txid"] and payload["op"].encode() == stub["op"]
             and payload["chain"].encode() == self.chain, "a transaction is not its event's 交易与事件不符")
        keyids = [one["keyid"] for one in stored["signatures"]]
        need(ascend(keyids) and keyids == [one["key"] for one in payload["signers"]],
             "the signatures are not the signers' 签名与签署人不符")
        for one in stored["signatures"]:
            key = self.key(one["keyid"])
            if key is None:
                self.unproven_keys.add(one["keyid"])
            else:
                self.signatures.secp256k1(key, one["signature"], sha256(pae))
        return payload

    def key(self, keyid: bytes) -> bytes | None:
        """The key of the bundle's row, else of the genesis document."""
        row = self.rows.get(b"key/" + keyid)
        if row is None:
            return self.genesis_keys.get(keyid)
        record = message("KeyRecord", row)
        need(record["algorithm"] == SECP256K1 and len(record["key"]) == 33 and sha256(record["key"]) == keyid,
             "a key is another 公钥不符")
        return record["key"]

    def answer(self) -> str:
        answer = Answer(self.query, self.events, self.rows, self.as_of, self.payloads,
                        (sha256(self.document), self.identities))
        found = answer.check()
        self.inexact, self.named = answer.inexact, answer.named
        return found

    def asked(self) -> str:
        """The query in ASCII: names that look alike do not read alike."""
        return json.dumps(self.query, default=bytes.hex)

    def not_proven(self) -> list[str]:
        withheld = sum(line["kind"] == "withheld" for line in self.events)
        stubs = sum(line.get("is") == "Stub" for line in self.events)
        untold = stubs - len(self.bundle["transaction"])
        found = [
            f"anything after height {self.as_of} 高度 {self.as_of} 之后的一切",
            f"that each event names all entities its transaction touches: of {self.named} it was checked that they list "
            f"what their transactions name here; the rest the validators computed 事件列出了交易涉及的全部主体："
            f"其中 {self.named} 条已按原文核对，其余由验证者算出"]
        if self.query["type"] == "absence" and "resource" not in self.query:
            found.append("that this id or name is the right one: a mistyped one is absent as well, and of a pair's id nothing "
                         "says which department and resource it is of 编号或名称书写无误：误写者同样不存在；组合编号未说明属于哪个部门与资源")
        full = sum(len(line["read"]["touched"]) >= FULL for line in self.events if line.get("is") == "Stub")
        if full:
            found.append(f"that {full} events list all that the entities they name hang on: they list as many as an event "
                         f"may {full} 条事件已列满主体，其上级关联可能未全部列出")
        if withheld:
            found.append(f"the content of {withheld} withheld events 隐去的 {withheld} 条事件的内容")
            if self.query["type"] == "lineage":
                found.append(f"what follows from these: the closure is open at {withheld} events "
                             f"由其引出的主体：谱系在 {withheld} 条事件处未闭合")
        if self.inexact:
            found.append(f"that all entities belong to the lineage: of {len(self.inexact)} derivations it is not shown "
                         f"what was made from what 所列主体均属谱系：{len(self.inexact)} 项衍生未附原文")
        if untold:
            found.append(f"the content of the {untold} events whose transaction is not in the bundle "
                         f"未附交易原文的 {untold} 条事件的内容")
        if self.bundle["transaction"]:
            found.append("whose a key was when it signed: key rows are those of the head "
                         "签名当时密钥属于谁：密钥行为所证高度时的状态")
        for keyid in sorted(self.unproven_keys):
            found.append(f"the signature by key {keyid.hex()}, which is not in the bundle 未附公钥，其签名未验证")
        if self.signatures.unchecked:
            found.append(f"ANYTHING: {self.signatures.unchecked} signatures were not checked, the package "
                         f"cryptography is missing 任何内容：缺少 cryptography，{self.signatures.unchecked} 个签名未检查")
        return found


def verify(text: bytes, genesis: bytes) -> Verdict:
    """Takes the steps in their order; the first that fails ends it."""
    if text.startswith(b'{"entity":'):  # no other file does
        return verify_fraud(text, genesis)
    steps: list[tuple[str, bool, str]] = []
    name = "form"
    try:
        verifier = Verifier(read_bundle(text), genesis)
        for name in STEPS:
            before = verifier.signatures.unchecked
            detail = getattr(verifier, name)()
            holds = verifier.signatures.unchecked == before
            steps.append((name, holds, detail if holds else f"SIGNATURES WERE NOT CHECKED 未检查签名: {detail}"))
    except Refused as why:
        return Verdict(False, [*steps, (name, False, str(why))], ["anything 任何内容"])
    unchecked = verifier.signatures.unchecked
    return Verdict(not unchecked, steps, verifier.not_proven(), verifier.asked(),
                   "" if unchecked else steps[-1][2], TRUST.format(verifier.as_of, verifier.time), unchecked)


def steps_of(part: str, verifier: Verifier, names: list[str], steps: list[tuple[str, bool, str]]) -> None:
    """The steps of one of the two bundles of a fraud proof."""
    for name in names:
        try:
            steps.append((f"{part}/{name}", True, getattr(verifier, name)()))
        except Refused as why:
            steps.append((f"{part}/{name}", False, str(why)))
            raise


def verify_fraud(text: bytes, genesis: bytes) -> Verdict:
    """Takes the steps of docs/proof-format.md, "Fraud proof"."""
    steps: list[tuple[str, bool, str]] = []
    try:
        entity, first, second = read_fraud(text)
        event, state = Verifier(read_bundle(first), genesis), Verifier(read_bundle(second), genesis)
    except Refused as why:
        return Verdict(False, [("form", False, str(why))], ["anything 任何内容"])
    names = list(STEPS)
    try:
        steps_of("event", event, names, steps)
        steps_of("state", state, names[:-1], steps)
    except Refused:
        return Verdict(False, steps, ["anything 任何内容"])
    try:
        found = contradict(entity, event, state)
    except Refused as why:
        return Verdict(False, [*steps, ("contradiction", False, str(why))], ["anything 任何内容"])
    unchecked = event.signatures.unchecked + state.signatures.unchecked
    not_proven = ["why the validators did so 验证者为何如此"]
    return Verdict(not unchecked, [*steps, ("contradiction", True, found)], not_proven,
                   json.dumps({"type": "fraud", "entity": entity.hex()}), "" if unchecked else found,
                   "More than a third of the power is faulty. 作恶权重超过三分之一。", unchecked)


def print_verdict(verdict: Verdict) -> None:
    told = {**STEPS, "contradiction": "矛盾"}
    for number, (name, holds, detail) in enumerate(verdict.steps, 1):
        print(f"{number:2}. {name} {told.get(name.split('/')[-1], '格式')}: {'' if holds else 'NOT SHOWN 未能成立: '}{detail}")
    if verdict.verified:
        print(f"VERIFIED 已验证: {verdict.proven}")
        print(f"The question, as the bundle's maker put it 证明包制作者所提问题: {verdict.query}\n{verdict.trust}")
    elif verdict.unchecked:
        print("NOT VERIFIED, SIGNATURES WERE NOT CHECKED 未验证：未检查签名")
    else:
        print("NOT VERIFIED 未通过验证")
    print("Not proven 未予证明:")
    for item in verdict.not_proven:
        print(f"  - {item}")


def main() -> int:
    parser = argparse.ArgumentParser(description="Verifies a proof bundle 验证证明包")
    parser.add_argument("file", type=pathlib.Path, help="the bundle, *.jdproof 证明包")
    parser.add_argument("--genesis", type=pathlib.Path, required=True, help="the genesis document 创世文件")
    args = parser.parse_args()
    try:
        with args.file.open("rb") as bundle:
            text = bundle.read(BUNDLE_MAX + 1)
        verdict = verify(text, args.genesis.read_bytes())
    except OSError as why:
        parser.error(str(why))
    sys.stdout.reconfigure(encoding="utf-8")
    print_verdict(verdict)
    return 0 if verdict.verified else 3 if verdict.unchecked else 1


if __name__ == "__main__":
    sys.exit(main())
