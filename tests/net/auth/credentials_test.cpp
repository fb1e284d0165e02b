#include "net/auth/credentials.hpp"

#include "actors/base/json_reader.hpp"
#include "net/auth/common_passwords.hpp"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>
#include <vector>

namespace callboard::net {
namespace {

template <class T>
std::vector<std::string> errors_of(const result<T>& out) {
  std::vector<std::string> all;
  if (!out)
    for (const auto& e : out.error().errors) all.push_back(e.pointer + " " + e.code);
  return all;
}

auto sign_up(std::string_view body) { return read_sign_up(parse_json(body).value()); }
auto sign_in(std::string_view body) { return read_sign_in(parse_json(body).value()); }

using errors = std::vector<std::string>;

TEST(SignUp, TakesDefaultsFromTheAddress) {
  const auto form = sign_up(R"({"email":" Ann.B@example.org ","password":"  tolerably long "})");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->email, "Ann.B@example.org");
  EXPECT_EQ(form->name, "Ann.B");
  EXPECT_EQ(form->password, "  tolerably long ");
  EXPECT_FALSE(form->username);
}

TEST(SignUp, ALongAddressGivesANameOfSixtyFourCharacters) {
  const auto form =
    sign_up(R"({"email":")" + std::string(100, 'a') + R"(@b.c","password":"tolerably long"})");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->name, std::string(64, 'a'));
}

TEST(SignUp, NamesEveryWrongField) {
  EXPECT_EQ(errors_of(sign_up("{}")), (errors{"/email required", "/password required"}));
  EXPECT_EQ(
    errors_of(sign_up(R"({"email":1,"password":null,"name":[],"username":true,"role":"admin"})")),
    (errors{"/email type", "/password type", "/name type", "/username type",
            "/role unknown_member"}));
  EXPECT_EQ(
    errors_of(sign_up(R"({"email":"a@b@c","password":"short","name":"","username":"a b"})")),
    (errors{"/email pattern", "/password too_short", "/name too_short", "/username pattern"}));
  EXPECT_EQ(errors_of(sign_up("[]")), (errors{" type"}));
}

TEST(Email, HasOneAtAndNoBlanks) {
  for (const auto* good : {"a@b", "a.b+c@d.example", "\u00fc@\u00f6.example"})
    EXPECT_FALSE(check_email(good, "/email")) << good;
  for (const auto* bad : {"", "@", "a@", "@b", "ab", "a@b@c", "a b@c", "a@b\n", "a@\tb", "a@b\x7f"})
    EXPECT_TRUE(check_email(bad, "/email")) << bad;
  EXPECT_FALSE(check_email(std::string(252, 'a') + "@b", "/email"));
  EXPECT_EQ(check_email(std::string(253, 'a') + "@b", "/email")->code, "too_long");
}

TEST(Username, HasThreeToThirtyTwoPlainCharacters) {
  for (const auto* good : {"abc", "A_1", "_____"})
    EXPECT_FALSE(check_username(good, "/username")) << good;
  EXPECT_EQ(check_username("ab", "/username")->code, "too_short");
  EXPECT_EQ(check_username(std::string(33, 'a'), "/username")->code, "too_long");
  for (const auto* bad : {"a-b", "a b", "\u00e4bc", "abc\n"})
    EXPECT_EQ(check_username(bad, "/username")->code, "pattern") << bad;
}

TEST(NewPassword, IsMeasuredInCodePointsAndNotNormalised) {
  std::string emoji;
  for (int i = 0; i < 9; ++i) emoji += i % 2 ? "\U0001F600" : "\U0001F431";
  EXPECT_EQ(check_new_password(emoji, "/password")->code, "too_short");
  EXPECT_FALSE(check_new_password(emoji + "\U0001F433", "/password"));
  std::string longest;
  for (int i = 0; i < 128; ++i) longest += i % 3 ? "\u00e9" : "x";
  EXPECT_EQ(check_new_password(longest + "!", "/password")->limit, 128);
}

TEST(NewPassword, IsNotACommonOne) {
  for (const auto* common :
       {"password123", "PassWord123", "qwertyuiop", "1234567890", "0987654321", "aaaaaaaaaaaa",
        "abcdefghijkl", "abcabcabcabc", "iloveyou123", "12341234123412"})
    EXPECT_TRUE(is_common_password(common)) << common;
  for (const auto* fine :
       {"correct horse battery", "Tr0ub4dor&3xyz", "password of mine", "mnbvcxzlkj1"})
    EXPECT_FALSE(is_common_password(fine)) << fine;
  EXPECT_EQ(check_new_password("Password123", "/password")->code, "too_common");
}

TEST(SignIn, TakesOneOfAddressAndUsername) {
  EXPECT_TRUE(sign_in(R"({"email":"a@b","password":"x"})"));
  const auto by_name = sign_in(R"({"username":"ann","password":"x","device":" phone "})");
  ASSERT_TRUE(by_name);
  EXPECT_EQ(by_name->device, "phone");
  EXPECT_EQ(errors_of(sign_in(R"({"password":"x"})")), (errors{"/email required"}));
  EXPECT_FALSE(sign_in(R"({"email":"a@b","username":"ann","password":"x"})"));
  EXPECT_EQ(errors_of(sign_in(R"({"email":"a@b"})")), (errors{"/password required"}));
  EXPECT_EQ(errors_of(sign_in(R"({"email":"a@b","password":")" + std::string(2000, 'x') + "\"}")),
            (errors{"/password too_long"}));
}

TEST(PasswordChange, ChecksTheNewOne) {
  const auto read = [](std::string_view body) {
    return read_password_change(parse_json(body).value());
  };
  EXPECT_TRUE(read(R"({"current":"x","new":"tolerably long"})"));
  EXPECT_EQ(errors_of(read(R"({"current":"x","new":"1234567890"})")), (errors{"/new too_common"}));
  EXPECT_EQ(errors_of(read("{}")), (errors{"/current required", "/new required"}));
}

TEST(Refresh, TakesTheTokenAlone) {
  EXPECT_EQ(read_refresh(parse_json(R"({"refresh_token":"a.b"})").value()).value(), "a.b");
  EXPECT_FALSE(read_refresh(parse_json(R"({"refresh_token":1})").value()));
  EXPECT_FALSE(read_refresh(parse_json("{}").value()));
}

}  // namespace
}  // namespace callboard::net
