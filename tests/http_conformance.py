#!/usr/bin/env python3
"""Sends the raw requests on which two HTTP implementations could disagree to any host and port.

Every one must be refused: 400 (or the status named) and a closed connection, and a good request sent
right behind it must stay unanswered. Run it against a node, and through a front end (nginx) as well:
disagreement between the two is the real danger.

Usage: http_conformance.py HOST PORT [--tls] [--name NAME] [--front]
  --name   Host to send (default 127.0.0.1)
  --front  behind a front end: any 4xx is a refusal, and the front end may repair what it can,
           so a request that reaches the node well-formed counts as handled
Prints one line per request and exits 1 if any was served as it stands.
"""

import argparse
import socket
import ssl
import sys

NAME = b"127.0.0.1"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: 5\r\n"
LAST = b"0\r\n\r\n"


def get(fields=b"", target=b"/healthz", version=b"HTTP/1.1"):
    return b"GET " + target + b" " + version + b"\r\nHost: " + NAME + b"\r\n" + fields + b"\r\n"


def post(fields, body=b"", version=b"HTTP/1.1"):
    return (b"POST /v1/transactions " + version + b"\r\nHost: " + NAME +
            b"\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + body)


def no_host(rest):
    return b"GET /healthz HTTP/1.1\r\n" + rest


def cases():
    """(name, bytes, statuses that count as refused)."""
    rows = [
        ("length then chunked", post(LENGTH + CHUNKED, LAST)),
        ("chunked then length", post(CHUNKED + LENGTH, LAST)),
        ("two different lengths", post(LENGTH + b"Content-Length: 6\r\n", b"hello!")),
        ("length +5", post(b"Content-Length: +5\r\n", b"hello")),
        ("length -1", post(b"Content-Length: -1\r\n", b"hello")),
        ("length 0x5", post(b"Content-Length: 0x5\r\n", b"hello")),
        ("length 2^64+5", post(b"Content-Length: 18446744073709551621\r\n", b"hello")),
        ("space before colon", post(b"Content-Length : 5\r\n", b"hello")),
        ("bare LF", b"GET /healthz HTTP/1.1\nHost: " + NAME + b"\n\n"),
        ("bare LF in fields", b"GET /healthz HTTP/1.1\r\nHost: " + NAME + b"\nX: y\r\n\r\n"),
        ("bare CR", b"GET /healthz HTTP/1.1\r\nHost: " + NAME + b"\rX: y\r\n\r\n"),
        ("NUL in a field", get(b"X: a\0b\r\n")),
        ("HTTP/2.0", get(version=b"HTTP/2.0")),
        ("HTTP/1.2", get(version=b"HTTP/1.2")),
        ("HTTP/0.9", b"GET /healthz\r\n\r\n"),
        ("chunk size overflow", post(CHUNKED, b"FFFFFFFFFFFFFFFFF\r\nx\r\n" + LAST)),
        ("chunk size 0x1", post(CHUNKED, b"0x1\r\nx\r\n" + LAST)),
        ("tab in target", get(target=b"/heal\tthz")),
        ("coding gzip, then length", post(b"Transfer-Encoding: gzip\r\n" + LENGTH, b"hello")),
        ("coding xchunked, then length", post(b"Transfer-Encoding: xchunked\r\n" + LENGTH, b"hello")),
        ("coding chunked, gzip", post(b"Transfer-Encoding: chunked, gzip\r\n" + LENGTH, b"hello")),
        ("coding identity, chunked", post(b"Transfer-Encoding: identity, chunked\r\n", LAST)),
        ("coding twice", post(CHUNKED + CHUNKED, LAST)),
        ("coding gzip alone", post(b"Transfer-Encoding: gzip\r\n", b"hello")),
        ("two equal lengths", post(LENGTH + LENGTH, b"hello")),
        ("length 5, 5", post(b"Content-Length: 5, 5\r\n", b"hello")),
        ("length 05", post(b"Content-Length: 05\r\n", b"hello")),
        ("empty length", post(b"Content-Length:\r\n")),
        ("folded line", get(b"X: a\r\n b\r\n")),
        ("folded line, tab", get(b"X: a\r\n\tb\r\n")),
        ("folded coding", post(b"Transfer-Encoding:\r\n chunked\r\n", LAST)),
        ("no Host", no_host(b"\r\n")),
        ("two Hosts", get(b"Host: " + NAME + b"\r\n")),
        ("foreign Host", no_host(b"Host: evil.example\r\n\r\n")),
        ("Host with user", no_host(b"Host: x@" + NAME + b"\r\n\r\n")),
        ("absolute form, foreign", get(target=b"http://evil.example/healthz")),
        ("authority form", get(target=NAME + b":80")),
        ("HTTP/1.0 with coding", post(CHUNKED, LAST, b"HTTP/1.0")),
        ("UTF-8 in target", get(target="/\u7b80".encode())),
        ("UTF-8 in a field", get("X: \u7b80\r\n".encode())),
        ("fragment in target", get(target=b"/healthz#x")),
        ("two spaces", get(target=b" /healthz")),
        ("20 KB chunk extension", post(CHUNKED, b"5;" + b"a" * 20000 + b"\r\nhello\r\n" + LAST)),
        ("short chunk extension", post(CHUNKED, b"5;a=b\r\nhello\r\n" + LAST)),
        ("announced trailer", post(CHUNKED + b"Trailer: X-A\r\n", b"0\r\nX-A: b\r\n\r\n")),
        ("unannounced trailer", post(CHUNKED, b"0\r\nX-Client-Dn: CN=app1\r\n\r\n")),
        ("two Authorizations", get(b"Authorization: a\r\nAuthorization: b\r\n")),
        ("two Content-Types", post(LENGTH + b"Content-Type: text/plain\r\n", b"hello")),
        ("underscore in a name", post(b"Content_Length: 5\r\n" + LENGTH, b"hello")),
        ("empty name", get(b": x\r\n")),
        ("no colon", get(b"hello\r\n")),
        ("body on GET", get(LENGTH)[:-2] + b"\r\nhello"),
    ]
    refused = [(name, data, (400,)) for name, data in rows]
    refused.append(("header of 17 KB", get(b"X: " + b"a" * 17000 + b"\r\n"), (431,)))
    refused.append(("target of 9 KB", get(target=b"/" + b"a" * 9000), (414,)))
    refused.append(("length beyond the maximum", post(b"Content-Length: 1572865\r\n"), (413,)))
    refused.append(("no length", post(b""), (411,)))
    refused.append(("strange expectation", get(b"Expect: rain\r\n"), (417,)))
    return refused


def exchange(options, data):
    plain = socket.create_connection((options.host, options.port), timeout=15)
    if options.tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = context.wrap_socket(plain, server_hostname=options.name)
    answer = b""
    try:
        plain.sendall(data)
        while True:
            piece = plain.recv(65536)
            if not piece:
                return answer, True
            answer += piece
    except (ConnectionResetError, BrokenPipeError, ssl.SSLError):
        return answer, True
    except socket.timeout:
        return answer, False
    finally:
        plain.close()


def fault_of(options, data, statuses):
    answer, closed = exchange(options, data + get())
    status = int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
    if options.front:
        return None if status == 0 or 400 <= status < 500 else f"answered {status}"
    if status not in statuses:
        return f"answered {status or 'nothing'}, wanted {statuses[0]}"
    if not closed:
        return "the connection stays open"
    if b"HTTP/1.1 200" in answer:
        return "the request behind it was served"
    if b"application/problem+json" not in answer:
        return "no problem document"
    return None


def main():
    global NAME
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--name", default="127.0.0.1")
    parser.add_argument("--front", action="store_true")
    options = parser.parse_args()
    NAME = options.name.encode()
    answer, _ = exchange(options, get(b"Connection: close\r\n"))
    if not answer.startswith(b"HTTP/1.1 200"):
        sys.exit(f"a good request is not served: {answer[:200]!r}")
    bad = 0
    rows = cases()
    for name, data, statuses in rows:
        fault = fault_of(options, data, statuses)
        bad += fault is not None
        print(f"{'FAIL' if fault else 'ok  '} {name}{': ' + fault if fault else ''}")
    print(f"{len(rows) - bad} of {len(rows)} refused as they should be")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
