create table peer_task (
  id uuid primary key,
  list_id uuid not null,
  title text not null,
  status text not null,
  created_by text not null,
  created_at timestamptz not null default now()
);
create index on peer_task (list_id, created_at);
create table peer_event (
  id uuid primary key,
  list_id uuid not null,
  type text not null,
  payload text not null,
  actor uuid not null,
  at timestamptz not null
);
