#include "cluster/cli/cli.hpp"
#include "cluster/cli/parse.hpp"
#include "config/render.hpp"

#include <exception>
#include <iostream>

namespace callboard::cli {

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

void tell_problems(const config::loaded& got) {
  std::cerr << "callboard: the configuration has " << got.problems.size()
            << (got.problems.size() == 1 ? " problem:\n" : " problems:\n");
  for (const auto& problem : got.problems)
    std::cerr << "  - " << problem << '\n';
}

int call(const parsed& line, const config::options& values) {
  try {
    return (*line.to_call)(line.request, values);
  } catch (const std::exception& error) {
    std::cerr << "callboard: " << error.what() << '\n';
    return exit_failed;
  }
}

int with_configuration(parsed& line) {
  line.request.sources.environment = config::process_environment();
  const auto got = config::load(line.request.sources);
  for (const auto& warning : got.warnings)
    std::cerr << "callboard: warning: " << warning << '\n';
  if (!got.ok()) {
    tell_problems(got);
    return exit_usage;
  }
  if (line.what == parsed::action::call)
    return call(line, got.values);
  std::cout << (line.request.json ? config::to_json(got.values) + "\n" : config::to_toml(got.values)) << std::flush;
  return 0;
}

}  // namespace

int run_cli(int argc, char** argv, const command_handlers& handlers) {
  auto line = parse(argc, argv, handlers);
  switch (line.what) {
    case parsed::action::call:
    case parsed::action::config_show:
      return with_configuration(line);
    case parsed::action::config_docs:
      std::cout << config::to_markdown() << std::flush;
      return 0;
    case parsed::action::config_example:
      std::cout << config::example_toml() << std::flush;
      return 0;
    case parsed::action::completion:
      std::cout << completion_script(line.shell, line.words) << std::flush;
      return 0;
    case parsed::action::say:
      break;
  }
  (line.exit_code == 0 ? std::cout : std::cerr) << line.text << std::flush;
  return line.exit_code;
}

}  // namespace callboard::cli
