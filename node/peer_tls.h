// TLS 1.3 between nodes: one self-signed Ed25519 certificate each, of which only the key counts.
//
// No CA, no names, no expiry: the peer's key is compared with the pinned list by whoever asks. Both
// sides must present a certificate; TLS proves they hold its key. OpenSSL stays in the .cc.
#pragma once

#include <memory>

#include "base/error.h"
#include "crypto/ed25519.h"

struct ssl_ctx_st;
struct ssl_st;

namespace jiandu::node {

struct TlsContextFree {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextFree>;

// A context for both directions, with a certificate made from the node key now.
[[nodiscard]] Result<TlsContext> MakePeerTlsContext(const crypto::Ed25519PrivateKey& node_key);
// The Ed25519 key the other side proved in the handshake.
[[nodiscard]] Result<crypto::Ed25519PublicKey> PeerTlsKey(const ssl_st* connection);

}  // namespace jiandu::node
