/** What this process runs on, as far as it says. */
export type SystemFacts = {
	node: string
	database: { kind: 'embedded' | 'postgres'; version: string; bytes: number }
	/** Null where there is none: the queues are in the database. */
	redis: { version: string } | null
	/** The disk that the data folder is on; null where the data is elsewhere. */
	disk: { folder: string; freeBytes: number; bytes: number } | null
}

export type ReadSystemFacts = () => Promise<SystemFacts>
