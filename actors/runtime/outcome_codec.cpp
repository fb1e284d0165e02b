#include "actors/runtime/outcome_codec.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"

#include <boost/json.hpp>

namespace callboard::runtime {

std::string encode_outcome(const answer& reply, bool body_is_event_data) {
  json_writer w(256 + (body_is_event_data ? 0 : size_of(reply.body)));
  w.open('{');
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

}  // namespace callboard::runtime
