#include "config/render.hpp"

#include "config/load.hpp"
#include "config/option_table.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <regex>

namespace callboard::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string contents(const char* path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(Render, ThePageOfOptionsIsThatOfTheTable) {
  EXPECT_EQ(contents(CALLBOARD_CONFIGURATION_PAGE), to_markdown())
    << "make it anew: callboard config docs > docs/configuration.md";
}

TEST(Render, TheExampleFileIsThatOfTheTable) {
  EXPECT_EQ(contents(CALLBOARD_EXAMPLE), example_toml()) << "make it anew: callboard config docs --example > config/callboard.example.toml";
}

TEST(Render, TheExampleFileLoadsWithEveryLineTakenIn) {
  const auto all = std::regex_replace(example_toml(), std::regex{"\n#(?! )"}, "\n");
  loaded into;
  read_toml(all, "example", into);
  EXPECT_THAT(into.problems, IsEmpty());
  EXPECT_EQ(to_toml(into.values), to_toml(options{}));
}

TEST(Render, TomlLoadsAgainToTheSameValues) {
  options values;
  values.auth.issuer = "a \"quoted\" \\ issuer";
  values.cors.origins = {"https://a.example", "https://b.example"};
  values.limits.rate_limits = false;
  loaded into;
  read_toml(to_toml(values), "round", into);
  EXPECT_THAT(into.problems, IsEmpty());
  EXPECT_EQ(into.values.auth.issuer, values.auth.issuer);
  EXPECT_EQ(into.values.cors.origins, values.cors.origins);
  EXPECT_FALSE(into.values.limits.rate_limits);
}

TEST(Render, PasswordsNeverShow) {
  options values;
  values.store.url = "postgresql://me:hush@db/x";
  values.store.migrate_url = "postgresql://owner@db/x?password=hush";
  EXPECT_THAT(to_toml(values), Not(HasSubstr("hush")));
  EXPECT_THAT(to_json(values), Not(HasSubstr("hush")));
}

TEST(Render, EveryOptionIsDocumented) {
  const auto docs = to_markdown();
  for (const auto& row : option_table())
    EXPECT_THAT(docs, HasSubstr("| `" + std::string{row.name} + "` |"));
}

}  // namespace
}  // namespace callboard::config
