"""Reads what a proof bundle is written in: lines of canonical JSON, and the strict wire form.

Of docs/proof-format.md the section "Bundle", of docs/ledger-format.md "The strict wire form" with the
messages of docs/proto. Whatever is not written in the one right way is Refused. Used by jdverify.py.
"""
import base64
import hashlib
import json
import re
from typing import Any

BUNDLE_MAX, LINE_MAX, INTEGER_MAX = 512 << 20, 2 << 20, 2**53 - 1
NONE = bytes(32)  # "no hash"; in the state tree the hash of an empty subtree


class Refused(Exception):
    """Why a bundle is not believed, in English and Chinese."""


def need(holds: Any, why: str) -> None:
    if not holds:
        raise Refused(why)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def ascend(keys: list) -> bool:
    return all(a < b for a, b in zip(keys, keys[1:]))


# --- Canonical JSON -------------------------------------------------------------------------------
def canonical(value: Any) -> str:
    """RFC 8785, of a value without fractions: members ascend by their UTF-16."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join([f"{canonical(n)}:{canonical(value[n])}" for n in names]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([canonical(item) for item in value]) + "]"
    return json.dumps(value, ensure_ascii=False)


def integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > INTEGER_MAX:
        raise ValueError("an integer beyond 2^53 - 1")
    return int(digits)


def no_integer(text: str) -> None:
    raise ValueError(f"{text} is not an integer")


def read_json(data: bytes) -> dict[str, Any]:
    """The object, if `data` is its canonical writing: so no member is doubled and none misplaced."""
    try:
        value = json.loads(data.decode(), parse_int=integer, parse_float=no_integer,
                           parse_constant=no_integer)
        same = isinstance(value, dict) and canonical(value).encode() == data
    except (ValueError, RecursionError):
        same = False
    need(same, "this is no object of canonical JSON 不是规范 JSON 对象")
    return value


# --- Lines of a bundle, in their order: member:kind, or member?:kind when it may be absent ---------
# A kind with a number is bytes in base64, at most so many.
LINES = {
    "manifest": "chain:text genesis:hash query:query version:int",
    "epoch": "header:4096 commit:65536 set:65536",
    "head": "header:4096 commit:65536 log_size:int log_root:hash state_root:hash",
    "block": "entry:65535",
    "leaf": "key:256 value?:65536 depth:int other?:other",
    "siblings": "hashes:hashes",
    "event": "index:int entry:65535",
    "withheld": "index:int leaf:hash entities?:ids",
    "log": "hashes:hashes",
    "transaction": "index:int stored:1048576",
    "end": "lines:int sha256:hash",
}
QUERIES = {"transaction": 2, "history": 2, "histories": 2, "lineage": 3, "absence": 2,  # and how many members
           "untouched": 3}  # an absence too
CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
RESOURCE = 17  # kind, the first byte of its id
SEVERAL = ("histories", "lineage")  # what is withheld says of which of their entities it is
ENTITIES_MAX, TOUCHED_MAX = 16384, 64
HASHES_MAX, HASHES_PER_LINE = 2**22, 1000
# So many lines of a kind and no more; refused as they come, before they fill the memory.
LINES_MAX = {"leaf": 2**17, "event": 2**20, "transaction": 2**20, "epoch": 1024,
             "siblings": -(-HASHES_MAX // HASHES_PER_LINE), "log": -(-HASHES_MAX // HASHES_PER_LINE)}
SINGLE = ("manifest", "head", "block", "end")
OBJECTS = {
    "other": "path:hash value:hash",
    "transaction": "type:text txid:hash",
    "history": "type:text entity:id",
    "histories": "type:text entities:ids",
    "lineage": "type:text entity:id direction:text",
    "absence": "type:text entity?:id name?:text",
    "untouched": "type:text resource:id department:text",
    "payload": "at:signed body:object chain:text department:text exp:signed nonce:nonce op:text "
               "signers:signers",
    "signer": "key:hash role:text",
}
DIGITS = {"hash": 64, "id": 34, "key": 66, "nonce": 16}


def members(table: str, value: Any) -> dict[str, Any]:
    """Exactly the members of the table, each as its kind says."""
    kinds = dict(item.split(":") for item in table.split())
    must = {name for name in kinds if not name.endswith("?")}
    kinds = {name.rstrip("?"): kind for name, kind in kinds.items()}
    need(isinstance(value, dict) and must <= set(value) <= set(kinds),
         "members are missing, or there are others 成员缺失或多余")
    return {name: member(kinds[name], value[name]) for name in value}


def member(kind: str, value: Any) -> Any:
    if kind in ("int", "signed"):
        need(type(value) is int and (value >= 0 or kind == "signed"), "this is no such number 数不符")
    elif kind == "object":
        need(isinstance(value, dict), "this is no object 不是对象")
    elif kind == "hashes":
        need(isinstance(value, list) and 1 <= len(value) <= HASHES_PER_LINE, "a list is too long or empty 列表长度不符")
        return [tree_hash(item) for item in value]
    elif kind == "signers":
        need(isinstance(value, list) and 1 <= len(value) <= 4, "a list is too long or empty 列表长度不符")
        return [members(OBJECTS["signer"], item) for item in value]
    elif kind == "other":
        return members(OBJECTS["other"], value)
    elif kind == "query":
        of = value.get("type") if isinstance(value, dict) else None
        of = "untouched" if of == "absence" and "resource" in value else of if of != "untouched" else None
        need(isinstance(of, str) and of in QUERIES and len(value) == QUERIES[of], "no such query 没有此种查询")
        return check_query(members(OBJECTS[of], value))
    elif kind == "ids":
        need(isinstance(value, list) and 1 <= len(value) <= ENTITIES_MAX, "a list is too long or empty 列表长度不符")
        ids = [member("id", item) for item in value]
        need(ascend(ids), "ids are out of order 编号次序不符")
        return ids
    else:
        return from_text(kind, value)
    return value


def from_text(kind: str, value: Any) -> Any:
    need(isinstance(value, str), "this is no string 不是字符串")
    if kind in DIGITS:
        need(re.fullmatch("[0-9a-f]{%d}" % DIGITS[kind], value), "not lower-case hex 不是规定的十六进制")
        return bytes.fromhex(value)
    return from_base64(value, int(kind)) if kind.isdigit() else value


def is_department_code(code: str) -> bool:
    """GB 32100-2015, 4.3 and 5: 31 characters, weights 3^i mod 31."""
    values = [CODE_CHARACTERS.find(one) for one in code]
    return (len(values) == 18 and min(values) >= 0
            and sum(value * pow(3, place, 31) for place, value in enumerate(values[:-1])) % 31 == -values[-1] % 31)


def check_query(query: dict[str, Any]) -> dict[str, Any]:
    need(1 <= len(query.get("name", "-").encode()) <= 256, "a name is too long or empty 名称长度不符")
    need(query.get("resource", bytes([RESOURCE]))[0] == RESOURCE, "this is no id of a resource 不是资源编号")
    need("department" not in query or is_department_code(query["department"]), "no department's code 不是部门代码")
    need(query.get("direction", "up") in ("up", "down"), "no such direction 没有此种方向")
    return query


def from_base64(text: str, most: int) -> bytes:
    need(len(text) <= (most + 2) // 3 * 4, "a value is too long 值过长")
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = None
    need(data is not None and base64.b64encode(data).decode() == text and len(data) <= most,
         "not standard base64, or too long 不是标准 base64 或过长")
    return data


def tree_hash(value: Any) -> bytes:
    data = member("32", value)
    need(value == "" or len(data) == 32 and data != NONE, "this is no hash 不是哈希")
    return data or NONE


def read_payload(data: bytes) -> dict[str, Any]:
    """The payload of a transaction."""
    payload = members(OBJECTS["payload"], read_json(data))
    need(re.fullmatch("[a-z._-]{1,32}", payload["op"]), "this is no op 操作名无效")
    need(all(one["role"] in ("MAKER", "HEAD", "PEER", "SYSTEM") for one in payload["signers"])
         and ascend([one["key"] for one in payload["signers"]]), "the signers are not in order 签署人次序不符")
    return payload


def read_line(line: bytes) -> dict[str, Any]:
    need(len(line) < LINE_MAX, "a line is too long 行过长")
    value = read_json(line)
    kind = value.get("kind")
    need(isinstance(kind, str) and kind in LINES, "a line is of no known kind 行的种类未知")
    return members("kind:text " + LINES[kind], value)


def read_bundle(data: bytes) -> dict[str, list]:
    """The lines by kind; what was withheld stands among the events."""
    need(len(data) <= BUNDLE_MAX, "the bundle is too large 证明包过大")
    need(data.endswith(b"\n"), "the last line has no end 末行不完整")
    order = [kind for kind in LINES if kind != "withheld"]
    found: dict[str, list] = {kind: [] for kind in order}
    last = begin = before = count = 0
    while begin < len(data):
        before, begin = begin, data.index(b"\n", begin) + 1
        count += 1
        line = read_line(data[before:begin - 1])
        kind = "event" if line["kind"] == "withheld" else line["kind"]
        need(order.index(kind) >= last, "lines are out of order 行的次序不符")
        last = order.index(kind)
        need(len(found[kind]) < LINES_MAX.get(kind, 1), "there are too many lines of a kind 同类行过多")
        found[kind].append(line)
    check_lines(found)
    end = found["end"][0]
    need(end["lines"] == count - 1, "there are more lines, or fewer 行数不符")
    need(end["sha256"] == sha256(data[:before]), "the lines have another digest 各行摘要不符")
    return found


def check_lines(found: dict[str, list]) -> None:
    need(all(len(found[kind]) == 1 for kind in SINGLE), "a line is missing or doubled 缺行或重复")
    need(found["manifest"][0]["version"] == 1, "the version is unknown 版本未知")
    need(len(found["manifest"][0]["chain"].encode()) <= 50, "the chain's name is too long 链名过长")
    need(all(row["key"] and row["depth"] <= 256 for row in found["leaf"]), "a row has no key, or lies too deep 状态行无键或过深")
    several = found["manifest"][0]["query"]["type"] in SEVERAL
    need(all(len(line.get("entities", ())) in (range(1, TOUCHED_MAX + 1) if several else (0,))
             for line in found["event"] if line["kind"] == "withheld"), "withheld events of nobody 隐去的事件不知所属")
    need(ascend([sha256(row["key"]) for row in found["leaf"]]), "leaves are out of order 叶的次序不符")
    need(len(found["transaction"]) <= len(found["event"]), "there are too many transactions 交易过多")
    for kind in ("event", "transaction"):
        need(ascend([line["index"] for line in found[kind]]), "places do not ascend 位置未递增")
    for kind in ("siblings", "log"):
        need(all(len(line["hashes"]) == HASHES_PER_LINE for line in found[kind][:-1]), "a list ends early 哈希列表不满")
    for kind, most in (("siblings", 256 * len(found["leaf"])), ("log", 64 * (len(found["event"]) + 1))):
        need(sum(len(line["hashes"]) for line in found[kind]) <= min(most, HASHES_MAX), "more hashes than there is a use for 哈希过多")


# --- The strict wire form: fields 1, 2, ... of each message as name:kind; * is repeated -----------
MESSAGES = {
    "Time": "seconds:int nanos:uint",
    "Parts": "total:uint hash:hash",
    "BlockId": "hash:hash parts:Parts",
    "Version": "block:uint app:uint",
    "Header": "version:Version chain:bytes height:uint time:Time last_block_id:BlockId last_commit:32 "
              "data:32 validators:32 next:32 consensus:32 app_hash:32 results:32 evidence:32 proposer:20",
    "CommitSig": "flag:uint address:bytes time:Time signature:bytes",
    "Commit": "height:uint round:uint block_id:BlockId signatures:CommitSig*",
    "PublicKey": "ed25519:32",
    "Validator": "address:20 key:PublicKey power:uint",
    "ValidatorSet": "validators:Validator*",
    "TxSignature": "keyid:32 signature:64",
    "StoredTransaction": "payload:bytes signatures:TxSignature*",
    "Genesis": "chain:bytes genesis_hash:hash",
    "Touch": "entity:17 roles:uint seq:uint",
    "Stub": "height:uint time:int op:bytes txid:hash env:hash code:uint flags:uint touched:Touch*",
    "Block": "height:uint time:int header_hash:hash first:uint state_root:hash",
    "EntityLeaf": "birth:uint size:uint history_root:hash last:uint body_hash:hash status:uint",
    "KeyRecord": "algorithm:uint key:bytes department:bytes identity:bytes kind:uint duties:uint "
                 "usable_from:uint revoked_at:int reason:uint compromised_since:int",
}


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        need(at < len(data), "a message is cut off 消息被截断")
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            need((byte or not shift) and value < 2**64, "a varint is not minimal 变长整数不是最短")
            return value, at
    raise Refused("a varint is too long 变长整数过长")


def fields(data: bytes) -> list[tuple[int, Any]]:
    """(number, integer or bytes) of each field."""
    found: list[tuple[int, Any]] = []
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        need(tag & 7 in (0, 2), "a field is of another wire type 字段线型不符")
        if tag & 7 == 2:
            need(value <= len(data) - at, "a message is cut off 消息被截断")
            value, at = data[at:at + value], at + value
        need(not found or found[-1][0] <= tag >> 3, "fields do not ascend 字段未递增")
        found.append((tag >> 3, value))
    return found


def message(name: str, data: bytes) -> dict[str, Any]:
    """The fields by name, and as `raw` the bytes: one value has one encoding."""
    table = [item.split(":") for item in MESSAGES[name].split()]
    values: list[list] = [[] for _ in table]
    for number, value in fields(data):
        need(1 <= number <= len(table), "a field is unknown 字段未知")
        values[number - 1].append(value)
    return {"raw": data, **{item: field(kind, found) for (item, kind), found in zip(table, values)}}


def field(kind: str, values: list) -> Any:
    number = kind in ("uint", "int")
    need(all(isinstance(value, int) == number for value in values), "a field is of another type 字段类型不符")
    if kind.endswith("*"):
        return [message(kind[:-1], value) for value in values]
    if kind in MESSAGES:
        need(len(values) == 1, "a submessage is missing or doubled 子消息缺失或重复")
        return message(kind, values[0])
    need(len(values) <= 1 and all(values), "a field is doubled, or an empty one written 字段重复或写出空值")
    value = values[0] if values else 0 if number else b""
    if kind == "int" and value >= 2**63:
        return value - 2**64
    if kind == "hash":
        need(len(value) in (0, 32) and value != NONE, "this is no hash 不是哈希")
        return value or NONE
    need(not kind.isdigit() or len(value) == int(kind), "a field has another length 字段长度不符")
    return value


def write_varint(value: int) -> bytes:
    more = value >> 7
    return bytes([value & 127 | 128]) + write_varint(more) if more else bytes([value])


def written(number: int, value: bytes | int) -> bytes:
    """A field in the strict form: nothing, when it is zero or empty."""
    if isinstance(value, int):
        return bytes([number << 3]) + write_varint(value) if value else b""
    return bytes([number << 3 | 2]) + write_varint(len(value)) + value if value else b""


def read_entry(data: bytes) -> tuple[str, dict[str, Any]]:
    """A log entry: its kind, and the one field it has."""
    parts = fields(data)
    need(len(parts) == 1 and parts[0][0] in (1, 2, 3) and isinstance(parts[0][1], bytes),
         "this is no log entry 不是日志条目")
    kind = ("Genesis", "Stub", "Block")[parts[0][0] - 1]
    entry = message(kind, parts[0][1])
    if kind == "Stub":
        need(len(entry["touched"]) <= 64 and ascend([touch["entity"] for touch in entry["touched"]]),
             "entities are out of order 主体的次序不符")
    return kind, entry
