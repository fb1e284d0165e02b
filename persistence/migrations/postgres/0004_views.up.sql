create function callboard_kind(kind smallint) returns text language sql immutable parallel safe return
  case kind when 1 then 'list' when 2 then 'account' when 3 then 'login' when 4 then 'session'
            when 5 then 'user' else kind::text end;

-- Members whose names begin with an underscore are secrets, hashed or not.
create function callboard_public(payload jsonb) returns jsonb language sql immutable parallel safe return
  (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(payload) where left(key, 1) <> '_');

create view callboard_journal as
  select callboard_kind(j.kind) as kind, j.id as entity_id, j.seq,
         regexp_replace(j.type, '\.v[0-9]+$', '') as type,
         j.meta::jsonb ->> 'op_id' as command_id, j.epoch, e.node_id as node,
         callboard_public(j.payload::jsonb) as payload, j.at as created_at
  from journal j left join shard_epoch e on e.shard = j.slice / 4 and e.epoch = j.epoch;

create view callboard_timers as
  select callboard_kind(kind) as kind, id as entity_id, name, gen, due_at from timer;

create view callboard_outbox as
  select slice || '.' || nr || '.' || ix as id, callboard_kind(to_kind) || ':' || to_id as target,
         created_at, attempts, 'pending'::text as state
  from outbox;

create view callboard_members as
  select m.node_id, m.incarnation, m.status,
         (select max(l.fence) from member_lane l
           where l.node_id = m.node_id and l.incarnation = m.incarnation) as fence
  from member m;

create view callboard_shards as select shard, node_id, epoch from shard_owner;
