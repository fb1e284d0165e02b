-- Beside the newest of an entity, the last of every 2,000 events is kept.
alter table snapshot drop constraint snapshot_pkey;
alter table snapshot add primary key (kind, id, seq);
