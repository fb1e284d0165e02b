#include "net/router.hpp"

#include "actors/base/uuid.hpp"

#include <algorithm>

namespace callboard::net {
namespace {

/// The next segment of a path that begins with `/`; the rest stays in `path`.
std::string_view take_segment(std::string_view& path) noexcept {
  const auto end = std::min(path.find('/', 1), path.size());
  const auto segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

int method_index(std::string_view method) noexcept {
  if (method == "HEAD")
    return 0;
  const auto found = std::find(method_names.begin(), method_names.end(), method);
  return found == method_names.end() ? -1 : static_cast<int>(found - method_names.begin());
}

}  // namespace

router::router(std::span<const route> routes) {
  nodes_.emplace_back();
  for (const auto& row : routes) {
    std::uint32_t at = 0;
    for (auto path = row.path; !path.empty();)
      at = child_for(at, take_segment(path));
    nodes_[at].rows[static_cast<std::size_t>(row.method)] = &row;
  }
}

std::uint32_t router::child_for(std::uint32_t at, std::string_view segment) {
  const auto fresh = static_cast<std::uint32_t>(nodes_.size());
  if (segment.starts_with('{')) {
    if (!nodes_[at].parameter) {
      nodes_[at].parameter = fresh;
      nodes_[at].parameter_is_id = segment.ends_with("_id}");
      nodes_.emplace_back();
    }
    return nodes_[at].parameter;
  }
  for (const auto& [name, child] : nodes_[at].literals)
    if (name == segment)
      return child;
  nodes_[at].literals.emplace_back(segment, fresh);
  nodes_.emplace_back();
  return fresh;
}

route_match router::match(std::string_view method, std::string_view path) const noexcept {
  route_match out;
  if (!path.starts_with('/'))
    return out;
  std::uint32_t at = 0;
  std::size_t params = 0;
  while (!path.empty()) {
    const auto segment = take_segment(path);
    const auto& here = nodes_[at];
    const auto literal = std::find_if(here.literals.begin(), here.literals.end(),
                                      [&](const auto& item) { return item.first == segment; });
    if (literal != here.literals.end()) {
      at = literal->second;
    } else if (here.parameter && !segment.empty() && params < path_params_max &&
               (!here.parameter_is_id || parse_uuid(segment))) {
      out.params[params++] = segment;
      at = here.parameter;
    } else {
      return out;
    }
  }
  const auto& end = nodes_[at];
  for (std::size_t i = 0; i < end.rows.size(); ++i)
    if (end.rows[i])
      out.allowed |= static_cast<std::uint8_t>(1u << i);
  const int index = method_index(method);
  if (index >= 0)
    out.row = end.rows[static_cast<std::size_t>(index)];
  return out;
}

std::string allow_text(std::uint8_t allowed) {
  std::string out;
  for (std::size_t i = 0; i < method_names.size(); ++i)
    if (allowed & (1u << i)) {
      out.append(method_names[i]).append(", ");
      if (i == 0)
        out.append("HEAD, ");
    }
  return out + "OPTIONS";
}

}  // namespace callboard::net
