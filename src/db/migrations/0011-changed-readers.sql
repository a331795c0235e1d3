-- What staff wished of a digest, `{storyIds, subject, preheader}`: variants that are made when it is planned heed it too.
alter table digests add column wish jsonb;

-- Readers of a digest whose choices changed so lately that their profile does not tell what they had: which
-- variants each had of digests that showed stories to choose from, read from the ledger, and what they were planned to get;
-- null: nothing.
create table changed_readers (
	digest_id bigint not null references digests on delete cascade,
	subscription_id bigint not null references subscriptions on delete cascade,
	profile_id bigint not null references choice_profiles,
	choices_version integer not null,
	had bigint[] not null,
	variant_id bigint references variants on delete cascade,
	primary key (digest_id, subscription_id)
);
create index changed_readers_subscription on changed_readers (subscription_id);
