-- Which newsletter an event is about, so that its staff pages through what came back without the events of all others.
alter table bounce_events add column newsletter_id bigint;
update bounce_events e set newsletter_id = d.newsletter_id from digests d where d.id = e.digest_id;
update bounce_events e set newsletter_id = s.newsletter_id from subscriptions s
	where s.id = e.subscription_id and e.newsletter_id is null;

create index bounce_events_returned on bounce_events (newsletter_id, occurred_at, id)
	where matched_by is not null and kind <> 'delivered';
create index bounce_events_returned_class on bounce_events (newsletter_id, class, occurred_at, id)
	where matched_by is not null and kind <> 'delivered';
create index bounce_events_returned_digest on bounce_events (digest_id, occurred_at, id)
	where matched_by is not null and kind <> 'delivered';
-- what nothing proves to be about mail of ours, and what could not be read
create index bounce_events_unmatched on bounce_events (occurred_at, id)
	where matched_by is null and kind <> 'delivered';
create index bounce_reports_unreadable on bounce_reports (id) where kind = 'unreadable';
