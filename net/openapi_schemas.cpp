#include "net/openapi.hpp"

namespace callboard::net {
namespace {

// Short names for what occurs often; the text is put together by the compiler.
#define ID R"({"type":"string","format":"uuid"})"
#define MAYBE_ID R"({"type":["string","null"],"format":"uuid"})"
#define TIME R"({"type":"string","format":"date-time"})"
#define MAYBE_TIME R"({"type":["string","null"],"format":"date-time"})"
#define TEXT R"({"type":"string"})"
#define MAYBE_TEXT R"({"type":["string","null"]})"
#define COUNT R"({"type":"integer","minimum":0})"
#define MAYBE_COUNT R"({"type":["integer","null"],"minimum":0})"
#define FLAG R"({"type":"boolean"})"
#define COLOR R"({"type":"string","pattern":"^#[0-9A-Fa-f]{6}$"})"
#define NAME R"({"type":"string","minLength":1,"maxLength":64})"
#define OBJECT R"({"type":"object"})"
#define IDS R"({"type":"array","items":{"type":"string","format":"uuid"}})"
#define STATUS R"({"enum":["pending","in_progress","paused","completed","cancelled"]})"
#define PRIORITY R"({"enum":["low","medium","high","urgent"]})"
#define ROLE R"({"enum":["owner","editor","viewer"]})"
#define SCOPES R"({"type":"array","items":{"enum":["tasks:read","tasks:write","lists:admin","queue:read","queue:write",)" \
  R"("work:lease","hooks:write","audit:read","export","admin:read","admin:write","mcp"]}})"
#define SETTINGS R"({"type":"object","properties":{"has_time_tracking":)" FLAG R"(,"has_due_dates":)" FLAG \
  R"(,"is_auto_ordered":)" FLAG "}}"
#define ASSIGNEES R"({"type":"array","maxItems":20,"items":{"type":"object","properties":{"user_id":)" ID \
  R"(,"role":)" TEXT R"(},"required":["user_id"]}})"
#define TASK_FIELDS R"("title":{"type":"string","minLength":1,"maxLength":500},"description":)" TEXT \
  R"(,"status":)" STATUS R"(,"priority":)" PRIORITY \
  R"(,"due_date":{"type":["string","null"],"format":"date"},"due_at":)" MAYBE_TIME R"(,"start_at":)" MAYBE_TIME \
  R"(,"remind_at":)" MAYBE_TIME R"(,"reminders":{"type":"array"},"recurrence":)" OBJECT \
  R"(,"section_id":)" MAYBE_ID R"(,"parent_id":)" MAYBE_ID R"(,"tags":)" IDS R"(,"assignees":)" ASSIGNEES \
  R"(,"depends_on":)" IDS R"(,"is_unclear":)" FLAG R"(,"expected_ms":)" MAYBE_COUNT
#define PLACE R"("before":)" MAYBE_ID R"(,"after":)" MAYBE_ID R"(,"position":{"enum":["first","last"]})"

constexpr std::string_view schemas = "{"
  R"("Document":)" OBJECT
  R"(,"Health":{"type":"object","properties":{"status":)" TEXT "}}"
  R"(,"Problem":{"type":"object","required":["type","title","status","code"],"properties":{"type":)" TEXT
  R"(,"title":)" TEXT R"(,"status":)" COUNT R"(,"code":)" TEXT R"(,"detail":)" TEXT R"(,"instance":)" TEXT
  R"(,"request_id":)" TEXT R"(,"trace_id":)" TEXT R"(,"timestamp":)" TIME
  R"(,"errors":{"type":"array","items":{"type":"object"}},"outcome":{"enum":["not_applied","unknown"]}}})"
  R"(,"Page":{"type":"object","required":["items","next_cursor"],"properties":{"items":{"type":"array"},)"
  R"("next_cursor":)" MAYBE_TEXT "}}"
  R"(,"Event":{"type":"object","properties":{"id":)" TEXT R"(,"stream":)" TEXT R"(,"epoch":)" TEXT R"(,"seq":)" COUNT
  R"(,"type":)" TEXT R"(,"at":)" TIME R"(,"actor":)" OBJECT R"(,"op_id":)" MAYBE_ID R"(,"trace_id":)" TEXT
  R"(,"entity":)" OBJECT R"(,"data":)" OBJECT R"(,"changes":{"type":"array"}}})"
  R"(,"PolledEvents":{"type":"object","properties":{"stream":{"type":"string"},"epoch":{"type":"string"},)"
  R"("seq":{"type":"integer"},"items":{"type":"array","items":{"$ref":"#/components/schemas/Event"}}}})"
  R"(,"EventPage":{"type":"object","properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},)"
  R"("next_cursor":)" MAYBE_TEXT R"(,"epoch":)" TEXT R"(,"head":)" COUNT "}}"
  R"(,"User":{"type":"object","properties":{"id":)" ID R"(,"email":)" TEXT R"(,"username":)" MAYBE_TEXT
  R"(,"name":)" TEXT R"(,"color":)" COLOR R"(,"role":{"enum":["player","admin","system"]},"timezone":)" TEXT
  R"(,"locale":)" TEXT R"(,"rev":)" COUNT R"(,"created_at":)" TIME R"(,"updated_at":)" TIME R"(,"disabled_at":)"
  MAYBE_TIME "}}"
  R"(,"FoundUser":{"type":"object","properties":{"id":)" ID R"(,"name":)" TEXT R"(,"username":)" MAYBE_TEXT "}}"
  R"(,"UserAdminPatch":{"type":"object","additionalProperties":false,"properties":{"role":{"enum":["player","admin"]},)"
  R"("disabled":)" FLAG "}}"
  R"(,"SignUp":{"type":"object","additionalProperties":false,"required":["email","password"],"properties":{"email":)"
  R"({"type":"string","maxLength":254},"password":{"type":"string","minLength":10,"maxLength":128},"name":)" NAME
  R"(,"username":{"type":"string","pattern":"^[A-Za-z0-9_]{3,32}$"}}})"
  R"(,"SignIn":{"type":"object","additionalProperties":false,"required":["password"],"properties":{"email":)" TEXT
  R"(,"username":)" TEXT R"(,"password":)" TEXT R"(,"device":)" NAME "}}"
  R"(,"Refresh":{"type":"object","additionalProperties":false,"required":["refresh_token"],"properties":)"
  R"({"refresh_token":)" TEXT "}}"
  R"(,"Tokens":{"type":"object","required":["access_token","token_type","expires_in","refresh_token"],"properties":)"
  R"({"user":{"$ref":"#/components/schemas/User"},"access_token":)" TEXT R"(,"token_type":{"const":"Bearer"},)"
  R"("expires_in":)" COUNT R"(,"refresh_token":)" TEXT "}}"
  R"(,"ProfilePatch":{"type":"object","additionalProperties":false,"properties":{"name":)" NAME R"(,"timezone":)" TEXT
  R"(,"locale":)" TEXT R"(,"color":)" COLOR "}}"
  R"(,"PasswordChange":{"type":"object","additionalProperties":false,"required":["current","new"],"properties":)"
  R"({"current":)" TEXT R"(,"new":)" TEXT "}}"
  R"(,"Token":{"type":"object","properties":{"id":)" ID R"(,"name":)" TEXT R"(,"scopes":)" SCOPES R"(,"created_at":)" TIME
  R"(,"last_used_at":)" MAYBE_TIME R"(,"expires_at":)" MAYBE_TIME "}}"
  R"(,"TokenList":{"type":"object","required":["items"],"properties":{"items":{"type":"array",)"
  R"("items":{"$ref":"#/components/schemas/Token"}}}})"
  R"(,"TokenCreate":{"type":"object","additionalProperties":false,"required":["name","scopes"],"properties":{"name":)" NAME
  R"(,"scopes":)" SCOPES R"(,"expires_at":)" MAYBE_TIME "}}"
  R"(,"TokenMade":{"allOf":[{"$ref":"#/components/schemas/Token"},{"type":"object","required":["token"],"properties":)"
  R"({"token":{"type":"string","pattern":"^cbt_[0-9A-Za-z]{46}$"}}}]})"
  R"(,"Ticket":{"type":"object","required":["ticket","expires_in"],"properties":{"ticket":)" TEXT R"(,"expires_in":)" COUNT
  "}}"
  R"(,"Commands":{"type":"object","additionalProperties":false,"required":["commands"],"properties":{"commands":)"
  R"({"type":"array","minItems":1,"maxItems":100,"items":{"type":"object","additionalProperties":false,)"
  R"("required":["op_id","type","stream"],"properties":{"op_id":)" ID R"(,"type":)" TEXT R"(,"stream":)" TEXT
  R"(,"args":)" OBJECT R"(,"if_rev":)" MAYBE_COUNT R"(,"base_rev":)" MAYBE_COUNT "}}}}}"
  R"(,"Command":{"type":"object","properties":{"op_id":)" ID R"(,"type":)" TEXT
  R"(,"status":{"enum":["accepted","applied","rejected"]},"stream":)" TEXT R"(,"seq":)" MAYBE_COUNT
  R"(,"resources":{"type":"array","items":{"type":"string"}},"problem":{"anyOf":[{"$ref":"#/components/schemas/Problem"},)"
  R"({"type":"null"}]},"accepted_at":)" TIME R"(,"finished_at":)" MAYBE_TIME "}}"
  R"(,"List":{"type":"object","properties":{"id":)" ID R"(,"name":)" TEXT R"(,"key":)" TEXT R"(,"color":)" COLOR
  R"(,"description":)" TEXT R"(,"settings":)" SETTINGS R"(,"github_repo_id":)" MAYBE_TEXT R"(,"my_role":)" ROLE
  R"(,"member_count":)" COUNT R"(,"epoch":)" TEXT R"(,"seq":)" COUNT R"(,"digest":)" TEXT R"(,"rev":)" COUNT
  R"(,"created_at":)" TIME R"(,"updated_at":)" TIME R"(,"archived_at":)" MAYBE_TIME R"(,"deleted_at":)" MAYBE_TIME "}}"
  R"(,"ListCreate":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"id":)" ID
  R"(,"name":)" NAME R"(,"key":)" TEXT R"(,"color":)" COLOR R"(,"description":)" TEXT R"(,"settings":)" SETTINGS "}}"
  R"(,"ListPatch":{"type":"object","additionalProperties":false,"properties":{"name":)" NAME R"(,"key":)" TEXT
  R"(,"color":)" COLOR R"(,"description":)" TEXT R"(,"settings":)" SETTINGS R"(,"base_rev":)" COUNT "}}"
  R"(,"Reorder":{"type":"object","additionalProperties":false,"properties":{"task_ids":)" IDS
  R"(,"moves":{"type":"array","items":{"type":"object","properties":{"id":)" ID "," PLACE "}}}}}"
  R"(,"Section":{"type":"object","properties":{"id":)" ID R"(,"list_id":)" ID R"(,"name":)" TEXT R"(,"position":)" TEXT
  R"(,"rev":)" COUNT "}}"
  R"(,"SectionCreate":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"id":)" ID
  R"(,"name":)" NAME "," PLACE "}}"
  R"(,"SectionPatch":{"type":"object","additionalProperties":false,"properties":{"name":)" NAME "," PLACE
  R"(,"base_rev":)" COUNT "}}"
  R"(,"Tag":{"type":"object","properties":{"id":)" ID R"(,"list_id":)" MAYBE_ID R"(,"name":)" TEXT R"(,"color":)" COLOR
  R"(,"rev":)" COUNT "}}"
  R"(,"TagCreate":{"type":"object","additionalProperties":false,"required":["name"],"properties":{"id":)" ID
  R"(,"name":)" NAME R"(,"color":)" COLOR "}}"
  R"(,"TagPatch":{"type":"object","additionalProperties":false,"properties":{"name":)" NAME R"(,"color":)" COLOR
  R"(,"base_rev":)" COUNT "}}"
  R"(,"Member":{"type":"object","properties":{"user_id":)" ID R"(,"name":)" TEXT R"(,"role":)" ROLE
  R"(,"capabilities":{"type":"array","items":{"type":"string"}},"since":)" TIME "}}"
  R"(,"MemberAdd":{"type":"object","additionalProperties":false,"required":["role"],"properties":{"email":)" TEXT
  R"(,"username":)" TEXT R"(,"user_id":)" ID R"(,"role":)" ROLE R"(,"capabilities":{"type":["array","null"]}}})"
  R"(,"MemberPatch":{"type":"object","additionalProperties":false,"properties":{"role":)" ROLE
  R"(,"capabilities":{"type":["array","null"]},"base_rev":)" COUNT "}}"
  R"(,"Assign":{"type":"object","additionalProperties":false,"properties":{"role":{"type":"string","maxLength":64}}})"
  R"(,"Task":{"type":"object","properties":{"id":)" ID R"(,"list_id":)" ID R"(,"number":)" COUNT "," TASK_FIELDS
  R"(,"completed":)" FLAG R"(,"position":)" TEXT R"(,"elapsed_ms":)" COUNT R"(,"started_at":)" MAYBE_TIME
  R"(,"links":{"type":"array"},"work":{"type":"null"},"comment_count":)" COUNT R"(,"created_by":)" ID
  R"(,"completed_at":)" MAYBE_TIME R"(,"completed_by":)" MAYBE_ID R"(,"deleted_at":)" MAYBE_TIME R"(,"rev":)" COUNT
  R"(,"created_at":)" TIME R"(,"updated_at":)" TIME "}}"
  R"(,"TaskCreate":{"type":"object","additionalProperties":false,"required":["title"],"properties":{"id":)" ID
  R"(,"list_id":)" ID "," TASK_FIELDS "," PLACE "}}"
  R"(,"TaskPatch":{"type":"object","additionalProperties":false,"properties":{)" TASK_FIELDS R"(,"base_rev":)" COUNT "}}"
  R"(,"TaskMove":{"type":"object","additionalProperties":false,"properties":{"section_id":)" MAYBE_ID
  R"(,"parent_id":)" MAYBE_ID "," PLACE "}}"
  "}";

#undef ID
#undef MAYBE_ID
#undef TIME
#undef MAYBE_TIME
#undef TEXT
#undef MAYBE_TEXT
#undef COUNT
#undef MAYBE_COUNT
#undef FLAG
#undef COLOR
#undef NAME
#undef OBJECT
#undef IDS
#undef STATUS
#undef PRIORITY
#undef ROLE
#undef SCOPES
#undef SETTINGS
#undef ASSIGNEES
#undef TASK_FIELDS
#undef PLACE

}  // namespace

std::string_view openapi_schemas() noexcept { return schemas; }

}  // namespace callboard::net
