#include "tests/contract/store_home.hpp"
#include "tests/persistence/postgres/test_database.hpp"

namespace callboard::contract {
namespace {

class postgres_home final : public store_home {
 public:
  store_settings settings() override {
    store_settings settings;
    settings.url = database_.url();
    settings.node_id = "node-1";
    return settings;
  }
  std::string run(const std::string& sql) override { return database_.run(sql); }

 private:
  test::test_database database_;
};

}  // namespace

std::vector<store_factory> postgres_factories() {
  if (!test::has_postgres())
    return {};
  return {{"postgresql", [] { return std::make_unique<postgres_home>(); }}};
}

}  // namespace callboard::contract
