#include "cluster/readiness.hpp"

#include "actors/base/json_writer.hpp"

namespace callboard::cluster {
namespace {

using namespace std::chrono_literals;

constexpr auto ask_period = 500ms;
/// A store that did not answer for this long is not to be sent traffic.
constexpr auto fresh_for = 3s;

std::int64_t monotonic_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

}  // namespace

readiness::readiness(store& journal)
    : journal_(journal), last_ok_ms_(monotonic_ms()), asking_(ask_period, [this] { ask(); }) {}

void readiness::ask() {
  const auto answered = journal_.ping();
  if (answered)
    last_ok_ms_ = monotonic_ms();
  std::lock_guard lock(mutex_);
  last_error_ = answered ? std::string() : answered.error().detail;
}

bool readiness::check(std::string& details) const {
  const auto age_ms = monotonic_ms() - last_ok_ms_.load();
  std::lock_guard lock(mutex_);
  const bool store_ok = age_ms < std::chrono::milliseconds(fresh_for).count() && last_error_.empty();
  const bool ok = store_ok && !draining_;
  json_writer w;
  w.open('{').member("status", ok ? "ready" : draining_ ? "draining" : "unavailable").key("checks").open('{');
  w.key("store").open('{').member("ok", store_ok).member("age_ms", age_ms);
  if (!last_error_.empty())
    w.member("detail", last_error_);
  details = w.close('}').close('}').close('}').take();
  return ok;
}

}  // namespace callboard::cluster
