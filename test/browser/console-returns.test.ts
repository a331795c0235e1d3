import { mkdirSync } from 'node:fs'
import { sql } from 'kysely'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { raiseRelayAlert, upsertAlert } from '../../src/alerts/index.ts'
import { insertEvent } from '../../src/bounces/store/events.ts'
import { suppressionReasons } from '../../src/kernel/enumerations.ts'
import { hashAddress } from '../../src/kernel/keys.ts'
import { ownReason } from '../../src/kernel/own-reason.ts'
import { suppress } from '../../src/suppressions/index.ts'
import { makeChoices, makeTopic, pauseReader } from '../support/make-choices.ts'
import { makeNewsletter, makeReader, makeStory } from '../support/make-newsletter.ts'
import { inTurn } from '../support/some-of.ts'
import { startTestApp, type TestApp } from '../support/start-test-app.ts'
import { comeIn } from './come-in.ts'
import { chromiumPath, closePages, expectAccessible, openBrowser } from './open-browser.ts'

const pictures = process.env.CONSOLE_PICTURES
let app: TestApp
let browser: Browser
let slug: string
let chooser: number
let suppressed: string
beforeAll(async () => {
	if (!chromiumPath) return
	if (pictures) mkdirSync(pictures, { recursive: true })
	browser = await openBrowser()
	app = await startTestApp({ workers: false })
	slug = await fill()
})
afterAll(async () => {
	await closePages()
	await app?.close()
})

/** A newsletter with something of everything that comes back. */
async function fill(): Promise<string> {
	const texts = { en: { name: 'Hands Across' }, fr: { name: 'Mains tendues' } }
	const newsletter = await makeNewsletter(app, { texts, colour: '#0f5c5c' })
	await makeReader(app, newsletter.id, { address: 'mariam.ndiaye@courriel.example', locale: 'fr' })
	await makeStory(app, newsletter.id)
	const water = await makeTopic(app, newsletter.id, 'water')
	const chosen = await makeReader(app, newsletter.id, { address: 'j.whitfield@post.example' })
	const whose = app.db.selectFrom('subscriptions').select('subscriber_id').where('id', '=', chosen)
	chooser = (await whose.executeTakeFirstOrThrow()).subscriber_id
	await makeChoices(app, chosen, { topicIds: [water] })
	await pauseReader(app, chosen, new Date(Date.now() + 86_400_000))
	await makeReader(app, newsletter.id, {
		address: 'n.abbas@clinique.example',
		state: 'pending',
		source: 'api',
	})
	const at = app.clock.now()
	const before = (hours: number) => new Date(at.getTime() - hours * 3_600_000)
	const { rows } = await sql<{ id: number }>`
		insert into digests (newsletter_id, public_id, state, trigger) values (${newsletter.id}, 'd-1', 'paused', 'staff')
		returning id`.execute(app.db)
	const digestId = rows[0]?.id ?? 0
	await makeAlerts(newsletter.id, digestId, before)
	return newsletter.slug
}

async function makeAlerts(
	newsletterId: number,
	digestId: number,
	before: (hours: number) => Date,
): Promise<void> {
	const event = {
		via: 'smtp',
		kind: 'bounce' as const,
		class: 'content' as const,
		hard: false,
		status: '5.7.1',
	}
	await app.db
		.insertInto('bounce_events')
		.values({
			...event,
			...{ external_id: 'one', reply: '550', diagnostic: '550 5.7.1 Message content rejected due to spam' },
			...{ matched_by: 'return_path', digest_id: digestId, occurred_at: before(2), recorded_at: before(2) },
		})
		.execute()
	const refused = { events: 43, planned: 4_000, classes: { content: 40, policy: 3 } }
	const domains = { 'gmail.example': 31, 'a-rather-long-name-of-a-university-department.example': 12 }
	await upsertAlert(app.db, { key: `digest/${digestId}`, digestId, at: before(2), ...refused, domains })
	await upsertAlert(app.db, { key: `digest/${digestId}`, digestId, at: before(1), ...refused, domains })
	const hour = {
		digestId: null,
		events: 25,
		planned: null,
		classes: { sender: 25 },
		domains,
		at: before(800),
	}
	const { id } = await upsertAlert(app.db, { key: 'hour/1', ...hour })
	await app.db
		.updateTable('bounce_alerts')
		.set({ closed_at: before(700) })
		.where('id', '=', id)
		.execute()
	const reason = ownReason('held_quota', '452 4.3.1 Daily quota used up')
	await raiseRelayAlert(app, { name: 'smtp.relay.example:587', cause: 'quota', reason, refused: 3 })
	await sql`
		insert into sending_pauses (scope, name, reason, until, held)
		values ('relay', 'smtp.relay.example:587', ${reason}, ${before(-3)}, true)`.execute(app.db)
	await makeReturned(newsletterId, digestId, before)
	for (const [index, reason] of suppressionReasons.entries()) {
		const addressHash = hashAddress(
			app.keys,
			index === 0 ? 'mariam.ndiaye@courriel.example' : `gone${index}@x.example`,
		)
		await suppress(app.db, {
			addressHash,
			reason,
			evidence: `bounce event ${index}: 5.1.1 inbound`,
			at: before(index),
		})
	}
	suppressed = hashAddress(app.keys, 'mariam.ndiaye@courriel.example')
	await app.db
		.insertInto('missed_digests')
		.values({ newsletter_id: newsletterId, kind: 'each', occurrence: before(9), found_at: before(3) })
		.execute()
}

async function makeReturned(
	newsletterId: number,
	digestId: number,
	before: (hours: number) => Date,
): Promise<void> {
	const subscriptionId = await makeReader(app, newsletterId, {
		address: 'helene.bouchard-tremblay@universite.example',
	})
	const shared = { via: 'inbound' as const, hard: false, domain: 'universite.example', recordedAt: before(5) }
	const matched = { matchedBy: 'return_path' as const, digestId, subscriptionId }
	const addressHash = hashAddress(app.keys, 'helene.bouchard-tremblay@universite.example')
	await insertEvent(app.db, {
		...{ ...shared, ...matched, addressHash, externalId: 'full', kind: 'bounce', class: 'mailbox-full' },
		...{ status: '4.2.2', reply: '452', diagnostic: '452 4.2.2 Over quota', occurredAt: before(5) },
	})
	await insertEvent(app.db, {
		...{
			...shared,
			...matched,
			addressHash: null,
			externalId: 'gone',
			kind: 'complaint',
			class: 'complaint',
		},
		...{ status: '', reply: '', diagnostic: '', occurredAt: before(30) },
	})
	await insertEvent(app.db, {
		...{
			...shared,
			matchedBy: null,
			digestId: null,
			subscriptionId: null,
			addressHash: null,
			externalId: 'forged',
		},
		...{ kind: 'bounce', class: 'address', status: '5.1.1', reply: '550', occurredAt: before(40) },
		diagnostic: '550 5.1.1 No such user here',
	})
}

async function signIn(locale: string, width: number): Promise<Page> {
	const context = await browser.newContext({ viewport: { width, height: 900 } })
	const member = { name: 'Amina Diallo', email: `amina.${locale}@handsacross.example`, role: 'owner', locale }
	return comeIn(app, context, member)
}

async function look(page: Page, name: string): Promise<void> {
	if (pictures) {
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
			await page.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true })
		}
	}
	await expectAccessible(page)
}

describe.skipIf(!chromiumPath).each([
	['en', 1280, 0],
	['fr', 320, 1],
] as const)('what came back, in %s at %i px', (locale, width, turn) => {
	it('can be read by everybody', async () => {
		const page = await signIn(locale, width)
		const base = `/console/newsletters/${slug}`
		const paths = {
			alerts: `${base}/alerts`,
			returned: `${base}/returned`,
			unmatched: '/console/returned',
			suppressions: `/console/suppressions?of=${suppressed}`,
			readers: `${base}/readers?state=`,
			choices: `${base}/readers/${chooser}/choices`,
			refused: `${base}/readers?state=x&from=y`,
		}
		for (const [name, path] of inTurn(Object.entries(paths), turn)) {
			await page.goto(app.url + path)
			await page.evaluate(`for (const each of document.querySelectorAll('main details')) each.open = true`)
			await look(page, `${name}-${locale}-${width}`)
		}
		await page.context().close()
	}, 60_000)
})
