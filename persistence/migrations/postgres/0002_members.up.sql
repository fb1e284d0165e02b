create sequence incarnation;

create table member (
  node_id text collate "C" primary key,
  incarnation bigint not null,
  status text not null,
  host text not null,
  port integer not null,
  version text not null,
  started_at timestamptz not null
);

-- The fence: every batch holds its lane's row FOR SHARE.
create table member_lane (
  node_id text collate "C" not null,
  incarnation bigint not null,
  lane smallint not null,
  fence bigint not null,
  alive boolean not null,
  primary key (node_id, incarnation, lane)
);

-- Apart from the fence row: an update of that one waits for batches.
create table member_beat (
  node_id text collate "C" primary key,
  incarnation bigint not null,
  beat_at timestamptz not null
);

create table shard_owner (
  shard smallint primary key,
  node_id text collate "C" not null,
  epoch bigint not null
);

create table shard_epoch (
  shard smallint not null,
  epoch bigint not null,
  node_id text collate "C" not null,
  primary key (shard, epoch)
);

create table cluster_config (
  key text collate "C" primary key,
  value text not null
);
