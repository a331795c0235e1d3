-- When staff chose the topics of a story: from then on neither its source nor a rule changes them.
alter table stories add column topics_chosen_at timestamptz;

-- Of stories that are there: those that staff wrote, and those that staff changed and that have other topics than their source.
update stories set topics_chosen_at = first_seen_at
where source_id is null and external_id is null and topics <> '{}';
update stories s set topics_chosen_at = now()
from sources f
where f.id = s.source_id and s.topics <> f.topics
	and exists (select from audit_entries where action = 'change' and subject = 'story:' || s.id);
