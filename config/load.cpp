#include "config/load.hpp"

#include "config/nearest.hpp"
#include "config/option_table.hpp"
#include "config/shape.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

// Debian's toml++ 3.3 meets some malformed input with an assertion or, with NDEBUG, with undefined behaviour:
// compiled here, it throws instead.
#undef NDEBUG
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(expr) ((expr) ? void() : throw_malformed())
namespace {
[[noreturn]] void throw_malformed() { throw std::runtime_error{"is not well-formed TOML"}; }
}  // namespace
#include <toml++/toml.h>

extern char** environ;

namespace callboard::config {

namespace {

constexpr std::size_t file_bytes_max = 1'048'576;

void refuse(loaded& into, std::string_view where, std::string_view name, std::string_view why) {
  into.problems.push_back(std::string{where} + ": " + std::string{name} + " " + std::string{why});
}

void refuse_unknown(loaded& into, std::string_view where, std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& row : option_table())
    known.push_back(row.name);
  const auto meant = nearest(name, known);
  refuse(into, where, name,
         meant.empty() ? std::string{"is not known; see `callboard config docs`"}
                       : "is not known; did you mean " + std::string{meant} + "?");
}

void take_text(loaded& into, std::string_view where, std::string_view name, std::string_view text) {
  const auto* row = find_option(name);
  if (!row)
    return refuse_unknown(into, where, name);
  if (const auto wrong = set_text(*row, into.values, text))
    refuse(into, where, name, *wrong);
}

/// The value of a TOML node; nothing if it is of no type that an option has.
std::optional<value> value_of(const toml::node& node) {
  if (const auto* text = node.as_string())
    return text->get();
  if (const auto* number = node.as_integer())
    return number->get();
  if (const auto* flag = node.as_boolean())
    return flag->get();
  if (const auto* list = node.as_array()) {
    std::vector<std::string> out;
    for (const auto& entry : *list) {
      const auto* text = entry.as_string();
      if (!text)
        return std::nullopt;
      out.push_back(text->get());
    }
    return out;
  }
  return std::nullopt;
}

std::string place(std::string_view label, const toml::node& node) {
  return std::string{label} + ":" + std::to_string(node.source().begin.line);
}

void take_node(loaded& into, std::string_view label, const std::string& name, const toml::node& node) {
  const auto where = place(label, node);
  const auto* row = find_option(name);
  if (!row)
    return refuse_unknown(into, where, name);
  auto given = value_of(node);
  if (!given)
    return refuse(into, where, name, "must be a " + std::string{type_name(*row)});
  if (const auto wrong = set(*row, into.values, std::move(*given)))
    refuse(into, where, name, *wrong);
}

/// What toml++ 3.3 may classify wrongly in a line: letters other than ASCII outside strings and comments, and quotes
/// that do not begin a text (so also """, which no option needs); empty: nothing.
std::string_view stumbling_block(std::string_view line) {
  char quote = 0, before = '=';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '"' && c == '\\') {
      ++i;
    } else if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '"' || c == '\'') {
      if (std::string_view{"=[{,."}.find(before) == std::string_view::npos)
        return "a quote stands only around a whole text on one line";
      quote = before = c;
    } else if (c == '#') {
      return {};
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      return "letters other than ASCII stand only in quotes and comments";
    } else if (c != ' ' && c != '\t') {
      before = c;
    }
  }
  return {};
}

/// The first problem of a text's lines, after its number; empty: none.
std::string first_stumble(std::string_view text) {
  std::size_t number = 1;
  for (std::size_t from = 0; from < text.size(); ++number) {
    const auto end = std::min(text.find('\n', from), text.size());
    if (const auto why = stumbling_block(text.substr(from, end - from)); !why.empty())
      return std::to_string(number) + ": " + std::string{why};
    from = end + 1;
  }
  return {};
}

void read_file(const std::string& path, loaded& into) {
  std::ifstream file{path, std::ios::binary};
  std::string text(file_bytes_max + 1, '\0');
  if (file)
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    into.problems.push_back(path + ": cannot be read");
    return;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > file_bytes_max)
    into.problems.push_back(path + ": is larger than 1 MiB");
  else
    read_toml(text, path, into);
}

void read_environment(const std::vector<std::pair<std::string, std::string>>& variables, loaded& into) {
  for (const auto& variable : variables) {
    const auto& name = variable.first;
    if (!name.starts_with("CALLBOARD_"))
      continue;
    const auto rows = option_table();
    const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const option& r) { return environment_name(r) == name; });
    if (row == rows.end())
      into.warnings.push_back("environment: " + name + " is not known and was ignored");
    else
      take_text(into, "environment: " + name, row->name, variable.second);
  }
}

void read_setting(const std::string& setting, loaded& into) {
  const auto equals = setting.find('=');
  if (equals == std::string::npos)
    into.problems.push_back("--set " + setting + ": must be section.key=value");
  else
    take_text(into, "--set", std::string_view{setting}.substr(0, equals), std::string_view{setting}.substr(equals + 1));
}

/// Rules over several options.
void check_together(loaded& into) {
  const auto& v = into.values;
  if (v.auth.jwt_algorithm == "HS256" && v.auth.jwt_secret_file.empty())
    into.problems.push_back("auth.jwt_secret_file is needed with auth.jwt_algorithm = HS256");
  if (v.auth.jwt_algorithm == "ES256" && !v.auth.jwt_secret_file.empty())
    into.problems.push_back("auth.jwt_secret_file is only used with auth.jwt_algorithm = HS256");
  if (v.auth.jwt_algorithm == "HS256" && !v.auth.jwt_key_file.empty())
    into.problems.push_back("auth.jwt_key_file is only used with auth.jwt_algorithm = ES256");
  const bool sqlite = v.store.url.starts_with("sqlite:");
  if (sqlite && !v.store.password_file.empty())
    into.problems.push_back("store.password_file is only used with a postgresql:// store");
  if (sqlite && !v.store.migrate_url.empty())
    into.problems.push_back("store.migrate_url is only used with a postgresql:// store");
  for (const auto* url : {&v.store.url, &v.store.migrate_url})
    if (has_password(*url))
      into.warnings.push_back("a password in " + std::string{url == &v.store.url ? "store.url" : "store.migrate_url"}
                              + " shows in files and process lists; use store.password_file or PGPASSFILE");
}

}  // namespace

loaded load(const sources& from) {
  loaded into;
  if (!from.file.empty())
    read_file(from.file, into);
  read_environment(from.environment, into);
  for (const auto& setting : from.settings)
    read_setting(setting, into);
  for (const auto& [name, text] : from.flags)
    take_text(into, "command line", name, text);
  check_together(into);
  return into;
}

void read_toml(std::string_view text, std::string_view label, loaded& into) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);
  if (const auto why = first_stumble(text); !why.empty()) {
    into.problems.push_back(std::string{label} + ":" + why);
    return;
  }
  try {
    const toml::table root = toml::parse(text, label);
    for (const auto& [section, node] : root) {
      const auto* keys = node.as_table();
      if (!keys) {
        refuse_unknown(into, place(label, node), section.str());
        continue;
      }
      for (const auto& [key, child] : *keys)
        take_node(into, label, std::string{section.str()} + "." + std::string{key.str()}, child);
    }
  } catch (const toml::parse_error& error) {
    std::ostringstream out;
    out << label << ":" << error.source().begin.line << ": " << error.description();
    into.problems.push_back(out.str());
  } catch (const std::exception& error) {
    into.problems.push_back(std::string{label} + ": " + error.what());
  }
}

std::vector<std::pair<std::string, std::string>> process_environment() {
  std::vector<std::pair<std::string, std::string>> out;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text{*entry};
    if (const auto equals = text.find('='); equals != std::string_view::npos)
      out.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace callboard::config
