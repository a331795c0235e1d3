-- `pipelining`: a relay that does not keep to what it offers is spoken to one command at a time until then. It only tells staff.
alter table sending_pauses
	drop constraint sending_pauses_scope_check,
	add constraint sending_pauses_scope_check check (scope in ('relay', 'domain', 'day', 'pipelining'));
