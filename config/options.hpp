#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace callboard::config {

/// The edge: where clients come in.
struct http_options {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  std::vector<std::string> trusted_proxies;
  std::int64_t threads = 0;
};

/// Where everything is kept.
struct store_options {
  std::string url = "sqlite:./callboard-data";
  std::string password_file;
  std::string migrate_url;
  bool migrate = true;
  std::int64_t lanes = 1;
  std::int64_t readers = 4;
};

/// Who may come in, and how that is shown.
struct auth_options {
  std::string signup = "open";
  std::string issuer = "callboard";
  std::string audience = "callboard";
  std::string jwt_algorithm = "ES256";
  std::string jwt_key_file;
  std::string jwt_secret_file;
  std::int64_t access_ttl_s = 900;
  std::int64_t refresh_ttl_s = 30 * 86'400;
  std::int64_t password_threads = 2;
};

/// What one client, or all of them, may use.
struct limits_options {
  bool rate_limits = true;
  std::int64_t body_bytes = 1'048'576;
  std::int64_t connections = 20'000;
  std::int64_t sockets_per_user = 1'000;
  std::int64_t subscriptions_per_user = 10'000;
  std::int64_t header_timeout_s = 10;
  std::int64_t body_timeout_s = 30;
  std::int64_t idle_timeout_s = 60;
  std::int64_t write_timeout_s = 30;
  std::int64_t command_deadline_ms = 5'000;
  std::int64_t resident_entities = 100'000;
  std::int64_t entity_idle_s = 300;
};

/// Which pages of other origins may call.
struct cors_options {
  std::vector<std::string> origins;
};

/// What is written to standard error.
struct log_options {
  std::string format = "text";
  std::string level = "info";
};

/// Several nodes over one PostgreSQL.
struct cluster_options {
  bool enabled = false;
  std::string name = "callboard";
  std::string listen = "127.0.0.1:0";
  std::string advertise;
  std::string certificate;
  std::string key;
  std::string ca;
};

/// The operators' pages.
struct console_options {
  std::string listen;
};

/// Prometheus' text.
struct metrics_options {
  std::string listen;
};

/// Calls to other services.
struct webhooks_options {
  std::vector<std::string> allow_cidrs;
};

/// Every option with its default; names, bounds and sentences are in option_table.cpp.
struct options {
  http_options http;
  store_options store;
  auth_options auth;
  limits_options limits;
  cors_options cors;
  log_options log;
  cluster_options cluster;
  console_options console;
  metrics_options metrics;
  webhooks_options webhooks;
};

}  // namespace callboard::config
