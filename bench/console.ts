import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { openDraft } from '../src/digests/index.ts'
import { operator } from '../src/kernel/actor.ts'
import type { Newsletter } from '../src/newsletters/index.ts'
import { addMember, beginSession, memberInput } from '../src/staff/index.ts'
import { findServers } from '../test/support/find-servers.ts'
import type { Engine } from './parts/measure-engine.ts'
import { median, percentile, report } from './parts/report.ts'
import { makeVariedAudience, makeVariedStories } from './parts/varied-audience.ts'
import { withEngine } from './parts/with-engine.ts'

// How long staff waits for each page of the console where there are 1,000,000 readers with 200 combinations of choices, three
// years of events and 150 digests.

// usage: console.ts [READERS]
const many = Number(process.argv[2] ?? 1_000_000)
const results = fileURLToPath(new URL('results.md', import.meta.url))
const rounds = 30

const servers = findServers()
if (servers.missing.length > 0) console.log(`console: left out, for lack of ${servers.missing.join(', ')}`)
else {
	await withEngine({ large: many }, measurePages)
	process.exit()
}

async function measurePages({ app }: Engine): Promise<void> {
	const newsletter = await makeVariedAudience(app, { readers: many, combinations: 200 })
	const digestId = await makePast(app, newsletter)
	await makeVariedStories(app, newsletter)
	const draft = await openDraft(app, newsletter.id, { actor: operator })
	const { id: memberId } = await addMember(
		app,
		memberInput.parse({ name: 'Amina Diallo', email: 'amina@charity.example', role: 'owner' }),
		operator,
	)
	const token = await beginSession(app, app.db, { memberId, complete: true, userAgent: undefined })
	const server = createServer(app.http)
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
	const { port } = server.address() as AddressInfo
	const secure = app.config.publicUrl.startsWith('https:')
	const headers = { Cookie: `${secure ? '__Host-' : ''}envoi-session=${token}`, Accept: 'text/html' }
	const base = `/console/newsletters/${newsletter.slug}`
	const reader = await app.db.selectFrom('subscribers').select('id').limit(1).executeTakeFirstOrThrow()
	const pages: Record<string, string> = {
		Home: base,
		Digests: `${base}/digests`,
		'a report': `/console/digests/${digestId}`,
		Prepare: `/console/drafts/${draft.id}`,
		Preview: `/console/drafts/${draft.id}/preview`,
		'Check and send': `/console/drafts/${draft.id}/check`,
		Readers: `${base}/readers`,
		'readers found': `${base}/readers?address=reader77`,
		'readers filtered': `${base}/readers?state=active&language=fr&source=api`,
		'what came back': `${base}/returned`,
		'who is not mailed': '/console/suppressions',
		Alerts: `${base}/alerts`,
		'earlier stories': `/console/drafts/${draft.id}/earlier`,
		'one reader': `${base}/readers/${reader.id}`,
		Sources: `${base}/sources`,
		Settings: `${base}/settings`,
		Look: `${base}/look`,
		'its digest': `${base}/look/mail`,
		Sender: `${base}/sender`,
		System: '/console/system',
		'People and roles': '/console/people',
		'Audit log': '/console/audit',
	}
	const rows = []
	for (const [what, path] of Object.entries(pages)) {
		const times: number[] = []
		for (let round = -3; round < rounds; round++) {
			const begun = performance.now()
			const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: 'manual' })
			await answer.text()
			if (answer.status !== 200) throw new Error(`${answer.status} for ${path}`)
			if (round >= 0) times.push(performance.now() - begun)
		}
		const middle = median(times)
		const measured = `${middle.toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms`
		rows.push({ what, measured, target: '≤ 150 ms', isMet: middle <= 150 })
	}
	server.close()
	report(results, {
		rows,
		notes: [
			`${many} readers with 200 combinations of choices, 150 digests, three years of events; medians of ${rounds} requests each`,
			`load of the machine at the end: ${loadavg()[0]?.toFixed(1)}`,
		],
	})
}

/** A digest a week for three years, with its sums, and what came and went each day. Gives the last digest. */
async function makePast(app: Engine['app'], newsletter: Newsletter): Promise<number> {
	const audience = JSON.stringify({ candidates: many, planned: many, excluded: {} })
	await sql`
		insert into digests (newsletter_id, public_id, state, trigger, audience, created_at, planned_at, completed_at)
		select ${newsletter.id}, 'past-' || n, 'completed', 'staff', ${audience}::jsonb,
			now() - n * interval '7 days', now() - n * interval '7 days', now() - n * interval '7 days'
		from generate_series(150, 1, -1) n`.execute(app.db)
	await sql`
		insert into delivery_tallies (digest_id, backend, state, reason, count)
		select id, 1, t.state::delivery_state, '', t.count from digests,
			(values ('planned', ${-many}::bigint), ('accepted', ${many - 900}::bigint), ('refused', 800::bigint), ('in_doubt', 100::bigint)) t (state, count)
		where newsletter_id = ${newsletter.id}`.execute(app.db)
	await sql`
		insert into subscriber_days (newsletter_id, day, locale, kind, source, count)
		select ${newsletter.id}, now()::date - n, l.locale, k.kind, 'page', 10 + n % 7
		from generate_series(1, 1095) n, (values ('en'), ('fr')) l (locale), (values ('joined'), ('confirmed'), ('left_page')) k (kind)`.execute(
		app.db,
	)
	const { id } = await app.db
		.selectFrom('digests')
		.select('id')
		.where('newsletter_id', '=', newsletter.id)
		.orderBy('created_at', 'desc')
		.limit(1)
		.executeTakeFirstOrThrow()
	return id
}
