"""A validator that does what it likes: TLS 1.3 with a pinned node key, frames, signed messages.

Written apart from the program, from docs/proto and CometBFT's canonical bytes, so that a fault of
ours does not stand on both sides. The keys are unsealed from the files of a devnet.
"""
import ctypes
import datetime
import hashlib
import json
import os
import pathlib
import socket
import ssl
import struct
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

ARGON2ID = 2
PEER_PROTOCOL = 4  # kPeerProtocol of consensus/message.h
PROPOSAL = 32
HELLO, PING, PONG, BYE, FIRST_MESSAGE = 1, 2, 3, 4, 16
PEM, RAW = serialization.Encoding.PEM, serialization.Encoding.Raw


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value) if value else b""


def text(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value if value else b""


def message(field, value):
    return varint(field << 3 | 2) + varint(len(value)) + value


def fixed(field, value):
    return varint(field << 3 | 1) + struct.pack("<q", value) if value else b""


def now_ms():
    return int(time.time() * 1000)


def timestamp(ms):
    return number(1, ms // 1000) + number(2, ms % 1000 * 1000000)


def block_id(header_hash, parts, parts_hash):
    return text(1, header_hash) + message(2, number(1, parts) + text(2, parts_hash))


def random_block_id(parts):
    return block_id(os.urandom(32), parts, os.urandom(32))


def junk_block():
    """Bytes that are no block, and an id whose one part they fit."""
    data = os.urandom(40)
    return data, block_id(os.urandom(32), 1, hashlib.sha256(b"\0" + data).digest())


def part(height, block, data):
    return message(5, number(1, height) + message(2, block) + message(3, text(2, data)))


def unseal(path, passphrase):
    """The seed in a key file: Argon2id and XSalsa20-Poly1305 of libsodium."""
    sodium = ctypes.CDLL("libsodium.so.23")
    sodium.sodium_init()
    file = json.loads(path.read_text())
    key = ctypes.create_string_buffer(32)
    sealed = bytes.fromhex(file["sealed"])
    seed = ctypes.create_string_buffer(len(sealed) - 16)
    if sodium.crypto_pwhash(key, ctypes.c_ulonglong(32), passphrase,
                            ctypes.c_ulonglong(len(passphrase)), bytes.fromhex(file["salt"]),
                            ctypes.c_ulonglong(file["ops"]),
                            ctypes.c_size_t(file["mem_kib"] * 1024), ARGON2ID) != 0:
        raise AssertionError(f"{path}: no key from the passphrase")
    if sodium.crypto_secretbox_open_easy(seed, sealed, ctypes.c_ulonglong(len(sealed)),
                                         bytes.fromhex(file["nonce"]), key) != 0:
        raise AssertionError(f"{path}: does not open")
    return seed.raw[:32]


class Validator:
    """The keys of one department's node, and what they sign."""

    def __init__(self, network, alias):
        passphrase = network.passphrase.read_text().strip("\n").encode()
        keys = network.folder / alias / "keys"
        self.node, self.consensus = (
            ed25519.Ed25519PrivateKey.from_private_bytes(unseal(keys / name, passphrase))
            for name in ("_node.key", "_consensus.key"))
        document = network.genesis.read_bytes()
        self.chain, self.genesis = network.chain.encode(), hashlib.sha256(document).digest()
        self.address = hashlib.sha256(self.raw(self.consensus)).digest()[:20]
        self.pem = network.folder / f"hostile-{alias}.pem"
        self.write_certificate()

    @staticmethod
    def raw(key):
        return key.public_key().public_bytes(RAW, serialization.PublicFormat.Raw)

    def write_certificate(self):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jiandu")])
        certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
                       .public_key(self.node.public_key()).serial_number(1)
                       .not_valid_before(datetime.datetime(1970, 1, 1))
                       .not_valid_after(datetime.datetime(2090, 1, 1)).sign(self.node, None))
        self.pem.write_bytes(certificate.public_bytes(PEM) + self.node.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def hello(self):
        node_id = hashlib.sha256(self.raw(self.node)).digest()
        return message(1, number(1, PEER_PROTOCOL) + text(2, self.chain) + text(3, self.genesis) +
                       text(4, node_id) + text(5, self.address))

    def proposal(self, height, round_number, block):
        ms = now_ms()
        canonical = (number(1, PROPOSAL) + fixed(2, height) + fixed(3, round_number) +
                     number(4, -1) + message(5, block) + message(6, timestamp(ms)) +
                     text(7, self.chain))
        signature = self.consensus.sign(varint(len(canonical)) + canonical)
        return message(4, number(1, PROPOSAL) + number(2, height) + number(3, round_number) +
                       number(4, -1) + message(5, block) + message(6, timestamp(ms)) +
                       text(7, signature) + text(8, self.address))


    def vote(self, kind, height, round_number, block):
        """kind: 1 prevote, 2 precommit."""
        ms = now_ms()
        canonical = (number(1, kind) + fixed(2, height) + fixed(3, round_number) +
                     message(4, block) + message(5, timestamp(ms)) + text(6, self.chain))
        signature = self.consensus.sign(varint(len(canonical)) + canonical)
        return message(2, number(1, kind) + number(2, height) + number(3, round_number) +
                       message(4, block) + message(5, timestamp(ms)) + text(6, self.address) +
                       text(8, signature))


class Link:
    """One connection to a node's peer port; a thread reads, answers pings and counts frames."""

    def __init__(self, validator, port, host="127.0.0.1"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # whoever it is: we are the ones to be judged
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(validator.pem)
        raw = socket.create_connection((host, port), timeout=30)
        self.socket = context.wrap_socket(raw)
        self.socket.settimeout(0.05)
        self.lock = threading.Lock()
        self.heard = {}
        self.farewell = None
        self.ended = threading.Event()
        self.write(HELLO, validator.hello())
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def write(self, kind, payload):
        with self.lock:
            self.socket.settimeout(30)
            self.socket.sendall(struct.pack(">IB", len(payload) + 1, kind) + payload)
            self.socket.settimeout(0.05)

    def send(self, *messages):
        """As many as the other side still takes: it may shut us out at any of them."""
        try:
            for one in messages:
                self.write(FIRST_MESSAGE - 1 + (one[0] >> 3), one)
        except OSError:
            self.ended.set()

    def take(self, count):
        data = b""
        while len(data) < count and not self.ended.is_set():
            try:
                with self.lock:
                    chunk = self.socket.recv(count - len(data))
            except (TimeoutError, ssl.SSLWantReadError):
                continue
            if not chunk:
                raise EOFError
            data += chunk
        return data

    def read(self):
        try:
            while not self.ended.is_set():
                size, kind = struct.unpack(">IB", self.take(5))
                payload = self.take(size - 1)
                self.heard[kind] = self.heard.get(kind, 0) + 1
                if kind == PING:
                    self.write(PONG, struct.pack(">QQ", now_ms(), 1) + payload[16:24])
                elif kind == BYE:
                    self.farewell = payload.decode(errors="replace")
        except (OSError, EOFError, struct.error):
            pass
        self.ended.set()

    def close(self):
        self.ended.set()
        self.reader.join(timeout=30)
        self.socket.close()
