delete from snapshot s using snapshot newer where newer.kind = s.kind and newer.id = s.id and newer.seq > s.seq;
alter table snapshot drop constraint snapshot_pkey;
alter table snapshot add primary key (kind, id);
