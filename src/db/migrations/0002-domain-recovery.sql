-- After its pause a domain is sent to by one process alone, its keeper, until it takes as much as ever. The keeper holds it
-- under a lease, by the database's clock.
alter table sending_pauses
	add column keeper text,
	add column kept_until timestamptz,
	add column recovered_at timestamptz;
