#include "cluster/settings.hpp"

#include "actors/base/log.hpp"
#include "actors/base/uuid.hpp"
#include "cluster/node.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace callboard::cluster {
namespace {

unsigned cores() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace

store_settings store_settings_of(const config::options& options) {
  store_settings settings;
  settings.url = options.store.url;
  settings.migrate = options.store.migrate;
  settings.migrate_url = options.store.migrate_url;
  settings.readers = static_cast<unsigned>(options.store.readers);
  settings.lanes = static_cast<unsigned>(options.store.lanes);
  settings.password_file = options.store.password_file;
  settings.log = [](std::string_view line) { log_event(log_level::warn, "store.trouble", {{"what", line}}); };
  return settings;
}

runtime::runtime_settings runtime_settings_of(const config::options& options) {
  runtime::runtime_settings settings;
  settings.resident_max = static_cast<std::size_t>(options.limits.resident_entities);
  settings.idle_timeout = std::chrono::seconds(options.limits.entity_idle_s);
  return settings;
}

net::edge_settings edge_settings_of(const config::options& options) {
  net::edge_settings settings;
  settings.listen = options.http.listen;
  settings.threads = options.http.threads > 0 ? static_cast<unsigned>(options.http.threads)
                                              : std::max(1u, cores() / 2);
  settings.connections = static_cast<std::size_t>(options.limits.connections);
  settings.http.body_bytes_max = static_cast<std::size_t>(options.limits.body_bytes);
  settings.header_timeout = std::chrono::seconds(options.limits.header_timeout_s);
  settings.body_timeout = std::chrono::seconds(options.limits.body_timeout_s);
  settings.idle_timeout = std::chrono::seconds(options.limits.idle_timeout_s);
  settings.write_timeout = std::chrono::seconds(options.limits.write_timeout_s);
  return settings;
}

net::api_settings api_settings_of(const config::options& options) {
  net::api_settings settings;
  settings.version = CALLBOARD_VERSION;
  settings.public_url = options.http.public_url;
  settings.cors_origins = options.cors.origins;
  settings.signup_open = options.auth.signup == "open";
  settings.rate_limits_on = options.limits.rate_limits;
  settings.access_ttl = std::chrono::seconds(options.auth.access_ttl_s);
  settings.refresh_ttl = std::chrono::seconds(options.auth.refresh_ttl_s);
  settings.deadline = std::chrono::milliseconds(options.limits.command_deadline_ms);
  const auto& listen = options.http.listen;
  settings.metrics_open = listen.starts_with("127.") || listen.starts_with("localhost:") || listen.starts_with("[::1]");
  return settings;
}

std::string make_node_id() {
  const auto id = to_string(make_uuid_v7());
  return "n" + id.substr(id.size() - 8);
}

std::string store_identity(const std::string& url) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) {
    std::error_code ignored;
    return std::string(sqlite) + std::filesystem::weakly_canonical(url.substr(sqlite.size()), ignored).string();
  }
  // A password says who comes in, not where.
  const auto start = url.find("://");
  const auto at = url.find('@', start == std::string::npos ? 0 : start);
  const auto colon = start == std::string::npos ? std::string::npos : url.find(':', start + 3);
  if (at == std::string::npos || colon == std::string::npos || colon > at)
    return url;
  return url.substr(0, colon) + url.substr(at);
}

}  // namespace callboard::cluster
