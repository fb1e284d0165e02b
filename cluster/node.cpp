#include "cluster/node.hpp"

#include "actors/base/log.hpp"
#include "actors/base/metrics.hpp"
#include "actors/base/work_pool.hpp"
#include "actors/list/list_json.hpp"
#include "actors/runtime/outcome_codec.hpp"
#include "actors/runtime/runtime.hpp"
#include "cluster/admin_requests.hpp"
#include "cluster/edge_services.hpp"
#include "cluster/inspection.hpp"
#include "cluster/keys.hpp"
#include "cluster/periodic.hpp"
#include "cluster/readiness.hpp"
#include "cluster/settings.hpp"
#include "cluster/user_commands.hpp"
#include "net/admin_socket.hpp"
#include "net/auth/password_pool.hpp"
#include "net/listener.hpp"
#include "persistence/open_store.hpp"

#include <sodium.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

namespace callboard::cluster {
namespace {

/// The counter of answered requests. A thread remembers those it used last: finding one takes a lock and compares texts.
counter& requests_of(std::string_view route, std::string_view method, std::uint16_t status) {
  struct known {
    const char* route = nullptr;  // the tables' own texts
    std::uint16_t status = 0;
    std::string method;
    counter* count = nullptr;
  };
  thread_local std::array<known, 64> recent;
  auto& at = recent[(reinterpret_cast<std::uintptr_t>(route.data()) / 8 + status + method.size()) % recent.size()];
  if (at.route != route.data() || at.status != status || at.method != method)
    at = {route.data(), status, std::string(method),
          &node_metrics().http_requests.at({route, method, std::to_string(status)})};
  return *at.count;
}

using namespace std::chrono_literals;

constexpr auto drain_limit = 20s;
constexpr auto sockets_limit = 5s;
constexpr std::size_t reads_waiting_max = 10'000;
constexpr auto prune_period = 1min;
constexpr auto prune_pause = 50ms;
constexpr auto outcomes_kept = 24h;
constexpr std::size_t prune_batch = 1'000;

std::uint64_t throttle_seed() {
  std::uint64_t seed;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

/// Outcomes that no repeat may ask for any more go in small batches, between other work; true: there are more of them.
bool prune(store& journal) {
  const auto gone = journal.prune_outcomes(wall_now() - outcomes_kept, prune_batch);
  return gone && *gone == prune_batch;
}

/// This process may not or cannot write any more, as its lane has logged: what is committed is safe.
[[noreturn]] void end_fenced() {
  log_event(log_level::error, "node.fenced", {{"next", "this process cannot write to its store any more, for the reason logged before; it ends"}});
  stop_log();
  std::_Exit(1);
}

}  // namespace

// In the order of construction; destroyed the other way round, the store last.
struct node::parts {
  parts(const config::options& o, std::unique_ptr<store_backend> s, net::access_tokens keys, std::string refresh_key,
        std::string node_id)
      : options(o), id(std::move(node_id)), store(std::move(s)), tokens(std::move(keys)),
        passwords({static_cast<std::size_t>(o.auth.password_threads), 32}),
        auth{tokens, passwords, std::move(refresh_key), {}, net::login_throttle{throttle_seed()}},
        quota(static_cast<std::uint32_t>(o.limits.sockets_per_user),
              static_cast<std::uint32_t>(o.limits.subscriptions_per_user)),
        readers("store.readers", static_cast<unsigned>(o.store.readers), reads_waiting_max),
        actors(std::make_unique<runtime::node_runtime>(*store, readers, runtime_settings_of(o), hooks())),
        ready(std::make_unique<readiness>(*store)),
        pruning(std::make_unique<periodic>(prune_period, prune_pause, [this] { return prune(*store); })) {}

  runtime::runtime_hooks hooks() {
    return {end_fenced, [this](const recorded_event& event) { edges.rights_changed(event); }};
  }

  std::unique_ptr<net::http_service> make_service(net::event_loop& loop);
  net::api_hooks api_hooks();
  std::string metrics_text();
  result<std::optional<finished_command>> find_command(const uuid& principal, const uuid& op_id);

  config::options options;
  std::string id;
  std::unique_ptr<store_backend> store;
  net::access_tokens tokens;
  net::password_pool passwords;
  net::auth_parts auth;
  net::api_shared api_shared;
  net::user_quota quota;
  edge_group edges;
  work_pool readers;
  std::unique_ptr<runtime::node_runtime> actors;
  std::unique_ptr<readiness> ready;
  std::unique_ptr<periodic> pruning;
  std::unique_ptr<net::edge_server> edge;
  std::unique_ptr<net::admin_server> admin;
};

node::node() = default;

result<std::unique_ptr<node>> node::open(const config::options& options) {
  auto settings = store_settings_of(options);
  settings.node_id = make_node_id();
  const auto node_id = settings.node_id;
  auto store = open_store(settings);
  if (!store)
    return store.error();
  for (const auto& warning : (*store)->warnings())
    log_event(log_level::warn, "store.warning", {{"what", warning}});
  auto tokens = load_access_tokens(**store, options.auth);
  if (!tokens)
    return tokens.error();
  auto refresh_key = load_refresh_key(**store);
  if (!refresh_key)
    return refresh_key.error();
  list::set_stream_epoch((*store)->stream_epoch());
  std::unique_ptr<node> made(new node);
  made->parts_ = std::make_unique<parts>(options, std::move(*store), std::move(*tokens), std::move(*refresh_key), node_id);
  return made;
}

node::~node() {
  if (!parts_)
    return;
  auto& p = *parts_;
  p.admin.reset();
  if (p.edge)
    p.edge->halt();
  p.pruning.reset();
  p.passwords.stop();
  p.actors->stop();
  // The actors outlive the last request, the edges' sinks the last actor.
  p.actors.reset();
  p.edge.reset();
  p.ready.reset();
}

result<node::listening> node::serve() {
  auto& p = *parts_;
  listening where;
  p.edge = std::make_unique<net::edge_server>(edge_settings_of(p.options),
                                              [&p](net::event_loop& loop) { return p.make_service(loop); });
  // A start that cannot serve makes no admin, whose password nobody would see.
  const auto bound = p.edge->bind();
  if (!bound)
    return bound.error();
  if (auto made = make_first_admin(where); !made)
    return made.error();
  if (auto started = p.edge->start(); !started)
    return started.error();
  where.address = bound->text();
  auto admin = net::serve_admin(net::admin_socket_path(store_identity(p.options.store.url), p.id),
                                [this](std::string_view request) { return administer(request); });
  if (admin)
    p.admin = std::move(*admin);
  else
    log_event(log_level::warn, "admin_socket.unavailable", {{"why", admin.error().detail}});
  return where;
}

result<void> node::make_first_admin(listening& where) {
  constexpr auto mark = "first_admin";
  auto& p = *parts_;
  const auto marked = p.store->config_value(mark, {});
  if (!marked)
    return marked.error();
  if (!marked->empty())
    return {};
  new_user admin;
  admin.email = first_admin_email;
  admin.name = "Admin";
  admin.role = instance_role::admin;
  const auto made = add_user(*p.actors, p.passwords, std::move(admin));
  if (made) {
    where.admin_email = first_admin_email;
    where.admin_password = made->password;
  } else if (made.error().code != problem_code::already_exists) {
    return made.error();
  } else if (!set_user(*p.actors, p.passwords, std::string(first_admin_email), {})) {
    log_event(log_level::warn, "first_admin.half_made", {{"next", "the next start makes it whole"}});
    return {};
  }
  // The mark comes last: without it the next start tries again, and finds the admin there.
  if (auto kept = p.store->config_value(mark, to_string(make_uuid_v7())); !kept)
    log_event(log_level::warn, "first_admin.not_marked", {{"why", kept.error().detail}});
  return {};
}

void node::drain() {
  auto& p = *parts_;
  p.ready->set_draining();
  if (!p.edge)
    return;
  p.edges.drain_sockets();
  p.edge->drain();
  p.edge->wait_until_idle(drain_limit);
  p.edge->wait_until_sockets_closed(sockets_limit);
}

std::string node::administer(std::string_view request, const std::function<void(std::uint64_t)>& progress) {
  auto& p = *parts_;
  return answer_admin_request(request, {*p.actors, p.passwords, *p.store, p.actors->inspect(), p.id, progress});
}

std::string_view node::store_name() const noexcept { return parts_->store->store_name(); }
std::string_view node::id() const noexcept { return parts_->id; }

result<std::optional<finished_command>> node::parts::find_command(const uuid& principal, const uuid& op_id) {
  const auto row = store->find_command(principal, op_id);
  if (!row)
    return row.error();
  if (!*row)
    return std::optional<finished_command>{};
  auto command = runtime::decode_command(**row);
  if (!command)
    return command.error();
  return std::optional(std::move(*command));
}

// -- one edge thread -------------------------------------------------------------------------------------------------

std::unique_ptr<net::http_service> node::parts::make_service(net::event_loop& loop) {
  auto settings = api_settings_of(options);
  settings.node = id;
  net::api_dependencies api{loop,
                            *actors,
                            store->lists(),
                            [this](std::function<void()> work) { return readers.run(std::move(work)); },
                            [this](const entity_ref& ref, std::uint64_t after, std::size_t limit) {
                              return store->events(ref, after, limit);
                            },
                            auth,
                            api_shared,
                            std::move(settings),
                            api_hooks(),
                            [this](const uuid& principal, const uuid& op_id) { return find_command(principal, op_id); },
                            [this](entity_kind kind, const std::string& after, std::size_t limit) {
                              return store->entity_ids(kind, after, limit);
                            },
                            [this](const entity_ref& ref, std::uint64_t seq) {
                              return store->snapshot_before(ref, seq);
                            }};
  net::socket_settings sockets;
  sockets.node = id;
  sockets.rate_limits = options.limits.rate_limits;
  return std::make_unique<edge_services>(edges, std::move(api), std::move(sockets), quota);
}

net::api_hooks node::parts::api_hooks() {
  net::api_hooks hooks;
  hooks.metrics = [this] { return metrics_text(); };
  hooks.actors = [this](std::string_view query) {
    return render_actors(actors->inspect(), read_actors_query(query), id);
  };
  hooks.actor = [this](std::string_view which) { return render_actor(actors->inspect(), which, id); };
  hooks.ready = [this](std::string& details) { return ready->check(details); };
  hooks.sockets_of = [this](const uuid& session) { return quota.sockets_of(session); };
  hooks.session_ended = [this](const uuid& session, const uuid&) { edges.end_session(session); };
  hooks.observe = [](std::string_view route, std::string_view method, std::uint16_t status,
                     std::chrono::nanoseconds took) {
    requests_of(route, method, status).add();
    node_metrics().http_request_duration.observe(std::chrono::duration<double>(took).count());
  };
  return hooks;
}

std::string node::parts::metrics_text() {
  auto& all = node_metrics();
  for (const auto kind : {entity_kind::list, entity_kind::account, entity_kind::login, entity_kind::session,
                          entity_kind::inbox}) {
    const auto [resident, waiting] = actors->inspect().totals(kind);
    all.entities_resident.at({to_string(kind)}).set(static_cast<double>(resident));
    all.mailbox_messages.at({to_string(kind)}).set(static_cast<double>(waiting));
  }
  if (edge)
    all.ws_connections.set(static_cast<double>(edge->counts().open_ws));
  all.projection_lag.set(lag_seconds(store->fold_figures(), wall_now()));
  return render_metrics(all);
}

}  // namespace callboard::cluster
