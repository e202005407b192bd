"""Enemies at the peer port: a stranger without a key, and a validator's own keys in bad hands.

Each is a thread with a seed. What they manage to say is not judged here: the network has to go on,
and the node whose keys were misused is to come back when it is itself again.
"""
import random
import socket
import ssl
import struct
import threading
import time

import hostile_peer
import nodes

HALF_OPEN_MAX = 64
FRAME_MAX = 80 * 1024  # docs/consensus.md: what a peer may send in one frame


class Enemy:
    def __init__(self, network, seed):
        self.network, self.choice = network, random.Random(seed)
        self.over = threading.Event()
        self.said = 0
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while not self.over.is_set():
            try:
                self.act()
                self.said += 1
            except (OSError, ValueError):
                self.over.wait(0.05)  # shut out, or nobody there

    def act(self):
        raise NotImplementedError

    def close(self):
        pass

    def end(self):
        self.over.set()
        self.thread.join(timeout=60)
        self.close()


class Stranger(Enemy):
    def __init__(self, network, seed):
        super().__init__(network, seed)
        self.half_open = []
        self.thread.start()

    def act(self):
        node = self.choice.choice(self.network.all)
        self.choice.choice((self.noise, self.silence, self.unknown))(node)

    def connect(self, node):
        return socket.create_connection((node.host, nodes.PEERS), timeout=2)

    def noise(self, node):
        with self.connect(node) as link:
            for _ in range(self.choice.randint(1, 20)):
                link.sendall(self.choice.randbytes(self.choice.choice((1, 5, 600, 20000))))

    def silence(self, node):
        """A connection that says nothing more; the oldest is let go."""
        link = self.connect(node)
        link.sendall(b"\x16\x03\x01\x02\x00"[:self.choice.randint(0, 5)])
        self.half_open.append(link)
        if len(self.half_open) > HALF_OPEN_MAX:
            self.half_open.pop(0).close()

    def unknown(self, node):
        """TLS without a certificate, then frames of any length."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(self.connect(node)) as link:
            for _ in range(5):
                size = self.choice.choice((0, 1, FRAME_MAX, 1 << 31, (1 << 32) - 1))
                link.sendall(struct.pack(">IB", size, self.choice.randrange(256))
                             + self.choice.randbytes(200))

    def close(self):
        for link in self.half_open:
            link.close()


class Insider(Enemy):
    def __init__(self, network, victim, seed):
        super().__init__(network, seed)
        self.validator = hostile_peer.Validator(network, victim.alias)
        self.others = [node for node in network.all if node is not victim]
        self.links, self.opened = {}, 0
        self.thread.start()

    def act(self):
        node = self.choice.choice(self.others)
        link = self.links.get(node.alias)
        if link is None or link.ended.is_set():
            if link is not None:
                self.links.pop(node.alias).close()
            link = self.links[node.alias] = hostile_peer.Link(self.validator, nodes.PEERS,
                                                              node.host)
            self.let_in(link)
            self.opened += 1
        # Frames of no kind we know end it at once: a peer that sends one is shut out.
        self.choice.choices((self.proposals, self.junk, self.frames), (20, 20, 1))[0](node, link)

    def let_in(self, link):
        """Until the node speaks to us as to a peer; else what we say would reach nobody."""
        deadline = time.monotonic() + 2
        while max(link.heard, default=0) < hostile_peer.FIRST_MESSAGE:
            if link.ended.is_set() or self.over.is_set() or time.monotonic() > deadline:
                link.ended.set()
                raise OSError("not let in")
            time.sleep(0.01)

    def height(self, node):
        return node.height() + self.choice.randint(0, 2)

    def proposals(self, node, link):
        height = self.height(node)
        link.send(*[self.validator.proposal(height, self.choice.randint(0, 5),
                                            hostile_peer.random_block_id(129)) for _ in range(64)])

    def junk(self, node, link):
        height = self.height(node)
        data, block = hostile_peer.junk_block()
        link.send(self.validator.proposal(height, self.choice.randint(0, 3), block),
                  hostile_peer.part(height, block, data))

    def frames(self, node, link):
        for _ in range(self.choice.randint(1, 200)):
            size = self.choice.choice((0, 1, 1, 100, 16000, FRAME_MAX - 1))
            link.write(self.choice.randrange(256), self.choice.randbytes(size))

    def close(self):
        for link in self.links.values():
            link.close()
