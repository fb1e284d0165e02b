-- kind and actor are stored as the program knows them; the views of 0004 show them to people.
create table journal (
  slice smallint not null,
  nr bigint not null,
  kind smallint not null,
  seq bigint not null,
  epoch bigint not null,
  at timestamptz not null,
  id text collate "C" not null,
  type text collate "C" not null,
  actor text collate "C" not null,
  payload text not null,
  meta text not null,
  link bytea not null,
  constraint journal_pkey primary key (slice, nr),
  constraint journal_entity_seq unique (kind, id, seq)
);
create index journal_at on journal using brin (at);

create table snapshot (
  kind smallint not null,
  id text collate "C" not null,
  slice smallint not null,
  seq bigint not null,
  at timestamptz not null,
  link bytea not null,
  state bytea not null,
  primary key (kind, id)
);
-- The state is compressed before it comes here.
alter table snapshot alter column state set storage external;

create table timer (
  kind smallint not null,
  id text collate "C" not null,
  name text collate "C" not null,
  slice smallint not null,
  gen bigint not null,
  due_at timestamptz not null,
  primary key (kind, id, name)
);
create index timer_due on timer (due_at, slice);

create table outbox (
  slice smallint not null,
  nr bigint not null,
  ix integer not null,
  source_kind smallint not null,
  source_id text collate "C" not null,
  source_seq bigint not null,
  to_kind smallint not null,
  to_id text collate "C" not null,
  type text collate "C" not null,
  args text not null,
  attempts integer not null,
  created_at timestamptz not null,
  primary key (slice, nr, ix)
);

create table outcome (
  slice smallint not null,
  kind smallint not null,
  id text collate "C" not null,
  principal uuid not null,
  key_hash bytea not null,
  op_id uuid,
  body_hash bytea not null,
  status smallint not null,
  seq bigint not null,
  answer bytea not null,
  at timestamptz not null,
  constraint outcome_pkey primary key (slice, kind, id, principal, key_hash)
);
create index outcome_at on outcome using brin (at);
create index outcome_op on outcome (principal, op_id) where op_id is not null;
