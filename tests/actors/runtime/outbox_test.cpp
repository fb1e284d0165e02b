#include "tests/actors/runtime/runtime_fixture.hpp"

namespace callboard::test {
namespace {

class OutboxTest : public RuntimeTest {
 protected:
  const entity_ref source{entity_kind::account, to_string(make_uuid_v7())};

  static std::string told(const std::string& name) {
    return R"({"event":"member.added","list_id":")" + to_string(make_uuid_v7()) + R"(","name":")" + name +
           R"(","my_role":"owner"})";
  }
  event_ptr an_event_of_the_source() const {
    auto event = std::make_shared<recorded_event>();
    event->entity = std::make_shared<const entity_ref>(source);
    event->slice = slice_of(source);
    event->seq = 1;
    event->type = "account.unheard_of.v1";
    event->data = share("{}");
    return event;
  }
  /// One item of `source` with a message to each of these inboxes.
  void store_messages(const std::vector<std::string>& inboxes) {
    lane_item item;
    item.owner = std::make_shared<activation>();
    item.owner->ref = source;
    for (std::size_t i = 0; i < inboxes.size(); ++i) {
      outbox_row row;
      row.id.index = static_cast<std::uint32_t>(i);
      row.source = source;
      row.source_seq = 1;
      row.message = {{entity_kind::inbox, inboxes[i]}, "inbox.tell", told("n" + std::to_string(i))};
      item.outbox.push_back(std::move(row));
    }
    journal.submit(std::move(item));
    journal.commit();
  }
};

TEST_F(OutboxTest, MessagesOfOneSourceToManyReceiversDoNotWaitForEachOther) {
  std::vector<std::string> inboxes;
  for (int i = 0; i < 200; ++i)
    inboxes.push_back(to_string(make_uuid_v7()));
  store_messages(inboxes);
  EXPECT_TRUE(waits(inboxes.size()));  // all are decided before the first is committed
  EXPECT_TRUE(eventually([&] {
    journal.commit();
    return journal.outbox_count() == 0;
  }));
}

TEST_F(OutboxTest, MessagesToOneReceiverGoOneAfterAnother) {
  const auto inbox = to_string(make_uuid_v7());
  store_messages({inbox, inbox, inbox});
  ASSERT_TRUE(waits(1));
  EXPECT_TRUE(eventually([&] {
    journal.commit();
    return journal.outbox_count() == 0;
  }));
  const auto log = journal.log({entity_kind::inbox, inbox});
  ASSERT_EQ(log.size(), 3u);
  for (std::size_t i = 0; i < log.size(); ++i)
    EXPECT_NE(log[i]->data->find("\"n" + std::to_string(i) + "\""), std::string::npos);
}

TEST_F(OutboxTest, WhatStandsInTheStoreSinceBeforeAStartComesFirst) {
  const auto inbox = to_string(make_uuid_v7());
  node.reset();
  constexpr std::uint32_t rows = 1'500;  // more than are read at once
  for (std::uint32_t i = 0; i < rows; ++i) {
    const auto to = i + 1 == rows ? inbox : to_string(make_uuid_v7());
    journal.add_outbox({{slice_of(source), 0, i}, source, 1, {{entity_kind::inbox, to}, "inbox.tell", told("old")}, 0, {}});
  }
  restart();
  lane_item item;
  item.owner = std::make_shared<activation>();
  item.owner->ref = source;
  item.events.push_back(an_event_of_the_source());
  item.outbox.push_back({{}, source, 2, {{entity_kind::inbox, inbox}, "inbox.tell", told("new")}, 0, {}});
  journal.submit(std::move(item));
  ASSERT_TRUE(eventually([&] {
    journal.commit();
    return journal.outbox_count() == 0;
  }));
  const auto log = journal.log({entity_kind::inbox, inbox});
  ASSERT_EQ(log.size(), 2u);
  EXPECT_NE(log[0]->data->find("\"old\""), std::string::npos);
  EXPECT_NE(log[1]->data->find("\"new\""), std::string::npos);
}

}  // namespace
}  // namespace callboard::test
