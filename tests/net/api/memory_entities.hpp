#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/kinds.hpp"
#include "actors/list/list_read_model.hpp"
#include "actors/ports/entities.hpp"
#include "net/event_loop.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <deque>
#include <map>

namespace callboard::testing {

/// Every kind's real aggregate, run at once in memory: events and outbox as the runtime has them, no journal.
class memory_entities final : public entities {
 public:
  void tell(envelope_ptr message) override {
    answer said = decide(*message);
    if (message->reply_to) {
      std::vector<addressed_answer> out;
      out.push_back({message->correlation, std::move(said)});
      message->reply_to->deliver(std::move(out));
    }
    deliver_outbox();
  }
  void subscribe(subscribe_request) override {}
  void unsubscribe(stream_sink*, const entity_ref&, std::uint64_t) override {}
  void catch_up(stream_sink*, const entity_ref&, std::uint64_t, std::uint64_t, std::size_t) override {}
  std::uint64_t stream_epoch() const noexcept override { return 0x9a11; }

  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit) {
    std::vector<event_ptr> out;
    for (const auto& event : journal_[ref])
      if (event->seq > after && out.size() < limit)
        out.push_back(event);
    return out;
  }

  const std::map<entity_ref, std::vector<event_ptr>>& journal() const { return journal_; }

 private:
  aggregate& find(const entity_ref& ref) {
    auto& entity = entities_[ref];
    if (!entity)
      entity = descriptor_of(ref.kind).make(ref);
    return *entity;
  }

  answer decide(const envelope& message) {
    auto& entity = find(message.to);
    if (message.role == message_role::query)
      return entity.ask(message, wall_now());
    const auto key = message.repeat ? std::optional(std::tuple{message.to, message.who.user, message.repeat->key_hash})
                                    : std::nullopt;
    if (key)
      if (const auto known = outcomes_.find(*key); known != outcomes_.end()) {
        if (known->second.first != message.repeat->body_hash)
          return refused(refuse(problem_code::idempotency_mismatch, "another request had this key"));
        auto again = known->second.second;
        again.replayed = true;
        return again;
      }
    auto decided = entity.decide(message, wall_now());
    if (!decided) {
      auto no = refused(decided.error());
      no.kept = message.kept == outcome_kept::always;
      if (key && no.kept)
        outcomes_.emplace(*key, std::pair{message.repeat->body_hash, no});
      return no;
    }
    decided->reply.kept = message.kept != outcome_kept::for_repeats;
    record(message, decided->events);
    for (auto& item : decided->outbox)
      outbox_.push_back(std::move(item));
    if (key)
      outcomes_.emplace(*key, std::pair{message.repeat->body_hash, decided->reply});
    return std::move(decided->reply);
  }

  void record(const envelope& message, const std::vector<event_draft>& drafts) {
    auto& rows = journal_[message.to];
    for (const auto& draft : drafts) {
      auto event = std::make_shared<recorded_event>();
      event->entity = std::make_shared<entity_ref>(message.to);
      event->seq = rows.size() + 1;
      event->type = draft.type;
      event->data = draft.data;
      event->actor = message.who.kind;
      event->actor_id = to_string(message.who.user);
      event->meta = {draft.part_id, message.op_id, message.request_id, message.trace_id, message.ip, draft.old};
      event->at = wall_now();
      rows.push_back(std::move(event));
    }
  }

  void deliver_outbox() {
    while (!outbox_.empty()) {
      const auto item = std::move(outbox_.front());
      outbox_.pop_front();
      auto body = descriptor_of(item.to.kind).decode(item.type, boost::json::parse(item.args));
      if (!body)
        continue;
      envelope message;
      message.to = item.to;
      message.type = item.type;
      message.body = std::move(*body);
      message.who = system_principal();
      message.op_id = make_uuid_v7();
      decide(message);
    }
  }

  std::map<entity_ref, std::unique_ptr<aggregate>> entities_;
  std::map<entity_ref, std::vector<event_ptr>> journal_;
  std::map<std::tuple<entity_ref, uuid, std::array<std::uint8_t, 16>>,
           std::pair<std::array<std::uint8_t, 16>, answer>>
    outcomes_;
  std::deque<outbox_message> outbox_;
};

/// The folds' answers, worked out anew from the journal at each question.
class memory_read_model final : public list::read_model {
 public:
  explicit memory_read_model(const memory_entities& source) : source_(source) {}

  result<std::vector<list::list_entry>> lists_of(const list::lists_query& query) override {
    std::vector<list::list_entry> out;
    for_lists([&](const entity_ref& ref, const list_view& view) {
      const auto id = *parse_uuid(ref.id);
      if (!view.members.contains(query.member) || view.deleted || (query.archived && *query.archived != view.archived))
        return;
      const list::list_entry entry{id, view.created_at};
      if (!query.after || std::pair{entry.created_at, id} > *query.after)
        out.push_back(entry);
    });
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
      return std::pair{a.created_at, a.id} < std::pair{b.created_at, b.id};
    });
    out.resize(std::min(out.size(), query.limit));
    return out;
  }
  result<std::size_t> owned_count(const uuid& user) override {
    std::size_t count = 0;
    for_lists([&](const entity_ref&, const list_view& view) { count += view.owner == user; });
    return count;
  }
  result<std::vector<uuid>> locate_task(const uuid& user, const uuid& task_id) override {
    std::vector<uuid> out;
    for_lists([&](const entity_ref& ref, const list_view& view) {
      if (view.members.contains(user) && view.tasks.contains(to_string(task_id)))
        out.push_back(*parse_uuid(ref.id));
    });
    return out;
  }
  result<bool> folded(const uuid&, std::uint64_t) override { return true; }

 private:
  struct list_view {
    std::map<uuid, bool> members;
    std::map<std::string, bool> tasks;
    uuid owner;
    bool deleted = false, archived = false;
    timestamp created_at{};
  };

  template <class F>
  void for_lists(F&& visit) const {
    for (const auto& [ref, events] : source_.journal()) {
      if (ref.kind != entity_kind::list || events.empty())
        continue;
      list_view view;
      for (const auto& event : events)
        fold(view, *event);
      visit(ref, view);
    }
  }

  static void fold(list_view& view, const recorded_event& event) {
    const auto type = public_type(event.type);
    if (type == "list.created") {
      view.owner = *parse_uuid(event.actor_id);
      view.members[view.owner] = true;
      view.created_at = event.at;
    } else if (type == "member.added") {
      view.members[*parse_uuid(event.meta.part_id)] = true;
    } else if (type == "member.removed") {
      view.members.erase(*parse_uuid(event.meta.part_id));
    } else if (type == "list.deleted" || type == "list.restored") {
      view.deleted = type == "list.deleted";
    } else if (type == "list.archived" || type == "list.unarchived") {
      view.archived = type == "list.archived";
    } else if (type == "task.created") {
      view.tasks[event.meta.part_id] = true;
    }
  }

  const memory_entities& source_;
};

}  // namespace callboard::testing
