-- Rowid tables in commit order; `position` of a journal row is gap-free and is what the folds count by.
create table journal (
  position integer primary key,
  slice integer not null,
  nr integer not null,
  kind integer not null,
  id text not null,
  seq integer not null,
  epoch integer not null,
  at integer not null,
  type text not null,
  actor text not null,
  link blob not null,
  meta text not null,
  payload text not null,
  unique (kind, id, seq)
) strict;

-- The last nr of each slice as of journal position `upto`; the rows after it are read at start.
create table slice_head (slice integer primary key, nr integer not null) strict;
create table slice_head_position (one integer primary key check (one = 1), upto integer not null) strict;
insert into slice_head_position values (1, 0);

create table snapshot (
  kind integer not null,
  id text not null,
  seq integer not null,
  link blob not null,
  at integer not null,
  state blob not null,
  primary key (kind, id, seq)
) strict, without rowid;

create table timer (
  kind integer not null,
  id text not null,
  name text not null,
  gen integer not null,
  due_at integer not null,
  primary key (kind, id, name)
) strict, without rowid;
create index timer_due on timer (due_at);

create table outbox (
  slice integer not null,
  nr integer not null,
  ix integer not null,
  kind integer not null,
  id text not null,
  seq integer not null,
  target_kind integer not null,
  target_id text not null,
  type text not null,
  args text not null,
  attempts integer not null,
  created_at integer not null,
  primary key (slice, nr, ix)
) strict, without rowid;

create table outcome (
  kind integer not null,
  id text not null,
  principal blob not null,
  key_hash blob not null,
  op_id blob,
  body_hash blob not null,
  status integer not null,
  seq integer not null,
  answer blob not null,
  at integer not null,
  unique (kind, id, principal, key_hash)
) strict;
create index outcome_at on outcome (at);
create index outcome_command on outcome (principal, op_id) where op_id is not null;

-- One row a start of a server: `incarnation` is the owner epoch of all that it writes.
create table member (
  incarnation integer primary key,
  node_id text not null,
  status text not null,
  started_at integer not null
) strict;

create table config (name text primary key, value text not null) strict;

create view callboard_journal as
select
  case j.kind when 1 then 'list' when 2 then 'account' when 3 then 'login' when 4 then 'session'
    when 5 then 'user' end as kind,
  j.id as entity_id,
  j.seq as seq,
  substr(rtrim(j.type, '0123456789'), 1, length(rtrim(j.type, '0123456789')) - 2) as type,
  j.meta ->> '$.op_id' as command_id,
  j.epoch as epoch,
  m.node_id as node,
  -- Members that begin with _ are secrets.
  case when instr(j.payload, '"_') = 0 then j.payload else (
    select json_group_object(e.key, case e.type
      when 'object' then json(e.value) when 'array' then json(e.value)
      when 'true' then json('true') when 'false' then json('false') else e.value end)
    from json_each(j.payload) e where substr(e.key, 1, 1) <> '_') end as payload,
  strftime('%Y-%m-%dT%H:%M:%fZ', j.at / 1000.0, 'unixepoch') as created_at
from journal j left join member m on m.incarnation = j.epoch;

create view callboard_timers as
select
  case kind when 1 then 'list' when 2 then 'account' when 3 then 'login' when 4 then 'session'
    when 5 then 'user' end as kind,
  id as entity_id, name, gen,
  strftime('%Y-%m-%dT%H:%M:%fZ', due_at / 1000.0, 'unixepoch') as due_at
from timer;

create view callboard_outbox as
select
  slice || '.' || nr || '.' || ix as id,
  case target_kind when 1 then 'list' when 2 then 'account' when 3 then 'login' when 4 then 'session'
    when 5 then 'user' end || ':' || target_id as target,
  strftime('%Y-%m-%dT%H:%M:%fZ', created_at / 1000.0, 'unixepoch') as created_at,
  attempts,
  'pending' as state
from outbox;

create view callboard_members as
select node_id, incarnation, status, incarnation as fence from member;

create view callboard_shards as
with recursive shards(shard) as (select 0 union all select shard + 1 from shards where shard < 255)
select s.shard, m.node_id, m.incarnation as epoch
from shards s join member m on m.incarnation = (select max(incarnation) from member);
