create table lists (
  id uuid primary key,
  rev bigint not null,
  name text not null,
  name_folded text not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  deleted boolean not null
);

create table list_member (
  user_id uuid not null,
  list_id uuid not null,
  rev bigint not null,
  role text not null,
  primary key (user_id, list_id)
);
create index list_member_list on list_member (list_id);

create table tasks (
  list_id uuid not null,
  id uuid not null,
  rev bigint not null,
  deleted boolean not null,
  section_id uuid,
  parent_id uuid,
  status text collate "C" not null,
  priority integer not null,
  due_at timestamptz,
  updated_at timestamptz not null,
  created_at timestamptz not null,
  number bigint not null,
  position text collate "C" not null,
  title text not null,
  primary key (list_id, id)
) with (fillfactor = 80);
create index tasks_id on tasks (id);

create table projection_head (
  kind smallint not null,
  id text collate "C" not null,
  seq bigint not null,
  primary key (kind, id)
) with (fillfactor = 70);

create table fold_progress (
  fold text collate "C" not null,
  slice smallint not null,
  nr bigint not null,
  primary key (fold, slice)
) with (fillfactor = 50);
insert into fold_progress select 'main', slice, 0 from generate_series(0, 1023) as slice;
