"""Fraud proofs: what their file is, and when their two bundles contradict each other.

Of docs/proof-format.md the section "Fraud proof"; the bundles themselves are jdverify.py's.
"""
from typing import Any

from jdforms import BUNDLE_MAX, members, message, need, read_json


def read_fraud(data: bytes) -> tuple[bytes, bytes, bytes]:
    """The entity of a fraud proof and the bytes of its two bundles."""
    need(len(data) <= BUNDLE_MAX, "the file is too large 文件过大")
    line, _, rest = data.partition(b"\n")
    first = members("entity:id kind:text version:int", read_json(line))
    need(first["kind"] == "fraud" and first["version"] == 1, "this is no fraud proof 不是欺诈证明")
    # Only the last line of a bundle begins like this: members of canonical JSON are in order.
    last = rest.find(b'\n{"kind":"end",')
    end = rest.find(b"\n", last + 1) + 1
    need(last >= 0 and end > 0, "the first bundle has no end 第一个证明包不完整")
    return first["entity"], rest[:end], rest[end:]


def contradict(entity: bytes, event: Any, state: Any) -> str:
    """What the two bundles of a fraud proof say of each other, when their own steps hold."""
    need(event.query["type"] == "transaction", "the first bundle is of no transaction 第一个证明包不是交易")
    touch = next((touch for touch in event.events[0]["read"]["touched"] if touch["entity"] == entity), None)
    need(touch, "the event does not touch the entity 事件未涉及该主体")
    need(state.query["type"] in ("history", "absence") and state.query.get("entity") == entity,
         "the second bundle is not about the entity 第二个证明包与该主体无关")
    need(b"ent/" + entity in state.rows, "the entity's row is missing 缺少该主体的状态行")
    row = state.rows[b"ent/" + entity]
    size = None if row is None else message("EntityLeaf", row)["size"]
    need(state.as_of >= event.as_of, "the state is older than the log 状态早于日志")
    need(size is None or size <= touch["seq"], "the history counts the event 历史已计入该事件")
    return (f"FRAUD: the state of height {state.as_of} denies entry {event.events[0]['index']} of its own log "
            f"欺诈：第 {state.as_of} 块的状态否认自身日志第 {event.events[0]['index']} 条")
