#include "net/api/handlers.hpp"
#include "net/api/list_questions.hpp"

#include <boost/json.hpp>

namespace callboard::net::api {

// The three collections are bounded by the limits of a list and come whole: `next_cursor` is null.

void get_sections(api_context& c, exchange_ptr x) { c.show(x, to_list(x->id(0), list::get_sections{})); }
void get_tags(api_context& c, exchange_ptr x) { c.show(x, to_list(x->id(0), list::get_tags{})); }
void get_members(api_context& c, exchange_ptr x) { c.show(x, to_list(x->id(0), list::get_members{})); }

std::shared_ptr<boost::json::object> args_about(api_context& c, const exchange_ptr& x, const uuid& id) {
  auto args = body_or_empty(*x);
  if (args->if_contains("id")) {
    c.refuse(*x, refuse_field("/id", "read_only", "the path names it"));
    return nullptr;
  }
  (*args)["id"] = to_string(id);
  return args;
}

std::shared_ptr<boost::json::object> args_about(api_context& c, const exchange_ptr& x, const uuid& id,
                                                std::string_view name, const uuid& other) {
  auto args = args_about(c, x, id);
  if (!args)
    return nullptr;
  if (args->if_contains(name)) {
    c.refuse(*x, refuse_field("/" + std::string(name), "read_only", "the path names it"));
    return nullptr;
  }
  (*args)[name] = to_string(other);
  return args;
}

}  // namespace callboard::net::api
