#include "net/admin_socket.hpp"

#include "actors/base/log.hpp"

#include <xxhash.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

namespace callboard::net {

namespace {

constexpr std::size_t request_bytes_max = 1'048'576;
constexpr std::size_t answer_bytes_max = 64 * 1'048'576;
constexpr std::chrono::milliseconds peer_patience{5'000};

/// A file descriptor that closes itself.
class descriptor {
 public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {}
  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

refusal failed(std::string_view what, const std::string& path) {
  return refuse(problem_code::internal, std::string{what} + " " + path + ": " + std::strerror(errno));
}

std::string folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::string base = runtime && *runtime == '/' ? runtime : ::access("/run", W_OK) == 0 ? "/run" : "/tmp";
  return base + "/callboard-" + std::to_string(::geteuid());
}

std::string hash_of(std::string_view store_identity) {
  const auto hash = XXH64(store_identity.data(), store_identity.size(), 0);
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

/// A folder that somebody else prepared is refused: he could read what passes through it.
std::optional<refusal> make_private(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return failed("cannot make", path);
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0)
    return failed("cannot look at", path);
  if (!S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
    return refuse(problem_code::forbidden, path + " is not a folder of ours: remove it");
  if ((info.st_mode & 077) != 0 && ::chmod(path.c_str(), 0700) != 0)
    return failed("cannot close to others", path);
  return std::nullopt;
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof out.sun_path)
    return std::nullopt;
  std::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

refusal too_long(const std::string& path) {
  return refuse(problem_code::internal, path + " is too long for a socket: set XDG_RUNTIME_DIR to a shorter folder");
}

descriptor connect_to(const std::string& path) {
  const auto address = address_of(path);
  if (!address)
    return descriptor{};
  descriptor fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
    return descriptor{};
  return fd;
}

/// Files that killed servers of the same store left beside `path`, and at it.
void remove_leftovers(const std::string& path) {
  const std::filesystem::path mine{path};
  const auto name = mine.filename().string();
  const auto store = name.substr(0, name.find('-') + 1);
  std::error_code none;
  for (std::filesystem::directory_iterator at{mine.parent_path(), none}, end; !none && at != end; at.increment(none)) {
    const auto other = at->path().filename().string();
    if (other.starts_with(store) && other.ends_with(".sock") && !connect_to(at->path().string()) &&
        errno == ECONNREFUSED)
      ::unlink(at->path().c_str());
  }
}

bool peer_allowed(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

using clock = std::chrono::steady_clock;

/// Waits for one of the events, or for `stop` to become readable.
bool wait_for(int fd, short events, clock::time_point deadline, int stop) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd both[]{{fd, events, 0}, {stop, POLLIN, 0}};
    const int ready = ::poll(both, stop < 0 ? 1 : 2, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready < 0 && errno != EINTR)
      return false;
    if (stop >= 0 && both[1].revents != 0)
      return false;
    if (ready > 0 && both[0].revents != 0)
      return true;
  }
}

/// One line without its end; nothing when the peer ends, is too slow or sends too much.
std::optional<std::string> read_line(int fd, std::size_t bytes_max, clock::time_point deadline, int stop) {
  std::string out;
  char room[16'384];
  while (out.size() <= bytes_max) {
    if (!wait_for(fd, POLLIN, deadline, stop))
      return std::nullopt;
    const auto got = ::recv(fd, room, sizeof room, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (got <= 0)
      return std::nullopt;
    const auto* end = static_cast<const char*>(std::memchr(room, '\n', static_cast<std::size_t>(got)));
    out.append(room, end ? static_cast<std::size_t>(end - room) : static_cast<std::size_t>(got));
    if (end)
      return out.size() <= bytes_max ? std::optional{std::move(out)} : std::nullopt;
  }
  return std::nullopt;
}

bool write_line(int fd, std::string text, clock::time_point deadline, int stop) {
  text += '\n';
  for (std::size_t sent = 0; sent < text.size();) {
    const auto n = ::send(fd, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (n > 0)
      sent += static_cast<std::size_t>(n);
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
      return false;
    else if (!wait_for(fd, POLLOUT, deadline, stop))
      return false;
  }
  return true;
}

/// One thread, one client at a time: what waits, waits in the kernel's backlog.
class unix_server final : public admin_server {
 public:
  unix_server(std::string path, answer on_request, descriptor listening, descriptor stop_read, descriptor stop_write)
      : path_(std::move(path)),
        answer_(std::move(on_request)),
        listening_(std::move(listening)),
        stop_read_(std::move(stop_read)),
        stop_write_(std::move(stop_write)),
        thread_([this] { run(); }) {}

  ~unix_server() override {
    stop_write_ = descriptor{};  // The other end becomes readable for good.
    thread_.join();
    ::unlink(path_.c_str());
  }

  const std::string& path() const noexcept override { return path_; }

 private:
  void run() {
    for (;;) {
      pollfd both[]{{listening_.get(), POLLIN, 0}, {stop_read_.get(), POLLIN, 0}};
      if (::poll(both, 2, -1) < 0 && errno != EINTR)
        return;
      if (both[1].revents != 0)
        return;
      if (both[0].revents == 0)
        continue;
      descriptor peer{::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
      if (peer)
        serve(peer.get());
    }
  }

  void serve(int peer) {
    if (!peer_allowed(peer)) {
      log_event(log_level::warn, "admin.peer_refused");
      return;
    }
    const auto request = read_line(peer, request_bytes_max, clock::now() + peer_patience, stop_read_.get());
    if (!request)
      return;
    std::string reply;
    try {
      reply = answer_(*request);
    } catch (const std::exception& error) {
      log_event(log_level::error, "admin.request_failed", {{"error", error.what()}});
      return;
    }
    write_line(peer, std::move(reply), clock::now() + peer_patience, stop_read_.get());
  }

  std::string path_;
  answer answer_;
  descriptor listening_, stop_read_, stop_write_;
  std::thread thread_;
};

}  // namespace

std::string admin_socket_path(std::string_view store_identity, std::string_view node) {
  return folder() + "/" + hash_of(store_identity) + "-" + std::string{node} + ".sock";
}

std::vector<std::string> find_admin_sockets(std::string_view store_identity) {
  std::vector<std::string> out;
  const auto prefix = hash_of(store_identity) + "-";
  std::error_code none;
  for (std::filesystem::directory_iterator at{folder(), none}, end; !none && at != end; at.increment(none)) {
    const auto name = at->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(".sock") && connect_to(at->path().string()))
      out.push_back(at->path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

result<std::unique_ptr<admin_server>> serve_admin(std::string path, admin_server::answer on_request) {
  if (auto why = make_private(std::filesystem::path{path}.parent_path().string()))
    return *why;
  if (connect_to(path))
    return refuse(problem_code::conflict, "a server is listening at " + path);
  remove_leftovers(path);
  // It gets its name once it listens: nobody may take it for a leftover.
  const auto early = path + '~';
  const auto address = address_of(early);
  if (!address)
    return too_long(path);
  ::unlink(early.c_str());
  descriptor listening{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!listening || ::bind(listening.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0
      || ::chmod(early.c_str(), 0600) != 0 || ::listen(listening.get(), 16) != 0
      || ::rename(early.c_str(), path.c_str()) != 0)
    return failed("cannot listen at", path);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return failed("cannot make a pipe for", path);
  return std::unique_ptr<admin_server>{std::make_unique<unix_server>(
    std::move(path), std::move(on_request), std::move(listening), descriptor{ends[0]}, descriptor{ends[1]})};
}

result<std::string> ask_admin(const std::string& path, std::string_view request, std::chrono::milliseconds timeout) {
  if (request.find('\n') != std::string_view::npos || request.size() > request_bytes_max)
    return refuse(problem_code::internal, "a request to a server is one line of at most 1 MiB");
  const auto fd = connect_to(path);
  if (!fd)
    return failed("cannot reach the server at", path);
  const auto deadline = clock::now() + timeout;
  if (!write_line(fd.get(), std::string{request}, deadline, -1))
    return refuse(problem_code::timeout, "the server at " + path + " does not read");
  auto reply = read_line(fd.get(), answer_bytes_max, deadline, -1);
  if (!reply)
    return refuse(problem_code::timeout, "the server at " + path + " did not answer");
  return std::move(*reply);
}

}  // namespace callboard::net
