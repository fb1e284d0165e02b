#include "actors/list/list_kind.hpp"

#include "actors/list/list_decide.hpp"
#include "actors/list/list_json.hpp"
#include "actors/list/list_past.hpp"
#include "actors/list/list_query.hpp"
#include "actors/list/list_snapshot_parts.hpp"

#include <boost/json.hpp>

namespace callboard::list {
namespace {

class list_aggregate final : public aggregate {
 public:
  explicit list_aggregate(const entity_ref& ref) { state_.id = parse_uuid(ref.id).value_or(uuid{}); }

  result<decision> decide(const envelope& command, timestamp now) override {
    auto decided = list::decide(state_, body_as<list::command>(*command.body), command, now);
    if (!decided)
      return decided.error();
    decision out;
    out.events.reserve(decided->events.size());
    for (auto& one : decided->events) {
      auto& draft = out.events.emplace_back(begin_draft(state_, one));
      evolve(state_, std::move(one), now);
      finish_draft(state_, draft);
    }
    out.reply = reply_of(*decided, command.who);
    out.timers = std::move(decided->timers);
    out.outbox = std::move(decided->outbox);
    out.revocations = std::move(decided->revocations);
    return out;
  }

  answer ask(const envelope& query, timestamp) const override {
    return list::ask(state_, body_as<list::query>(*query.body), query.who);
  }

  result<stream_start> subscribe(const principal& who, bool with_snapshot) const override {
    const auto* me = state_.find_member(who.user);
    if (!state_.exists() || state_.deleted_at || !me)
      return not_found();
    stream_start start{state_.seq, nullptr};
    if (with_snapshot)
      start.parts = parts_.at(state_, *me);
    return start;
  }

  void replay(const recorded_event& event) override { apply_recorded(state_, event); }

  std::string snapshot() const override { return encode_state(state_); }
  frozen_state freeze() const override { return freeze_state(state_); }
  result<void> restore(std::string_view bytes) override { return decode_state(bytes, state_); }
  std::uint64_t seq() const noexcept override { return state_.seq; }
  std::size_t state_bytes() const noexcept override {
    constexpr std::size_t per_task = sizeof(task) + 1400;
    return sizeof(state) + state_.text_bytes * 2 + state_.tasks.size() * per_task +
           (state_.sections.size() + state_.tags.size() + state_.members.size()) * 256;
  }

 private:
  answer reply_of(const outcome& done, const principal& who) const {
    answer a;
    a.status = done.status;
    a.seq = state_.seq;
    a.etag = state_.seq;
    std::string path = "/v1/lists/" + to_string(state_.id);
    switch (const auto& id = done.shows.id; done.shows.kind) {
      case subject::what::nothing: break;
      case subject::what::list:
        a.body = {share(render_list(state_, state_.find_member(who.user)))};
        break;
      case subject::what::section: {
        const auto& one = state_.sections.at(id);
        a.body = {share(render_section(state_, one))};
        a.etag = one.rev;
        path += "/sections/" + to_string(id);
        break;
      }
      case subject::what::tag: {
        const auto& one = state_.tags.at(id);
        a.body = {share(render_tag(state_, one))};
        a.etag = one.rev;
        path += "/tags/" + to_string(id);
        break;
      }
      case subject::what::member:
        a.body = {share(render_member(state_.members.at(id)))};
        path += "/members/" + to_string(id);
        break;
      case subject::what::task: {
        const auto& one = state_.tasks.at(id);
        a.body = {one.json};
        a.etag = one.rev;
        path += "/tasks/" + to_string(id);
        break;
      }
    }
    a.resources.push_back(std::move(path));
    return a;
  }

  state state_;
  snapshot_parts parts_;
};

std::unique_ptr<aggregate> make(const entity_ref& ref) { return std::make_unique<list_aggregate>(ref); }

result<std::shared_ptr<const message_body>> decode(std::string_view type, const boost::json::value& args) {
  auto decoded = decode_command(type, args);
  if (!decoded)
    return decoded.error();
  return make_body(std::move(*decoded));
}

constexpr kind_descriptor row{entity_kind::list, &make, &decode};

}  // namespace

const kind_descriptor& descriptor() { return row; }

}  // namespace callboard::list
