-- Of each mail that answers a sign-up: what mailbox it goes to, tags and dots folded, which is what such mails are counted by;
-- from what networks it was asked for, narrowest first, until it is over (both as keyed hashes); and whether it was asked for
-- faster than people are.
alter table notices
	add column mailbox_hash text,
	add column networks text[],
	add column hurried boolean not null default false;
create index notices_mailbox on notices (mailbox_hash, started_at) where started_at is not null;

-- Counters of rate-limiter-flexible that have run out are deleted.
create index rate_limits_expire on rate_limits (expire);

-- A webhook that counts once is claimed before its events are recorded, and done after.
alter table webhook_receipts add column done_at timestamptz;
update webhook_receipts set done_at = received_at;
