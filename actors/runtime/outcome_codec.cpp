#include "actors/runtime/outcome_codec.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"

#include <boost/json.hpp>

namespace callboard::runtime {
namespace {

namespace json = boost::json;

void write_problem(json_writer& w, const refusal& why) {
  w.open('{').member("code", info(why.code).wire_name).member("detail", why.detail).key("errors").open('[');
  for (const auto& error : why.errors) {
    w.open('{').member("pointer", error.pointer).member("code", error.code).member("detail", error.detail);
    w.member("limit", error.limit).close('}');
  }
  w.close(']').member("extra", why.extra).close('}');
}

std::string text_in(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}

refusal read_problem(const json::object& object) {
  refusal why{code_of(text_in(object, "code")), text_in(object, "detail"), {}, text_in(object, "extra")};
  for (const auto& item : object.at("errors").as_array()) {
    const auto& error = item.as_object();
    why.errors.push_back({text_in(error, "pointer"), text_in(error, "code"), text_in(error, "detail"), {}});
    if (!error.at("limit").is_null())
      why.errors.back().limit = error.at("limit").to_number<std::int64_t>();
  }
  return why;
}

}  // namespace

std::string encode_outcome(const answer& reply, bool body_is_event_data, const envelope* as_command) {
  json_writer w(256 + (body_is_event_data ? 0 : size_of(reply.body)));
  w.open('{');
  if (as_command) {
    const auto& to = as_command->to;
    w.member("type", as_command->type).member("stream", std::string(stream_prefix(to.kind)) + to.id);
  }
  if (reply.problem) {
    w.key("problem");
    write_problem(w, *reply.problem);
  }
  if (reply.etag)
    w.member("etag", *reply.etag);
  w.key("resources").open('[');
  for (const auto& path : reply.resources)
    w.value(path);
  w.close(']');
  if (body_is_event_data)
    w.member("event_data", true);
  else if (!reply.body.empty())
    w.raw_member("body", join(reply.body));
  return w.close('}').take();
}

result<stored_answer> decode_outcome(const outcome_row& row) {
  const auto parsed = parse_trusted_json(row.answer);
  if (!parsed)
    return parsed.error();
  const auto& object = parsed->get_object();
  stored_answer stored;
  stored.reply.status = row.status;
  stored.reply.seq = row.seq;
  stored.reply.replayed = true;
  stored.reply.kept = row.op_id.has_value();
  if (const auto* problem = object.if_contains("problem"))
    stored.reply.problem = read_problem(problem->as_object());
  if (const auto* etag = object.if_contains("etag"))
    stored.reply.etag = etag->to_number<std::uint64_t>();
  for (const auto& path : object.at("resources").get_array())
    stored.reply.resources.emplace_back(path.get_string());
  stored.body_is_event_data = object.contains("event_data");
  if (object.contains("body")) {
    // The text between `"body":` and the closing brace is the body as it was sent, byte for byte.
    const auto start = row.answer.find("],\"body\":") + 9;
    stored.reply.body.push_back(share(row.answer.substr(start, row.answer.size() - start - 1)));
  }
  return stored;
}

result<finished_command> decode_command(const outcome_row& row) {
  auto stored = decode_outcome(row);
  if (!stored)
    return stored.error();
  const auto parsed = parse_trusted_json(row.answer);
  const auto& object = parsed->get_object();
  finished_command out;
  out.op_id = row.op_id.value_or(uuid{});
  out.type = text_in(object, "type");
  out.stream = text_in(object, "stream");
  out.seq = row.seq;
  out.resources = std::move(stored->reply.resources);
  out.problem = std::move(stored->reply.problem);
  out.at = row.at;
  return out;
}

}  // namespace callboard::runtime
