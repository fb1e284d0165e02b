#pragma once

#include <pqxx/pqxx>

#include <string>

namespace callboard::postgres {

/// A libpqxx connection that never comes back by itself: it would have lost its session. Included by sources only.
struct pqxx_session {
  explicit pqxx_session(const std::string& settings) : connection(settings), quiet(connection) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
  }

  pqxx::connection connection;
  pqxx::quiet_errorhandler quiet;  // Notices would go to standard error.
};

}  // namespace callboard::postgres
