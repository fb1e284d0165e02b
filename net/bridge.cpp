#include "net/bridge.hpp"

#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace callboard::net {
namespace {

constexpr std::chrono::milliseconds sweep_interval{250};

answer unanswered(message_role role) {
  auto late = refused(refuse(problem_code::journal_unavailable, "the entity did not answer in time"));
  late.outcome_unknown = role == message_role::command;
  return late;
}

}  // namespace

/// Who waits for what. Kept alive by posted work; answers for slots used anew are recognised by their generation.
/// It is the answer sink, so that answers on their way outlive the bridge.
class bridge::table final : public answer_sink, public std::enable_shared_from_this<bridge::table> {
 public:
  table(event_loop& loop, entities& target, std::size_t most) : loop_(loop), target_(target), most_(most) {}

  /// Sent when the loop has gone round: what came in at once wakes the actors once, not each by each.
  void send(envelope_ptr message) {
    if (outgoing_.empty())
      loop_.post([self = shared_from_this()] { self->flush(); });
    outgoing_.push_back(std::move(message));
  }

  void flush() {
    if (closed_)
      return;
    for (auto& message : std::exchange(outgoing_, {}))
      target_.tell(std::move(message));
  }

  std::optional<std::uint64_t> add(message_role role, steady_time give_up, callback done) {
    if (in_use_ >= most_)
      return std::nullopt;
    ++in_use_;
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const auto index = free_.back();
    free_.pop_back();
    auto& slot = slots_[index];
    slot.done = std::move(done);
    slot.role = role;
    slot.give_up = give_up;
    return std::uint64_t{slot.generation} << 32 | index;
  }

  void deliver(std::vector<addressed_answer>&& answers) noexcept override {
    const std::lock_guard lock(mutex_);
    if (closed_)
      return;
    const bool first = arrived_.empty();
    arrived_.insert(arrived_.end(), std::make_move_iterator(answers.begin()), std::make_move_iterator(answers.end()));
    if (first)
      loop_.post([self = shared_from_this()] { self->drain(); });
  }

  void drain() {
    std::vector<addressed_answer> batch;
    {
      const std::lock_guard lock(mutex_);
      batch.swap(arrived_);
    }
    for (auto& one : batch)
      finish(one.correlation, std::move(one.content));
  }

  void sweep(steady_time now) {
    for (std::uint32_t i = 0; i < slots_.size() && !closed_; ++i)
      if (slots_[i].done && slots_[i].give_up <= now)
        finish(std::uint64_t{slots_[i].generation} << 32 | i, unanswered(slots_[i].role));
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (auto& slot : slots_)
      slot.done = nullptr;
  }

  std::size_t in_use() const noexcept { return in_use_; }
  bool closed() const noexcept { return closed_; }

 private:
  struct slot {
    callback done;
    steady_time give_up{};
    std::uint32_t generation = 1;
    message_role role = message_role::query;
  };

  void finish(std::uint64_t correlation, answer&& content) {
    const auto index = static_cast<std::uint32_t>(correlation);
    if (closed_ || index >= slots_.size())
      return;
    auto& slot = slots_[index];
    if (slot.generation != correlation >> 32 || !slot.done)
      return;
    auto done = std::exchange(slot.done, nullptr);
    ++slot.generation;
    free_.push_back(index);
    --in_use_;
    done(std::move(content));
  }

  event_loop& loop_;
  entities& target_;
  const std::size_t most_;
  std::vector<envelope_ptr> outgoing_;
  std::deque<slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t in_use_ = 0;
  bool closed_ = false;
  std::mutex mutex_;
  std::vector<addressed_answer> arrived_;
};

namespace {

/// The sinks of messages under way. The envelope names its sink by pointer, so a late answer must still find it.
std::mutex parked_mutex;
std::vector<std::shared_ptr<answer_sink>> parked;

}  // namespace

bridge::bridge(event_loop& loop, entities& target, bridge_options options)
    : loop_(loop), target_(target), options_(options), table_(std::make_shared<table>(loop, target, options.pending_max)) {}

bridge::~bridge() {
  table_->close();
  // One small object an edge thread, kept to the end of the process: see `parked`.
  const std::lock_guard lock(parked_mutex);
  parked.push_back(std::move(table_));
}

std::size_t bridge::pending() const noexcept { return table_->in_use(); }

void bridge::ask(std::shared_ptr<envelope> message, callback done) {
  const auto now = std::chrono::steady_clock::now();
  const auto slot = table_->add(message->role, now + options_.deadline + options_.grace, done);
  if (!slot) {
    done(refused(refuse(problem_code::overloaded, "too many requests are waiting for answers")));
    return;
  }
  message->reply_to = table_.get();
  message->correlation = *slot;
  message->deadline = now + options_.deadline;
  arm();
  table_->send(std::move(message));
}

void bridge::arm() {
  if (std::exchange(armed_, true))
    return;
  loop_.after(sweep_interval, [this, weak = std::weak_ptr<table>(table_)] {
    const auto alive = weak.lock();
    if (!alive || alive->closed())
      return;
    armed_ = false;
    alive->sweep(std::chrono::steady_clock::now());
    if (alive->in_use())
      arm();
  });
}

}  // namespace callboard::net
