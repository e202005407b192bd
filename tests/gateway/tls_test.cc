// HTTPS: versions, ALPN, the kind of key, and reload. The client side is OpenSSL on a socket.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/gateway/harness.h"
#include "tests/support/temp_folder.h"

namespace jiandu::gateway::test {
namespace {

struct Files {
  explicit Files(EVP_PKEY* key) {
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    const bool digestless = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    X509_sign(certificate, key, digestless ? nullptr : EVP_sha256());
    files = {.certificate = folder.Path() / "cert.pem", .key = folder.Path() / "key.pem"};
    FILE* out = std::fopen(files.certificate.c_str(), "w");
    PEM_write_X509(out, certificate);
    (void)std::fclose(out);
    out = std::fopen(files.key.c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    (void)std::fclose(out);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  support::TempFolder folder;
  TlsFiles files;
};

struct ClientOptions {
  int version_max = TLS1_3_VERSION;
  std::string alpn;  // wire form
};

// The server's first answer over TLS, or "" when there was no handshake.
std::string Ask(std::uint16_t port, const ClientOptions& options, std::string* protocol = nullptr) {
  const int plain = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(plain, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context, options.version_max);
  if (!options.alpn.empty()) {
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(options.alpn.data()),
                            static_cast<unsigned>(options.alpn.size()));
  }
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, plain);
  std::string answer;
  if (SSL_connect(tls) == 1) {
    const std::string request =
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    SSL_write(tls, request.data(), static_cast<int>(request.size()));
    std::array<char, 4096> buffer{};
    for (int got = 1; got > 0;) {
      got = SSL_read(tls, buffer.data(), static_cast<int>(buffer.size()));
      if (got > 0) answer.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const unsigned char* selected = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(tls, &selected, &size);
    if (protocol != nullptr && size > 0) {
      protocol->assign(reinterpret_cast<const char*>(selected), size);
    }
  }
  SSL_free(tls);
  SSL_CTX_free(context);
  close(plain);
  return answer;
}

TEST(Tls, ServesOneDotTwoAndThreeWithHttp11AndNothingOlderOrElse) {
  const Files files(EVP_EC_gen("P-256"));
  GatewaySettings settings;
  settings.tls = files.files;
  const RunningGateway running(settings);
  ASSERT_NE(running.gateway, nullptr);
  const std::uint16_t port = running.gateway->Port();
  std::string protocol;
  EXPECT_EQ(StatusOf(Ask(port, {.alpn = std::string("\x08http/1.1", 9)}, &protocol)), 200);
  EXPECT_EQ(protocol, "http/1.1");
  EXPECT_EQ(StatusOf(Ask(port, {})), 200);
  EXPECT_EQ(StatusOf(Ask(port, {.version_max = TLS1_2_VERSION, .alpn = ""})), 200);
  EXPECT_EQ(Ask(port, {.version_max = TLS1_1_VERSION, .alpn = ""}), "");
  EXPECT_EQ(Ask(port, {.alpn = std::string("\x02h2", 3)}), "");
  EXPECT_TRUE(running.gateway->ReloadTls().has_value());
  EXPECT_EQ(StatusOf(Ask(port, {})), 200);
}

TEST(Tls, PlainHttpToATlsPortIsNotAnswered) {
  const Files files(EVP_EC_gen("P-256"));
  GatewaySettings settings;
  settings.tls = files.files;
  const RunningGateway running(settings);
  const std::string answer = running.Exchange("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(StatusOf(answer), 0);
}

TEST(Tls, OnlyAP256KeyWillDo) {
  FakeNode node;
  for (EVP_PKEY* key : {EVP_EC_gen("P-384"), EVP_EC_gen("secp256k1"), EVP_RSA_gen(2048),
                        EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")}) {
    const Files files(key);
    GatewaySettings settings;
    settings.tls = files.files;
    EXPECT_FALSE(Gateway::Start(settings, node, node, node).has_value());
  }
  GatewaySettings missing;
  missing.tls = TlsFiles{.certificate = "/nonexistent/a", .key = "/nonexistent/b"};
  EXPECT_FALSE(Gateway::Start(missing, node, node, node).has_value());
}

}  // namespace
}  // namespace jiandu::gateway::test
