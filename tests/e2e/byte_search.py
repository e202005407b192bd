"""Searches everything a node leaves on disk for what must not be there, in whatever form.

Files are read as they are; LevelDB's tables are unpacked besides (blocks are compressed by snappy
and keys share their beginnings), its logs put together from their fragments.
"""
import base64
import ctypes
import json
import struct

import leveldb_log

MAGIC = 0xDB4775248B80FB57
SNAPPY = 1


def _unpacked(block, kind):
    if kind != SNAPPY:
        return block
    snappy = ctypes.CDLL("libsnappy.so.1")  # LevelDB itself needs it
    size = ctypes.c_size_t()
    if snappy.snappy_uncompressed_length(block, ctypes.c_size_t(len(block)), ctypes.byref(size)):
        raise AssertionError("a block that snappy does not know")
    plain = ctypes.create_string_buffer(max(size.value, 1))
    if snappy.snappy_uncompress(block, ctypes.c_size_t(len(block)), plain, ctypes.byref(size)):
        raise AssertionError("a block that snappy does not unpack")
    return plain.raw[:size.value]


def _block(data, at, size):
    return _unpacked(data[at:at + size], data[at + size])


def _entries(block):
    end = len(block) - 4 - 4 * struct.unpack_from("<I", block, len(block) - 4)[0]
    at, key = 0, b""
    while at < end:
        shared, at = leveldb_log._varint(block, at)
        own, at = leveldb_log._varint(block, at)
        size, at = leveldb_log._varint(block, at)
        key = key[:shared] + block[at:at + own]
        yield key, block[at + own:at + own + size]
        at += own + size


def table_rows(path):
    """(key, value) of a table file, keys with LevelDB's eight bytes behind them."""
    data = path.read_bytes()
    if struct.unpack_from("<Q", data, len(data) - 8)[0] != MAGIC:
        raise AssertionError(f"{path} is no table")
    at = len(data) - 48
    for _ in range(2):  # the index of meta blocks goes unused
        _, at = leveldb_log._varint(data, at)
    offset, at = leveldb_log._varint(data, at)
    size, at = leveldb_log._varint(data, at)
    for _, handle in _entries(_block(data, offset, size)):
        start, place = leveldb_log._varint(handle, 0)
        length, _ = leveldb_log._varint(handle, place)
        yield from _entries(_block(data, start, length))


def forms_of(text):
    """Every form in which the text might lie somewhere, by name."""
    forms = {"utf-8": text.encode(), "gbk": text.encode("gbk"),
             "utf-16-le": text.encode("utf-16-le"), "utf-16-be": text.encode("utf-16-be"),
             "json": json.dumps(text)[1:-1].encode()}
    for name in ("utf-8", "gbk"):
        plain = text.encode(name)
        forms[f"hex of {name}"] = plain.hex().encode()
        forms[f"HEX of {name}"] = plain.hex().upper().encode()
        for shift in range(3):
            # Of base64 the part that does not hang on what stands before and behind.
            coded = base64.b64encode(bytes(shift) + plain)
            inner = coded[(shift * 8 + 5) // 6:(shift + len(plain)) * 8 // 6]
            forms[f"base64 of {name}, {shift}"] = inner
            forms[f"base64url of {name}, {shift}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return forms


def contents(folder):
    """(where, bytes) of all there is to search below a folder."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()):
        data = path.read_bytes()
        yield str(path.relative_to(folder)), data
        if path.suffix in (".ldb", ".sst"):
            rows = b"\n".join(key + b"\n" + value for key, value in table_rows(path))
            yield f"{path.relative_to(folder)} unpacked", rows
        elif path.suffix == ".log" and (path.parent / "CURRENT").exists():
            yield f"{path.relative_to(folder)} put together", b"\n".join(leveldb_log._batches(data))


def find(folder, texts):
    """{(text, form, where)} of all that was found, and how many bytes were looked at."""
    wanted = [(text, name, form) for text in texts for name, form in forms_of(text).items()]
    found, looked_at = set(), 0
    for where, data in contents(folder):
        looked_at += len(data)
        for text, name, form in wanted:
            if form in data:
                found.add((text, name, where))
    return found, looked_at
