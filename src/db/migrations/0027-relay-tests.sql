-- What came of the last try of each relay that staff asked for: nothing is mailed by it. No trouble: it took us.
create table relay_tests (
	relay text primary key,
	tested_at timestamptz not null,
	trouble text,
	said text not null default '',
	round_trip_ms double precision,
	per_second integer,
	encrypted boolean,
	signed_in boolean
);
