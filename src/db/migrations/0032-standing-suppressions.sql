-- staff pages through the suppressions that stand, all of them or those of a reason
create index suppressions_standing on suppressions (created_at, address_hash) where lifted_at is null;
create index suppressions_standing_reason on suppressions (reason, created_at, address_hash) where lifted_at is null;
