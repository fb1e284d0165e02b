#include "net/openapi.hpp"

#include "actors/base/json_writer.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace callboard::net {
namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    c = static_cast<char>(c | 0x20);
  return out;
}

std::string reference(std::string_view schema) { return "{\"$ref\":\"#/components/schemas/" + std::string(schema) + "\"}"; }

void append_path_parameters(json_writer& w, std::string_view path) {
  for (auto at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
    const auto name = path.substr(at + 1, path.find('}', at) - at - 1);
    w.open('{').member("name", name).member("in", "path").member("required", true);
    w.raw_member("schema", name.ends_with("_id") ? R"({"type":"string","format":"uuid"})" : R"({"type":"string"})");
    w.close('}');
  }
}

std::string_view schema_of_parameter(std::string_view name) {
  if (name == "limit")
    return R"({"type":"integer","minimum":1,"default":50})";
  if (name == "stream")
    return R"({"type":"array","items":{"type":"string"},"minItems":1,"maxItems":50})";
  if (name == "since_seq")
    return R"({"type":"integer","minimum":0})";
  if (name == "at_seq")
    return R"({"type":"integer","minimum":1})";
  if (name == "at")
    return R"({"type":"string","format":"date-time"})";
  if (name == "wait")
    return R"({"type":"integer","minimum":0,"maximum":30})";
  if (name == "include_deleted" || name == "purge")
    return R"({"type":"boolean","default":false})";
  return R"({"type":"string"})";
}

void append_header(json_writer& w, std::string_view name) {
  w.open('{').member("name", name).member("in", "header").raw_member("schema", R"({"type":"string"})").close('}');
}

bool is_plain_write(const route& row) { return (row.traits & writes) && !(row.traits & no_store); }

void append_parameters(json_writer& w, const route& row) {
  w.key("parameters").open('[');
  append_path_parameters(w, row.path);
  for (const auto name : row.query)
    w.open('{').member("name", name).member("in", "query").raw_member("schema", schema_of_parameter(name)).close('}');
  if (is_plain_write(row))
    for (const auto* name : {"Idempotency-Key", "Command-Id", "If-Match", "If-None-Match", "Prefer"})
      append_header(w, name);
  else if (row.codes.find("304") != row.codes.npos)
    append_header(w, "If-None-Match");
  if (row.answer_schema == "text/event-stream")
    append_header(w, "Last-Event-ID");
  if (row.traits & one_list)
    append_header(w, "Callboard-Min-Seq");
  w.close(']');
}

void append_content(json_writer& w, std::string_view type, std::string_view schema) {
  w.key("content").open('{').key(type).open('{').raw_member("schema", schema).close('}').close('}');
}

void append_body(json_writer& w, const route& row) {
  if (row.body == body_rule::none || row.body_schema.empty())
    return;
  w.key("requestBody").open('{').member("required", row.body == body_rule::required);
  w.key("content").open('{');
  w.key("application/json").open('{').raw_member("schema", reference(row.body_schema)).close('}');
  if (row.method == http_method::patch)
    w.key("application/merge-patch+json").open('{').raw_member("schema", reference(row.body_schema)).close('}');
  w.close('}').close('}');
}

void append_responses(json_writer& w, const route& row) {
  w.key("responses").open('{');
  for (std::string_view rest = row.codes; !rest.empty();) {
    const auto end = std::min(rest.find(' '), rest.size());
    const auto code = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool success = code[0] == '2';
    w.key(code).open('{').member("description", success ? row.summary : std::string_view("See the problem's `code`"));
    const bool text = row.answer_schema.starts_with("text/");
    if (success && code != "204" && !row.answer_schema.empty())
      append_content(w, text ? row.answer_schema : std::string_view("application/json"),
                     text ? R"({"type":"string"})" : reference(row.answer_schema));
    else if (code[0] >= '4')
      append_content(w, "application/problem+json", reference("Problem"));
    w.close('}');
  }
  if (is_plain_write(row) && row.codes.find("202") == row.codes.npos && row.codes[0] == '2')
    w.key("202").open('{').member("description", "Accepted (`Prefer: respond-async`): see Location").close('}');
  w.key("default").open('{').member("description", "Any other refusal");
  append_content(w, "application/problem+json", reference("Problem"));
  w.close('}').close('}');
}

void append_operation(json_writer& w, const route& row) {
  w.key(lowered(to_string(row.method))).open('{').member("operationId", row.operation).member("summary", row.summary);
  w.key("tags").open('[').value(row.tag).close(']');
  append_parameters(w, row);
  append_body(w, row);
  append_responses(w, row);
  w.key("security").open('[');
  if (row.who == access::scoped)
    w.open('{').key("bearer").open('[').value(callboard::to_string(static_cast<scope_set>(row.needed))).close(']').close('}');
  else if (row.who == access::token || row.who == access::sign_in)
    w.raw(R"({"bearer":[]})");
  w.close(']').close('}');
}

}  // namespace

std::string openapi_json(std::span<const route> routes, std::string_view version) {
  std::vector<const route*> rows;
  for (const auto& row : routes)
    rows.push_back(&row);
  // One object a path: rows of a path stand together.
  std::stable_sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->path < b->path; });
  json_writer w(128 * 1024);
  w.open('{').member("openapi", "3.1.0");
  w.key("info").open('{').member("title", "Callboard").member("version", version).close('}');
  w.key("paths").open('{');
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || rows[i]->path != rows[i - 1]->path)
      w.key(rows[i]->path).open('{');
    append_operation(w, *rows[i]);
    if (i + 1 == rows.size() || rows[i + 1]->path != rows[i]->path)
      w.close('}');
  }
  w.close('}').key("components").open('{');
  w.raw_member("securitySchemes", R"({"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}})");
  w.raw_member("schemas", openapi_schemas());
  return w.close('}').close('}').take();
}

}  // namespace callboard::net
