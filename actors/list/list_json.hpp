#pragma once

#include "actors/base/aggregate.hpp"
#include "actors/list/list.hpp"

#include <boost/json/fwd.hpp>

namespace callboard::list {

// -- commands ---------------------------------------------------------------------------------------

/// Reads a command's args; all wrong fields are named in one refusal.
result<command> decode_command(std::string_view type, const boost::json::value& args);

// -- objects of API.md section 2 --------------------------------------------------------------------

/// Set once at start, before the first list is rendered: `epoch` of the List object.
void set_stream_epoch(std::uint64_t epoch) noexcept;

/// `role` leaves out my_role if null.
std::string render_list(const state& s, const member* caller);
/// The members of the List object without braces, so that more can follow.
std::string render_list_members(const state& s, const member* caller);
std::string render_section(const state& s, const section& one);
std::string render_tag(const state& s, const tag& one);
std::string render_member(const member& one);
std::string render_task(const state& s, const task& one);
/// JSON arrays; sections in their order, tags and members by id.
std::string render_sections(const state& s);
std::string render_tags(const state& s);
std::string render_members(const state& s);

// -- events -----------------------------------------------------------------------------------------

/// Names an event and encodes what can be said of it before it is applied; `s` is the state before.
event_draft begin_draft(const state& s, const event& e);
/// Adds the data of whole objects, once the event is applied.
void finish_draft(const state& s, event_draft& draft);

/// Reads an event of the journal; throws std::runtime_error on unknown types and damaged data.
event decode_event(std::string_view type, std::string_view part_id, const boost::json::value& data);

// -- snapshots of the state ---------------------------------------------------------------------------

std::string encode_state(const state& s);
/// Shares the tasks, so that 10,000 of them take the list about a millisecond.
frozen_state freeze_state(const state& s);
result<void> decode_state(std::string_view bytes, state& s);

// -- shared by the codecs: fields of whole objects as they stand in events and snapshots ---------------

list_fields read_list_fields(const boost::json::object& object);
section_fields read_section_fields(const boost::json::object& object);
tag_fields read_tag_fields(const boost::json::object& object);
member_fields read_member_fields(const boost::json::object& object);
task_fields read_task_fields(const boost::json::object& object);

}  // namespace callboard::list
