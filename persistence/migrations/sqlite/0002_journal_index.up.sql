-- The index by entity is a table of its own, so that the lane can fill it later, and many rows at a time.
create table journal_index (
  kind integer not null,
  id text not null,
  seq integer not null,
  position integer not null,
  primary key (kind, id, seq)
) strict, without rowid;
insert into journal_index select kind, id, seq, position from journal order by kind, id, seq;
drop view callboard_journal;
create table journal_rows (
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
  payload text not null
) strict;
insert into journal_rows select * from journal order by position;
drop table journal;
alter table journal_rows rename to journal;
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

-- The rows stand in this order anyway.
drop index outcome_at;
