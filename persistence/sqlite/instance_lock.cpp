#include "persistence/sqlite/instance_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace callboard::sqlite {
namespace {

std::string holder(int fd) {
  char text[32] = {};
  const auto length = ::pread(fd, text, sizeof text - 1, 0);
  std::string pid(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  pid.erase(pid.find_last_not_of("\n ") + 1);
  return pid.empty() ? "another process" : "process " + pid;
}

}  // namespace

result<instance_lock> instance_lock::take(const std::string& directory) {
  const auto path = directory + "/callboard.lock";
  instance_lock lock;
  lock.fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock.fd_ < 0)
    return refuse(problem_code::journal_unavailable, "cannot open " + path + ": " + std::strerror(errno));
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0)
    return refuse(problem_code::conflict, "the store in " + directory + " is in use by " + holder(lock.fd_) +
                                            "; a store has one server: stop it, or set store.url to another directory");
  const auto pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.fd_, 0) != 0 || ::pwrite(lock.fd_, pid.data(), pid.size(), 0) < 0)
    return refuse(problem_code::journal_unavailable, "cannot write " + path + ": " + std::strerror(errno));
  return lock;
}

instance_lock::~instance_lock() {
  if (fd_ >= 0)
    ::close(fd_);
}

}  // namespace callboard::sqlite
