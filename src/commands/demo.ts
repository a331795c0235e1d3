import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startWorkers } from '../../workers/start-workers.ts'
import { type App, openApp } from '../app.ts'
import { readConfig } from '../config.ts'
import { operator } from '../kernel/actor.ts'
import { createApiKey, firstOwnerLink } from '../staff/index.ts'
import { commandLog } from './command-log.ts'
import { createDemoReport, type DemoReport } from './demo/demo-report.ts'
import { laterStory } from './demo/demo-stories.ts'
import { createDemoVisitor, type DemoVisitor } from './demo/demo-visitor.ts'
import { findPort } from './demo/find-port.ts'
import { type DemoSite, serveDemoSite } from './demo/serve-demo-site.ts'
import { showChoices } from './demo/show-choices.ts'
import { listen } from './serve.ts'
import { tuneCompiler } from './tune-compiler.ts'

const slug = 'hands-across'

const readers = [
	{ email: 'alice@readers.example', locale: 'en' },
	{ email: 'benoit@lecteurs.example', locale: 'fr' },
	{ email: 'chloe@lecteurs.example', locale: 'fr' },
	{ email: 'daniel@readers.example', locale: 'en' },
] as const

export type DemoOptions = { once: boolean; stdout: { write(text: string): unknown } }

/**
 * `envoi demo`: the main job from a visitor's click to a digest in the inbox and out again, on a throw-away database.
 * Gives the exit code: 1 where anything was not as it must be. Stays up until it is interrupted, unless `once`.
 */
export async function demo({ once, stdout }: DemoOptions): Promise<number> {
	const report = createDemoReport(stdout)
	const folder = await mkdtemp(join(tmpdir(), 'envoi-demo-'))
	const site = await serveDemoSite()
	const port = await findPort(3000)
	const config = {
		...readConfig({}),
		dataDir: folder,
		port,
		publicUrl: `http://localhost:${port}`,
		formMinSeconds: 0,
		feedAllowedHosts: [site.host],
		logLevel: 'error',
	}
	tuneCompiler({ isShort: true })
	const app = await openApp(config, { log: commandLog(config) })
	const workers = startWorkers(app)
	const server = await listen(app)
	try {
		await show(app, site, report)
		await sayWhatNext(app, report, once)
		if (!once && report.failures() === 0) await untilInterrupted()
	} catch (error) {
		report.step('The demo came to its end', String(error), false)
	} finally {
		server.close()
		server.closeAllConnections()
		workers.stop()
		await app.close()
		await site.close()
		await rm(folder, { recursive: true, force: true })
	}
	return report.failures() > 0 ? 1 : 0
}

async function show(app: App, site: DemoSite, report: DemoReport): Promise<void> {
	if (!app.captured) throw new Error('the demo captures its mail')
	const visitor = createDemoVisitor(app.config.publicUrl, app.captured)
	const staff = await createStaff(app)

	report.say('\nA newsletter in two languages')
	await staff.post('/newsletters', newsletter)
	await staff.post(`/newsletters/${slug}/sources`, source(`${site.url}/en/feed.rss`, 'en'))
	await staff.post(`/newsletters/${slug}/sources`, source(`${site.url}/fr/feed.atom`, 'fr'))
	await pollSources(app, staff)
	const { items: stories } = await staff.get(`/newsletters/${slug}/stories`)
	report.step('Stories read from two feeds (RSS, Atom)', `${stories.length}`, stories.length === 12)

	report.say('\nReaders subscribe and confirm')
	for (const reader of readers) await subscribe(app, visitor, report, reader)

	report.say('\nThe first digest')
	await sendDigest(app, staff, report)
	for (const reader of readers) await checkDigest(visitor, report, reader, 'ivco-2022', 2)

	report.say('\nOne reader leaves with one click in the mail program')
	const [, leaver] = readers
	const [digest] = visitor.mailFor(leaver.email)
	const left = digest ? await visitor.leaveByOneClick(digest) : undefined
	report.step(`POST by ${leaver.email}’s mail program`, `${left?.status}`, left?.status === 200)

	report.say('\nA new story appears, and the next digest holds it alone')
	site.publish(laterStory)
	await pollSources(app, staff)
	await sendDigest(app, staff, report)
	for (const reader of readers.filter(({ email }) => email !== leaver.email)) {
		await checkDigest(visitor, report, reader, laterStory.id, 3)
	}
	const after = visitor.mailFor(leaver.email).length
	report.step(`${leaver.email}, who left`, 'got nothing more', after === 2)

	const nothing = await staff.post(`/newsletters/${slug}/digests`, {})
	report.step('Asked once more, with nothing new', nothing.kind, nothing.kind === 'nothing_new')

	const [, , chloe, daniel] = readers
	await showChoices({
		...{ slug, staff, visitor, report },
		send: (kind) => sendDigest(app, staff, report, kind),
		readers: { oneTopic: chloe.email, roundUp: daniel.email },
	})
}

const newsletter = {
	slug,
	defaultLocale: 'en',
	fromAddress: 'news@handsacross.example',
	postalAddress: 'Hands Across, 12 Harbour Street, Montréal (Québec) H2Y 1A1, Canada',
	sites: ['https://handsacross.example'],
	contact: 'hello@handsacross.example',
	colour: '#0f5c5c',
	roundUp: { cron: '0 8 1 * *', timeZone: 'America/Toronto' },
	texts: {
		en: {
			name: 'Hands Across',
			description: 'Stories from people who work together across borders, once a week.',
		},
		fr: {
			name: 'Mains tendues',
			description:
				'Une fois par semaine, des récits de celles et ceux qui coopèrent par-delà les frontières.',
		},
	},
}

// a source's older stories are not mailed by themselves: here the newest six are asked for
const source = (url: string, locale: string) => ({ url, locale, includeLatest: 6 })

type Staff = {
	// biome-ignore lint/suspicious/noExplicitAny: the demo reads a field or two of each answer
	get(path: string): Promise<any>
	// biome-ignore lint/suspicious/noExplicitAny: the demo reads a field or two of each answer
	post(path: string, body: object): Promise<any>
}

/** Staff act over the API with a key, as their own programs would. */
async function createStaff(app: App): Promise<Staff> {
	const { key } = await createApiKey(app, { name: 'demo', scopes: null }, operator)
	const call = async (method: string, path: string, body?: object) => {
		const response = await fetch(`${app.config.publicUrl}/api/v1${path}`, {
			method,
			headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
			body: body && JSON.stringify(body),
		})
		const answer = await response.text()
		if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${answer}`)
		return answer === '' ? undefined : JSON.parse(answer)
	}
	return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) }
}

async function pollSources(app: App, staff: Staff): Promise<void> {
	const { items } = await staff.get(`/newsletters/${slug}/sources`)
	for (const { id } of items) await staff.post(`/sources/${id}/poll`, {})
	await app.jobs.drain()
}

type Reader = (typeof readers)[number]

async function subscribe(
	app: App,
	visitor: DemoVisitor,
	report: DemoReport,
	{ email, locale }: Reader,
): Promise<void> {
	const signUp = await visitor.signUp(slug, email, locale)
	await app.jobs.drain()
	const link = await visitor.findLink(email, '/confirm/')
	const looked = await visitor.open(link)
	const before = visitor.mailFor(email).length
	const confirmed = await visitor.press(link)
	const ok = signUp.status < 400 && looked.status === 200 && before === 1 && confirmed.status === 200
	report.step(
		`${email} (${locale})`,
		`form ${signUp.status}, link ${looked.status}, button ${confirmed.status}`,
		ok,
	)
}

async function sendDigest(
	app: App,
	staff: Staff,
	report: DemoReport,
	kind: 'each' | 'round_up' = 'each',
): Promise<void> {
	const created = await staff.post(`/newsletters/${slug}/digests`, { kind })
	await app.jobs.drain()
	const { counts } = await staff.get(`/digests/${created.digest.id}`)
	const seen = `${counts.planned} planned, ${counts.accepted} accepted, ${counts.refused} refused, ${counts.inDoubt} in doubt`
	report.step(`Digest ${created.digest.id}`, seen, counts.planned === counts.accepted && counts.planned > 0)
}

async function checkDigest(
	visitor: DemoVisitor,
	report: DemoReport,
	{ email, locale }: Reader,
	storyId: string,
	mails: number,
): Promise<void> {
	const received = visitor.mailFor(email)
	const mail = await received[0]?.parse()
	const link = `/${locale}/${storyId}`
	const oneClick = received[0] ? await visitor.headerOf(received[0], 'List-Unsubscribe-Post') : ''
	const ok =
		received.length === mails &&
		Boolean(mail?.html.includes(link) && mail.text.includes(link)) &&
		oneClick === 'List-Unsubscribe=One-Click'
	report.step(`${email} (${locale})`, mail?.subject ?? 'nothing', ok)
}

async function sayWhatNext(app: App, report: DemoReport, once: boolean): Promise<void> {
	const failed = report.failures()
	report.say(failed > 0 ? `\n${failed} of these are not as they must be.` : '\nAll as it must be.')
	if (once || failed > 0) return
	const { publicUrl } = app.config
	report.say(`
Open in a browser:
  ${publicUrl}/newsletters/${slug}/en      the form (and …/fr in French)
  ${publicUrl}/dev/mailbox                 the mail that was captured
  ${publicUrl}/api/docs                    the API
The console, which is yours by this link:
  ${await firstOwnerLink(app)}
Ctrl+C ends it; nothing is kept.`)
}

function untilInterrupted(): Promise<void> {
	return new Promise((resolve) => {
		process.once('SIGINT', () => resolve())
		process.once('SIGTERM', () => resolve())
	})
}
