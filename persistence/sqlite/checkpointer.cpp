#include "persistence/sqlite/checkpointer.hpp"

#include "actors/base/this_thread.hpp"

#include <sqlite3.h>

namespace callboard::sqlite {
namespace {

constexpr int frames_step = 1'000;
// Under steady load a passive checkpoint never catches up, so the WAL would grow for ever.
constexpr int frames_most = 16'384;
// A restart keeps writers out while it waits for readers.
constexpr int restart_patience_ms = 50;
constexpr std::chrono::seconds restart_pause{5};

}  // namespace

checkpointer::checkpointer(connection db) : db_(std::move(db)) {
  sqlite3_busy_timeout(db_.raw(), restart_patience_ms);
}

checkpointer::~checkpointer() { stop(); }

void checkpointer::watch(connection& writer) { sqlite3_wal_hook(writer.raw(), &checkpointer::on_commit, this); }

int checkpointer::on_commit(void* self, sqlite3*, const char*, int frames) {
  auto& me = *static_cast<checkpointer*>(self);
  bool due;
  {
    const std::lock_guard lock(me.mutex_);
    if (frames < me.frames_)
      me.next_at_ = frames_step;
    me.frames_ = frames;
    due = frames >= me.next_at_;
  }
  if (due)
    me.wake_.notify_one();
  return SQLITE_OK;
}

void checkpointer::start() {
  thread_ = std::thread([this] { run(); });
}

void checkpointer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void checkpointer::run() {
  name_this_thread("checkpointer");
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || frames_ >= next_at_; });
      if (stopping_)
        return;
    }
    checkpoint();
  }
}

void checkpointer::checkpoint() {
  int in_wal = 0, copied = 0;
  sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_wal, &copied);
  const auto now = std::chrono::steady_clock::now();
  if (in_wal > frames_most && now >= next_restart_) {
    const int code = sqlite3_wal_checkpoint_v2(db_.raw(), nullptr, SQLITE_CHECKPOINT_RESTART, &in_wal, &copied);
    if ((code & 0xff) == SQLITE_BUSY)
      next_restart_ = now + restart_pause;
  }
  const std::lock_guard lock(mutex_);
  next_at_ = frames_ + frames_step;
}

}  // namespace callboard::sqlite
