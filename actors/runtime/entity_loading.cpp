#include "actors/runtime/entity_loading.hpp"

#include <iterator>

namespace callboard::runtime {

result<loaded_entity> load_entity(store& journal, const entity_ref& ref, std::uint64_t snapshot_at) {
  constexpr std::size_t page_events = 2'000;
  if (snapshot_at == newest_snapshot)
    return journal.load(ref);
  auto older = journal.snapshot_before(ref, snapshot_at);
  if (!older)
    return older.error();
  loaded_entity loaded{std::move(*older), {}};
  for (auto after = loaded.snapshot ? loaded.snapshot->seq : 0;; after = loaded.tail.back()->seq) {
    auto page = journal.events(ref, after, page_events);
    if (!page)
      return page.error();
    const bool last = page->size() < page_events;
    loaded.tail.insert(loaded.tail.end(), std::make_move_iterator(page->begin()),
                       std::make_move_iterator(page->end()));
    if (last)
      return loaded;
  }
}

}  // namespace callboard::runtime
