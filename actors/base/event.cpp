#include "actors/base/event.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/base/json_writer.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <cstdio>

namespace callboard {
namespace {

std::string text_member(const boost::json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// Feeds length-prefixed fields, so that no two rows have the same input.
class chain_hasher {
 public:
  chain_hasher() { EVP_DigestInit_ex2(context(), sha256(), nullptr); }
  chain_hasher& add(std::string_view field) {
    const auto length = static_cast<std::uint32_t>(field.size());
    EVP_DigestUpdate(context(), &length, sizeof length);
    EVP_DigestUpdate(context(), field.data(), field.size());
    return *this;
  }
  chain_hasher& add(std::uint64_t number) {
    return add(std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
  }
  std::array<std::uint8_t, 16> finish() {
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
    EVP_DigestFinal_ex(context(), digest.data(), nullptr);
    std::array<std::uint8_t, 16> link;
    std::copy_n(digest.begin(), link.size(), link.begin());
    return link;
  }

 private:
  // OpenSSL 3 looks an algorithm up at each use unless it was fetched once.
  static const EVP_MD* sha256() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return fetched;
  }
  static EVP_MD_CTX* context() {
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> own{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    return own.get();
  }
};

/// The whole object, for whose members there is nothing old to tell.
bool carries_whole_object(std::string_view type) {
  const auto verb = type.substr(std::min(type.find('.') + 1, type.size()));
  return verb == "created" || verb == "restored" || verb == "added";
}

void append_changes(json_writer& w, const recorded_event& event) {
  w.key("changes").open('[');
  if (!carries_whole_object(public_type(event.type)) && !event.meta.old.empty()) {
    const auto data = parse_trusted_json(*event.data);
    const auto old = parse_trusted_json(event.meta.old);
    if (data && old && data->is_object() && old->is_object())
      for (const auto& member : old->get_object()) {
        const auto* now = data->get_object().if_contains(member.key());
        w.open('{').member("field", std::string_view(member.key()));
        w.raw_member("old", boost::json::serialize(member.value()));
        w.raw_member("new", now ? boost::json::serialize(*now) : "null").close('}');
      }
  }
  w.close(']');
}

/// What the event is about: a part of the entity, or the entity itself (`task.reordered` is about its list).
std::string_view subject_kind(const recorded_event& event) {
  if (!event.meta.part_id.empty())
    return part_kind(event.type);
  return event.entity->kind == entity_kind::inbox ? "user" : to_string(event.entity->kind);
}

void append_common(json_writer& w, const recorded_event& event) {
  const auto part = subject_kind(event);
  w.member("type", public_type(event.type)).member("at", event.at);
  w.key("actor").open('{').member("kind", to_string(event.actor)).member("id", event.actor_id).close('}');
  if (event.meta.op_id)
    w.member("op_id", event.meta.op_id);
  else
    w.member("op_id", nullptr);
  w.key("entity").open('{').member("kind", part);
  w.member("id", event.meta.part_id.empty() ? event.entity->id : event.meta.part_id);
  w.member("rev", event.seq).close('}');
}

std::string stream_name(const entity_ref& ref) { return std::string(stream_prefix(ref.kind)) + ref.id; }

}  // namespace

std::string encode_meta(const event_meta& meta) {
  json_writer w;
  w.open('{');
  if (!meta.part_id.empty())
    w.member("part", meta.part_id);
  if (meta.op_id)
    w.member("op_id", meta.op_id);
  if (!meta.request_id.empty())
    w.member("request", meta.request_id);
  if (!meta.trace_id.empty())
    w.member("trace", meta.trace_id);
  if (!meta.ip.empty())
    w.member("ip", meta.ip);
  if (!meta.old.empty())
    w.raw_member("old", meta.old);
  return w.close('}').take();
}

result<event_meta> decode_meta(std::string_view text) {
  const auto value = parse_trusted_json(text);
  if (!value)
    return value.error();
  if (!value->is_object())
    return refuse(problem_code::internal, "a journal row's meta is no object");
  const auto& object = value->get_object();
  event_meta meta;
  meta.part_id = text_member(object, "part");
  if (const auto op = parse_uuid(text_member(object, "op_id")))
    meta.op_id = *op;
  meta.request_id = text_member(object, "request");
  meta.trace_id = text_member(object, "trace");
  meta.ip = text_member(object, "ip");
  if (const auto* old = object.if_contains("old"))
    meta.old = boost::json::serialize(*old);
  return meta;
}

std::string_view public_type(std::string_view wire_name) noexcept {
  return wire_name.substr(0, wire_name.rfind(".v"));
}

std::string_view part_kind(std::string_view wire_name) noexcept { return wire_name.substr(0, wire_name.find('.')); }

std::array<std::uint8_t, 16> chain_link(const std::array<std::uint8_t, 16>& previous, const recorded_event& event,
                                        std::string_view encoded_meta) {
  chain_hasher hasher;
  hasher.add(std::string_view(reinterpret_cast<const char*>(previous.data()), previous.size()));
  hasher.add(to_string(event.entity->kind)).add(event.entity->id).add(event.seq).add(event.epoch).add(event.type);
  hasher.add(to_string(event.actor)).add(event.actor_id);
  hasher.add(static_cast<std::uint64_t>(event.at.time_since_epoch().count()));
  return hasher.add(encoded_meta).add(*event.data).finish();
}

std::string epoch_text(std::uint64_t stream_epoch) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(stream_epoch));
  return text;
}

std::string render_event(const recorded_event& event, std::uint64_t stream_epoch) {
  json_writer w(512 + event.data->size());
  const auto stream = stream_name(*event.entity);
  w.open('{').member("id", stream + ":" + std::to_string(event.seq)).member("stream", stream);
  w.member("epoch", epoch_text(stream_epoch)).member("seq", event.seq);
  append_common(w, event);
  w.member("trace_id", event.meta.trace_id).raw_member("data", *event.data);
  append_changes(w, event);
  return w.close('}').take();
}

std::string render_ev_frame(const recorded_event& event, std::uint64_t prev) {
  json_writer w(384 + event.data->size());
  w.open('{').member("t", "ev").member("stream", stream_name(*event.entity));
  w.member("seq", event.seq).member("prev", prev);
  append_common(w, event);
  return w.raw_member("data", *event.data).close('}').take();
}

}  // namespace callboard
