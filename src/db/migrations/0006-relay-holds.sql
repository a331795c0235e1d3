-- A relay that refuses our account, for its quota say, is left alone until the relay lets us go on or staff says so.
alter table sending_pauses add column held boolean not null default false;

-- Such a hold is an alert of its own, about no digest: which relay, and what it said.
alter table bounce_alerts
	add column relay text,
	add column reason text;
