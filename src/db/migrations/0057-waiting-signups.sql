-- A sign-up is kept first and looked at after: keeping it is one row, whatever is known of its address, so that a rush is
-- taken in as fast as rows are, and no answer waits for what an address has behind it. A worker records it within a moment.
create table waiting_signups (
	id bigint generated always as identity primary key,
	-- without a reference: the newsletter was read just before, is never deleted, and many that come at once would queue for its row
	newsletter_id bigint not null,
	address_hash text not null,
	-- everything else, as `WaitingSignup` has it
	signup jsonb not null,
	came_at timestamptz not null
);

-- The name under which a site with a form is counted: its host, or `other` where there are too many. Anybody can post a form
-- under any name.
create function name_signup_host(p_newsletter bigint, p_host text, p_own boolean) returns text language plpgsql as $$
begin
	if p_host is null then return null; end if;
	if exists (select from signup_hosts where newsletter_id = p_newsletter and host = p_host) then return p_host; end if;
	if not p_own and 50 <= (select count(*) from signup_hosts where newsletter_id = p_newsletter) then return 'other'; end if;
	insert into signup_hosts (newsletter_id, host) values (p_newsletter, p_host) on conflict do nothing;
	return p_host;
end $$;

-- Records the next that wait behind an id, each as `record_signup` does, in the order in which they came. Gives each with its
-- notice.
create function record_waiting_signups(p_after bigint, p_most integer)
returns table (signup_id bigint, notice_id bigint) language plpgsql as $$
declare
	v_ids bigint[];
	v_held bigint;
	w record;
begin
	-- one at a time: others who come meanwhile find what is left
	perform pg_advisory_xact_lock(hashtextextended('waiting signups', 0));
	-- planned each time: the table is empty at one moment and has a hundred thousand rows at another
	execute 'select array(select id from waiting_signups where id > $1 order by id limit $2)'
		into v_ids using p_after, p_most;
	-- every address before anything else, in the order in which everybody takes several
	execute $sql$
		with wanted as materialized (
			select distinct (signup ->> 'comparable') collate "C" as address
			from waiting_signups where id = any ($1) order by 1
		)
		select count(pg_advisory_xact_lock(hashtextextended(address, 0))) from wanted
	$sql$ into v_held using v_ids;
	for w in execute $sql$
		-- deleted first: one that was erased while the addresses were waited for is not there any more
		with taken as (delete from waiting_signups where id = any ($1) returning *)
		select id, newsletter_id, address_hash, came_at, s.* from taken, jsonb_to_record(signup) as s (
			"localPart" text, domain text, comparable text, "mailboxHash" text, locale text, source text, site jsonb,
			wording text, "wordingVersion" integer, "wordingLocale" text, page text, ip text,
			networks text[], hurried boolean, unproven boolean, wish jsonb
		) order by id
	$sql$ using v_ids
	loop
		signup_id := w.id;
		notice_id := record_signup(
			w.newsletter_id, w."localPart", w.domain, w.comparable, w.address_hash, w."mailboxHash", w.locale, w.source,
			name_signup_host(w.newsletter_id, w.site ->> 'host', (w.site ->> 'isOwn')::boolean),
			w.wording, w."wordingVersion", w."wordingLocale", w.page, w.ip,
			w.networks, w.hurried, w.unproven, w.wish, w.came_at
		);
		return next;
	end loop;
end $$;
