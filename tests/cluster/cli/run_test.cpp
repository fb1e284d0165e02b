#include "cluster/cli/cli.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace callboard::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct outcome {
  int code = 0;
  std::string out, err;
};

outcome run(std::vector<std::string> words, const command_handlers& handlers) {
  words.insert(words.begin(), "callboard");
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  outcome got;
  got.code = run_cli(static_cast<int>(argv.size()), argv.data(), handlers);
  got.out = testing::internal::GetCapturedStdout();
  got.err = testing::internal::GetCapturedStderr();
  return got;
}

class Cli : public testing::Test {
 protected:
  Cli() {
    const handler keep = [this](const cli_request& request, const config::options& values) {
      last = request;
      options = values;
      return 7;
    };
    handlers.serve = handlers.migrate_up = handlers.migrate_down = handlers.user_set = handlers.token_create =
      handlers.actors_show = handlers.actors_ls = handlers.backup = keep;
    handlers.version = "1.2.3";
  }
  command_handlers handlers;
  cli_request last;
  config::options options;
};

TEST_F(Cli, ServeTakesConfigurationFromEverywhere) {
  ::setenv("CALLBOARD_LOG_LEVEL", "warn", 1);
  const auto got = run({"serve", "--set", "http.threads=3", "--set", "auth.signup=closed", "--listen", "127.0.0.1:0"}, handlers);
  ::unsetenv("CALLBOARD_LOG_LEVEL");
  EXPECT_EQ(got.code, 7);
  EXPECT_EQ(options.http.threads, 3);
  EXPECT_EQ(options.auth.signup, "closed");
  EXPECT_EQ(options.http.listen, "127.0.0.1:0");
  EXPECT_EQ(options.log.level, "warn");
}

TEST_F(Cli, AWrongConfigurationTellsEverythingAndExits2) {
  const auto got = run({"serve", "--set", "http.listen=x", "--set", "http.lisen=y", "--set", "log.level=loud"}, handlers);
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.err, AllOf(HasSubstr("3 problems"), HasSubstr("did you mean http.listen?"), HasSubstr("log.level")));
  EXPECT_EQ(got.out, "");
}

TEST_F(Cli, AnUnknownCommandNamesTheNearest) {
  const auto got = run({"sevre"}, handlers);
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.err, HasSubstr("did you mean serve?"));
  EXPECT_THAT(run({"migrate", "upp"}, handlers).err, HasSubstr("did you mean up?"));
}

TEST_F(Cli, AnUnknownOptionNamesTheNearest) {
  const auto got = run({"serve", "--confg", "x"}, handlers);
  EXPECT_EQ(got.code, 2);
  EXPECT_THAT(got.err, HasSubstr("did you mean --config?"));
}

TEST_F(Cli, NothingAndHalfACommandAreMisuse) {
  EXPECT_EQ(run({}, handlers).code, 2);
  EXPECT_EQ(run({"migrate"}, handlers).code, 2);
  EXPECT_EQ(run({"actors", "show"}, handlers).code, 2);
  EXPECT_EQ(run({"token", "create"}, handlers).code, 2);
  EXPECT_EQ(run({"serve", "stray"}, handlers).code, 2);
}

TEST_F(Cli, HelpAndVersionGoToStandardOutput) {
  const auto help = run({"--help"}, handlers);
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.out, AllOf(HasSubstr("serve"), HasSubstr("migrate")));
  EXPECT_THAT(run({"serve", "--help"}, handlers).out, HasSubstr("--listen"));
  EXPECT_EQ(run({"--version"}, handlers).out, "callboard 1.2.3\n");
}

TEST_F(Cli, ACommandWithoutAHandlerDoesNotExist) {
  EXPECT_THAT(run({"--help"}, handlers).out, Not(HasSubstr("doctor")));
  EXPECT_EQ(run({"doctor"}, handlers).code, 2);
}

TEST_F(Cli, OptionsOfCommandsArrive) {
  run({"user", "set", "--email", "a@b.example", "--disable", "--json"}, handlers);
  EXPECT_EQ(last.email, "a@b.example");
  EXPECT_EQ(last.disabled, true);
  EXPECT_TRUE(last.json);
  run({"token", "create", "--email", "a@b.example", "--scopes", "tasks:read,tasks:write"}, handlers);
  EXPECT_THAT(last.scopes, ElementsAre("tasks:read", "tasks:write"));
  run({"migrate", "down", "--steps", "2", "--destroy-data"}, handlers);
  EXPECT_EQ(last.steps, 2);
  EXPECT_TRUE(last.destroy_data);
  run({"actors", "show", "list:x"}, handlers);
  EXPECT_EQ(last.id, "list:x");
  run({"backup", "/tmp/x"}, handlers);
  EXPECT_EQ(last.directory, "/tmp/x");
}

TEST_F(Cli, AnAddressIsChangedAndATokenRevokedByName) {
  run({"user", "set", "--email", "a@b.example", "--new-email", "c@d.example"}, handlers);
  EXPECT_EQ(last.email, "a@b.example");
  EXPECT_EQ(last.new_email, "c@d.example");
  handlers.token_revoke = handlers.token_create;
  EXPECT_EQ(run({"token", "revoke", "--email", "a@b.example"}, handlers).code, 2);
  run({"token", "revoke", "--email", "a@b.example", "0192"}, handlers);
  EXPECT_EQ(last.id, "0192");
}

TEST_F(Cli, DisableAndEnableExcludeEachOther) {
  EXPECT_EQ(run({"user", "set", "--email", "a@b.example", "--disable", "--enable"}, handlers).code, 2);
  EXPECT_EQ(run({"user", "set", "--email", "a@b.example", "--role", "king"}, handlers).code, 2);
}

TEST_F(Cli, ConfigShowMasksPasswords) {
  const auto got = run({"config", "show", "--set", "store.url=postgresql://me:hush@db/x"}, handlers);
  EXPECT_EQ(got.code, 0);
  EXPECT_THAT(got.out, AllOf(HasSubstr("me:***@db"), Not(HasSubstr("hush"))));
  EXPECT_THAT(run({"config", "show", "--json"}, handlers).out, HasSubstr("{\"http\":{\"listen\":\"127.0.0.1:8080\""));
}

TEST_F(Cli, ConfigDocsAndExample) {
  EXPECT_THAT(run({"config", "docs"}, handlers).out, HasSubstr("| `http.listen` |"));
  EXPECT_THAT(run({"config", "docs", "--example"}, handlers).out, HasSubstr("[http]"));
}

TEST_F(Cli, CompletionScriptsKnowTheCommands) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto got = run({"completion", shell}, handlers);
    EXPECT_EQ(got.code, 0);
    EXPECT_THAT(got.out, AllOf(HasSubstr("migrate"), HasSubstr("--destroy-data"))) << shell;
  }
  EXPECT_EQ(run({"completion", "tcsh"}, handlers).code, 2);
}

TEST_F(Cli, TheBashScriptCompletes) {
  const auto script = run({"completion", "bash"}, handlers).out;
  const auto path = testing::TempDir() + "callboard-completion-" + std::to_string(::getpid());
  std::ofstream{path} << script << "COMP_WORDS=(callboard migrate do); COMP_CWORD=2; _callboard; echo \"${COMPREPLY[@]}\"\n";
  auto* pipe = ::popen(("bash " + path).c_str(), "r");
  ASSERT_TRUE(pipe);
  char line[64]{};
  EXPECT_TRUE(std::fgets(line, sizeof line, pipe));
  ::pclose(pipe);
  ::unlink(path.c_str());
  EXPECT_STREQ(line, "down\n");
}

TEST_F(Cli, AThrowingHandlerIsAFailureAndNoCrash) {
  handlers.serve = [](const cli_request&, const config::options&) -> int { throw std::runtime_error{"no luck"}; };
  const auto got = run({"serve"}, handlers);
  EXPECT_EQ(got.code, 1);
  EXPECT_THAT(got.err, HasSubstr("no luck"));
}

}  // namespace
}  // namespace callboard::cli
