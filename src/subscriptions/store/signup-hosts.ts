import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** The sites whose forms are counted by name. */
export async function listSignupHosts(
	{ db }: { db: DatabaseOrTransaction },
	newsletterId: number,
): Promise<string[]> {
	const rows = await db
		.selectFrom('signup_hosts')
		.select('host')
		.where('newsletter_id', '=', newsletterId)
		.orderBy('host')
		.execute()
	return rows.map(({ host }) => host)
}
