import type { DataSet } from '../data-set.ts'

/** The feeds that stories come from. */
export const sources: DataSet = {
	columns: ['id', 'url', 'language', 'topics', 'state', 'added_at', 'last_read_at'],
	async *read(db, { newsletterId }) {
		const rows = await db
			.selectFrom('sources')
			.select(['id', 'url', 'locale', 'topics', 'state', 'created_at', 'last_polled_at'])
			.where('newsletter_id', '=', newsletterId)
			.orderBy('id')
			.execute()
		yield rows.map((row) => [
			row.id,
			row.url,
			row.locale,
			row.topics,
			row.state,
			row.created_at,
			row.last_polled_at,
		])
	},
}
