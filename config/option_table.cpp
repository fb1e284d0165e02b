#include "config/option_table.hpp"

#include "config/shape.hpp"

#include <algorithm>
#include <charconv>

namespace callboard::config {

namespace {

template <auto Group, auto Member>
constexpr auto at = +[](options& o) -> auto& { return (o.*Group).*Member; };

constexpr std::string_view no_cluster = "this version runs one node; several nodes come with a later one";
constexpr std::string_view no_console = "the operators' pages come with a later version";
constexpr std::string_view no_proxies = "this version never believes forwarded addresses; that comes with a later one";
constexpr std::string_view no_metrics = "an address of its own for /metrics comes with a later version";
constexpr std::string_view no_webhooks = "outgoing webhooks come with a later version";

using o = options;
using h = http_options;
using st = store_options;
using a = auth_options;
using l = limits_options;
using cl = cluster_options;

const std::vector<option>& table() {
  static const std::vector<option> rows{
    // -- http
    {.name = "http.listen", .sentence = "Address of the edge; port 0 picks a free one, printed when ready.",
     .where = at<&o::http, &h::listen>, .check = check_endpoint},
    {.name = "http.public_url", .sentence = "How clients reach this server, if not by its own address.",
     .where = at<&o::http, &h::public_url>, .check = check_public_url},
    {.name = "http.trusted_proxies", .sentence = "Ranges whose X-Forwarded-* headers are believed; empty: none.",
     .where = at<&o::http, &h::trusted_proxies>, .check = check_cidr, .not_yet = no_proxies},
    {.name = "http.threads", .sentence = "Threads that serve connections; 0: half as many as processors, at least 1.",
     .where = at<&o::http, &h::threads>, .minimum = 0, .maximum = 256},
    // -- store
    {.name = "store.url", .sentence = "Where everything is kept: sqlite:<directory> or postgresql://user@host/database.",
     .where = at<&o::store, &st::url>, .check = check_store_url, .holds_password = true},
    {.name = "store.password_file", .sentence = "File whose first line is the password of store.url.",
     .where = at<&o::store, &st::password_file>},
    {.name = "store.migrate_url", .sentence = "The owner's role for migrations, so that the server's needs no DDL.",
     .where = at<&o::store, &st::migrate_url>, .check = check_postgres_url, .holds_password = true},
    {.name = "store.migrate", .sentence = "Bring the store up to date at start.", .where = at<&o::store, &st::migrate>},
    {.name = "store.lanes", .sentence = "Writers to PostgreSQL; more than one pays only above 4 processors.",
     .where = at<&o::store, &st::lanes>, .minimum = 1, .maximum = 16},
    {.name = "store.readers", .sentence = "Threads that read the store.", .where = at<&o::store, &st::readers>,
     .minimum = 1, .maximum = 64},
    // -- auth
    {.name = "auth.signup", .sentence = "Who may make an account: everybody, or only an administrator.",
     .where = at<&o::auth, &a::signup>, .choices = {"open", "closed"}},
    {.name = "auth.issuer", .sentence = "The iss claim of access tokens.", .where = at<&o::auth, &a::issuer>},
    {.name = "auth.audience", .sentence = "The aud claim of access tokens.", .where = at<&o::auth, &a::audience>},
    {.name = "auth.jwt_algorithm", .sentence = "How access tokens are signed.",
     .where = at<&o::auth, &a::jwt_algorithm>, .choices = {"ES256", "HS256"}},
    {.name = "auth.jwt_key_file", .sentence = "PEM file with the ES256 key; empty: made at first start, kept in the store.",
     .where = at<&o::auth, &a::jwt_key_file>},
    {.name = "auth.jwt_secret_file", .sentence = "File with the HS256 secret, at least 32 bytes.",
     .where = at<&o::auth, &a::jwt_secret_file>},
    {.name = "auth.access_ttl_s", .sentence = "Life of an access token in seconds.",
     .where = at<&o::auth, &a::access_ttl_s>, .minimum = 1, .maximum = 86'400},
    {.name = "auth.refresh_ttl_s", .sentence = "Life of an unused refresh token in seconds.",
     .where = at<&o::auth, &a::refresh_ttl_s>, .minimum = 60, .maximum = 31'536'000},
    {.name = "auth.password_threads", .sentence = "Passwords hashed at the same time (19 MiB each).",
     .where = at<&o::auth, &a::password_threads>, .minimum = 1, .maximum = 64},
    // -- limits
    {.name = "limits.rate_limits", .sentence = "Limit requests and messages by user and address.",
     .where = at<&o::limits, &l::rate_limits>},
    {.name = "limits.body_bytes", .sentence = "Largest request body.", .where = at<&o::limits, &l::body_bytes>,
     .minimum = 1'024, .maximum = 67'108'864},
    {.name = "limits.connections", .sentence = "Connections in all; one address has at most half.",
     .where = at<&o::limits, &l::connections>, .minimum = 2, .maximum = 1'000'000},
    {.name = "limits.sockets_per_user", .sentence = "WebSockets and event streams of one user.",
     .where = at<&o::limits, &l::sockets_per_user>, .minimum = 1, .maximum = 100'000},
    {.name = "limits.subscriptions_per_user", .sentence = "Subscriptions over all sockets of one user.",
     .where = at<&o::limits, &l::subscriptions_per_user>, .minimum = 1, .maximum = 1'000'000},
    {.name = "limits.header_timeout_s", .sentence = "Time for a request's head, in seconds.",
     .where = at<&o::limits, &l::header_timeout_s>, .minimum = 1, .maximum = 3'600},
    {.name = "limits.body_timeout_s", .sentence = "Time for a request's body, in seconds.",
     .where = at<&o::limits, &l::body_timeout_s>, .minimum = 1, .maximum = 3'600},
    {.name = "limits.idle_timeout_s", .sentence = "Time between two requests of a connection, in seconds.",
     .where = at<&o::limits, &l::idle_timeout_s>, .minimum = 1, .maximum = 86'400},
    {.name = "limits.write_timeout_s", .sentence = "Time a client may take to read an answer, in seconds.",
     .where = at<&o::limits, &l::write_timeout_s>, .minimum = 1, .maximum = 3'600},
    {.name = "limits.command_deadline_ms", .sentence = "Time in which a write is answered, in milliseconds.",
     .where = at<&o::limits, &l::command_deadline_ms>, .minimum = 100, .maximum = 7'000},
    {.name = "limits.resident_entities", .sentence = "Entities kept in memory.",
     .where = at<&o::limits, &l::resident_entities>, .minimum = 16, .maximum = 10'000'000},
    {.name = "limits.entity_idle_s", .sentence = "An entity unused for so many seconds is put away.",
     .where = at<&o::limits, &l::entity_idle_s>, .minimum = 1, .maximum = 86'400},
    // -- the rest
    {.name = "cors.origins", .sentence = "Other origins whose pages may call: scheme://host[:port], or *.",
     .where = at<&o::cors, &cors_options::origins>, .check = check_origin},
    {.name = "log.format", .sentence = "Form of the log on standard error.", .where = at<&o::log, &log_options::format>,
     .choices = {"text", "json"}},
    {.name = "log.level", .sentence = "Least important record that is written.", .where = at<&o::log, &log_options::level>,
     .choices = {"trace", "debug", "info", "warn", "error", "off"}},
    {.name = "cluster.enabled", .sentence = "Run as one of several nodes over one PostgreSQL.",
     .where = at<&o::cluster, &cl::enabled>, .not_yet = no_cluster},
    {.name = "cluster.name", .sentence = "Name all nodes of a cluster share.", .where = at<&o::cluster, &cl::name>,
     .not_yet = no_cluster},
    {.name = "cluster.listen", .sentence = "Address for other nodes.", .where = at<&o::cluster, &cl::listen>,
     .check = check_endpoint, .not_yet = no_cluster},
    {.name = "cluster.advertise", .sentence = "Address other nodes are told; empty: cluster.listen.",
     .where = at<&o::cluster, &cl::advertise>, .check = check_endpoint, .not_yet = no_cluster},
    {.name = "cluster.certificate", .sentence = "PEM file with this node's certificate.",
     .where = at<&o::cluster, &cl::certificate>, .not_yet = no_cluster},
    {.name = "cluster.key", .sentence = "PEM file with this node's key.", .where = at<&o::cluster, &cl::key>,
     .not_yet = no_cluster},
    {.name = "cluster.ca", .sentence = "PEM file with the authority that signs all nodes.",
     .where = at<&o::cluster, &cl::ca>, .not_yet = no_cluster},
    {.name = "console.listen", .sentence = "Address of the operators' pages; empty: same as http.",
     .where = at<&o::console, &console_options::listen>, .check = check_endpoint, .not_yet = no_console},
    {.name = "metrics.listen", .sentence = "Address of /metrics without a token; empty: same as http, guarded.",
     .where = at<&o::metrics, &metrics_options::listen>, .check = check_endpoint, .not_yet = no_metrics},
    {.name = "webhooks.allow_cidrs", .sentence = "Private ranges that webhooks may call.",
     .where = at<&o::webhooks, &webhooks_options::allow_cidrs>, .check = check_cidr, .not_yet = no_webhooks},
  };
  return rows;
}

std::string one_of(const std::vector<std::string_view>& choices) {
  std::string out = "must be ";
  for (std::size_t i = 0; i < choices.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ").append(choices[i]);
  return out;
}

std::optional<std::string> problem_of(const option& which, const std::string& text) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }))
    return "must not contain control characters";
  if (!which.choices.empty() && std::find(which.choices.begin(), which.choices.end(), text) == which.choices.end())
    return one_of(which.choices);
  if (which.check && !text.empty())
    return which.check(text);
  return std::nullopt;
}

std::optional<std::string> problem_of(const option& which, std::int64_t number) {
  if (number >= which.minimum && number <= which.maximum)
    return std::nullopt;
  return "must be between " + std::to_string(which.minimum) + " and " + std::to_string(which.maximum);
}

std::optional<std::string> problem_of(const option&, bool) { return std::nullopt; }

std::optional<std::string> problem_of(const option& which, const std::vector<std::string>& list) {
  for (const auto& entry : list) {
    if (entry.empty())
      return "has an empty entry";
    if (auto wrong = problem_of(which, entry))
      return "\"" + entry + "\" " + *wrong;
  }
  return std::nullopt;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view{}
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  if (trim(text).empty())
    return out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    out.emplace_back(trim(text.substr(from, comma - from)));
    from = comma + 1;
  }
  return out;
}

}  // namespace

std::span<const option> option_table() { return table(); }

const option* find_option(std::string_view name) {
  const auto rows = option_table();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const option& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::string environment_name(const option& which) {
  std::string out = "CALLBOARD_";
  for (const char c : which.name)
    out += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

value get(const option& which, const options& from) {
  auto& readable = const_cast<options&>(from);  // The accessors serve reading and writing alike.
  return std::visit([&](auto where) { return value{where(readable)}; }, which.where);
}

std::optional<std::string> set(const option& which, options& in, value to) {
  return std::visit(
    [&](auto where) -> std::optional<std::string> {
      using type = std::remove_reference_t<decltype(where(in))>;
      auto* typed = std::get_if<type>(&to);
      if (!typed)
        return "must be a " + std::string{type_name(which)};
      if (auto wrong = problem_of(which, *typed))
        return wrong;
      if (!which.not_yet.empty() && *typed != std::get<type>(get(which, options{})))
        return "cannot be set: " + std::string{which.not_yet};
      where(in) = std::move(*typed);
      return std::nullopt;
    },
    which.where);
}

std::optional<std::string> set_text(const option& which, options& in, std::string_view text) {
  if (std::holds_alternative<text_field>(which.where))
    return set(which, in, std::string{text});
  if (std::holds_alternative<list_field>(which.where))
    return set(which, in, split(text));
  if (std::holds_alternative<flag_field>(which.where)) {
    if (text != "true" && text != "false")
      return "must be true or false";
    return set(which, in, text == "true");
  }
  std::int64_t number = 0;
  const auto end = text.data() + text.size();
  if (const auto [stop, error] = std::from_chars(text.data(), end, number); error != std::errc{} || stop != end)
    return "must be a number";
  return set(which, in, number);
}

std::string_view type_name(const option& which) {
  constexpr std::string_view names[]{"text", "number", "true or false", "list of texts"};
  return names[which.where.index()];
}

}  // namespace callboard::config
