#include "persistence/sqlite/connection.hpp"
#include "tests/contract/store_home.hpp"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>

namespace callboard::contract {
namespace {

class sqlite_home final : public store_home {
 public:
  sqlite_home() {
    auto pattern = (std::filesystem::temp_directory_path() / "callboard-store-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
      throw std::runtime_error("no temporary directory");
    directory_ = pattern;
  }
  ~sqlite_home() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  store_settings settings() override {
    store_settings settings;
    settings.url = "sqlite:" + directory_ + "/data";
    settings.node_id = "node-1";
    return settings;
  }
  std::string run(const std::string& sql) override {
    auto db = sqlite::connection::open(directory_ + "/data/callboard.db", sqlite::open_mode::read_write);
    auto query = db ? db->prepare(sql) : db.error();
    if (!query)
      throw std::runtime_error(query.error().detail);
    const int code = query->step();
    if (code != SQLITE_ROW && code != SQLITE_DONE)
      throw std::runtime_error(db->message());
    return code == SQLITE_ROW ? std::string(query->text(0)) : "";
  }

 private:
  std::string directory_;
};

}  // namespace

store_factory sqlite_factory() {
  return {"sqlite", [] { return std::make_unique<sqlite_home>(); }};
}

}  // namespace callboard::contract
