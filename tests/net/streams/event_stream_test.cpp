#include "net/event_readers.hpp"
#include "net/resume_id.hpp"
#include "tests/net/streams/harness.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace callboard::net::test {
namespace {

const entity_ref list_two{entity_kind::list, "01920000-0000-7000-8000-000000000002"};

/// One server-sent event: its fields; comments are left out.
struct sent_event {
  std::string event, id, data;
  json::object body() const { return json::parse(data).as_object(); }
};

/// A connection that takes whatever comes, or nothing.
class reading_end final : public body_sink {
 public:
  explicit reading_end(std::unique_ptr<body_source> source) : source_(std::move(source)) { source_->on_open(*this); }
  ~reading_end() override { hang_up(); }
  void wake() override { woken = true; }
  void hang_up() {
    if (const auto gone = std::move(source_))
      gone->on_closed();
  }
  /// One piece; false: nothing came.
  bool take() {
    if (!source_ || ended)
      return false;
    text_pieces pieces;
    const auto part = source_->take(pieces);
    text += join(pieces);
    largest = std::max(largest, size_of(pieces));
    ended = part == body_part::last;
    if (ended)
      hang_up();
    return part == body_part::some;
  }
  std::vector<sent_event> events() {
    std::vector<sent_event> out;
    for (std::size_t end; (end = text.find("\n\n")) != std::string::npos; text.erase(0, end + 2)) {
      std::istringstream lines(text.substr(0, end));
      sent_event one;
      for (std::string line; std::getline(lines, line);)
        if (line.starts_with("event: "))
          one.event = line.substr(7);
        else if (line.starts_with("id: "))
          last_id = one.id = line.substr(4);
        else if (line.starts_with("data: "))
          one.data = line.substr(6);
        else if (line.starts_with(":"))
          ++comments;
      if (!one.data.empty())
        out.push_back(one);
    }
    return out;
  }

  bool woken = false, ended = false;
  std::string text, last_id;
  std::size_t comments = 0, largest = 0;

 private:
  std::unique_ptr<body_source> source_;
};

/// `ready ev:3<2 resync:too_old`: what came, in short.
std::string brief(const std::vector<sent_event>& events) {
  std::string out;
  for (const auto& one : events) {
    out += (out.empty() ? "" : " ") + one.event;
    if (one.event == "ev")
      out += ":" + std::to_string(number_of(one.body(), "seq")) + "<" + std::to_string(number_of(one.body(), "prev"));
    else if (one.event == "resync")
      out += ":" + text_of(one.body(), "reason");
    else if (one.event == "bye")
      out += ":" + std::to_string(number_of(one.body(), "code"));
  }
  return out;
}

struct Events : ::testing::Test {
  std::unique_ptr<reading_end> open(std::vector<stream_wish> wishes, std::shared_ptr<const event_filter> filter = {}) {
    std::unique_ptr<reading_end> out;
    const auto who = home.judge("alice");
    readers.open({who->who, who->expires, std::move(wishes), std::move(filter)}, [&](auto opened) {
      if (opened)
        out = std::make_unique<reading_end>(std::move(*opened));
      else
        refused = info(opened.error().code).wire_name;
    });
    home.settle();
    return out;
  }
  stream_wish from(const entity_ref& stream, std::uint64_t seq, std::uint64_t epoch = 0xABCD) {
    return {stream, position{epoch, seq}};
  }
  /// Resumes as a client with this id would.
  stream_wish again(const entity_ref& stream, const std::string& id) {
    return {stream, resume_id::parse(id)->find(resume_id::key_of(stream))};
  }
  std::vector<sent_event> read(reading_end& end) {
    do {
      home.settle();
    } while (end.take() || home.streams.do_all());
    return end.events();
  }

  house home;
  event_readers readers{home.table, home.quota};
  std::string_view refused;
};

TEST_F(Events, BeginAtThePresentAndTellWhatComes) {
  home.streams.publish(list_one, 3);
  const auto end = open({{list_one, {}}});
  ASSERT_TRUE(end);
  EXPECT_EQ(brief(read(*end)), "ready");
  home.streams.publish(list_one, 2);
  EXPECT_EQ(brief(read(*end)), "ev:4<3 ev:5<4");
}

TEST_F(Events, GoOnFromAnIdOverSeveralStreamsWithoutGapOrRepeat) {
  home.streams.publish(list_one, 2);
  home.streams.publish(list_two, 2);
  auto end = open({{list_one, {}}, {list_two, {}}});
  read(*end);
  home.streams.publish(list_one);
  home.streams.publish(list_two);
  EXPECT_EQ(brief(read(*end)), "ev:3<2 ev:3<2");
  const auto id = end->last_id;
  end.reset();
  home.streams.publish(list_one, 2);
  home.streams.publish(list_two, 1);
  // The order of the streams, and one that is new, change nothing.
  end = open({again(list_two, id), again(list_one, id)});
  const auto missed = read(*end);
  ASSERT_EQ(missed.size(), 4u);
  std::map<std::string, std::vector<std::uint64_t>> seqs;
  for (std::size_t i = 1; i < missed.size(); ++i)
    seqs[text_of(missed[i].body(), "stream")].push_back(number_of(missed[i].body(), "seq"));
  EXPECT_EQ(seqs[one_name], (std::vector<std::uint64_t>{4, 5}));
  EXPECT_EQ(seqs["list:" + list_two.id], (std::vector<std::uint64_t>{4}));
}

TEST_F(Events, AnIdSaysWhatWasWrittenThoughMoreWaits) {
  auto end = open({{list_one, {}}, {list_two, {}}});
  read(*end);
  // More than one piece: the reader takes one and is cut off.
  home.streams.publish(list_one, 50, "task.updated.v1", 4000);
  home.streams.publish(list_two, 50, "task.updated.v1", 4000);
  home.settle();
  ASSERT_TRUE(end->take());
  const auto first = end->events();
  const auto id = end->last_id;
  ASSERT_LT(first.size(), 50u);
  end.reset();
  end = open({again(list_one, id), again(list_two, id)});
  const auto rest = read(*end);
  EXPECT_EQ(first.size() + rest.size() - 1, 100u);
}

TEST_F(Events, APositionThatCannotBeReplayedSaysSoAndGoesOnFromThePresent) {
  home.streams.publish(list_one, 3);
  auto end = open({from(list_one, 1, 0x1234)});
  EXPECT_EQ(brief(read(*end)), "ready resync:epoch_changed");
  home.streams.publish(list_one);
  EXPECT_EQ(brief(read(*end)), "ev:4<3");
  end = open({from(list_one, 9)});
  EXPECT_EQ(brief(read(*end)), "ready resync:too_old");
}

TEST_F(Events, ASlowReaderKeepsABoundedQueueAndLosesNothing) {
  auto end = open({{list_one, {}}});
  read(*end);
  // 40 MB pass while it takes nothing; then everything comes, in order.
  for (int i = 0; i < 100; ++i) {
    home.streams.publish(list_one, 4, "task.updated.v1", 100'000);
    home.settle();
  }
  std::uint64_t expected = 1;
  for (const auto& one : read(*end)) {
    ASSERT_EQ(one.event, "ev");
    ASSERT_EQ(number_of(one.body(), "seq"), expected++);
  }
  EXPECT_EQ(expected, 401u);
  EXPECT_LT(end->largest, 64u * 1024 + 2 * subscription::bulk_bytes_max);
  home.streams.publish(list_one);
  EXPECT_EQ(brief(read(*end)), "ev:401<400");
}

TEST_F(Events, AFilterLeavesOutTheRestAndPrevProvesIt) {
  auto filter = std::make_shared<event_filter>();
  filter->add("task.completed");
  const auto end = open({{list_one, {}}}, filter);
  read(*end);
  home.streams.publish(list_one, 3);
  home.streams.publish(list_one, 1, "task.completed.v1");
  EXPECT_EQ(brief(read(*end)), "ev:4<0");
  // What is left out moves the position all the same, told with the next comment.
  home.streams.publish(list_one, 5);
  read(*end);
  home.loop.advance(std::chrono::seconds(16));
  read(*end);
  EXPECT_EQ(end->comments, 1u);
  EXPECT_EQ(again(list_one, end->last_id).since->seq, 9u);
}

TEST_F(Events, AQuietStreamHearsACommentEveryFifteenSeconds) {
  const auto end = open({{list_one, {}}});
  read(*end);
  for (int i = 0; i < 61; ++i) {
    home.loop.advance(std::chrono::seconds(1));
    read(*end);
  }
  EXPECT_EQ(end->comments, 4u);
}

TEST_F(Events, ARefusedStreamRefusesAllAndGivesEveryPlaceBack) {
  home.streams.forbid(list_two);
  for (int i = 0; i < 10; ++i)
    EXPECT_FALSE(open({{list_one, {}}, {list_two, {}}}));
  EXPECT_EQ(refused, "not_found");
  EXPECT_EQ(home.streams.reader_count(list_one), 0u);
  EXPECT_TRUE(open({{list_one, {}}}));
}

TEST_F(Events, CountAsSocketsOfTheirUser) {
  std::vector<std::unique_ptr<reading_end>> held;
  for (int i = 0; i < 3; ++i)
    held.push_back(open({{list_one, {}}}));
  EXPECT_FALSE(open({{list_one, {}}}));
  EXPECT_EQ(refused, "rate_limited");
  held.pop_back();
  EXPECT_TRUE(open({{list_one, {}}}));
}

TEST_F(Events, ARevokedSignInHearsGoodbyeAndNothingMore) {
  const auto end = open({{list_one, {}}});
  read(*end);
  home.streams.publish(list_one);
  home.table.revoke_session(alice);
  home.streams.publish(list_one);
  EXPECT_EQ(brief(read(*end)), "bye:4505");
  EXPECT_TRUE(end->ended);
  EXPECT_EQ(home.streams.reader_count(list_one), 0u);
}

TEST_F(Events, EndWithTheTokenAndWithTheNode) {
  home.lifetime = std::chrono::seconds(5);
  auto end = open({{list_one, {}}});
  read(*end);
  home.loop.advance(std::chrono::seconds(6));
  EXPECT_EQ(brief(read(*end)), "bye:4001");
  EXPECT_TRUE(end->ended);
  end = open({{list_one, {}}});
  read(*end);
  home.table.drain();
  EXPECT_EQ(brief(read(*end)), "bye:4000");
  EXPECT_TRUE(end->ended);
  EXPECT_FALSE(open({{list_one, {}}}));
  EXPECT_EQ(refused, "draining");
}

TEST_F(Events, ARemovedMemberLosesOneStreamAndKeepsTheOther) {
  const auto end = open({{list_one, {}}, {list_two, {}}});
  read(*end);
  home.streams.revoke(list_one, alice);
  EXPECT_EQ(brief(read(*end)), "resync:revoked");
  home.streams.publish(list_one);
  home.streams.publish(list_two);
  EXPECT_EQ(brief(read(*end)), "ev:1<0");
  home.streams.revoke(list_two, alice);
  EXPECT_EQ(brief(read(*end)), "resync:revoked bye:1000");
  EXPECT_TRUE(end->ended);
}

TEST_F(Events, AJournalThatIsAwayIsAskedAgain) {
  home.streams.publish(list_one, 3);
  home.streams.page_problem = refuse(problem_code::overloaded, "later");
  const auto end = open({from(list_one, 1)});
  EXPECT_EQ(brief(read(*end)), "ready");
  home.streams.page_problem.reset();
  home.loop.advance(std::chrono::seconds(1));
  EXPECT_EQ(brief(read(*end)), "ev:2<1 ev:3<2");
}

TEST(ResumeId, SaysWhatWasPutInAndRefusesTheRest) {
  resume_id id(0xABCD);
  id.add(resume_id::key_of(list_one), 7);
  const auto back = resume_id::parse(id.text());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->find(resume_id::key_of(list_one))->seq, 7u);
  EXPECT_EQ(back->find(resume_id::key_of(list_one))->epoch, 0xABCDu);
  EXPECT_FALSE(back->find(resume_id::key_of(list_two)));
  for (const auto* wrong : {"", "1", "000000000000abcd~", "000000000000abcd~x.1", "000000000000abcd~0123456789ab.",
                            "000000000000abcd~0123456789ab.-1", "000000000000ABCD", "000000000000abcd~0123456789ab,1"})
    EXPECT_FALSE(resume_id::parse(wrong) && std::string(wrong) != "000000000000abcd~") << wrong;
}

}  // namespace
}  // namespace callboard::net::test
