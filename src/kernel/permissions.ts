/** What staff may be allowed to do. A route names the one that it needs, and an API key those that it has. */
export const permissions = [
	'newsletters.read',
	'newsletters.change',
	/** Everything of a newsletter as files: readers, receipts and deliveries with their addresses. */
	'newsletters.export',
	'sources.read',
	'sources.change',
	'stories.read',
	'stories.change',
	/** Digests and their progress, without addresses. */
	'digests.read',
	/** Preview the next digest. */
	'digests.prepare',
	/** Send a test to addresses of one’s choice. */
	'digests.test',
	/** Send a digest, pause, resume and cancel it, send again what failed; decide on missed ones. */
	'digests.send',
	/** Readers by their addresses: persons, deliveries, exports, the message that one is sent. */
	'subscribers.read',
	/** Unsubscribe and erase persons. */
	'subscribers.change',
	'suppressions.read',
	'suppressions.change',
	/** Bounces, complaints and the reports they were read from, with addresses. */
	'bounces.read',
	'bounces.change',
	'keys.manage',
	/** Other programs that are told of what happens, with addresses where wanted. */
	'webhooks.manage',
	/** Invite, change and remove the people who work in the console. */
	'staff.manage',
	/** For how long each kind of data is kept. */
	'retention.read',
	'installation.read',
	/** Let sending go on: after a restore, or to a relay that refused our account. */
	'installation.resume',
	/** A backup: all that there is, persons and hashes of passwords with it. */
	'installation.backup',
] as const

export type Permission = (typeof permissions)[number]
