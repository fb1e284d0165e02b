#include "actors/account/account.hpp"
#include "actors/list/list_query.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"
#include "net/api/sign_in_flow.hpp"
#include "net/fan_in.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace callboard::net::api {
namespace {

namespace json = boost::json;

bool is_owner(const json::value& member) { return member.as_object().at("role").as_string() == "owner"; }

/// Does the list have other members, but no other owner? `members` are all of them, as the list shows them.
bool would_be_ownerless(const json::object& page) {
  const auto& members = page.at("items").as_array();
  return members.size() > 1 && std::count_if(members.begin(), members.end(), is_owner) == 1;
}

void remove_account(api_context& c, const exchange_ptr& x, std::vector<uuid> lists) {
  c.ask(x, account::to_account(x->who.user, account::remove{std::move(lists)}), [&c, x](answer&& said) {
    if (!said.problem)
      end_here(c, x->who.session, x->who.user);
    reply_empty(c, *x, said, 202);
  });
}

}  // namespace

void delete_me(api_context& c, exchange_ptr x) {
  require_recent_sign_in(c, x, [&c, x] {
    find_memberships(c, x, [&c, x](result<std::vector<std::pair<uuid, std::string>>> lists) {
      if (!lists)
        return c.refuse(*x, lists.error());
      std::vector<uuid> all;
      std::vector<std::shared_ptr<envelope>> questions;
      for (const auto& [id, role] : *lists) {
        all.push_back(id);
        if (role == "owner")
          questions.push_back(question_of(*x, id, list::get_members{}));
      }
      ask_all(c.way, std::move(questions), [&c, x, all](std::vector<answer>&& answers) {
        for (const auto& one : answers) {
          const auto page = object_in(one);
          if (!page && page.error().code != problem_code::not_found)
            return c.refuse(*x, page.error());
          if (page && would_be_ownerless(*page))
            return c.refuse(*x, refuse(problem_code::last_owner,
                                       "make another member of your shared lists an owner first, or remove the others"));
        }
        remove_account(c, x, all);
      });
    });
  });
}

}  // namespace callboard::net::api
