-- What the form asks for beside the address.
alter table newsletters
	add column signup_asks text[] not null default '{}' check (signup_asks <@ array['topics', 'language']);

-- What was chosen when signing up: it holds from the confirmation on, and goes with the link that confirms.
alter table notices add column wish jsonb;
alter table confirmations add column wish jsonb;
