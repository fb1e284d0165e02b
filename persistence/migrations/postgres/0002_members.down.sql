-- loses: cluster_config, shard_epoch
drop table cluster_config;
drop table shard_epoch;
drop table shard_owner;
drop table member_beat;
drop table member_lane;
drop table member;
drop sequence incarnation;
