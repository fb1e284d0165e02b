#pragma once

#include "actors/base/refusal.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace callboard::net {

enum class signature_algorithm : unsigned char { es256, hs256 };

std::string_view to_string(signature_algorithm algorithm) noexcept;

/// A key with the one algorithm it may be used with. Cheap to copy; any thread.
class signing_key {
 public:
  static result<signing_key> generate_es256();
  /// A P-256 private key in PEM.
  static result<signing_key> from_pem(std::string_view pem);
  /// An HS256 secret of at least 32 bytes.
  static result<signing_key> from_secret(std::string_view secret);

  signature_algorithm algorithm() const noexcept;
  /// ES256: the RFC 7638 thumbprint; HS256: a digest under the secret, which tells nothing about
  /// it.
  const std::string& kid() const noexcept;
  /// ES256: the private key in PEM (PKCS #8).
  std::string pem() const;
  /// ES256: the public key as JWK members; HS256: empty.
  const std::string& public_jwk() const noexcept;

  /// Raw r||s (64 bytes) or the MAC (32 bytes); empty if OpenSSL fails.
  std::string sign(std::string_view text) const;
  /// In constant time for HS256.
  bool verify(std::string_view text, std::string_view signature) const noexcept;

  struct material;

 private:
  explicit signing_key(std::shared_ptr<const material> m) : material_(std::move(m)) {}
  std::shared_ptr<const material> material_;
};

}  // namespace callboard::net
