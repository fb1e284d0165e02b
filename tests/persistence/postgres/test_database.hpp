#pragma once

#include <string>

namespace callboard::test {

/// Is there a server (tests/run-with-postgres)?
bool has_postgres();

/// An empty database of its own on the test server, dropped at the end.
class test_database {
 public:
  test_database();
  ~test_database();
  test_database(const test_database&) = delete;
  test_database& operator=(const test_database&) = delete;

  /// Address of the database; with a port, through a proxy there.
  std::string url(int port = 0) const;
  /// Runs statements on a connection of their own; the first value of the last one.
  std::string run(const std::string& statements) const;

 private:
  std::string name_;
};

int server_port();
/// Calls pg_ctl on the test server: `restart -m immediate`.
bool control_server(const std::string& arguments);

}  // namespace callboard::test
