#pragma once

#include "actors/base/refusal.hpp"
#include "actors/list/list.hpp"

#include <boost/json.hpp>

#include <initializer_list>
#include <span>

namespace callboard::list {

/// Reads a command's args member by member and collects every wrong one. Internal to the decoder.
class args_reader {
 public:
  using value = boost::json::value;

  explicit args_reader(const value& args);

  /// The member, noted as known; null if it is absent.
  const value* take(std::string_view name);

  void fail(std::string_view member, std::string_view code, std::string detail,
            std::optional<std::int64_t> limit = {});

  /// Ids, texts, numbers of a value that is there; nothing after a failure, which is noted.
  std::optional<uuid> id_of(std::string_view pointer, const value& v);
  std::optional<std::string> line_of(std::string_view pointer, const value& v, std::size_t least, std::size_t most);
  std::optional<std::string> text_of(std::string_view pointer, const value& v, std::size_t bytes_max);
  std::optional<timestamp> time_of(std::string_view pointer, const value& v);
  std::optional<std::int64_t> integer_of(std::string_view pointer, const value& v, std::int64_t least,
                                         std::int64_t most);
  std::optional<bool> flag_of(std::string_view pointer, const value& v);
  /// The items of an array of at most `most`.
  const boost::json::array* array_of(std::string_view pointer, const value& v, std::size_t most);

  /// Required members.
  uuid id(std::string_view name);
  std::string line(std::string_view name, std::size_t least, std::size_t most);
  /// Optional members: absent and null are nothing.
  std::optional<uuid> maybe_id(std::string_view name);
  std::optional<std::string> maybe_line(std::string_view name, std::size_t least, std::size_t most);
  std::optional<std::uint64_t> maybe_natural(std::string_view name);

  /// `before`, `after` or `position`; at most one of them.
  std::optional<placement> maybe_place();

  /// Notes members nobody took: `read_only` if they are among `known`, unless these are ignored.
  void refuse_rest(std::span<const std::string_view> known, bool ignore_known = false);

  bool ok() const { return errors_.empty(); }
  refusal take_refusal();

 private:
  const boost::json::object* object_ = nullptr;
  std::vector<std::string_view> taken_;
  static constexpr std::size_t errors_max = 100;
  std::vector<field_error> errors_;
  std::size_t failed_ = 0;  ///< the ones that are not kept included
};

/// Ids written twice count once.
template <class T, class Same>
bool add_once(std::vector<T>& all, T one, Same&& same) {
  for (const auto& there : all)
    if (same(there, one))
      return false;
  all.push_back(std::move(one));
  return true;
}

inline constexpr std::size_t description_bytes_max = 65'536;

/// The writable members of a task (API.md section 20) that are given; null sets the default.
task_patch read_task_members(args_reader& in, bool title_required);
/// Gives every writable member that the patch leaves out its default.
void fill_task_defaults(task_patch& patch);
/// Members of a task that only the server writes.
std::span<const std::string_view> task_read_only() noexcept;

}  // namespace callboard::list
