-- loses: journal, snapshot, timer, outbox, outcome
drop table outcome;
drop table outbox;
drop table timer;
drop table snapshot;
drop table journal;
