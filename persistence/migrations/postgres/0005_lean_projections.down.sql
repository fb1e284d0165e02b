truncate lists, list_member;
drop table tasks;
drop table fold_progress;

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
