#include "actors/list/list.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <memory>

namespace callboard::list {
namespace {

// OpenSSL 3 looks an algorithm up at each use unless it was fetched once.
const EVP_MD* sha256() {
  static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

EVP_MD_CTX* context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> own{EVP_MD_CTX_new(),
                                                                               &EVP_MD_CTX_free};
  return own.get();
}

}  // namespace

std::uint64_t digest_term(std::string_view kind, const uuid& id, std::uint64_t rev) {
  std::string text;
  text.reserve(80);
  text.append(kind).append(1, ':');
  append_to(text, id);
  char number[24];
  text.append(1, ':').append(number, std::to_chars(number, number + sizeof number, rev).ptr);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> hash;
  EVP_DigestInit_ex2(context(), sha256(), nullptr);
  EVP_DigestUpdate(context(), text.data(), text.size());
  EVP_DigestFinal_ex(context(), hash.data(), nullptr);
  std::uint64_t term = 0;
  for (std::size_t i = 0; i < 8; ++i)
    term = term << 8 | hash[i];
  return term;
}

}  // namespace callboard::list
