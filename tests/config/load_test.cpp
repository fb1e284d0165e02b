#include "config/load.hpp"
#include "config/option_table.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace callboard::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

loaded from_toml(std::string_view text) {
  loaded into;
  read_toml(text, "test.toml", into);
  return into;
}

TEST(Load, DefaultsAloneAreGood) {
  const auto got = load({});
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_EQ(got.values.http.listen, "127.0.0.1:8080");
  EXPECT_EQ(got.values.limits.body_bytes, 1'048'576);
}

TEST(Load, LaterSourcesWin) {
  const auto path = std::filesystem::temp_directory_path() / ("callboard-load-" + std::to_string(::getpid()) + ".toml");
  std::ofstream{path} << "[http]\nlisten = \"127.0.0.1:1\"\nthreads = 1\n[log]\nlevel = \"warn\"\n[auth]\nissuer=\"f\"\n";
  sources from;
  from.file = path.string();
  from.environment = {{"CALLBOARD_HTTP_LISTEN", "127.0.0.1:2"}, {"CALLBOARD_HTTP_THREADS", "2"},
                      {"CALLBOARD_LOG_LEVEL", "error"}};
  from.settings = {"http.listen=127.0.0.1:3", "http.threads=3"};
  from.flags = {{"http.listen", "127.0.0.1:4"}};
  const auto got = load(from);
  std::filesystem::remove(path);
  EXPECT_THAT(got.problems, IsEmpty());
  EXPECT_EQ(got.values.http.listen, "127.0.0.1:4");
  EXPECT_EQ(got.values.http.threads, 3);
  EXPECT_EQ(got.values.log.level, "error");
  EXPECT_EQ(got.values.auth.issuer, "f");
}

TEST(Load, AllProblemsAreToldAtOnce) {
  sources from;
  from.settings = {"http.listen=nowhere", "http.threads=900", "auth.signup=maybe", "limits.rate_limits=yes", "nonsense"};
  EXPECT_EQ(load(from).problems.size(), 5u);
}

TEST(Load, AnUnknownKeyNamesTheNearest) {
  EXPECT_THAT(from_toml("[http]\nlistne = \"x\"\n").problems,
              ElementsAre(AllOf(HasSubstr("test.toml:2"), HasSubstr("did you mean http.listen?"))));
  sources from;
  from.settings = {"auth.access_ttl=5"};
  EXPECT_THAT(load(from).problems, ElementsAre(HasSubstr("did you mean auth.access_ttl_s?")));
}

TEST(Load, AnUnknownVariableIsOnlyAWarning) {
  sources from;
  from.environment = {{"CALLBOARD_SERVICE_HOST", "10.0.0.1"}, {"PATH", "/bin"}};
  const auto got = load(from);
  EXPECT_TRUE(got.ok());
  EXPECT_THAT(got.warnings, ElementsAre(HasSubstr("CALLBOARD_SERVICE_HOST")));
}

TEST(Load, AWrongTypeInTheFileIsAProblem) {
  EXPECT_THAT(from_toml("[http]\nthreads = \"2\"\n").problems, ElementsAre(HasSubstr("must be a number")));
  EXPECT_THAT(from_toml("[http]\nthreads = 2.5\n").problems, ElementsAre(HasSubstr("must be a number")));
  EXPECT_THAT(from_toml("[cors]\norigins = \"https://a.example\"\n").problems, ElementsAre(HasSubstr("must be a list")));
  EXPECT_THAT(from_toml("[cors]\norigins = [1]\n").problems, ElementsAre(HasSubstr("must be a list")));
  EXPECT_THAT(from_toml("http = 1\n").problems, ElementsAre(HasSubstr("is not known")));
}

TEST(Load, BrokenTomlSaysWhere) {
  EXPECT_THAT(from_toml("[http]\nlisten = \n").problems, ElementsAre(HasSubstr("test.toml:2")));
}

TEST(Load, ATableWithoutANameIsAProblemAndNoCrash) {
  for (const auto* text : {"[http]\n[\nx", "[", "[ ", "[[", "[[ ,", " [#", "[\r\n", "[[[", "[a]\n[ [b]]"})
    EXPECT_FALSE(from_toml(text).ok()) << text;
}

TEST(Load, ForeignLettersStandInQuotesAndComments) {
  EXPECT_EQ(from_toml("# d\u00e9j\u00e0\n[auth]\nissuer = \"d\u00e9j\u00e0\\\"\u00e0\" # vu \u00e0\n").values.auth.issuer,
            "d\u00e9j\u00e0\"\u00e0");
  EXPECT_TRUE(from_toml("\xEF\xBB\xBF[http]\nthreads = 2\n").ok());
  EXPECT_THAT(from_toml("[auth]\niss\u00fcer = \"x\"\n").problems, ElementsAre(HasSubstr("test.toml:2")));
  EXPECT_FALSE(from_toml("[auth]\nissuer = \u00e9\n").ok());
}

TEST(Load, ListsAreArraysInTheFileAndCommasElsewhere) {
  EXPECT_THAT(from_toml("[cors]\norigins = [\"https://a.example\", \"https://b.example:8443\"]").values.cors.origins,
              ElementsAre("https://a.example", "https://b.example:8443"));
  sources from;
  from.settings = {"cors.origins=https://a.example, https://b.example"};
  EXPECT_THAT(load(from).values.cors.origins, ElementsAre("https://a.example", "https://b.example"));
  from.settings = {"cors.origins=https://a.example,,https://b.example/path"};
  EXPECT_THAT(load(from).problems, ElementsAre(HasSubstr("empty entry")));
}

TEST(Load, AFeatureThatIsNotThereYetTakesOnlyItsDefault) {
  sources from;
  from.settings = {"cluster.enabled=false", "console.listen="};
  EXPECT_TRUE(load(from).ok());
  for (const std::string setting : {"metrics.listen=127.0.0.1:9100", "http.trusted_proxies=10.0.0.0/8"}) {
    from.settings = {setting};
    EXPECT_THAT(load(from).problems, ElementsAre(HasSubstr("later"))) << setting;
  }
  from.settings = {"cluster.enabled=true"};
  EXPECT_THAT(load(from).problems, ElementsAre(AllOf(HasSubstr("cluster.enabled"), HasSubstr("later"))));
}

TEST(Load, HmacNeedsItsSecret) {
  sources from;
  from.settings = {"auth.jwt_algorithm=HS256"};
  EXPECT_THAT(load(from).problems, ElementsAre(HasSubstr("auth.jwt_secret_file is needed")));
  from.settings.push_back("auth.jwt_secret_file=/run/secret");
  EXPECT_TRUE(load(from).ok());
}

TEST(Load, APasswordInTheUrlIsAWarning) {
  sources from;
  from.settings = {"store.url=postgresql://me:hush@db/callboard"};
  const auto got = load(from);
  EXPECT_TRUE(got.ok());
  ASSERT_EQ(got.warnings.size(), 1u);
  EXPECT_THAT(got.warnings[0], Not(HasSubstr("hush")));
}

TEST(Load, AMissingFileIsAProblem) {
  EXPECT_THAT(load({.file = "/nonexistent/callboard.toml"}).problems, ElementsAre(HasSubstr("cannot be read")));
}

TEST(OptionTable, EveryDefaultPassesItsOwnCheck) {
  for (const auto& row : option_table()) {
    options values;
    EXPECT_EQ(set(row, values, get(row, values)), std::nullopt) << row.name;
    EXPECT_TRUE(row.sentence.ends_with('.')) << row.name;
  }
}

}  // namespace
}  // namespace callboard::config
