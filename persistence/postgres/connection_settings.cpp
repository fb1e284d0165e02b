#include "persistence/postgres/connection_settings.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

namespace callboard::postgres {
namespace {

struct free_options {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

using keyword_list = std::vector<std::pair<std::string, std::string>>;

void set(keyword_list& keywords, const std::string& name, std::string value) {
  const auto found = std::ranges::find(keywords, name, &keyword_list::value_type::first);
  if (found == keywords.end())
    keywords.emplace_back(name, std::move(value));
  else
    found->second = std::move(value);
}

void set_if_absent(keyword_list& keywords, const std::string& name, const std::string& value) {
  if (std::ranges::find(keywords, name, &keyword_list::value_type::first) == keywords.end())
    keywords.emplace_back(name, value);
}

result<std::string> read_password(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (!file || !std::getline(file, text) || text.empty())
    return refuse(problem_code::journal_unavailable, "store.password_file cannot be read or is empty");
  if (text.back() == '\r')
    text.pop_back();
  return text;
}

std::string quoted(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '\'';
}

}  // namespace

result<connection_settings> connection_settings::parse(const std::string& url, const std::string& password_file,
                                                       const std::string& node_id) {
  char* raw_error = nullptr;
  const std::unique_ptr<PQconninfoOption, free_options> options(PQconninfoParse(url.c_str(), &raw_error));
  PQfreemem(raw_error);  // The text may quote the password.
  if (!options)
    return refuse(problem_code::journal_unavailable, "store.url is not a valid postgresql:// address");
  connection_settings settings;
  for (const auto* o = options.get(); o->keyword; ++o)
    if (o->val)
      settings.keywords_.emplace_back(o->keyword, o->val);
  if (!password_file.empty()) {
    auto password = read_password(password_file);
    if (!password)
      return password.error();
    set(settings.keywords_, "password", std::move(*password));
  }
  set(settings.keywords_, "application_name", "callboard/" + node_id);
  set(settings.keywords_, "client_encoding", "UTF8");
  set_if_absent(settings.keywords_, "connect_timeout", "3");
  set_if_absent(settings.keywords_, "tcp_user_timeout", "5000");
  set_if_absent(settings.keywords_, "keepalives_idle", "5");
  set_if_absent(settings.keywords_, "keepalives_interval", "2");
  set_if_absent(settings.keywords_, "keepalives_count", "3");
  return settings;
}

bool connection_settings::has_password() const noexcept {
  return std::ranges::find(keywords_, "password", &keyword_list::value_type::first) != keywords_.end();
}

std::string connection_settings::text(std::string_view options) const {
  std::string own_options(options), out;
  for (const auto& [name, value] : keywords_) {
    if (name == "options")
      own_options = value + " " + own_options;
    else
      out += name + "=" + quoted(value) + " ";
  }
  return out + "options=" + quoted(own_options);
}

}  // namespace callboard::postgres
