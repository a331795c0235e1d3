import { sql } from 'kysely'
import type { DatabaseOrTransaction } from '../../kernel/database.ts'

/** How many sites are counted by name beside the newsletter's own: anybody can post a form under any name. */
const namedHosts = 50

type FormHost = { newsletterId: number; host: string; isOwn: boolean }

/** The name under which a site with a form is counted: its host, or `other` where there are too many. */
export async function nameSignupHost(
	db: DatabaseOrTransaction,
	{ newsletterId, host, isOwn }: FormHost,
): Promise<string> {
	const { rows } = await sql`
		with known as (
			select host from signup_hosts where newsletter_id = ${newsletterId} and host = ${host}
		), added as (
			insert into signup_hosts (newsletter_id, host)
			select ${newsletterId}::bigint, ${host}::text
			where not exists (select from known) and (${isOwn}::boolean or ${namedHosts} > (
				select count(*) from signup_hosts where newsletter_id = ${newsletterId}
			))
			-- gives the row also where another sign-up has just added it
			on conflict (newsletter_id, host) do update set host = excluded.host
			returning host
		)
		select from known union all select from added`.execute(db)
	return rows.length > 0 ? host : 'other'
}

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
