#pragma once

#include "cluster/cli/cli.hpp"

#include <string>
#include <vector>

namespace callboard::cli {

/// The words that may follow one command, for completion; `path` is like `migrate up`, empty at the top.
struct command_words {
  std::string path;
  std::vector<std::string> words;
};

/// What a command line comes to: something to do, or something to say.
struct parsed {
  enum class action { call, config_show, config_docs, config_example, completion, say } what = action::say;
  cli_request request;
  const handler* to_call = nullptr;
  std::string shell;                   ///< completion
  std::vector<command_words> words{};  ///< completion
  std::string text;                    ///< say
  int exit_code = 0;                   ///< say: 2 goes to standard error
};

/// Reads a command line; never throws, never prints.
parsed parse(int argc, const char* const* argv, const command_handlers& handlers);

/// A completion script for `bash`, `zsh` or `fish`.
std::string completion_script(const std::string& shell, const std::vector<command_words>& words);

}  // namespace callboard::cli
