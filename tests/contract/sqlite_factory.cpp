#include "tests/contract/store_home.hpp"

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

 private:
  std::string directory_;
};

}  // namespace

store_factory sqlite_factory() {
  return {"sqlite", [] { return std::make_unique<sqlite_home>(); }};
}

}  // namespace callboard::contract
