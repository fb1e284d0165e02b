drop table fold_progress;
drop table projection_head;
drop table tasks;
drop table list_member;
drop table lists;
