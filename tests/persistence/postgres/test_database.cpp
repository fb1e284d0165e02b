#include "tests/persistence/postgres/test_database.hpp"

#include "actors/base/uuid.hpp"

#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace callboard::test {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::string run_on(const std::string& database, const std::string& statements) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(("dbname=" + database).c_str()), &PQfinish);
  const std::unique_ptr<PGresult, decltype(&PQclear)> done(PQexec(connection.get(), statements.c_str()), &PQclear);
  const auto status = PQresultStatus(done.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(PQerrorMessage(connection.get()));
  return PQntuples(done.get()) > 0 ? PQgetvalue(done.get(), 0, 0) : "";
}

}  // namespace

bool has_postgres() { return !variable("PGPORT").empty() && !variable("PGHOST").empty(); }

int server_port() { return std::atoi(variable("PGPORT").c_str()); }

test_database::test_database() : name_("test_" + to_string(make_uuid_v7())) {
  run_on("postgres", "create database \"" + name_ + "\"");
}

test_database::~test_database() {
  try {
    run_on("postgres", "drop database \"" + name_ + "\" with (force)");
  } catch (const std::exception&) {
    // A test that stopped the server has nothing left to drop.
  }
}

std::string test_database::url(int port) const {
  return "postgresql://" + variable("PGUSER") + ":" + variable("PGPASSWORD") + "@" + variable("PGHOST") + ":" +
         std::to_string(port ? port : server_port()) + "/" + name_;
}

std::string test_database::run(const std::string& statements) const { return run_on(name_, statements); }

bool control_server(const std::string& arguments) {
  return std::system((variable("CALLBOARD_TEST_PG_CTL") + " " + arguments + " >/dev/null 2>&1").c_str()) == 0;
}

}  // namespace callboard::test
