#include "net/idempotency.hpp"

#include <algorithm>
#include <string>

namespace callboard::net {

result<std::string_view> parse_idempotency_key(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  const bool visible = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (value.empty() || value.size() > 255 || !visible)
    return refuse(problem_code::bad_header, "Idempotency-Key must be 1 to 255 visible ASCII characters");
  return value;
}

uuid op_id_of_key(const uuid& principal, std::string_view method, std::string_view path, std::string_view key) {
  std::string name;
  name.reserve(method.size() + path.size() + key.size() + 2);
  name.append(method).append(" ").append(path).append(" ").append(key);
  return make_uuid_v5(principal, name);
}

}  // namespace callboard::net
