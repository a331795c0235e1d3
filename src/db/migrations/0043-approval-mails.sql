-- Staff is told by mail of who asks for an approval, and of who sent a draft back.
alter table staff_occasions drop constraint staff_occasions_kind_check;
alter table staff_occasions add constraint staff_occasions_kind_check check (
	kind in (
		'draft_ready', 'approval', 'source_broken', 'digest_stalled', 'digest_finished', 'returned_mail', 'signups'
	)
);
