#include "actors/kinds.hpp"
#include "persistence/postgres/event_rows.hpp"

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace {

using namespace callboard;

constexpr std::string_view self = "00000000-0000-7000-8000-000000000001";
constexpr std::string_view zeros = "\\x00000000000000000000000000000000";

/// The part of `text` up to `end`, which is taken off.
std::string_view take(std::string_view& text, char end) {
  const auto at = text.find(end);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == text.npos ? text.size() : at + 1);
  return part;
}

/// A line `type <tab> actor <tab> meta <tab> payload` as a row of the journal.
std::optional<event_ptr> read_row(std::string_view kind, std::string_view line, std::uint64_t seq) {
  const auto number = std::to_string(seq), at = std::to_string(1'800'000'000'000 + seq * 1000);
  const auto type = take(line, '\t'), actor = take(line, '\t'), meta = take(line, '\t');
  const postgres::event_texts row{kind, self, "1", number, number, "1", type, line, actor, meta, zeros, at};
  auto event = postgres::read_event(row);
  if (!event)
    return std::nullopt;
  // What is read is written back to the same meaning.
  const auto written = encode_meta((*event)->meta);
  const auto again = decode_meta(written);
  if (!again || encode_meta(*again) != written)
    std::abort();
  return *event;
}

bool replay(aggregate& entity, const recorded_event& event) {
  try {
    entity.replay(event);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

/// What was saved is loaded or refused; a history that no command could have made may be refused.
void check_snapshot(const aggregate& entity, const kind_descriptor& kind, const entity_ref& ref) {
  const auto loaded = kind.make(ref);
  if (loaded->restore(entity.snapshot()) && loaded->seq() != entity.seq())
    std::abort();
}

}  // namespace

/// Rows of a journal make an entity or are refused; nothing else comes of them. The first line is the number of the kind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto number = take(text, '\n');
  const auto kind = postgres::kind_of(number);
  if (!kind)
    return 0;
  const entity_ref ref{*kind, std::string(self)};
  const auto& descriptor = descriptor_of(*kind);
  const auto entity = descriptor.make(ref);
  for (std::uint64_t seq = 1; !text.empty(); ++seq) {
    const auto event = read_row(number, take(text, '\n'), seq);
    if (!event || !replay(*entity, **event))
      return 0;
    render_event(**event, 1);
    render_ev_frame(**event, seq - 1);
    if (entity->seq() != seq)
      std::abort();
  }
  if (entity->seq() > 0)
    check_snapshot(*entity, descriptor, ref);
  return 0;
}

/// Half of the mutations keep rows whole: they are left out, said twice, or change places.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t size_max, unsigned seed) {
  std::minstd_rand random(seed);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string kind(take(text, '\n'));
  std::vector<std::string> rows;
  while (!text.empty())
    rows.emplace_back(take(text, '\n'));
  if (rows.empty() || random() % 2)
    return LLVMFuzzerMutate(data, size, size_max);
  const auto one = random() % rows.size(), other = random() % rows.size();
  switch (random() % 3) {
    case 0: rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(one)); break;
    case 1: rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(one), std::string(rows[other])); break;
    default: std::swap(rows[one], rows[other]);
  }
  auto mutated = kind;
  for (const auto& row : rows)
    mutated += '\n' + row;
  return mutated.copy(reinterpret_cast<char*>(data), size_max);
}
