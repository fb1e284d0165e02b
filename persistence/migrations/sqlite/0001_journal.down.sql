-- loses: journal, timer, outbox, outcome, config
drop view callboard_shards;
drop view callboard_members;
drop view callboard_outbox;
drop view callboard_timers;
drop view callboard_journal;
drop table config;
drop table member;
drop table outcome;
drop table outbox;
drop table timer;
drop table snapshot;
drop table slice_head_position;
drop table slice_head;
drop table journal;
