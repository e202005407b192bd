"""Hash trees, signatures, and the headers, commits and validator sets of CometBFT v0.38.

What the steps of jdverify.py are made of. The trees are those of docs/proof-format.md; what validators
sign is in docs/proto/consensus.proto. Whatever does not hold is Refused.
"""
from typing import Any, Iterator

from jdforms import (NONE, Refused, ascend, fields, message, need, sha256, write_varint,
                     written)

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
except ImportError:
    ed25519 = None

ABSENT, FOR_BLOCK, FOR_NIL = 1, 2, 3  # block_id_flag of a CommitSig
PRECOMMIT, PARTS_MAX, ROUND_MAX, POWER_MAX = 2, 129, 2**20, 2**60
YEAR_1, YEAR_10000 = -62135596800, 253402300800  # seconds since 1970
Validators = list[tuple[bytes, int]]  # (key, power), in set order


# --- RFC 6962 and the state tree ------------------------------------------------------------------
def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\0", data)


def event_leaf(line: dict[str, Any]) -> bytes:
    """The leaf hash of a log entry, shown or withheld."""
    return line["leaf"] if line["kind"] == "withheld" else leaf_hash(line["entry"])


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1", left, right)


def left_size(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << (size - 1).bit_length() - 1


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962's root over leaf hashes."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256()
    middle = left_size(len(leaves))
    return node_hash(tree_root(leaves[:middle]), tree_root(leaves[middle:]))


def taken(siblings: Iterator[bytes]) -> bytes:
    value = next(siblings, None)
    need(value is not None, "hashes are missing 缺少哈希")
    return value


def log_part(first: int, size: int, known: dict[int, bytes], siblings: Iterator[bytes]) -> bytes:
    """Root of the leaves [first, first + size) of the log, of which `known` are known."""
    if not known:
        return taken(siblings)
    if size == 1:
        return known[first]
    middle = first + left_size(size)
    left = {index: value for index, value in known.items() if index < middle}
    right = {index: value for index, value in known.items() if index >= middle}
    hashed = log_part(first, middle - first, left, siblings)
    return node_hash(hashed, log_part(middle, first + size - middle, right, siblings))


def state_part(depth: int, claims: list[tuple], siblings: Iterator[bytes]) -> bytes:
    """R(depth, claims) of proof-format.md; a claim is (path, depth of its end, hash of its end)."""
    if not claims:
        return taken(siblings)
    if claims[0][1] == depth:
        need(all(claim[1:] == claims[0][1:] for claim in claims), "rows contradict each other 状态行互相矛盾")
        return claims[0][2]
    need(depth < 256, "a row has an impossible depth 状态行深度不符")
    halves: tuple[list, list] = ([], [])
    for claim in claims:
        halves[bit(claim[0], depth)].append(claim)
    left = state_part(depth + 1, halves[0], siblings)
    return node_hash(left, state_part(depth + 1, halves[1], siblings))


def bit(path: bytes, depth: int) -> int:
    return path[depth // 8] >> (7 - depth % 8) & 1


def shared_bits(a: bytes, b: bytes) -> int:
    return 256 - (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_length()


def u64(value: int) -> bytes:
    return value.to_bytes(8, "big")


# --- Signatures -----------------------------------------------------------------------------------
P = 2**255 - 19
ORDER_8 = int.from_bytes(bytes.fromhex(
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little")
SMALL_ORDER = (0, 1, P - 1, ORDER_8, P - ORDER_8)  # y of the points whose order divides 8
SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
FORGED = "a signature does not verify 签名验证失败"


class Signatures:
    """Checks signatures; counts those that could not be checked."""

    def __init__(self) -> None:
        self.unchecked = 0

    def ed25519(self, key: bytes, signature: bytes, text: bytes) -> None:
        """By libsodium's rules: RFC 8032, and neither the key nor R may be of small order."""
        for point in (key, signature[:32]):
            y = int.from_bytes(point, "little") & (2**255 - 1)
            need(y < P and y not in SMALL_ORDER, FORGED)
        self._check(lambda: ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, text))

    def secp256k1(self, key: bytes, signature: bytes, digest: bytes) -> None:
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        need(0 < r < SECP256K1_N and 0 < s <= SECP256K1_N // 2, FORGED)
        self._check(lambda: ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256K1(), key).verify(
            utils.encode_dss_signature(r, s), digest, ec.ECDSA(utils.Prehashed(hashes.SHA256()))))

    def _check(self, verification: Any) -> None:
        if ed25519 is None:
            self.unchecked += 1
            return
        try:
            verification()
        except UnsupportedAlgorithm:
            self.unchecked += 1
        except (InvalidSignature, ValueError):
            raise Refused(FORGED) from None


# --- Headers, commits, validator sets (CometBFT v0.38) --------------------------------------------
def header_hash(header: dict[str, Any]) -> bytes:
    """RFC 6962's root over 14 leaves: messages as they are, all others in a wrapper {1 value}."""
    found = dict(fields(header["raw"]))
    return tree_root([leaf_hash(found[number] if number in (1, 4, 5) else
                                written(1, found.get(number, b""))) for number in range(1, 15)])


def signed_text(commit: dict[str, Any], vote: dict[str, Any], chain: bytes) -> bytes:
    """The CanonicalVote of a CommitSig, its length before it."""
    fixed = b"\x11" + commit["height"].to_bytes(8, "little")
    if commit["round"]:
        fixed += b"\x19" + commit["round"].to_bytes(8, "little")
    block_id = commit["block_id"]["raw"] if vote["flag"] == FOR_BLOCK else b""
    time = vote["time"]["raw"]
    text = (written(1, PRECOMMIT) + fixed + written(4, block_id) + b"\x2a" + write_varint(len(time)) + time
            + written(6, chain))
    return write_varint(len(text)) + text


def check_time(time: dict[str, int]) -> None:
    need(YEAR_1 <= time["seconds"] < YEAR_10000 and time["nanos"] < 10**9, "no such time 时间无效")


def address(key: bytes) -> bytes:
    return sha256(key)[:20]


def set_order(validator: tuple[bytes, int]) -> tuple[int, bytes]:
    """Members stand by power descending, then address ascending."""
    return -validator[1], address(validator[0])


def check_set(validators: Validators) -> None:
    need(1 <= len(validators) <= 128 and all(power > 0 for _, power in validators)
         and sum(power for _, power in validators) <= POWER_MAX
         and ascend([set_order(one) for one in validators]), "this is no validator set 验证者集合无效")


def set_hash(validators: Validators) -> bytes:
    return tree_root([leaf_hash(written(1, written(1, key)) + written(2, power))
                      for key, power in validators])


def read_set(data: bytes) -> Validators:
    members = message("ValidatorSet", data)["validators"]
    need(all(one["address"] == address(one["key"]["ed25519"]) for one in members),
         "an address is not its key's 地址与公钥不符")
    return [(one["key"]["ed25519"], one["power"]) for one in members]


def read_header(data: bytes) -> dict[str, Any]:
    header = message("Header", data)
    check_time(header["time"])
    need(header["version"]["block"] == 11 and header["height"] < 2**63
         and header["time"]["nanos"] % 10**6 == 0, "this is no header 区块头无效")
    return header


def check_commit(data: bytes, header: dict[str, Any], validators: Validators,
                 signatures: Signatures) -> tuple[int, int]:
    """A commit of the header by the set; the power that signed it, and all power."""
    commit = message("Commit", data)
    block = commit["block_id"]
    need(commit["height"] == header["height"] and block["hash"] == header_hash(header)
         and block["parts"]["hash"] != NONE and 0 < block["parts"]["total"] <= PARTS_MAX,
         "the commit is not of this header 提交不属于该区块头")
    need(commit["round"] <= ROUND_MAX and len(commit["signatures"]) == len(validators),
         "the commit is not of this set 提交与验证者集合不符")
    power = 0
    for vote, (key, weight) in zip(commit["signatures"], validators):
        check_vote(commit, vote, key, header["chain"], signatures)
        power += weight if vote["flag"] == FOR_BLOCK else 0
    total = sum(weight for _, weight in validators)
    need(3 * power > 2 * total, "not more than 2/3 of the power signed 签名权重未超过三分之二")
    return power, total


def check_vote(commit: dict[str, Any], vote: dict[str, Any], key: bytes, chain: bytes,
               signatures: Signatures) -> None:
    check_time(vote["time"])
    if vote["flag"] == ABSENT:
        need(not vote["address"] and not vote["signature"] and vote["time"]["seconds"] == YEAR_1
             and not vote["time"]["nanos"], "an absent vote says something 缺席票带有内容")
        return
    need(vote["flag"] in (FOR_BLOCK, FOR_NIL) and vote["address"] == address(key)
         and len(vote["signature"]) == 64, "a vote is not of its validator 投票与验证者不符")
    signatures.ed25519(key, vote["signature"], signed_text(commit, vote, chain))
