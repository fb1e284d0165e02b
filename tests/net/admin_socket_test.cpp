#include "net/admin_socket.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace callboard::net {
namespace {

using namespace std::chrono_literals;

class AdminSocket : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/cb-admin-XXXXXX";
    folder_ = ::mkdtemp(name);
    ::setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
    path_ = admin_socket_path("sqlite:/data", "n1");
  }
  void TearDown() override {
    ::unsetenv("XDG_RUNTIME_DIR");
    std::filesystem::remove_all(folder_);
  }
  std::string folder_, path_;
};

std::string echo(std::string_view request) { return "got " + std::string{request}; }

TEST_F(AdminSocket, AnswersEachLine) {
  const auto server = serve_admin(path_, echo);
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_EQ(ask_admin(path_, "{\"a\":1}", 5s).value(), "got {\"a\":1}");
  const std::string large(500'000, 'x');
  EXPECT_EQ(ask_admin(path_, large, 5s).value(), "got " + large);
}

TEST_F(AdminSocket, FolderAndSocketAreOursAlone) {
  const auto server = serve_admin(path_, echo);
  ASSERT_TRUE(server);
  struct stat info {};
  ::stat(std::filesystem::path{path_}.parent_path().c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  ::stat(path_.c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(AdminSocket, OnlyLivingServersOfTheStoreAreFound) {
  auto server = serve_admin(path_, echo);
  ASSERT_TRUE(server);
  const auto other = serve_admin(admin_socket_path("sqlite:/other", "n1"), echo);
  ASSERT_TRUE(other);
  EXPECT_EQ(find_admin_sockets("sqlite:/data"), std::vector<std::string>{path_});
  server->reset();
  EXPECT_TRUE(find_admin_sockets("sqlite:/data").empty());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(AdminSocket, ASecondServerIsRefusedAndADeadOnesFileIsReplaced) {
  std::filesystem::create_directories(std::filesystem::path{path_}.parent_path());
  std::ofstream{path_} << "left behind";
  const auto server = serve_admin(path_, echo);
  ASSERT_TRUE(server) << server.error().detail;
  const auto second = serve_admin(path_, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, problem_code::conflict);
  EXPECT_TRUE(ask_admin(path_, "x", 5s));
}

TEST_F(AdminSocket, FilesOfKilledServersOfTheStoreGo) {
  const auto living = serve_admin(path_, echo);
  ASSERT_TRUE(living);
  const auto dead = admin_socket_path("sqlite:/data", "n2"), other = admin_socket_path("sqlite:/other", "n2");
  std::ofstream{dead} << "left behind";
  std::ofstream{other} << "left behind";
  const auto mine = serve_admin(admin_socket_path("sqlite:/data", "n3"), echo);
  ASSERT_TRUE(mine);
  EXPECT_FALSE(std::filesystem::exists(dead));
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_EQ(find_admin_sockets("sqlite:/data").size(), 2u);
}

TEST_F(AdminSocket, ALinkInPlaceOfTheFolderIsRefused) {
  const auto parent = std::filesystem::path{path_}.parent_path();
  std::filesystem::create_directory(folder_ + "/elsewhere");
  std::filesystem::create_directory_symlink(folder_ + "/elsewhere", parent);
  EXPECT_FALSE(serve_admin(path_, echo));
}

TEST_F(AdminSocket, AThrowingAnswerHurtsNobodyElse) {
  const auto server = serve_admin(path_, [](std::string_view request) -> std::string {
    if (request == "bad")
      throw std::runtime_error{"no"};
    return "fine";
  });
  ASSERT_TRUE(server);
  EXPECT_FALSE(ask_admin(path_, "bad", 5s));
  EXPECT_EQ(ask_admin(path_, "good", 5s).value(), "fine");
}

TEST_F(AdminSocket, NobodyThereIsSaid) {
  const auto answer = ask_admin(path_, "x", 1s);
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("cannot reach"), std::string::npos);
  EXPECT_FALSE(ask_admin(path_, "two\nlines", 1s));
}

}  // namespace
}  // namespace callboard::net
