#include "cluster/serve.hpp"

#include "actors/base/log.hpp"
#include "cluster/node.hpp"

#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace callboard::cluster {
namespace {

/// Blocks the signals that end us in every thread made from now on; they are waited for here.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  // A limit on file sizes is the failure of a write, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  return set;
}

// Large answers go back to the system once they are sent: left alone, glibc moves this bound up and keeps the most there
// ever was.
void return_large_blocks() { mallopt(M_MMAP_THRESHOLD, 1024 * 1024); }

void start_logging(const config::log_options& options) {
  start_log({parse_log_level(options.level), options.format == "json"});
}

int failed(const refusal& why) {
  stop_log();
  std::fprintf(stderr, "error: %s\n", why.detail.c_str());
  return 1;
}

void announce(const node::listening& where, const node& running) {
  if (!where.admin_email.empty())
    std::printf("http://%s/\ncallboard admin email=%s password=%s\n", where.address.c_str(), where.admin_email.c_str(),
                where.admin_password.c_str());
  std::printf("callboard ready http=%s node=%.*s store=%.*s\n", where.address.c_str(),
              static_cast<int>(running.id().size()), running.id().data(), static_cast<int>(running.store_name().size()),
              running.store_name().data());
  std::fflush(stdout);
}

}  // namespace

int serve(const config::options& options) {
  auto signals = block_signals();
  return_large_blocks();
  start_logging(options.log);
  auto opened = node::open(options);
  if (!opened)
    return failed(opened.error());
  auto& running = **opened;
  const auto where = running.serve();
  if (!where)
    return failed(where.error());
  announce(*where, running);
  int signal = 0;
  sigwait(&signals, &signal);
  log_event(log_level::info, "node.draining", {{"signal", signal}});
  // A second signal ends at once: what was acknowledged is in the journal.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  running.drain();
  opened->reset();
  log_event(log_level::info, "node.stopped");
  stop_log();
  // Libraries' own threads and statics have nothing left to say (CAF's may hang: reference runtime.md 4.13).
  std::_Exit(0);
}

}  // namespace callboard::cluster
