#include "net/auth/jwt.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"
#include "net/auth/base64url.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

namespace callboard::net {
namespace {

namespace json = boost::json;

constexpr std::string_view token_type = "at+jwt";
constexpr std::size_t kid_bytes_max = 64;
constexpr json_limits segment_limits{8, 200};

refusal refuse_token(std::string why) {
  return refuse(problem_code::unauthenticated, std::move(why));
}

std::string header_segment(const signing_key& key) {
  json_writer w;
  w.open('{')
    .member("alg", to_string(key.algorithm()))
    .member("kid", key.kid())
    .member("typ", token_type);
  return to_base64url(w.close('}').take());
}

std::optional<json::object> read_segment(std::string_view segment) {
  const auto text = from_base64url(segment);
  if (!text)
    return std::nullopt;
  auto value = parse_json(*text, segment_limits);
  if (!value || !value->is_object())
    return std::nullopt;
  return std::move(value->get_object());
}

std::optional<std::string_view> text_member(const json::object& object, std::string_view name) {
  const auto* v = object.if_contains(name);
  if (!v || !v->is_string())
    return std::nullopt;
  return std::string_view(v->get_string());
}

bool absent_or_text(const json::object& object, std::string_view name) {
  const auto* v = object.if_contains(name);
  return !v || v->is_string();
}

/// NumericDate in whole seconds; years beyond what we can hold count as malformed.
std::optional<timestamp> time_member(const json::object& object, std::string_view name) {
  constexpr std::int64_t seconds_max = 253'402'300'799;  // end of the year 9999
  const auto* v = object.if_contains(name);
  if (!v || !v->is_int64() || v->get_int64() < 0 || v->get_int64() > seconds_max)
    return std::nullopt;
  return timestamp(std::chrono::seconds(v->get_int64()));
}

std::optional<uuid> id_member(const json::object& object, std::string_view name) {
  const auto text = text_member(object, name);
  return text ? parse_uuid(*text) : std::nullopt;
}

bool is_for(const json::object& claims, std::string_view audience) {
  const auto* v = claims.if_contains("aud");
  if (!v)
    return false;
  if (v->is_string())
    return std::string_view(v->get_string()) == audience;
  if (!v->is_array())
    return false;
  const auto& all = v->get_array();
  const auto is_text = [](const json::value& one) { return one.is_string(); };
  const auto is_ours = [&](const json::value& one) {
    return std::string_view(one.get_string()) == audience;
  };
  return std::all_of(all.begin(), all.end(), is_text) &&
         std::any_of(all.begin(), all.end(), is_ours);
}

/// Words that this version does not know are skipped: a newer node may have made the token.
scope_set known_scopes(std::string_view text) {
  scope_set out = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    out |= parse_scopes(word).value_or(0);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return out;
}

/// Claims of the right type, whatever the time is.
std::optional<access_claims> read_claims(const json::object& object) {
  const auto user = id_member(object, "sub");
  const auto session = id_member(object, "sid");
  const auto issued = time_member(object, "iat");
  const auto expires = time_member(object, "exp");
  if (!user || !session || !issued || !expires)
    return std::nullopt;
  for (const auto name : {"jti", "role", "scope", "client_id"})
    if (!absent_or_text(object, name))
      return std::nullopt;
  access_claims out{*user, *session, id_member(object, "jti").value_or(uuid{})};
  const auto role = parse_instance_role(text_member(object, "role").value_or("player"));
  out.role = role.value_or(instance_role::player);  // It only informs: the account decides.
  out.scopes = known_scopes(text_member(object, "scope").value_or(""));
  out.client_id = text_member(object, "client_id").value_or("");
  out.issued_at = *issued;
  out.expires_at = *expires;
  return out;
}

std::int64_t seconds_of(timestamp at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

}  // namespace

access_tokens::access_tokens(std::string issuer, std::string audience, signing_key key)
    : issuer_(std::move(issuer)), audience_(std::move(audience)) {
  accept(std::move(key));
}

void access_tokens::accept(signing_key key) {
  own_headers_.push_back(header_segment(key));
  keys_.push_back(std::move(key));
}

std::string access_tokens::sign(const access_claims& claims) const {
  json_writer w(512);
  w.open('{').member("iss", issuer_).member("aud", audience_).member("sub", claims.user);
  w.member("exp", seconds_of(claims.expires_at)).member("iat", seconds_of(claims.issued_at));
  if (claims.token_id)
    w.member("jti", claims.token_id);
  w.member("sid", claims.session).member("role", callboard::to_string(claims.role));
  w.member("scope", callboard::to_string(claims.scopes))
    .member("client_id", claims.client_id)
    .close('}');
  auto token = own_headers_.front() + '.' + to_base64url(w.text());
  const auto signature = keys_.front().sign(token);
  return token + '.' + to_base64url(signature);
}

const signing_key* access_tokens::find_key(std::string_view segment) const {
  // Our own tokens repeat our own header byte by byte.
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (own_headers_[i] == segment)
      return &keys_[i];
  const auto header = read_segment(segment);
  if (!header || header->contains("crit") || header->contains("b64"))
    return nullptr;
  const auto kid = text_member(*header, "kid");
  if (!kid || kid->size() > kid_bytes_max || text_member(*header, "typ") != token_type)
    return nullptr;
  const auto key =
    std::find_if(keys_.begin(), keys_.end(), [&](const signing_key& k) { return k.kid() == *kid; });
  // The key alone says which algorithm it is for; the header may only agree.
  if (key == keys_.end() || text_member(*header, "alg") != to_string(key->algorithm()))
    return nullptr;
  return &*key;
}

result<access_claims> access_tokens::verify(std::string_view token, timestamp now) const {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (token.size() > token_bytes_max || second == token.npos)
    return refuse_token("the token is malformed");
  const auto* key = find_key(token.substr(0, first));
  if (!key)
    return refuse_token("the token's header is not acceptable");
  const auto signature = from_base64url(token.substr(second + 1));
  if (!signature || !key->verify(token.substr(0, second), *signature))
    return refuse_token("the token's signature is wrong");
  const auto object = read_segment(token.substr(first + 1, second - first - 1));
  const auto claims = object ? read_claims(*object) : std::nullopt;
  if (!claims || text_member(*object, "iss") != issuer_ || !is_for(*object, audience_))
    return refuse_token("the token's claims are not acceptable");
  const auto not_before = time_member(*object, "nbf");
  if (object->contains("nbf") && (!not_before || *not_before > now + skew))
    return refuse_token("the token is not valid yet");
  if (claims->issued_at > now + skew)
    return refuse_token("the token is from the future");
  if (claims->expires_at <= now)
    return refuse(problem_code::token_expired, "the access token has expired");
  return *claims;
}

}  // namespace callboard::net
