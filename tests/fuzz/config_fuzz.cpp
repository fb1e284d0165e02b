#include "config/load.hpp"
#include "config/option_table.hpp"
#include "config/render.hpp"

#include <cstdint>
#include <cstdlib>

// A file that loads without problems renders to one that loads to the same values.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace callboard::config;
  loaded first;
  read_toml({reinterpret_cast<const char*>(data), size}, "fuzz", first);
  if (!first.ok())
    return 0;
  const auto rendered = to_toml(first.values);
  loaded again;
  read_toml(rendered, "rendered", again);
  if (!again.ok() || to_toml(again.values) != rendered)
    std::abort();
  return 0;
}
