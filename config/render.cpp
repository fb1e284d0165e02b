#include "config/render.hpp"

#include "config/option_table.hpp"
#include "config/shape.hpp"

#include <limits>

namespace callboard::config {

namespace {

std::string_view section_of(const option& row) { return row.name.substr(0, row.name.find('.')); }
std::string_view key_of(const option& row) { return row.name.substr(row.name.find('.') + 1); }

/// A string for TOML and JSON alike; values hold no control characters.
std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out += '"';
}

std::string literal(const option& row, const options& from) {
  const auto present = get(row, from);
  if (const auto* text = std::get_if<std::string>(&present))
    return quote(row.holds_password ? mask_password(*text) : *text);
  if (const auto* number = std::get_if<std::int64_t>(&present))
    return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&present))
    return *flag ? "true" : "false";
  std::string out = "[";
  for (const auto& entry : std::get<std::vector<std::string>>(present))
    out += (out.size() > 1 ? ", " : "") + quote(entry);
  return out += "]";
}

std::string bounds(const option& row) {
  std::string out{type_name(row)};
  if (!row.choices.empty()) {
    out.clear();
    for (const auto choice : row.choices)
      out.append(out.empty() ? "`" : ", `").append(choice).append("`");
  } else if (std::holds_alternative<number_field>(row.where)) {
    out = std::to_string(row.minimum) + " to " + std::to_string(row.maximum);
  }
  return out;
}

/// Calls `begin` at each new section and `each` for every option.
template <class Begin, class Each>
void walk(Begin begin, Each each) {
  std::string_view section;
  for (const auto& row : option_table()) {
    if (section_of(row) != section)
      begin(section = section_of(row));
    each(row);
  }
}

}  // namespace

std::string to_toml(const options& values) {
  std::string out;
  walk([&](auto section) { out.append(out.empty() ? "[" : "\n[").append(section).append("]\n"); },
       [&](const option& row) { out.append(key_of(row)).append(" = ").append(literal(row, values)).append("\n"); });
  return out;
}

std::string to_json(const options& values) {
  std::string out;
  bool first = true;
  walk(
    [&](auto section) {
      out.append(out.empty() ? "{" : "},").append(quote(section)).append(":{");
      first = true;
    },
    [&](const option& row) {
      out.append(first ? "" : ",").append(quote(key_of(row))).append(":").append(literal(row, values));
      first = false;
    });
  return out += "}}";
}

std::string to_markdown() {
  std::string out =
    "# Configuration\n\n"
    "Made by `callboard config docs`. Defaults < file (`--config FILE`, TOML) < environment (`CALLBOARD_HTTP_LISTEN`)\n"
    "< `--set section.key=value` < named flags. An unknown key in the file or `--set` is an error, an unknown\n"
    "`CALLBOARD_*` variable a warning. Lists are arrays in the file, separated by commas elsewhere.\n";
  const options defaults;
  walk(
    [&](auto section) {
      out.append("\n## ").append(section).append("\n\n| key | default | values | meaning |\n| --- | --- | --- | --- |\n");
    },
    [&](const option& row) {
      out.append("| `").append(row.name).append("` | `").append(literal(row, defaults)).append("` | ");
      out.append(bounds(row)).append(" | ").append(row.sentence);
      if (!row.not_yet.empty())
        out.append(" Not yet: ").append(row.not_yet).append(".");
      out.append(" |\n");
    });
  return out;
}

std::string example_toml() {
  std::string out =
    "# Callboard's configuration: every option at its default. `callboard config docs` explains them.\n"
    "# Take out the # in front of what you change.\n";
  const options defaults;
  walk([&](auto section) { out.append("\n[").append(section).append("]\n"); },
       [&](const option& row) {
         out.append("# ").append(row.sentence);
         if (!row.choices.empty() || std::holds_alternative<number_field>(row.where))
           out.append(" (").append(bounds(row)).append(")");
         out.append("\n#").append(key_of(row)).append(" = ").append(literal(row, defaults)).append("\n");
       });
  return out;
}

}  // namespace callboard::config
