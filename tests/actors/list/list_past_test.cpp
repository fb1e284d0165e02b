#include "actors/list/list_past.hpp"
#include "tests/actors/list/list_world.hpp"

namespace callboard::list {
namespace {

struct past_world : list_world {
  std::shared_ptr<const past_list> at(std::uint64_t seq) const {
    auto past = std::make_shared<past_list>();
    past->then.id = id_of(list_id);
    past->now = *read_standing(ask(get_standing{true}));
    for (std::size_t i = 0; i < seq; ++i)
      apply_recorded(past->then, journal.at(i));
    leave_out_purged(*past);
    return past;
  }
  json::object seen_at(std::uint64_t seq) const {
    const auto a = list::ask(*at(seq), get_list{true, true, true, true, true}, user(ann));
    return json::parse(join(a.body)).as_object();
  }
};

class ListPast : public ::testing::Test {
 protected:
  void SetUp() override {
    w.make();
    w.must("section.create", R"({"id":)" + quoted(20) + R"(,"name":"Fridge"})");
    w.must("tag.create", R"({"id":)" + quoted(30) + R"(,"name":"cold"})");
    w.make_task(2, R"(,"section_id":)" + quoted(20) + R"(,"tags":[)" + quoted(30) + "]");
    w.make_task(3, R"(,"parent_id":)" + quoted(2));
    w.make_task(4);
    before = w.journal.size();
  }
  past_world w;
  std::uint64_t before = 0;
};

TEST_F(ListPast, EveryPositionShowsWhatAReaderSawThen) {
  const auto then = w.get(get_list{true, true, true, true, true});
  w.must("task.update", R"({"id":)" + quoted(2) + R"(,"title":"Oat milk"})");
  w.must("task.delete", about(4));
  EXPECT_EQ(w.seen_at(before), then);
}

TEST_F(ListPast, WhatWasPurgedIsLeftOut) {
  w.must("task.delete", about(4));
  w.must("task.purge", about(4));
  const auto seen = w.seen_at(before);
  EXPECT_EQ(seen.at("tasks").as_array().size(), 2u);
  EXPECT_EQ(seen.at("seq"), json::value(before));
}

}  // namespace
}  // namespace callboard::list
