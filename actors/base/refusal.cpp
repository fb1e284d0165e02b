#include "actors/base/refusal.hpp"

#include <stdexcept>

namespace callboard {

void throw_exception_from_error(const refusal& why, const boost::source_location& where) {
  throw std::logic_error("a refusal was taken for a value: " + why.detail + " (" + where.to_string() + ")");
}

}  // namespace callboard
