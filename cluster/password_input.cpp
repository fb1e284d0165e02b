#include "cluster/password_input.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>

namespace callboard::cluster {
namespace {

/// More than any password may have, so that a wrong file does not fill the memory.
constexpr std::size_t line_bytes_max = 4096;

/// A terminal that does not show what is typed, until the end of the scope; of anything else nothing changes.
class hidden_typing {
 public:
  explicit hidden_typing(int terminal) : terminal_(terminal) {
    termios now{};
    if (tcgetattr(terminal_, &now) != 0)
      return;
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(terminal_, TCSAFLUSH, &now);
    std::fputs("password: ", stderr);
  }
  ~hidden_typing() {
    if (!before_)
      return;
    tcsetattr(terminal_, TCSAFLUSH, &*before_);
    std::fputc('\n', stderr);
  }
  hidden_typing(const hidden_typing&) = delete;
  hidden_typing& operator=(const hidden_typing&) = delete;

 private:
  int terminal_;
  std::optional<termios> before_;
};

/// Up to the end of the line or of the input; by single bytes, so that nothing behind the line is taken.
result<std::string> read_line(int input) {
  std::string line;
  for (char c; line.size() <= line_bytes_max; line += c) {
    ssize_t got;
    while ((got = ::read(input, &c, 1)) < 0 && errno == EINTR) {
    }
    if (got < 0)
      return refuse(problem_code::validation, "the password cannot be read from standard input");
    if (got == 0 || c == '\n')
      return line;
  }
  return refuse(problem_code::validation, "the first line of standard input is too long for a password");
}

}  // namespace

result<std::string> read_password(int input) {
  const hidden_typing hidden(input);
  auto line = read_line(input);
  if (!line)
    return line;
  if (line->ends_with('\r'))
    line->pop_back();
  if (line->empty())
    return refuse(problem_code::validation,
                  "no password came on standard input: --password-stdin takes its first line, which is empty");
  return line;
}

}  // namespace callboard::cluster
