// Rows a second through a store's lane: many entities, one small event an item.
//   store_bench <store.url> [items] [in flight]
#include "persistence/open_store.hpp"
#include "tests/contract/entity_script.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

using namespace callboard;

namespace {

struct counting_listener final : commit_listener {
  void committed(std::vector<lane_item>&& items) noexcept override { done += items.size(); }
  void failed(std::vector<lane_item>&& items, append_failure) noexcept override { done += items.size(), bad += items.size(); }
  void fenced() noexcept override { std::abort(); }
  std::atomic<std::size_t> done{0}, bad{0};
};

constexpr auto data =
  R"({"id":"01930000-0000-7000-8000-000000000001","title":"Buy milk and bread","status":"pending","priority":"medium","position":"a0","section_id":null,"parent_id":null,"due_at":null,"deleted_at":null})";

}  // namespace

int main(int argc, char** argv) {
  store_settings settings;
  settings.url = argc > 1 ? argv[1] : "sqlite:./bench-data";
  settings.node_id = "bench";
  const std::size_t total = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 200'000;
  const std::size_t in_flight = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 2'000;
  auto opened = open_store(settings);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
    return 1;
  }
  auto& store = **opened;
  counting_listener listener;
  store.start(listener);
  std::vector<contract::entity_script> lists;
  for (int i = 0; i < 1'000; ++i)
    lists.emplace_back(to_string(make_uuid_v7()), store.owner_epoch());
  std::vector<lane_item> items;
  for (std::size_t i = 0; i < total; ++i) {
    items.push_back(lists[i % lists.size()].append("task.created.v1", data, "01930000-0000-7000-8000-000000000001"));
    items.back().deadline = {};
  }
  const auto begin = std::chrono::steady_clock::now();
  auto& lane = store.lane_of(0);
  for (std::size_t i = 0; i < total; ++i) {
    while (i - listener.done.load() >= in_flight)
      std::this_thread::sleep_for(std::chrono::microseconds{50});
    lane.submit(std::move(items[i]));
  }
  while (listener.done.load() < total)
    std::this_thread::yield();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto& figures = *store.lane_figures()[0];
  std::printf("%zu rows in %.2f s: %.0f rows/s, %.1f rows a batch, %zu failed\n", total, took.count(),
              static_cast<double>(total) / took.count(),
              static_cast<double>(total) / static_cast<double>(figures.batches.load()), listener.bad.load());
  const auto folding = std::chrono::steady_clock::now();
  while (store.fold_figures().events.load() < total && std::chrono::steady_clock::now() - folding < std::chrono::seconds{60})
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  const std::chrono::duration<double> lag = std::chrono::steady_clock::now() - folding;
  std::printf("fold finished %.2f s later\n", lag.count());
  store.stop();
  return 0;
}
