#include "tests/contract/store_home.hpp"

namespace callboard::contract {

std::vector<store_factory> all_factories() {
  auto all = postgres_factories();
  all.insert(all.begin(), sqlite_factory());
  return all;
}

}  // namespace callboard::contract
