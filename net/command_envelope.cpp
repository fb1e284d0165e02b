#include "net/command_envelope.hpp"

#include "actors/kinds.hpp"
#include "actors/list/list_query.hpp"
#include "net/bridge.hpp"
#include "net/user_lookup.hpp"
#include "net/write_log.hpp"

#include <boost/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace callboard::net {
namespace {

namespace json = boost::json;

constexpr std::array types{
  command_type{"list.create", scope::lists_admin}, command_type{"list.update", scope::lists_admin},
  command_type{"list.replace", scope::lists_admin}, command_type{"list.archive", scope::lists_admin},
  command_type{"list.unarchive", scope::lists_admin}, command_type{"list.delete", scope::lists_admin},
  command_type{"list.restore", scope::lists_admin}, command_type{"list.purge", scope::lists_admin},
  command_type{"list.reorder", scope::tasks_write}, command_type{"section.create", scope::tasks_write},
  command_type{"section.update", scope::tasks_write}, command_type{"section.delete", scope::tasks_write},
  command_type{"tag.create", scope::tasks_write}, command_type{"tag.update", scope::tasks_write},
  command_type{"tag.delete", scope::tasks_write}, command_type{"member.add", scope::lists_admin},
  command_type{"member.update", scope::lists_admin}, command_type{"member.remove", scope::lists_admin},
  command_type{"task.create", scope::tasks_write}, command_type{"task.update", scope::tasks_write},
  command_type{"task.replace", scope::tasks_write}, command_type{"task.complete", scope::tasks_write},
  command_type{"task.reopen", scope::tasks_write}, command_type{"task.delete", scope::tasks_write},
  command_type{"task.restore", scope::tasks_write}, command_type{"task.purge", scope::tasks_write},
  command_type{"task.move", scope::tasks_write}, command_type{"task.tag", scope::tasks_write},
  command_type{"task.untag", scope::tasks_write}, command_type{"task.assign", scope::tasks_write},
  command_type{"task.unassign", scope::tasks_write}, command_type{"task.depend", scope::tasks_write},
  command_type{"task.undepend", scope::tasks_write}, command_type{"task.timer_start", scope::tasks_write},
  command_type{"task.timer_pause", scope::tasks_write}, command_type{"task.timer_reset", scope::tasks_write}};

/// Feeds a value without regard to the order of members and the spelling of strings.
void digest_value(EVP_MD_CTX* context, const json::value& value) {
  const auto feed = [&](char mark, std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    EVP_DigestUpdate(context, &mark, 1);
    EVP_DigestUpdate(context, &size, sizeof size);
    EVP_DigestUpdate(context, text.data(), text.size());
  };
  if (const auto* object = value.if_object()) {
    std::vector<const json::key_value_pair*> members;
    for (const auto& member : *object)
      members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
    feed('{', {});
    for (const auto* member : members) {
      feed('k', std::string_view(member->key()));
      digest_value(context, member->value());
    }
    feed('}', {});
  } else if (const auto* array = value.if_array()) {
    feed('[', {});
    for (const auto& item : *array)
      digest_value(context, item);
    feed(']', {});
  } else if (const auto* text = value.if_string()) {
    feed('s', std::string_view(*text));
  } else {
    feed('v', json::serialize(value));
  }
}

/// Gives a new thing its id where the client chose none.
void fill_id(command_call& call) {
  if (!call.type.ends_with(".create") || call.args->if_contains("id"))
    return;
  (*call.args)["id"] = to_string(call.type == "list.create" ? call.list : make_uuid_v7());
}

/// The id of a list to be made: the client's, else from the key, else new.
result<void> settle_new_list(command_call& call) {
  if (const auto* id = call.args->if_contains("id")) {
    const auto chosen = id->is_string() ? parse_uuid(std::string_view(id->get_string())) : std::nullopt;
    if (!chosen)
      return refuse_field("/id", id->is_string() ? "pattern" : "type", "must be a UUID");
    if (call.list && call.list != *chosen)
      return refuse_field("/id", "unknown", "the stream names another list");
    call.list = *chosen;
  } else if (!call.list) {
    call.list = call.keyed ? call.op_id : make_uuid_v7();
  }
  return {};
}

result<void> check_precondition(const command_call& call) {
  if (call.needs_precondition && !call.if_rev && !call.if_any && !call.if_none_match_any)
    return refuse(problem_code::precondition_required, "send If-Match or If-None-Match; If-Match: * will do");
  return {};
}

command_outcome outcome_of(const command_call& call, answer&& content) {
  return {call.op_id, {entity_kind::list, to_string(call.list)}, std::move(content)};
}

prepared_command denied(const command_call& call, answer&& why) {
  return {outcome_of(call, std::move(why)), nullptr, call.list};
}
prepared_command denied(const command_call& call, refusal why) { return denied(call, refused(std::move(why))); }

/// Settles the command's id, and what it said before the edge completes it.
void note_content(command_call& call) {
  if (!call.op_id)
    call.op_id = make_uuid_v7();
  const bool is_kept = call.client_op_id || call.keyed || call.kept != outcome_kept::for_repeats;
  if (is_kept && !call.content_hash)
    call.content_hash = body_hash(call.type, *call.args);
}

/// By what a new member is named: one of email, username and user_id.
struct address {
  std::string field;
  uuid id;            ///< for user_id
  std::string login;  ///< login entity for the others
};

result<address> member_address(const json::object& args) {
  std::optional<address> found;
  for (const std::string field : {"user_id", "email", "username"}) {
    const auto* value = args.if_contains(field);
    if (!value)
      continue;
    if (found)
      return refuse_field("/" + field, "unknown_member", "give one of email, username and user_id");
    if (!value->is_string())
      return refuse_field("/" + field, "type", "must be a string");
    const std::string text(value->get_string());
    const auto id = field == "user_id" ? parse_uuid(text) : std::nullopt;
    if (field == "user_id" && !id)
      return refuse_field("/user_id", "pattern", "must be a UUID");
    found = address{field, id.value_or(uuid{}), login_id(field, text)};
  }
  if (!found)
    return refuse_field("/email", "required", "give one of email, username and user_id");
  return *std::move(found);
}

}  // namespace

std::span<const command_type> command_types() noexcept { return types; }

result<uuid> list_of_stream(std::string_view stream) {
  if (stream.starts_with("list:"))
    if (const auto id = parse_uuid(stream.substr(5)))
      return *id;
  return refuse_field("/stream", "pattern", "must be list:<id>");
}

result<void> check_scope(const principal& who, scope needed) {
  if (has(who.scopes, needed))
    return {};
  const auto name = to_string(static_cast<scope_set>(needed));
  return refusal{problem_code::scope_missing, "the token lacks the scope " + name, {}, "\"scope\":\"" + name + "\""};
}

std::array<std::uint8_t, 16> body_hash(std::string_view type, const json::object& args) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_DigestInit_ex2(context.get(), sha256, nullptr);
  EVP_DigestUpdate(context.get(), type.data(), type.size());
  // The members one by one: an object cannot be viewed as a value without a copy.
  std::vector<const json::key_value_pair*> members;
  for (const auto& member : args)
    members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
  for (const auto* member : members) {
    EVP_DigestUpdate(context.get(), member->key().data(), member->key().size() + 1);
    digest_value(context.get(), member->value());
  }
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest;
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  std::array<std::uint8_t, 16> out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

result<std::shared_ptr<envelope>> command_envelope(command_call& call) {
  auto message = std::make_shared<envelope>();
  note_content(call);
  if (call.content_hash)
    message->repeat = repeat_key{call.op_id.bytes, *call.content_hash};
  fill_id(call);
  // The tree is handed to the decoder whole; it is not needed afterwards.
  const json::value args(std::move(*call.args));
  auto body = descriptor_of(entity_kind::list).decode(call.type, args);
  if (!body)
    return body.error();
  if (auto ok = check_precondition(call); !ok)
    return ok.error();
  message->to = {entity_kind::list, to_string(call.list)};
  message->type = call.type;
  message->body = std::move(*body);
  message->who = call.who;
  message->op_id = call.op_id;
  message->kept = call.kept;
  message->client_op_id = call.client_op_id;
  message->if_rev = call.if_rev;
  message->if_any = call.if_any;
  message->if_none_match_any = call.if_none_match_any;
  message->base_rev = call.base_rev;
  message->request_id = std::move(call.request_id);
  message->trace_id = std::move(call.trace_id);
  message->ip = std::move(call.ip);
  message->bytes = call.bytes;
  return message;
}

void command_sender::send(command_call call, callback done) {
  prepare(std::move(call), [this, done = std::move(done)](prepared_command&& command) mutable {
    if (!command.message)
      return done(std::move(command.outcome));
    tell(std::move(command), std::move(done));
  });
}

void command_sender::prepare(command_call call, prepared_callback then) {
  const auto row = std::find_if(types.begin(), types.end(), [&](const command_type& t) { return t.name == call.type; });
  if (row == types.end())
    return then(denied(call, refuse_field("/type", "enum", "no such command")));
  if (auto ok = check_scope(call.who, row->needed); !ok)
    return then(denied(call, ok.error()));
  if (!call.args)
    call.args = std::make_shared<json::object>();
  note_content(call);
  if (call.type == "list.create" || (call.type == "list.replace" && call.if_none_match_any)) {
    if (auto ok = settle_new_list(call); !ok)
      return then(denied(call, ok.error()));
    return name_maker(std::move(call), std::move(then));
  }
  if (call.type == "member.add")
    return resolve_member(std::move(call), std::move(then));
  complete(std::move(call), std::move(then));
}

void command_sender::complete(command_call&& call, prepared_callback then) {
  auto message = command_envelope(call);
  if (!message)
    return then(denied(call, message.error()));
  then({outcome_of(call, {}), std::move(*message), call.list});
}

void command_sender::tell(prepared_command command, callback done) {
  const auto& type = command.message->type;
  const bool shows_in_lists = type.starts_with("list.") || type.starts_with("member.");
  const bool makes_task = type == "task.create" || type == "task.replace";
  const auto user = command.message->who.user;
  way_.ask(std::move(command.message), [this, user, shows_in_lists, makes_task, list = command.list,
                                        call = std::move(command.outcome),
                                        done = std::move(done)](answer&& content) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (!content.problem && shows_in_lists)
      log_.note_list(user, list, content.seq, now);
    if (!content.problem && makes_task && !content.resources.empty()) {
      const auto& path = content.resources.front();
      if (const auto made = parse_uuid(std::string_view(path).substr(path.rfind('/') + 1)))
        log_.note_task(*made, list, now);
    }
    call.content = std::move(content);
    done(std::move(call));
  });
}

void command_sender::name_maker(command_call&& call, prepared_callback then) {
  const auto user = call.who.user;
  find_user(way_, user, [this, call = std::move(call), then = std::move(then)](result<found_user> maker) mutable {
    if (!maker)
      return then(denied(call, maker.error()));
    (*call.args)["owner_name"] = maker->name;
    complete(std::move(call), std::move(then));
  });
}

void command_sender::resolve_member(command_call&& call, prepared_callback then) {
  auto wanted = member_address(*call.args);
  if (!wanted)
    return then(denied(call, wanted.error()));
  if (lookups_ && !wanted->id) {
    auto rate = lookups_->take(lookup_rate, to_string(call.who.user), std::chrono::steady_clock::now());
    if (!rate.allowed) {
      auto late = denied(call, refuse(problem_code::rate_limited, "too many users were looked up"));
      late.outcome.rate = rate;
      return then(std::move(late));
    }
  }
  auto resolved = [this, call = std::move(call), then = std::move(then),
                   field = wanted->field](result<found_user> user) mutable {
    if (user) {
      for (const auto* name : {"email", "username"})
        call.args->erase(name);
      (*call.args)["user_id"] = to_string(user->id);
      (*call.args)["name"] = user->name;
      return complete(std::move(call), std::move(then));
    }
    if (user.error().code != problem_code::not_found)
      return then(denied(call, user.error()));
    unknown_member(std::move(call), field, std::move(then));
  };
  if (wanted->id)
    find_user(way_, wanted->id, std::move(resolved));
  else
    find_user_by_login(way_, wanted->login, std::move(resolved));
}

void command_sender::unknown_member(command_call&& call, std::string field, prepared_callback then) {
  // A stranger to the list must not learn which users there are: his 404 comes first.
  auto ask = std::make_shared<envelope>();
  ask->to = {entity_kind::list, to_string(call.list)};
  ask->role = message_role::query;
  ask->type = list::type_of(list::get_member_role{});
  ask->body = list::make_query(list::get_member_role{});
  ask->who = call.who;
  way_.ask(std::move(ask), [call = std::move(call), field = std::move(field), then = std::move(then)](answer&& role) {
    if (role.problem)
      return then(denied(call, std::move(role)));
    then(denied(call, refuse_field("/" + field, "unknown", "no such user")));
  });
}

}  // namespace callboard::net
