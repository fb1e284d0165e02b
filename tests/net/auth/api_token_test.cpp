#include "net/auth/api_token.hpp"
#include "net/auth/ticket_table.hpp"

#include <gtest/gtest.h>

#include <set>

namespace callboard::net {
namespace {

using namespace std::chrono_literals;

TEST(ApiToken, NamesItsAccountWhateverItsId) {
  uuid all, nil;
  all.bytes.fill(0xFF);
  for (const auto& account : {make_uuid_v7(), all, nil}) {
    const auto text = make_api_token(account);
    EXPECT_EQ(text.size(), 50u);
    EXPECT_TRUE(is_api_token(text));
    EXPECT_EQ(account_of_api_token(text), account) << text;
  }
}

TEST(ApiToken, IsAnotherOneEachTime) {
  const auto account = make_uuid_v7();
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i)
    seen.insert(hash_of_api_token(make_api_token(account)));
  EXPECT_EQ(seen.size(), 1000u);
}

TEST(ApiToken, AnyChangedCharacterIsSeenBeforeAnybodyIsAsked) {
  const auto text = make_api_token(make_uuid_v7());
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char other : {'0', 'z', '!', '\0', '\xFF'}) {
      auto wrong = text;
      wrong[i] = other;
      EXPECT_EQ(account_of_api_token(wrong).has_value(), wrong == text) << wrong;
    }
  EXPECT_FALSE(account_of_api_token(text.substr(0, 49)));
  EXPECT_FALSE(account_of_api_token(text + "0"));
  EXPECT_FALSE(account_of_api_token(""));
}

TEST(TicketTable, ATicketStandsForItsTokenOnce) {
  ticket_table tickets;
  const steady_time now{};
  const auto ticket = tickets.give("token", now);
  ASSERT_TRUE(ticket);
  EXPECT_NE(tickets.give("token", now), ticket);
  EXPECT_FALSE(tickets.redeem("another", now));
  EXPECT_EQ(tickets.redeem(*ticket, now + 29s), "token");
  EXPECT_FALSE(tickets.redeem(*ticket, now + 29s));
}

TEST(TicketTable, ATicketIsGoodForThirtySecondsAndThereIsABound) {
  ticket_table tickets(2);
  const steady_time now{};
  const auto one = tickets.give("a", now);
  ASSERT_TRUE(tickets.give("b", now));
  EXPECT_FALSE(tickets.give("c", now));
  EXPECT_FALSE(tickets.redeem(*one, now + 30s));
  EXPECT_TRUE(tickets.give("c", now + 30s));
}

}  // namespace
}  // namespace callboard::net
