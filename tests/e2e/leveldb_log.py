"""Rows of a small LevelDB read from its log and changed by appending to it, as a liar could.

A database that was opened once and closed holds all its rows in the log (format: LevelDB's
doc/log_format.md and write_batch.cc), so that no library is needed to write a well-formed lie.
"""
import struct

BLOCK = 32768
PUT, DELETE = 1, 0


def _table():
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    return table


_TABLE = _table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _to_varint(value):
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def _batches(data):
    whole, at = b"", 0
    while at + 7 <= len(data):
        if BLOCK - at % BLOCK < 7:
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        if kind == 0:
            break
        part = data[at + 7:at + 7 + length]
        whole = whole + part if kind in (3, 4) else part
        if kind in (1, 4):
            yield whole
        at += 7 + length


def log_of(folder):
    logs = sorted(folder.glob("[0-9]*.log"))
    return logs[-1]


def rows(folder):
    """Every row, by key."""
    found = {}
    for batch in _batches(log_of(folder).read_bytes()):
        at, count = 12, struct.unpack_from("<I", batch, 8)[0]
        for _ in range(count):
            kind = batch[at]
            size, at = _varint(batch, at + 1)
            key, at = batch[at:at + size], at + size
            if kind == PUT:
                size, at = _varint(batch, at)
                found[key] = batch[at:at + size]
                at += size
            else:
                found.pop(key, None)
    return found


def change(folder, key, value):
    """The row becomes `value`; None: it goes."""
    batch = struct.pack("<QI", 1 << 40, 1)
    batch += bytes([DELETE if value is None else PUT]) + _to_varint(len(key)) + key
    if value is not None:
        batch += _to_varint(len(value)) + value
    log = log_of(folder)
    data = log.read_bytes()
    kind_of = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}
    first = True
    while first or batch:
        room = BLOCK - len(data) % BLOCK
        if room < 7:
            data += bytes(room)
            continue
        part, batch = batch[:room - 7], batch[room - 7:]
        kind = kind_of[first, not batch]
        data += struct.pack("<IHB", _masked(bytes([kind]) + part), len(part), kind) + part
        first = False
    log.write_bytes(data)
