#include "net/min_seq.hpp"

#include "actors/base/event.hpp"
#include "net/query_string.hpp"

namespace callboard::net {
namespace {

constexpr std::size_t positions_max = 20;

refusal bad(std::string_view why) {
  return refuse(problem_code::bad_header, "Callboard-Min-Seq " + std::string(why));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ')
    text.remove_suffix(1);
  return text;
}

/// The part before `mark`, taken from the front together with the mark.
std::string_view take_until(std::string_view& text, char mark) {
  const auto end = std::min(text.find(mark), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

result<min_positions::of_list> parse_position(std::string_view item, std::uint64_t stream_epoch) {
  const auto stream = take_until(item, ';');
  const auto epoch = trimmed(take_until(item, ';'));
  const auto seq = trimmed(take_until(item, ';'));
  if (!stream.starts_with("list:") || !epoch.starts_with("epoch=") || !seq.starts_with("seq=") || !item.empty())
    return bad("takes a number or positions as Callboard-Stream gives them");
  const auto list = parse_uuid(stream.substr(5));
  const auto number = parse_number(seq.substr(4));
  if (!list || !number)
    return bad("names no list or no number");
  if (epoch.substr(6) != epoch_text(stream_epoch))
    return refuse(problem_code::epoch_changed, "the position belongs to another history");
  return min_positions::of_list{*list, *number};
}

}  // namespace

std::string stream_position_text(std::string_view stream, std::uint64_t epoch, std::uint64_t seq) {
  std::string out;
  out.reserve(stream.size() + 48);
  out.append(stream).append(";epoch=").append(epoch_text(epoch)).append(";seq=").append(std::to_string(seq));
  return out;
}

result<min_positions> parse_min_positions(std::string_view value, std::uint64_t stream_epoch) {
  min_positions out;
  if (const auto number = parse_number(trimmed(value))) {
    out.bare = *number;
    return out;
  }
  if (trimmed(value).empty())
    return bad("is empty");
  while (!value.empty()) {
    auto position = parse_position(trimmed(take_until(value, ',')), stream_epoch);
    if (!position)
      return position.error();
    if (out.lists.size() == positions_max)
      return bad("names too many positions");
    out.lists.push_back(*position);
  }
  return out;
}

}  // namespace callboard::net
