#include "actors/runtime/outbox_actor.hpp"

#include "actors/base/json_reader.hpp"
#include "actors/kinds.hpp"
#include "actors/runtime/guarded.hpp"

#include <boost/json.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace callboard::runtime {
namespace {

using namespace std::chrono_literals;

constexpr auto look_period = 200ms;
constexpr auto delivery_deadline = 10s;
constexpr std::size_t rows_per_load = 1'000;

/// The receiver's protection against repeats: the same message always has the same command id.
uuid op_id_of(const outbox_row& row) {
  return make_uuid_v5(uuid{}, std::string(to_string(row.source.kind)) + "\n" + row.source.id + "\n" +
                                std::to_string(row.source_seq) + "\n" + std::to_string(row.id.index));
}

/// Refused for good: a repeat would be refused again.
bool is_final(const answer& reply) { return !reply.problem || info(reply.problem->code).status < 500; }

}  // namespace

class outbox_actor::sink final : public answer_sink {
 public:
  explicit sink(const caf::actor& owner) : owner_(caf::actor_cast<caf::weak_actor_ptr>(owner)) {}
  void deliver(std::vector<addressed_answer>&& answers) noexcept override {
    if (const auto owner = caf::actor_cast<caf::actor>(owner_))
      caf::anon_send(owner, outbox_answers{std::make_shared<std::vector<addressed_answer>>(std::move(answers))});
  }

 private:
  caf::weak_actor_ptr owner_;  // the actor owns messages that name this sink: a strong one would be a circle
};

outbox_actor::outbox_actor(caf::actor_config& config, node_context& shared)
    : caf::event_based_actor(config), shared_(shared) {}

caf::behavior outbox_actor::make_behavior() {
  shared_.outbox_answers = std::make_shared<sink>(caf::actor{this});
  reload();
  delayed_anon_send(caf::actor{this}, look_period, housekeeping{});
  return {
    [this](const outbox_rows& message) {
      if (message.from_store)
        loading_ = false;
      if (*message.rows)
        message.from_store ? take_page(std::move(**message.rows)) : take_fresh(std::move(**message.rows));
      deliver_due();
    },
    [this](const outbox_answers& message) {
      on_answers(*message.answers);
      deliver_due();
    },
    [this](const outbox_undone& message) {
      undone_.insert(undone_.end(), message.ids->begin(), message.ids->end());
    },
    [this](housekeeping) {
      forget_unanswered();
      done(std::exchange(undone_, {}));
      wake_delayed();
      if (more_in_store_ && rows_.size() < rows_max / 2)
        reload();
      deliver_due();
      delayed_anon_send(caf::actor{this}, look_period, housekeeping{});
    },
    [this](stop_actor) { quit(); },
  };
}

/// While older rows may still stand in the store alone these stay there too: they come in their order, with a page.
void outbox_actor::take_fresh(std::vector<outbox_row> rows) {
  for (auto& row : rows) {
    if (more_in_store_ || rows_.size() >= rows_max) {
      overflowed_ = more_in_store_ = true;
      return;
    }
    enter(std::move(row));
  }
}

void outbox_actor::take_page(std::vector<outbox_row> rows) {
  const bool last_page = rows.size() < rows_per_load;
  for (auto& row : rows) {
    page_after_ = row.id;
    enter(std::move(row));
  }
  if (last_page) {
    // What came since then may stand before the cursor: the store is read once more from its beginning.
    page_after_ = {};
    more_in_store_ = std::exchange(overflowed_, false);
  }
  if (more_in_store_ && rows_.size() < rows_max / 2)
    reload();
}

void outbox_actor::reload() {
  if (loading_)
    return;
  loading_ = shared_.readers.run([&journal = shared_.journal, after = page_after_, self = caf::actor{this}] {
    auto rows = guarded<result<std::vector<outbox_row>>>("the outbox", [&] { return journal.outbox_pending(after, rows_per_load); });
    caf::anon_send(self, outbox_rows{std::make_shared<result<std::vector<outbox_row>>>(std::move(rows)), true});
  });
}

void outbox_actor::enter(outbox_row row) {
  const auto id = row.id;
  const channel its{row.source, row.message.to};
  if (!rows_.try_emplace(id, pending{std::move(row)}).second)
    return;
  auto& queue = channels_[its];
  queue.insert(id);
  if (queue.size() == 1)
    ready_.push_back(id);
}

void outbox_actor::forget(const outbox_id& id) {
  const auto at = rows_.find(id);
  if (at == rows_.end())
    return;
  const auto its = channels_.find({at->second.row.source, at->second.row.message.to});
  rows_.erase(at);
  its->second.erase(id);
  if (its->second.empty())
    channels_.erase(its);
  else
    ready_.push_back(*its->second.begin());
}

void outbox_actor::wake_delayed() {
  const auto due = delayed_.upper_bound(std::chrono::steady_clock::now());
  for (auto at = delayed_.begin(); at != due; at = delayed_.erase(at))
    ready_.push_back(at->second);
}

void outbox_actor::deliver_due() {
  while (!ready_.empty() && sent_.size() < in_flight_max) {
    const auto id = ready_.front();
    ready_.pop_front();
    if (const auto at = rows_.find(id); at != rows_.end() && !at->second.sent)
      send(id, at->second);
  }
}

void outbox_actor::send(const outbox_id& id, pending& one) {
  const auto& row = one.row;
  const auto args = parse_trusted_json(row.message.args);
  auto body = args ? descriptor_of(row.message.to.kind).decode(row.message.type, *args)
                   : result<std::shared_ptr<const message_body>>(args.error());
  if (!body)
    return retry_later(id, one);
  auto message = std::make_shared<envelope>();
  message->to = row.message.to;
  message->type = row.message.type;
  message->body = std::move(*body);
  message->who = system_principal();
  message->op_id = op_id_of(row);
  message->deadline = std::chrono::steady_clock::now() + delivery_deadline;
  message->bytes = row.message.args.size();
  message->reply_to = shared_.outbox_answers.get();
  message->correlation = next_correlation_++;
  one.sent = true;
  one.sent_at = std::chrono::steady_clock::now();
  ++one.attempts;
  sent_[message->correlation] = id;
  shared_.way_in.tell(std::move(message));
}

void outbox_actor::on_answers(const std::vector<addressed_answer>& answers) {
  std::vector<outbox_id> delivered;
  for (const auto& [correlation, reply] : answers) {
    const auto at = sent_.find(correlation);
    if (at == sent_.end())
      continue;
    const auto id = at->second;
    sent_.erase(at);
    const auto row = rows_.find(id);
    if (row == rows_.end())
      continue;
    if (is_final(reply))
      delivered.push_back(id);
    else
      retry_later(row->first, row->second);
  }
  done(delivered);
}

void outbox_actor::done(const std::vector<outbox_id>& ids) {
  if (ids.empty())
    return;
  std::map<lane*, std::vector<outbox_id>> by_lane;
  for (const auto& id : ids) {
    by_lane[&shared_.journal.lane_of(id.slice)].push_back(id);
    forget(id);
  }
  for (auto& [where, own] : by_lane) {
    lane_item item;
    item.outbox_done = std::move(own);
    item.deadline = std::chrono::steady_clock::now() + delivery_deadline;
    where->submit(std::move(item));
  }
}

/// An answer that never came: the message goes again, and its receiver knows it.
void outbox_actor::forget_unanswered() {
  const auto before = std::chrono::steady_clock::now() - delivery_deadline - 5s;
  std::erase_if(sent_, [&](const auto& one) {
    const auto row = rows_.find(one.second);
    if (row == rows_.end())
      return true;
    if (row->second.sent_at >= before)
      return false;
    retry_later(row->first, row->second);
    return true;
  });
}

void outbox_actor::retry_later(const outbox_id& id, pending& one) {
  one.sent = false;
  const auto delay = std::min<std::chrono::milliseconds>(100ms * (1u << std::min(one.attempts, 8u)), 30s);
  delayed_.emplace(std::chrono::steady_clock::now() + delay, id);
}

}  // namespace callboard::runtime
