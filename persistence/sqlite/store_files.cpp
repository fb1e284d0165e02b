#include "persistence/sqlite/store_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace callboard::sqlite {
namespace {

refusal cannot_write(const std::string& path) {
  return refuse(problem_code::journal_unavailable,
                "cannot write " + path + ": " + std::strerror(errno) +
                  "; give the server's user the right to write there, or choose another directory");
}

}  // namespace

result<store_files> files_of(const std::string& url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme) || url.size() == scheme.size())
    return refuse(problem_code::validation, "store.url must be sqlite:<directory>");
  const auto directory = url.substr(scheme.size());
  return store_files{directory, directory + "/callboard.db", directory + "/callboard-read.db"};
}

result<void> make_private_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return cannot_write(path);
  ::close(fd);
  return {};
}

result<void> make_private(const store_files& files) {
  std::error_code error;
  if (!std::filesystem::is_directory(files.directory, error)) {
    const auto parent = std::filesystem::path(files.directory).parent_path();
    if (!parent.empty())
      std::filesystem::create_directories(parent, error);
    if (::mkdir(files.directory.c_str(), 0700) != 0 && errno != EEXIST)
      return cannot_write(files.directory);
  }
  // SQLite makes files beside the database, and says less of why it cannot.
  if (::faccessat(AT_FDCWD, files.directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
    return cannot_write(files.directory);
  return make_private_file(files.database);
}

}  // namespace callboard::sqlite
