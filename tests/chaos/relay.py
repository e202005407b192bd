"""A bad line where the kernel has no netem: passes frames between two interfaces, late or not at all.

`relay.py NEAR FAR DELAY_MS JITTER_MS LOSS_PERCENT SEED`, until it is killed. Each frame is lost with
the given chance, else held for DELAY +- JITTER, so that frames may overtake each other as netem's do.
What waits is bounded; beyond that frames are lost, as in any router.
"""
import array
import fcntl
import heapq
import random
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SOL_PACKET, PACKET_IGNORE_OUTGOING = 263, 23
SIOCETHTOOL, ETHTOOL_STXCSUM = 0x8946, 0x17
WAITING_MAX = 20000
FRAME_MAX = 65536


def whole_checksums(interface):
    """The kernel leaves checksums of what it sends over veth to hardware that is not there; a reader
    of raw frames would pass them on unfinished. Turned off, frames are whole (and one MTU long)."""
    value = array.array("B", struct.pack("II", ETHTOOL_STXCSUM, 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
        fcntl.ioctl(handle, SIOCETHTOOL, request)


def open_raw(interface):
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    handle.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    handle.bind((interface, 0))
    handle.setblocking(False)
    return handle


def pass_on(ends, delay_s, jitter_s, loss, choice):
    waiting = []  # (when, order, to, frame)
    order = 0
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, frame = heapq.heappop(waiting)
            try:
                to.send(frame)
            except OSError:
                pass  # its queue is full, or the interface is down: lost
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        for handle in select.select(list(ends), [], [], pause)[0]:
            for _ in range(64):
                try:
                    frame = handle.recv(FRAME_MAX)
                except OSError:
                    break
                if choice.random() < loss or len(waiting) >= WAITING_MAX:
                    continue
                order += 1
                when = time.monotonic() + max(0.0, delay_s + choice.uniform(-jitter_s, jitter_s))
                heapq.heappush(waiting, (when, order, ends[handle], frame))


def main():
    near, far = (open_raw(name) for name in sys.argv[1:3])
    delay_ms, jitter_ms, loss_percent, seed = map(int, sys.argv[3:7])
    try:
        pass_on({near: far, far: near}, delay_ms / 1000, jitter_ms / 1000, loss_percent / 100,
                random.Random(seed))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
