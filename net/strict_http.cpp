#include "net/strict_http.hpp"

#include <algorithm>
#include <array>

namespace callboard::net {
namespace {

constexpr std::string_view bad = "bad_request";

constexpr auto token_bytes = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c)
    table[c] = table[c - 32] = true;
  for (int c = '0'; c <= '9'; ++c)
    table[c] = true;
  for (const char c : {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool same_text(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'f');
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool is_field_value(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool is_target_text(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '#';
  });
}

bool is_registered_name(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2]))
        return false;
      i += 2;
    } else if (!(is_digits({&c, 1}) || (lower(c) >= 'a' && lower(c) <= 'z') ||
                 (std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos))) {
      return false;
    }
  }
  return !text.empty();
}

bool is_ip_literal(std::string_view text) noexcept {
  return text.size() >= 2 && std::ranges::count(text, ':') >= 2 && text.size() <= 45 &&
    std::ranges::all_of(text, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

// What a Transfer-Encoding means: chunked alone, a well-formed list of others, or nonsense.
enum class coding { chunked, unknown, malformed };

coding read_coding(std::string_view value) noexcept {
  if (same_text(value, "chunked"))
    return coding::chunked;
  while (true) {
    const auto comma = value.find(',');
    const auto item = trim(value.substr(0, comma));
    const bool last = comma == std::string_view::npos;
    if (!is_token(item) || (same_text(item, "chunked") && !last))
      return coding::malformed;
    if (last)
      return coding::unknown;
    value.remove_prefix(comma + 1);
  }
}

bool is_ws_key(std::string_view key) noexcept {
  if (key.size() != 24 || !key.ends_with("=="))
    return false;
  // 16 bytes fill 21 digits and two bits of the 22nd.
  return (std::string_view("AQgw").find(key[21]) != std::string_view::npos) && std::ranges::all_of(key.substr(0, 21), [](char c) {
    return is_digits({&c, 1}) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '+' || c == '/';
  });
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() &&
    std::ranges::all_of(text, [](char c) { return token_bytes[static_cast<unsigned char>(c)]; });
}

bool is_host(std::string_view text) noexcept {
  std::string_view port;
  bool named = false;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos || !is_ip_literal(text.substr(1, end - 1)))
      return false;
    named = true;
    port = text.substr(end + 1);
  } else {
    const auto colon = std::min(text.find(':'), text.size());
    named = is_registered_name(text.substr(0, colon));
    port = text.substr(colon);
  }
  if (port.empty())
    return named;
  port.remove_prefix(port.front() == ':' ? 1 : 0);
  return named && text[text.size() - port.size() - 1] == ':' && port.size() <= 5 &&
    (port.empty() || is_digits(port));
}

bool has_token(std::string_view list, std::string_view token) noexcept {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (same_text(trim(list.substr(0, comma)), token))
      return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool is_ws_handshake(const http_request& request) noexcept {
  return request.method == "GET" && request.body.empty() && request.has_header("host") &&
    has_token(request.header("upgrade"), "websocket") && has_token(request.header("connection"), "upgrade") &&
    request.count_header("sec-websocket-version") == 1 && request.header("sec-websocket-version") == "13" &&
    request.count_header("sec-websocket-key") == 1 && is_ws_key(request.header("sec-websocket-key"));
}

// -- request_parser ------------------------------------------------------------------------------

bool request_parser::fail(http_fault why) {
  fault_ = why;
  phase_ = phase::failed;
  keep_alive_ = false;
  return false;
}

http_request request_parser::take() {
  http_request done = std::move(request_);
  *this = request_parser{*limits_};
  return done;
}

std::size_t request_parser::feed(std::string_view input) {
  std::size_t used = 0;
  if (phase_ == phase::head) {
    if (!skipped_blank_ && input.starts_with("\r\n")) {  // RFC 9112, 2.2: one empty line before a request
      skipped_blank_ = true;
      used = 2;
      input.remove_prefix(2);
    }
    const auto head_bytes = find_head_end(input);
    if (head_bytes == 0 || !parse_head(input.substr(0, head_bytes)))
      return used;
    used += head_bytes;
    input.remove_prefix(head_bytes);
    phase_ = chunked_ || remaining_ > 0 ? phase::body : phase::complete;
  }
  if (phase_ == phase::body)
    used += feed_body(input);
  return used;
}

std::size_t request_parser::find_head_end(std::string_view input) {
  if (!input.empty() && !token_bytes[static_cast<unsigned char>(input[0])] && input != "\r")
    return fail({bad, "a request must begin with its method"});
  while (true) {
    const auto lf = input.find('\n', scanned_);
    if (lf == std::string_view::npos)
      break;
    if (lf == 0 || input[lf - 1] != '\r')
      return fail({bad, "a line must end in CR LF"});
    if (lf + 1 > limits_->head_bytes_max)
      return fail({"headers_too_large", "the header section is too large"});
    if (lf - 1 == scanned_)
      return lf + 1;
    scanned_ = lf + 1;
  }
  if (scanned_ == 0 && input.size() > limits_->target_bytes_max + 64)
    return fail({"uri_too_long", "the request line is too long"});
  if (input.size() > limits_->head_bytes_max)
    return fail({"headers_too_large", "the header section is too large"});
  return 0;
}

std::size_t request_parser::feed_body(std::string_view input) {
  if (chunked_) {
    const auto used = chunks_.feed(input, request_.body, *limits_);
    if (!chunks_.fault().code.empty())
      fail(chunks_.fault());
    else if (chunks_.done())
      phase_ = phase::complete;
    return used;
  }
  const auto used = std::min(remaining_, input.size());
  request_.body.append(input.substr(0, used));
  remaining_ -= used;
  if (remaining_ == 0)
    phase_ = phase::complete;
  return used;
}

bool request_parser::parse_head(std::string_view head) {
  const auto line_end = head.find("\r\n");
  if (!parse_request_line(head.substr(0, line_end)))
    return false;
  request_.headers.reserve(12);
  for (auto rest = head.substr(line_end + 2); rest.size() > 2;) {
    const auto end = rest.find("\r\n");
    if (!parse_field(rest.substr(0, end)))
      return false;
    rest.remove_prefix(end + 2);
  }
  for (const auto name : {"authorization", "content-type"})
    if (request_.count_header(name) > 1)  // whoever stands between may have judged the other one
      return fail({bad, "Authorization and Content-Type may be given once"});
  return settle_target() && settle_framing() && settle_connection();
}

bool request_parser::parse_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last)
    return fail({bad, "a request line has a method, a target and a version"});
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_token(method) || method.size() > 32)
    return fail({bad, "the method is not a token"});
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) || version[6] != '.' ||
      !digit(version[7]))
    return fail({bad, "the HTTP version is malformed"});
  if (version[5] != '1')
    return fail({"http_version", "this server speaks HTTP/1.1"});
  minor_ = version[7] == '0' ? 0 : 1;
  if (target.size() > limits_->target_bytes_max)
    return fail({"uri_too_long", "the request target is too long"});
  if (target.empty() || !is_target_text(target))
    return fail({bad, "the request target has a wrong character"});
  request_.method = method;
  request_.target = target;
  return true;
}

bool request_parser::parse_field(std::string_view line) {
  if (request_.headers.size() == limits_->fields_max)
    return fail({"headers_too_large", "there are too many header fields"});
  if (line.starts_with(' ') || line.starts_with('\t'))
    return fail({bad, "folded header lines are not accepted"});
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return fail({bad, "a header name is not a token followed by a colon"});
  const auto value = trim(line.substr(colon + 1));
  if (!is_field_value(value))
    return fail({bad, "a header value has a control character"});
  auto& field = request_.headers.emplace_back(line.substr(0, colon), value);
  std::ranges::transform(field.first, field.first.begin(), lower);
  return true;
}

bool request_parser::settle_target() {
  const auto hosts = request_.count_header("host");
  const auto host = request_.header("host");
  if (hosts > 1 || (hosts == 0 && minor_ > 0) || (hosts == 1 && !is_host(host)))
    return fail({bad, "a request needs exactly one valid Host"});
  if (request_.target.starts_with('/'))
    return true;
  if (request_.method == "CONNECT")
    return fail({"method_not_allowed", "this server is no proxy"});
  std::string_view target = request_.target;
  const auto scheme = target.find("://");
  const auto name = target.substr(0, std::min(scheme, target.size()));
  if (scheme == std::string_view::npos || !(same_text(name, "http") || same_text(name, "https")))
    return fail({bad, "the request target must be a path"});
  target.remove_prefix(scheme + 3);
  const auto path = std::min(target.find_first_of("/?"), target.size());
  if (hosts != 1 || !same_text(target.substr(0, path), host))
    return fail({bad, "the request target names another host than Host"});
  std::string origin(target.substr(path));
  if (!origin.starts_with('/'))
    origin.insert(0, 1, '/');
  request_.target = std::move(origin);
  return true;
}

bool request_parser::settle_framing() {
  const auto codings = request_.count_header("transfer-encoding");
  const auto lengths = request_.count_header("content-length");
  if (codings > 0) {
    if (minor_ == 0 || codings > 1 || lengths > 0)
      return fail({bad, "a request has exactly one framing"});
    switch (read_coding(request_.header("transfer-encoding"))) {
      case coding::malformed: return fail({bad, "Transfer-Encoding is malformed"});
      case coding::unknown: return fail({"not_implemented", "the only transfer coding is chunked"});
      case coding::chunked: chunked_ = true;
    }
    return true;
  }
  if (lengths == 0)
    return true;
  const auto text = request_.header("content-length");
  if (lengths > 1 || !is_digits(text))
    return fail({bad, "Content-Length must be one number"});
  for (const char c : text) {
    remaining_ = remaining_ * 10 + static_cast<std::size_t>(c - '0');
    if (remaining_ > limits_->body_bytes_max)
      return fail({"body_too_large", "the body is larger than this server takes"});
  }
  // A bound before the bytes are there: an announced length alone must cost little.
  request_.body.reserve(std::min<std::size_t>(remaining_, 16 * 1024));
  return true;
}

bool request_parser::settle_connection() {
  keep_alive_ = minor_ > 0;
  for (const auto& [name, value] : request_.headers)
    if (name == "connection" && has_token(value, "close"))
      keep_alive_ = false;
  const auto expect = request_.header("expect");
  if (request_.has_header("expect") && (request_.count_header("expect") > 1 || !same_text(expect, "100-continue")))
    return fail({"expectation_failed", "the only expectation is 100-continue"});
  expects_continue_ = request_.has_header("expect") && minor_ > 0 && (chunked_ || remaining_ > 0);
  return true;
}

}  // namespace callboard::net
