#include "net/http_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace callboard::net {
namespace {

std::string_view reason_of(unsigned status) noexcept {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";
  }
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

bool same_name(std::string_view name, std::string_view lower_case) noexcept {
  return std::ranges::equal(name, lower_case, {}, [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
}

bool is_ours(std::string_view name) noexcept {
  switch (name.size()) {
    case 4: return same_name(name, "date");
    case 10: return same_name(name, "connection");
    case 14: return same_name(name, "content-length");
    case 17: return same_name(name, "transfer-encoding");
    default: return false;
  }
}

bool is_safe(std::string_view text) noexcept {
  constexpr std::string_view line_ends("\r\n\0", 3);
  return text.find_first_of(line_ends) == text.npos;
}

void append_headers(std::string& out, const http_response& response) {
  const bool upgrade = response.status == 426;  // must also name Upgrade in Connection
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name) || !is_safe(name) || !is_safe(value))
      continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append(response.fixed_headers);
  if (upgrade)
    out += "Connection: Upgrade\r\n";
}

}  // namespace

void write_answer(gather& out, const http_response& response, const answer_framing& framing) {
  auto& text = out.text();
  text += "HTTP/1.1 ";
  append_number(text, response.status);
  text += ' ';
  text += reason_of(response.status);
  text.append("\r\nDate: ").append(framing.date).append("\r\n");
  append_headers(text, response);
  if (framing.close)
    text += "Connection: close\r\n";
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  if (response.source) {
    text += framing.http_1_0 ? "\r\n" : "Transfer-Encoding: chunked\r\n\r\n";
    return;
  }
  if (!bodiless) {
    text += "Content-Length: ";
    append_number(text, size_of(response.body));
    text += "\r\n";
  }
  text += "\r\n";
  if (bodiless || framing.head_request)
    return;
  for (const auto& piece : response.body)
    out.piece(piece);
}

std::string chunk_head(std::size_t size) {
  char digits[18];
  auto* end = std::to_chars(digits, digits + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {digits, end};
}

std::string_view date_cache::now() {
  using namespace std::chrono;
  const auto second = floor<seconds>(system_clock::now());
  if (second == at_ && text_[0] != 0)
    return {text_, 29};
  at_ = second;
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<std::chrono::days>(second);
  const year_month_day date{day};
  const hh_mm_ss time{second - day};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT", days[weekday{day}.c_encoding()],
                static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  std::copy_n(text, 29, text_);
  return {text_, 29};
}

}  // namespace callboard::net
