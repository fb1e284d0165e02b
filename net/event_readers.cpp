#include "net/event_readers.hpp"

#include <utility>

namespace callboard::net {

event_readers::~event_readers() {
  for (const auto& [number, one] : opening_)
    one->abandon();
  for (const auto& [number, one] : polls_)
    one->abandon();
}

void event_readers::open(events_request&& request, events_opened done) {
  const auto number = next_++;
  auto& one = *(opening_[number] = std::make_unique<event_stream>(table_, quota_, std::move(request)));
  one.start([this, number, done = std::move(done)](std::optional<refusal> why) {
    auto owned = std::move(opening_.extract(number).mapped());
    if (why)
      return done(std::move(*why));
    done(std::unique_ptr<body_source>(std::move(owned)));
  });
}

void event_readers::poll(poll_request&& request, poll_done done) {
  const auto number = next_++;
  auto& one = *(polls_[number] = std::make_unique<event_poll>(table_, quota_, std::move(request)));
  one.start([this, number, done = std::move(done)](result<poll_answer> with) {
    const auto owned = std::move(polls_.extract(number).mapped());
    done(std::move(with));
  });
}

}  // namespace callboard::net
