-- What the caps on sign-ups keep back while that goes on. One row at most: it is deleted once all has been quiet for a while.
create table signup_attacks (
	id bigint generated always as identity primary key,
	began_at timestamptz not null,
	last_at timestamptz not null,
	-- so many within an hour since then
	hour_from timestamptz not null,
	hour_tries integer not null,
	-- when staff was told of it: until then it is too little to be an attack
	told_at timestamptz
);
create unique index signup_attacks_one on signup_attacks ((true));

-- By which cap, to which domains, from which networks.
create table signup_attack_counts (
	attack_id bigint not null references signup_attacks on delete cascade,
	kind text not null check (kind in ('cap', 'domain', 'network')),
	-- of a network its keyed hash
	name text not null,
	tries integer not null,
	primary key (attack_id, kind, name)
);

-- From how many networks, where an alert is of sign-ups.
alter table bounce_alerts add column networks integer;

-- Staff is told by mail of an attack on the sign-up, and that it is over.
alter table staff_occasions drop constraint staff_occasions_kind_check;
alter table staff_occasions add constraint staff_occasions_kind_check check (
	kind in (
		'draft_ready', 'approval', 'source_broken', 'digest_stalled', 'digest_finished', 'returned_mail', 'signups',
		'import_finished', 'webhook_off', 'signup_attack'
	)
);
