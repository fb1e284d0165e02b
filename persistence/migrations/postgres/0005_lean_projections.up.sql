-- Only what is read: the projections are folded anew from the journal.
truncate lists, list_member;
drop table tasks;
drop table projection_head;
drop table fold_progress;

create table tasks (
  id uuid not null,
  list_id uuid not null,
  primary key (id, list_id)
);

-- The last folded nr of 64 slices a row, eight bytes each, big-endian: a fold moves few rows, however many slices.
create table fold_progress (
  fold text collate "C" not null,
  part smallint not null,
  nrs bytea not null,
  primary key (fold, part)
) with (fillfactor = 50);
insert into fold_progress select 'main', part, decode(repeat('00', 512), 'hex') from generate_series(0, 15) as part;
