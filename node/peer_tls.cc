// OpenSSL's side of the peer links.
#include "node/peer_tls.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <string>

namespace jiandu::node {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct CertificateFree {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Certificate = std::unique_ptr<X509, CertificateFree>;

constexpr long kCertificateBytesMax = 4096;

std::unexpected<Error> FailTls(const char* what) {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return Fail(Errc::kInternal, std::string("TLS: ") + what + ": " + text.data());
}

// Valid from 1970 to 9999: the pinned list says who may come, not a date.
bool FillCertificate(X509* certificate, EVP_PKEY* key) {
  if (X509_set_version(certificate, X509_VERSION_3) != 1) return false;
  if (ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) != 1) return false;
  if (ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "19700101000000Z") != 1 ||
      ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z") != 1) {
    return false;
  }
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* const text = reinterpret_cast<const unsigned char*>("jiandu node");
  if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) != 1) return false;
  return X509_set_issuer_name(certificate, name) == 1 && X509_set_pubkey(certificate, key) == 1 &&
         X509_sign(certificate, key, nullptr) > 0;
}

// Whoever proves an Ed25519 key is let in so far; PeerTlsKey and the pinned list decide.
int AcceptAnyCertificate(int /*verified*/, X509_STORE_CTX* /*context*/) { return 1; }

bool Harden(SSL_CTX* context) {
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) return false;
  if (SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) != 1) return false;
  if (SSL_CTX_set1_sigalgs_list(context, "ed25519") != 1) return false;
  if (SSL_CTX_set1_groups_list(context, "X25519") != 1) return false;
  // No resumption: each link proves its key anew.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  if (SSL_CTX_set_num_tickets(context, 0) != 1) return false;
  SSL_CTX_set_max_cert_list(context, kCertificateBytesMax);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     AcceptAnyCertificate);
  return true;
}

}  // namespace

void TlsContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Result<TlsContext> MakePeerTlsContext(const crypto::Ed25519PrivateKey& node_key) {
  const crypto::Ed25519Seed seed = node_key.Seed();
  const Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.Data(),
                                             crypto::Ed25519Seed::kSize));
  if (key == nullptr) return FailTls("node key");
  const Certificate certificate(X509_new());
  if (certificate == nullptr || !FillCertificate(certificate.get(), key.get())) {
    return FailTls("certificate");
  }
  TlsContext context(SSL_CTX_new(TLS_method()));
  if (context == nullptr || !Harden(context.get())) return FailTls("context");
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return FailTls("using the certificate");
  }
  return context;
}

Result<crypto::Ed25519PublicKey> PeerTlsKey(const ssl_st* connection) {
  const Certificate certificate(SSL_get1_peer_certificate(connection));
  if (certificate == nullptr) return Fail(Errc::kUnauthenticated, "no certificate");
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || EVP_PKEY_get_id(key) != EVP_PKEY_ED25519) {
    return Fail(Errc::kUnauthenticated, "the certificate's key is not Ed25519");
  }
  crypto::Ed25519PublicKey found;
  std::size_t size = crypto::Ed25519PublicKey::kSize;
  if (EVP_PKEY_get_raw_public_key(key, found.Data(), &size) != 1 ||
      size != crypto::Ed25519PublicKey::kSize) {
    return Fail(Errc::kUnauthenticated, "the certificate's key is damaged");
  }
  return found;
}

}  // namespace jiandu::node
