-- After its pause a domain is sent to by one process alone, its keeper, until it takes as much as ever. The keeper holds it
-- under a lease, by the database's clock.
alter table sending_pauses
	add column keeper text,
	add column kept_until timestamptz,
	add column recovered_at timestamptz;

-- `day`: all that a warm-up lets go today has gone. Like a relay's pause it only tells staff, and the alarm.
alter table sending_pauses
	drop constraint sending_pauses_scope_check,
	add constraint sending_pauses_scope_check check (scope in ('relay', 'domain', 'day'));
