"""Reads an exported log by C2SP's texts alone: standard library, and Ed25519 of `cryptography`.

Written from signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-tiles, tlog-proof and
RFC 6962, not from the program. Everything that does not hold is an AssertionError.
"""
import base64
import hashlib
import pathlib
import struct

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def leaf_hash(entry):
    return sha256(b"\0", entry)


def tree_hash(hashes):
    """RFC 6962, 2.1: the hash of a list of leaf hashes, by its definition."""
    if not hashes:
        return sha256()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1", tree_hash(hashes[:split]), tree_hash(hashes[split:]))


class Key:
    def __init__(self, vkey):
        self.name, key_id, material = vkey.split("+", 2)
        material = base64.b64decode(material, validate=True)
        self.type, self.key = material[0], material[1:]
        self.id = sha256(self.name.encode(), b"\n", material)[:4]
        assert key_id == self.id.hex(), vkey

    def signs(self, text, signature):
        if self.type == 4:
            assert len(signature) == 72
            time = struct.unpack(">Q", signature[:8])[0]
            text, signature = f"cosignature/v1\ntime {time}\n{text}", signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, text.encode())
        except InvalidSignature:
            return False
        return True


class Policy:
    def __init__(self, text):
        self.logs, self.witnesses, self.groups, self.quorum = [], {}, {}, None
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "log":
                self.logs.append(Key(words[1]))
            elif words[0] == "witness":
                self.witnesses[words[1]] = Key(words[2])
            elif words[0] == "group":
                self.groups[words[1]] = (int(words[2]), words[3:])
            else:
                assert words[0] == "quorum", line
                self.quorum = words[1]

    def checkpoint(self, note):
        """(origin, size, root) of a note that a log signed and the quorum cosigned."""
        text, lines = note.rsplit("\n\n", 1)
        text += "\n"
        by = set()
        lines = lines.splitlines()
        assert len(lines) <= 16, "readers need not take more signatures"
        for line in lines:
            dash, name, signature = line.split(" ")
            assert dash == "—"
            raw = base64.b64decode(signature, validate=True)
            for who, key in [*((key, key) for key in self.logs), *self.witnesses.items()]:
                if (key.name, key.id) == (name, raw[:4]):
                    assert key.signs(text, raw[4:]), name
                    by.add(who)
        origin, size, root = text.splitlines()
        assert any(log in by and log.name == origin for log in self.logs)
        for name, (needed, members) in self.groups.items():
            if len(by.intersection(members)) >= needed:
                by.add(name)
        assert self.quorum == "none" or self.quorum in by, "no quorum cosigned"
        return origin, int(size), base64.b64decode(root, validate=True)


def path_of(level, n, width):
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03d}")
    return f"tile/{level}/" + "/".join(groups) + (f".p/{width}" if width < 256 else "")


def row(size, level):
    """(n, width) of each tile of a level."""
    count = size >> 8 * level
    return [(n, min(256, count - 256 * n)) for n in range((count + 255) // 256)]


def hashes_of(folder, level, n, width):
    data = (folder / path_of(level, n, width)).read_bytes()
    assert len(data) == 32 * width, (level, n, width)
    return [data[at:at + 32] for at in range(0, len(data), 32)]


def read(folder, policy_text, with_entries):
    """Checks the whole folder: (size, leaf hashes, entries)."""
    folder = pathlib.Path(folder)
    note = (folder / "checkpoint").read_text(encoding="utf-8")
    _, size, root = Policy(policy_text).checkpoint(note)
    leaves, entries = [], []
    for n, width in row(size, 0):
        leaves += hashes_of(folder, 0, n, width)
        if not with_entries:
            continue
        data = (folder / path_of("entries", n, width)).read_bytes()
        while data:
            length = struct.unpack(">H", data[:2])[0]
            entries.append(data[2:2 + length])
            data = data[2 + length:]
    assert tree_hash(leaves) == root
    level = 1
    while size >> 8 * level:
        for n, width in row(size, level):
            for i, one in enumerate(hashes_of(folder, level, n, width)):
                begin = (256 * n + i) << 8 * level
                assert one == tree_hash(leaves[begin:begin + (1 << 8 * level)])
        level += 1
    if with_entries:
        assert [leaf_hash(entry) for entry in entries] == leaves
    return size, leaves, entries


def root_by_path(leaf, index, size, path):
    """RFC 6962, 2.1.1: the root that an audit path leads to."""
    if size == 1:
        assert not path
        return leaf
    assert path, "too short"
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return sha256(b"\1", root_by_path(leaf, index, split, path[:-1]), path[-1])
    return sha256(b"\1", path[-1], root_by_path(leaf, index - split, size - split, path[:-1]))


def check_proof(text, policy_text, leaf):
    """A tlog-proof@v1; its index."""
    head, note = text.split("\n\n", 1)
    lines = head.splitlines()
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("index ")
    index = int(lines[1][6:])
    path = [base64.b64decode(line, validate=True) for line in lines[2:]]
    _, size, root = Policy(policy_text).checkpoint(note)
    assert root_by_path(leaf, index, size, path) == root
    return index
