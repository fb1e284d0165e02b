#pragma once

#include "actors/ports/store.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace callboard::test {

/// A store in memory whose one lane commits only when the test says so: what leaves before a commit is caught.
class memory_store final : public store, public lane {
 public:
  // -- what a test does --------------------------------------------------------------------------------------------

  /// Commits up to `count` of what is queued, as one batch; says how many items went.
  std::size_t commit(std::size_t count = 1'000'000) {
    auto batch = take(count);
    if (batch.empty())
      return 0;
    std::vector<std::shared_ptr<activation>> owners;
    for (auto& item : batch) {
      owners.push_back(item.owner);
      store_rows(item);
    }
    const auto size = batch.size();
    listener_->committed(std::move(batch));
    for (auto& owner : owners)
      if (owner)
        owner->in_flight.fetch_sub(1);
    return size;
  }

  /// Fails the first queued item and everything queued behind it of the same activation.
  void fail_first(append_failure why) {
    auto failed = take(1);
    if (failed.empty())
      return;
    auto owner = failed.front().owner;
    owner->broken = true;
    {
      std::lock_guard lock(mutex_);
      for (auto at = queue_.begin(); at != queue_.end();)
        if (at->owner == owner) {
          failed.push_back(std::move(*at));
          at = queue_.erase(at);
        } else {
          ++at;
        }
    }
    const auto count = failed.size();
    listener_->failed(std::move(failed), why);
    owner->in_flight.fetch_sub(static_cast<std::uint32_t>(count));
  }

  std::size_t queued() {
    std::lock_guard lock(mutex_);
    return queue_.size();
  }
  std::vector<event_ptr> log(const entity_ref& ref) {
    std::lock_guard lock(mutex_);
    return events_[ref];
  }
  void add_timer(timer_row row) {
    std::lock_guard lock(mutex_);
    timers_[{row.entity, row.name}] = row;
  }
  void add_outbox(outbox_row row) {
    std::lock_guard lock(mutex_);
    outbox_[row.id] = std::move(row);
  }
  std::size_t timer_count() {
    std::lock_guard lock(mutex_);
    return timers_.size();
  }
  std::size_t outbox_count() {
    std::lock_guard lock(mutex_);
    return outbox_.size();
  }
  std::size_t loads() {
    std::lock_guard lock(mutex_);
    return loads_;
  }
  void set_full(bool full) { full_ = full; }
  void set_down(bool down) { down_ = down; }
  /// Reading throws, as no store should.
  void set_wild(bool wild) { wild_ = wild; }
  void set_snapshots_refused(bool refused) { snapshots_refused_ = refused; }
  /// How many snapshots were refused.
  std::size_t refused_snapshots() {
    std::lock_guard lock(mutex_);
    return refused_snapshots_;
  }
  /// As if the store had not answered for so long.
  void set_silent(int seconds) { silent_s_ = seconds; }
  std::vector<std::uint64_t> snapshot_seqs(const entity_ref& ref) {
    std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> seqs;
    for (const auto& [seq, row] : snapshots_[ref])
      seqs.push_back(seq);
    return seqs;
  }

  // -- lane --------------------------------------------------------------------------------------------------------

  bool reserve(std::size_t bytes) noexcept override {
    if (full_)
      return false;
    reserved_ += bytes;
    return true;
  }
  void release(std::size_t bytes) noexcept override { reserved_ -= bytes; }
  void submit(lane_item&& item) override {
    if (item.owner)
      item.owner->in_flight.fetch_add(1);
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(item));
  }
  std::size_t reserved() const { return reserved_; }

  // -- store -------------------------------------------------------------------------------------------------------

  void start(commit_listener& listener) override { listener_ = &listener; }
  void stop() override {}
  lane& lane_of(std::uint16_t) noexcept override { return *this; }
  std::uint64_t stream_epoch() const noexcept override { return 77; }
  std::uint64_t owner_epoch() const noexcept override { return 1; }

  result<loaded_entity> load(const entity_ref& ref) override {
    std::lock_guard lock(mutex_);
    ++loads_;
    if (wild_)
      throw std::runtime_error("wild");
    if (down_)
      return refuse(problem_code::journal_unavailable, "down");
    loaded_entity loaded;
    loaded.snapshot = newest(ref, ~std::uint64_t{0});
    const auto from = loaded.snapshot ? loaded.snapshot->seq : 0;
    for (const auto& event : events_[ref])
      if (event->seq > from)
        loaded.tail.push_back(event);
    return loaded;
  }
  result<std::vector<event_ptr>> events(const entity_ref& ref, std::uint64_t after, std::size_t limit) override {
    std::lock_guard lock(mutex_);
    std::vector<event_ptr> found;
    for (const auto& event : events_[ref])
      if (event->seq > after && found.size() < limit)
        found.push_back(event);
    return found;
  }
  result<std::vector<std::string>> entity_ids(entity_kind, const std::string&, std::size_t) override {
    return std::vector<std::string>{};
  }
  result<std::optional<outcome_row>> find_outcome(const entity_ref& ref, const uuid& principal,
                                                  const std::array<std::uint8_t, 16>& key) override {
    std::lock_guard lock(mutex_);
    const auto at = outcomes_.find({ref, principal, key});
    return at == outcomes_.end() ? std::optional<outcome_row>{} : std::optional<outcome_row>{at->second};
  }
  result<std::optional<outcome_row>> find_command(const uuid&, const uuid&) override {
    return std::optional<outcome_row>{};
  }
  result<void> put_snapshot(const snapshot_row& row) override {
    std::lock_guard lock(mutex_);
    if (snapshots_refused_) {
      ++refused_snapshots_;
      return refuse(problem_code::journal_unavailable, "no snapshots now");
    }
    auto& kept = snapshots_[row.entity];
    if (row.forget_older)
      kept.erase(kept.begin(), kept.lower_bound(row.seq));
    kept[row.seq] = row;
    return {};
  }
  result<std::optional<snapshot_row>> snapshot_before(const entity_ref& ref, std::uint64_t seq) override {
    std::lock_guard lock(mutex_);
    return newest(ref, seq);
  }
  result<std::vector<timer_row>> timers_due(timestamp before, std::size_t) override {
    std::lock_guard lock(mutex_);
    std::vector<timer_row> due;
    for (const auto& [key, row] : timers_)
      if (row.due_at < before)
        due.push_back(row);
    return due;
  }
  result<std::vector<outbox_row>> outbox_pending(const outbox_id& after, std::size_t limit) override {
    std::lock_guard lock(mutex_);
    std::vector<outbox_row> rows;
    for (const auto& [id, row] : outbox_)
      if (after < id && rows.size() < limit)
        rows.push_back(row);
    return rows;
  }
  result<std::size_t> prune_outcomes(timestamp, std::size_t) override { return std::size_t{0}; }
  result<std::string> config_value(const std::string&, const std::string& if_absent) override { return if_absent; }
  result<void> ping() override { return {}; }
  steady_time last_contact() const noexcept override {
    return std::chrono::steady_clock::now() - std::chrono::seconds(silent_s_);
  }

 private:
  std::optional<snapshot_row> newest(const entity_ref& ref, std::uint64_t seq) {
    const auto& kept = snapshots_[ref];
    const auto after = kept.upper_bound(seq);
    return after == kept.begin() ? std::nullopt : std::optional(std::prev(after)->second);
  }

  std::vector<lane_item> take(std::size_t count) {
    std::lock_guard lock(mutex_);
    std::vector<lane_item> batch;
    while (!queue_.empty() && batch.size() < count) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    return batch;
  }

  void store_rows(lane_item& item) {
    std::lock_guard lock(mutex_);
    for (auto& event : item.events) {
      event->nr = ++next_nr_;
      events_[*event->entity].push_back(event);
    }
    for (auto& row : item.outbox) {
      row.id.slice = slice_of(item.owner->ref);
      row.id.nr = next_nr_;
      outbox_[row.id] = row;
    }
    for (const auto& id : item.outbox_done)
      outbox_.erase(id);
    for (const auto& op : item.timers)
      if (op.due_at)
        timers_[{item.owner->ref, op.name}] = {item.owner->ref, op.name, op.gen, *op.due_at};
      else if (const auto at = timers_.find({item.owner->ref, op.name}); at != timers_.end() && at->second.gen == op.gen)
        timers_.erase(at);
    if (item.outcome)
      outcomes_[{item.owner->ref, item.outcome->principal, item.outcome->key_hash}] = *item.outcome;
  }

  using outcome_key = std::tuple<entity_ref, uuid, std::array<std::uint8_t, 16>>;

  commit_listener* listener_ = nullptr;
  std::mutex mutex_;
  std::deque<lane_item> queue_;
  std::map<entity_ref, std::vector<event_ptr>> events_;
  std::map<entity_ref, std::map<std::uint64_t, snapshot_row>> snapshots_;
  std::map<outcome_key, outcome_row> outcomes_;
  std::map<std::pair<entity_ref, std::string>, timer_row> timers_;
  std::map<outbox_id, outbox_row> outbox_;
  std::uint64_t next_nr_ = 0;
  std::size_t loads_ = 0, refused_snapshots_ = 0;
  std::atomic<std::size_t> reserved_{0};
  std::atomic<bool> full_{false}, down_{false}, snapshots_refused_{false}, wild_{false};
  std::atomic<int> silent_s_{0};
};

}  // namespace callboard::test
