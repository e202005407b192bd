"""A hostile gateway for tests: answers about something else than was asked."""
import http.server
import threading
import urllib.request


class Redirecting:
    """A server before a node: who asks for one entity is answered as if he had asked for another.

    It has its own name stand in the challenge to sign in, as only the node's operator can.
    """

    def __init__(self, test, node, asked, answered):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
                headers = {name: self.headers[name] for name in ("Accept", "Authorization", "Content-Type", "Host")
                           if name in self.headers}
                to = urllib.request.Request(node + self.path.replace(asked, answered), body, headers,
                                            method=self.command)
                with urllib.request.urlopen(to, timeout=60) as reply:
                    text, told = reply.read(), reply.headers
                self.send_response(200)
                self.send_header("Content-Type", told["Content-Type"])
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = pass_on

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        test.addCleanup(thread.join)
        test.addCleanup(server.server_close)
        test.addCleanup(server.shutdown)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
