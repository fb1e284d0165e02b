drop view callboard_shards;
drop view callboard_members;
drop view callboard_outbox;
drop view callboard_timers;
drop view callboard_journal;
drop function callboard_public(jsonb);
drop function callboard_kind(smallint);
