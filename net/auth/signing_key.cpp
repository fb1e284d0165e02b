#include "net/auth/signing_key.hpp"

#include "net/auth/base64url.hpp"
#include "net/auth/digests.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <exception>
#include <utility>
#include <vector>

namespace callboard::net {
namespace {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* p) const noexcept {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freer<&EVP_PKEY_free>>;
using key_context_ptr = std::unique_ptr<EVP_PKEY_CTX, freer<&EVP_PKEY_CTX_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<&BIO_free>>;
using ecdsa_ptr = std::unique_ptr<ECDSA_SIG, freer<&ECDSA_SIG_free>>;
using number_ptr = std::unique_ptr<BIGNUM, freer<&BN_clear_free>>;

constexpr int coordinate_bytes = 32;
constexpr std::size_t secret_bytes_min = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

refusal refuse_key(std::string why) {
  ERR_clear_error();
  return refuse(problem_code::internal, std::move(why));
}

std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  const number_ptr owner(number);
  std::string out(coordinate_bytes, '\0');
  if (!number ||
      BN_bn2binpad(number, reinterpret_cast<unsigned char*>(out.data()), coordinate_bytes) < 0)
    return {};
  return to_base64url(out);
}

bool is_p256(const EVP_PKEY* key) {
  char group[32] = {};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1 &&
         std::string_view(group) == "prime256v1";
}

/// DER to the fixed form of RFC 7518, section 3.4.
std::string to_raw(const std::vector<unsigned char>& der) {
  const auto* begin = der.data();
  const ecdsa_ptr sig(d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size())));
  std::string out(2 * coordinate_bytes, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  if (!sig || BN_bn2binpad(ECDSA_SIG_get0_r(sig.get()), bytes, coordinate_bytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(sig.get()), bytes + coordinate_bytes, coordinate_bytes) < 0)
    return {};
  return out;
}

std::vector<unsigned char> to_der(std::string_view raw) {
  const ecdsa_ptr sig(ECDSA_SIG_new());
  number_ptr r(BN_bin2bn(bytes_of(raw), coordinate_bytes, nullptr));
  number_ptr s(BN_bin2bn(bytes_of(raw) + coordinate_bytes, coordinate_bytes, nullptr));
  if (!sig || !r || !s || ECDSA_SIG_set0(sig.get(), r.get(), s.get()) != 1)
    return {};
  r.release();
  s.release();
  unsigned char* text = nullptr;
  const int length = i2d_ECDSA_SIG(sig.get(), &text);
  if (length <= 0)
    return {};
  std::vector<unsigned char> out(text, text + length);
  OPENSSL_free(text);
  return out;
}

}  // namespace

struct signing_key::material {
  signature_algorithm algorithm = signature_algorithm::es256;
  std::string kid, jwk;
  key_ptr key;         // ES256
  std::string secret;  // HS256

  material() = default;
  material(const material&) = delete;
  material& operator=(const material&) = delete;
  ~material() { OPENSSL_cleanse(secret.data(), secret.size()); }

  static std::shared_ptr<const material> of_key(key_ptr key) {
    auto out = std::make_shared<material>();
    const auto x = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_X);
    const auto y = coordinate(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y);
    if (x.empty() || y.empty())
      return nullptr;
    // The members in this order and without blanks are what RFC 7638 digests.
    out->jwk = R"("crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + '"';
    out->kid = to_base64url(as_text(sha256('{' + out->jwk + '}')));
    out->key = std::move(key);
    return out;
  }

  std::string sign_ec(std::string_view text) const {
    const auto digest = sha256(text);
    const key_context_ptr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    std::size_t length = 0;
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
        EVP_PKEY_sign(context.get(), nullptr, &length, digest.data(), digest.size()) != 1)
      return {};
    std::vector<unsigned char> der(length);
    if (EVP_PKEY_sign(context.get(), der.data(), &length, digest.data(), digest.size()) != 1)
      return {};
    der.resize(length);
    return to_raw(der);
  }

  bool verify_ec(std::string_view text, std::string_view signature) const {
    if (signature.size() != 2 * coordinate_bytes)
      return false;
    const auto digest = sha256(text);
    const auto der = to_der(signature);
    const key_context_ptr context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    const bool good =
      !der.empty() && context && EVP_PKEY_verify_init(context.get()) == 1 &&
      EVP_PKEY_verify(context.get(), der.data(), der.size(), digest.data(), digest.size()) == 1;
    if (!good)
      ERR_clear_error();
    return good;
  }
};

std::string_view to_string(signature_algorithm algorithm) noexcept {
  return algorithm == signature_algorithm::es256 ? "ES256" : "HS256";
}

result<signing_key> signing_key::generate_es256() {
  key_ptr key(EVP_EC_gen("P-256"));
  auto made = key ? material::of_key(std::move(key)) : nullptr;
  if (!made)
    return refuse_key("OpenSSL makes no P-256 key");
  return signing_key(std::move(made));
}

result<signing_key> signing_key::from_pem(std::string_view pem) {
  const bio_ptr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // A callback that gives no pass phrase: OpenSSL would ask at the terminal.
  const auto no_phrase = [](char*, int, int, void*) { return -1; };
  key_ptr key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_phrase, nullptr) : nullptr);
  if (!key)
    return refuse_key("the key is no unencrypted private key in PEM");
  if (!is_p256(key.get()))
    return refuse_key("the key is not on curve P-256, which ES256 demands");
  auto made = material::of_key(std::move(key));
  if (!made)
    return refuse_key("the key has no public point");
  return signing_key(std::move(made));
}

result<signing_key> signing_key::from_secret(std::string_view secret) {
  if (secret.size() < secret_bytes_min)
    return refuse_key("an HS256 secret has at least 32 bytes");
  auto made = std::make_shared<material>();
  made->algorithm = signature_algorithm::hs256;
  made->secret = secret;
  made->kid = to_base64url(as_text(hmac_sha256(secret, "callboard kid"))).substr(0, 22);
  return signing_key(std::move(made));
}

signature_algorithm signing_key::algorithm() const noexcept { return material_->algorithm; }
const std::string& signing_key::kid() const noexcept { return material_->kid; }
const std::string& signing_key::public_jwk() const noexcept { return material_->jwk; }

std::string signing_key::pem() const {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  if (!material_->key || !bio ||
      PEM_write_bio_PrivateKey(bio.get(), material_->key.get(), nullptr, nullptr, 0, nullptr,
                               nullptr) != 1)
    return {};
  char* text = nullptr;
  const auto length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string signing_key::sign(std::string_view text) const {
  if (material_->algorithm == signature_algorithm::es256)
    return material_->sign_ec(text);
  return std::string(as_text(hmac_sha256(material_->secret, text)));
}

bool signing_key::verify(std::string_view text, std::string_view signature) const noexcept {
  try {
    if (material_->algorithm == signature_algorithm::es256)
      return material_->verify_ec(text, signature);
    const auto expected = hmac_sha256(material_->secret, text);
    return signature.size() == expected.size() &&
           CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace callboard::net
