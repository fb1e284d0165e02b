#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/base/json_writer.hpp"
#include "actors/typed/args_reader.hpp"
#include "actors/typed/stored_json.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace callboard {

// What the codecs of the small kinds share: one table of message types, one of event types.

template <class Message>
struct message_row {
  std::string_view type;
  Message (*read)(args_reader&);
};

/// Reads a message without members.
template <class Message, class T>
Message read_plain(args_reader&) {
  return T{};
}

/// Reads a due timer of any kind.
template <class Message, class T>
Message read_timer_fired(args_reader& in) {
  return T{in.text("name"), in.number("gen")};
}

/// See kind_descriptor::decode; `owner` completes "is no message of …".
template <class Message>
result<std::shared_ptr<const message_body>> decode_by(std::span<const message_row<Message>> rows,
                                                      std::string_view type,
                                                      const boost::json::value& args,
                                                      std::string_view owner) {
  for (const auto& row : rows)
    if (row.type == type) {
      args_reader in(args);
      auto content = row.read(in);
      if (auto ok = in.finish(); !ok)
        return ok.error();
      return make_body(std::move(content));
    }
  return refuse_field("/type", "enum", "is no message of " + std::string(owner));
}

template <class Event>
struct event_row {
  std::string_view type;
  Event (*load)(const boost::json::object&);
};

/// An event of the journal; throws for a type that the table does not have.
template <class Event>
Event load_by(std::span<const event_row<Event>> rows, std::string_view type,
              const boost::json::object& data) {
  for (const auto& row : rows)
    if (row.type == type)
      return row.load(data);
  throw_unknown_event(type);
}

/// The draft of an event whose members `write` writes into an open object.
template <class E, class Write>
event_draft draft_of(const E& event, Write&& write) {
  json_writer w;
  w.open('{');
  write(w, event);
  return {std::string(event.wire_name), {}, share(w.close('}').take()), {}};
}

}  // namespace callboard
