import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveFeed } from '../stories/serve-feed.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
import { freePort } from '../support/run-envoi.ts'
import { type ServingHere, serveHere } from '../support/serve-here.ts'
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts'

let folder: string
let settings: Record<string, string>
let serving: ServingHere

/** Runs a command to its end, beside the process that serves the folder. */
function envoi(args: string[], more: Record<string, string> = {}): Promise<{ code: number; text: string }> {
	return runCommand(args, { ...settings, ...more })
}
// biome-ignore lint/suspicious/noExplicitAny: a test looks at a field or two of each answer
async function json(args: string[], more: Record<string, string> = {}): Promise<any> {
	const { code, text } = await envoi([...args, '--json'], more)
	expect(code, text).toBe(0)
	return JSON.parse(text)
}

const complete = ['--postal-address', '12 Harbour Street\\nMontréal', '--contact', 'hello@example.org']
const create = (slug: string, ...more: string[]) => [
	...['newsletter', 'create', slug, '--name', 'News', '--name-fr', 'Nouvelles', '--from', 'news@example.org'],
	...more,
]

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-commands-'))
	const port = String(await freePort())
	settings = {
		DATA_DIR: await makeDataFolder(join(folder, 'data')),
		PORT: port,
		FEED_ALLOWED_HOSTS: '127.0.0.1',
		FORM_MIN_SECONDS: '0',
	}
	serving = await serveHere(settings)
}, 60_000)
afterAll(async () => {
	await serving.close()
	await rm(folder, { recursive: true, force: true })
})

describe('staff at the command line, beside a running Envoi', { timeout: 180_000 }, () => {
	it('create a newsletter and are told what comes next', async () => {
		const created = await envoi(create('first'))
		expect(created.code).toBe(0)
		expect(created.text).toContain('The newsletter “first” has been created.')
		expect(created.text).toMatch(/^Postal address +missing/m)
		expect(created.text).toContain(
			'npm run envoi -- newsletter change first --postal-address "…" --contact "…"',
		)
		expect(created.text).toContain(
			'npm run envoi -- source add first https://example.org/feed.xml --locale en',
		)

		const changed = await envoi(['newsletter', 'change', 'first', ...complete])
		expect(changed.text).toMatch(/^Postal address +12 Harbour Street\n +Montréal$/m)
		expect((await envoi(['newsletter', 'list'])).text).toMatch(
			/^Newsletter +Name +From .*\nfirst +News \(en\), Nouvelles \(fr\) +news@example\.org/,
		)
		expect((await envoi(['newsletter', 'form', 'first', '--locale', 'fr'])).text).toMatch(
			/^<form class="envoi-form" action=/,
		)
		const whole = await envoi(['newsletter', 'form', 'first', '--style', '--script'])
		expect(whole.text).toMatch(
			/^<link rel="stylesheet" href="http[^"]+form-1\.css" integrity="sha384-[^"]+" crossorigin="anonymous">\n<form [\s\S]+<\/form>\n<!-- .+ -->\n<script type="module" src="http[^"]+form-1\.js" integrity="sha384-[^"]+" crossorigin="anonymous"><\/script>\n$/,
		)
	})

	it('offer topics, and see what a rule would do before it is made', async () => {
		await envoi(create('themes'))
		expect((await envoi(['topic', 'list', 'themes'])).text).toContain('has no topics yet')
		const french = { LANG: 'fr_CA.UTF-8' }
		expect((await envoi(['topic', 'list', 'themes'], french)).text).toContain(
			'topic add themes eau --name Eau',
		)
		const refused = await envoi(['reader', 'find', 'x'], french)
		expect(refused.text).toContain('  address\u00a0: Donnez au moins 3 caractères')
		const texts = ['--name', 'Water', '--name-fr', 'Eau', '--description-fr', 'Les puits']
		expect((await envoi(['topic', 'add', 'themes', 'water', ...texts])).text).toContain(
			'The topic “water” has been added.',
		)
		await envoi(['topic', 'add', 'themes', 'seeds', '--name', 'Seeds'])
		await envoi(['topic', 'order', 'themes', 'seeds', 'water'])
		expect((await envoi(['topic', 'list', 'themes'], { LANG: 'fr_CA.UTF-8' })).text).toMatch(
			/^seeds +Seeds \(en\).*\nwater +Water \(en\), Eau \(fr\) +Les puits +proposé/m,
		)
		const rule = await envoi(['topic', 'rule', 'themes', 'water', 'Eau potable', '--dry-run'])
		expect(rule.text).toBe(
			'None of the newest 0 would be of the topic “water” by the category “Eau potable”.\n',
		)
		const unasked = await envoi(['topic', 'rule', 'themes', 'water', 'Eau potable'])
		expect([unasked.code, unasked.text]).toEqual([
			2,
			expect.stringMatching(/^None of .*\nNo rule .*--yes\.\n$/),
		])
		const made = await envoi(['topic', 'rule', 'themes', 'water', 'Eau potable', '--yes'])
		expect(made.text).toMatch(/^None of .*\nFrom now on .* this is rule 1\./)
		const list = async () => (await json(['topic', 'list', 'themes'])).rules
		expect(await list()).toMatchObject([{ topic: 'water', category: 'eau potable' }])
		expect((await envoi(['topic', 'unrule', 'themes', '1'])).text).toContain('Rule 1 has been removed')
		expect(await list()).toEqual([])
		expect((await envoi(['topic', 'unrule', 'themes', '1'])).code).toBe(1)
	})

	it('change a topic, archive it and bring it back', async () => {
		await envoi(create('changing'))
		await envoi(['topic', 'add', 'changing', 'water', '--name', 'Water', '--description', 'Wells'])
		const described = await envoi([
			'topic',
			'change',
			'changing',
			'water',
			'--description',
			'Wells and rivers',
		])
		expect(described.text).toMatch(/^water +Water \(en\) +Wells and rivers +offered$/m)
		const french = await envoi(['topic', 'change', 'changing', 'water', '--description-fr', 'Les puits'])
		expect([french.code, french.text]).toEqual([1, expect.stringContaining('--name')])
		expect((await envoi(['topic', 'change', 'changing', 'water', '--name-fr', 'Eau'])).text).toContain(
			'Eau (fr)',
		)

		expect((await envoi(['topic', 'archive', 'changing', 'water'])).text).toContain('is archived')
		expect((await envoi(['topic', 'list', 'changing'])).text).toMatch(/^water .* archived$/m)
		const refused = await envoi(['story', 'write', 'changing', '--title', 'A well', '--topic', 'water'])
		expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('--topic: Archived')])
		expect((await envoi(['topic', 'restore', 'changing', 'water'])).text).toContain('is offered again')
		expect((await envoi(['topic', 'archive', 'changing', 'fire'])).code).toBe(1)
	})

	it('write and change stories with topics, and see that a rule would match all of them', async () => {
		await envoi(create('filed'))
		await envoi(['topic', 'add', 'filed', 'water', '--name', 'Water'])
		const about = ['--category', 'Water', 'Wells', '--topic', 'water', '--author', 'Ana']
		const story = await json(['story', 'write', 'filed', '--title', 'A well', ...about])
		expect(story).toMatchObject({ topics: ['water'], categories: ['Water', 'Wells'], author: 'Ana' })
		const matching = await envoi(['topic', 'rule', 'filed', 'water', 'WELLS', '--dry-run'])
		expect(matching.text).toMatch(
			/^1 story of the newest 1 would .*:\n {3}\d+ {2}A well\nThat is all of them/,
		)

		const changed = await envoi(['story', 'change', String(story.id), '--no-topics', '--author', ''])
		expect(changed.text).toMatch(/^Title +A well$/m)
		const published = ['--published', '2020-01-02T03:04:05Z', '--title', 'Two wells']
		expect(await json(['story', 'change', String(story.id), ...published])).toMatchObject({
			title: 'Two wells',
			topics: [],
			author: null,
			topicsChosenAt: expect.any(String),
			publishedAt: '2020-01-02T03:04:05.000Z',
		})
		const wrong = await envoi(['story', 'change', String(story.id), '--published', 'soon'])
		expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining('--published: ')])
	})

	it('show for how long data is kept', async () => {
		const shown = await envoi(['retention'])
		expect([shown.code, shown.text]).toEqual([
			0,
			expect.stringMatching(/^What +Kept +Setting +Due +Last time\n/),
		])
		expect(shown.text).toMatch(/^sign-ups that nobody confirmed +30 days +UNCONFIRMED_DAYS +0 +not yet$/m)
		expect(shown.text).toMatch(/^who left all they had +for good +LEFT_DAYS$/m)
		const french = await envoi(['retention'], { LANG: 'fr_FR.UTF-8' })
		expect(french.text).toMatch(/^courrier revenu +30 jours +BOUNCE_REPORT_DAYS +0 +pas encore$/m)
		expect((await json(['retention'])).items.length).toBeGreaterThan(10)
	})

	it('change a feed: its topics, and whether it is read', async () => {
		await envoi(create('fed'))
		await envoi(['topic', 'add', 'fed', 'water', '--name', 'Water'])
		const feed = await serveFeed({ guid: '1', title: 'A well' })
		const { id } = await json(['source', 'add', 'fed', feed.url])
		const changed = await envoi(['source', 'change', String(id), '--topic', 'water', '--state', 'paused'])
		expect(changed.text).toMatch(new RegExp(`^${id} +en +paused .* water +http`, 'm'))
		const again = await json(['source', 'change', String(id), '--no-topics', '--state', 'active'])
		expect(again).toMatchObject({ topics: [], state: 'active' })
		const refused = await envoi(['source', 'change', String(id), '--topic', 'fire'])
		expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('--topic: ')])
	})

	it('do the main job: a feed, a preview, a test, a digest, and what became of it', async () => {
		await envoi(create('main'))
		const feed = await serveFeed({ guid: '1', title: 'A well' }, { guid: '2', title: 'A school' })
		const added = await envoi(['source', 'add', 'main', feed.url, '--include-latest', '1'])
		expect(added.text).toContain('Stories: 1 new, 1 from before it was added, 0 mailed, 0 hidden.')
		expect(added.text).toContain('npm run envoi -- digest preview main')

		const file = join(folder, 'preview.html')
		const preview = await envoi(['digest', 'preview', 'main', '--html', file])
		expect(preview.text).toMatch(/English\n {2}Subject +News: A /)
		expect(preview.text).toMatch(/^English +1 +in the feed before it was added +\d+ A /m)
		expect(preview.text).toContain(
			'npm run envoi -- newsletter change main --postal-address "…" --contact "…"',
		)
		expect(await readFile(file, 'utf8')).toContain('The postal address is still missing.')
		const kept = await envoi(['digest', 'preview', 'main', '--html', file])
		expect([kept.code, kept.text]).toEqual([1, expect.stringContaining('Give --force to overwrite it')])
		expect((await envoi(['digest', 'preview', 'main', '--html', file, '--force'])).code).toBe(0)
		await envoi(['newsletter', 'change', 'main', ...complete])
		expect((await envoi(['digest', 'preview', 'main', '--text'])).text).toContain('Unsubscribe')

		// a command with other settings than the process that serves: what is true there is shown
		const elsewhere = { PORT: '1', PUBLIC_URL: 'http://localhost:1', SMTP_URL: 'smtp://127.0.0.1:1' }
		const unread = await envoi(['digest', 'send', 'main', '--wait'], elsewhere)
		expect([unread.code, unread.text]).toEqual([0, expect.stringMatching(/^Nobody .*\n {2}\S+\n$/)])
		expect(unread.text).toContain(`http://localhost:${settings.PORT}/newsletters/main\n`)
		expect((await json(['story', 'list', 'main', '--state', 'new'])).items).toHaveLength(1)

		await subscribe('main', 'reader@example.net')
		const tested = await envoi(['digest', 'test', 'main', '--to', 'me@example.net'], elsewhere)
		expect([tested.code, tested.text]).toEqual([0, expect.stringMatching(/^me@example\.net +en +accepted/m)])
		expect(tested.text).toContain(`http://localhost:${settings.PORT}/dev/mailbox`)

		const sent = await envoi(['digest', 'send', 'main', '--wait', '--key', 'week-1'])
		expect(sent.code).toBe(0)
		expect(sent.text).toMatch(/Digest \d+: completed/)
		expect(sent.text).toMatch(/1 accepted, 0 refused, 0 in doubt/)
		expect(sent.text).toMatch(/^ {2}Accepted +1$/m)

		const again = await envoi(['digest', 'send', 'main', '--key', 'week-1'])
		expect(again.text).toContain('nothing is sent twice')
		expect((await envoi(['digest', 'send', 'main'])).text).toContain('Nothing is new')
		const mailed = (await json(['story', 'list', 'main', '--state', 'mailed'])).items[0].id
		const chosen = await envoi(['digest', 'preview', 'main', '--story', String(mailed)])
		expect(chosen.text).toMatch(/^English +1 +sent in an earlier digest +\d+ A /m)
		const listed = await envoi(['digest', 'list', 'main'])
		expect(listed.text).toMatch(/^No\. +Newsletter +Made +State +Accepted +Subject\n\d+ +main /)
		const { items } = await json(['digest', 'status'])
		expect(items).toMatchObject([{ state: 'completed', counts: { planned: 1, accepted: 1 }, balanced: true }])
		expect((await envoi(['digest', 'status', String(items[0].id)])).text).toMatch(/Planned +1/)
	})

	it('see who got a digest and exactly what, and are told what can’t be done with one that is over', async () => {
		const [{ id }] = (await json(['digest', 'status'])).items
		const listed = await envoi(['digest', 'deliveries', String(id), '--state', 'accepted'])
		expect(listed.text).toMatch(/^reader@example\.net +accepted +\d{4}-\d\d-\d\d \d\d:\d\d UTC/m)
		const file = join(folder, 'deliveries.csv')
		const exported = await envoi(['digest', 'deliveries', String(id), '--csv', file])
		expect(exported.code, exported.text).toBe(0)
		expect(await readFile(file, 'utf8')).toMatch(/^\d+,"reader@example\.net","accepted",/m)
		expect((await stat(file)).mode & 0o777).toBe(0o600)
		const kept = await envoi(['digest', 'deliveries', String(id), '--csv', file])
		expect([kept.code, kept.text]).toEqual([1, expect.stringContaining('already')])
		expect(await readFile(file, 'utf8')).toContain('reader@example.net')

		const message = await envoi(['digest', 'message', String(id), '--to', 'reader@example.net'])
		const mail = await PostalMime.parse(message.text)
		expect([message.code, mail.to]).toEqual([0, [{ address: 'reader@example.net', name: '' }]])
		expect(message.text).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m)

		const undecided = await envoi(['digest', 'resend', String(id)])
		const none = await envoi(['digest', 'resend', String(id), '--in-doubt'])
		const paused = await envoi(['digest', 'pause', String(id)], { LANG: 'fr_CA.UTF-8' })
		expect([undecided.code, none.code, paused.code]).toEqual([2, 0, 1])
		expect(undecided.text).toContain('--refused')
		expect(paused.text).toContain(`numéro ${id} est terminé`)
		const resumed = await envoi(['digest', 'resume', String(id)])
		expect(resumed.text).toContain('it can no longer be paused, resumed or cancelled')
	})

	it('write, list, show, hide, release and link stories', async () => {
		await envoi(create('stories', ...complete))
		const one = await json([
			'story',
			'write',
			'stories',
			'--title',
			'A well',
			'--link',
			'https://example.org/well',
		])
		const two = await json(['story', 'write', 'stories', '--title', 'Un puits', '--locale', 'fr'])
		const linked = await envoi(['story', 'link', String(one.id), String(two.id)])
		expect(linked.text).toMatch(new RegExp(`A well +fr ${two.id}`))
		expect((await envoi(['story', 'show', String(one.id)])).text).toMatch(/^Link +https:..example.org.well$/m)
		await envoi(['story', 'hide', String(one.id), String(two.id)])
		expect((await json(['story', 'list', 'stories', '--state', 'hidden'])).items).toHaveLength(2)
		await envoi(['story', 'release', String(one.id)])
		expect((await envoi(['story', 'list', 'stories'])).text).toMatch(/en +new +A well/)
	})

	it('say in words when digests go out, and change a part of that alone', async () => {
		const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')
		await envoi(create('weekly', '--schedule', 'every Monday 9:00', '--time-zone', 'America/Toronto'))
		const shown = await envoi(['newsletter', 'show', 'weekly'])
		expect(shown.text.replace(/\s+/g, ' ')).toMatch(
			/every Monday 9:00; next: Monday \d+ \w+ \d{4}, 9:00 \(America\/Toronto\)/,
		)
		await envoi(['newsletter', 'change', 'weekly', '--quiet-hours', '22:00-07:00'])
		const schedule = { cron: '0 9 * * 1', timeZone: 'America/Toronto' }
		const quietHours = { from: '22:00', to: '07:00' }
		expect((await json(['newsletter', 'show', 'weekly'])).schedule).toEqual({ ...schedule, quietHours })
		const french = { LANG: 'fr_CA.UTF-8' }
		const changed = await envoi(['newsletter', 'change', 'weekly', '--schedule', 'chaque jeudi 8 h'], french)
		expect(plain(changed.text)).toContain('chaque jeudi 8 h ; prochain numéro : jeudi ')
		const now = (await json(['newsletter', 'change', 'weekly', '--quiet-hours', ''])).schedule
		expect(now).toEqual({ cron: '0 8 * * 4', timeZone: 'America/Toronto' })
	})

	it('read tables that fit the terminal, in both languages', async () => {
		const link = `https://example.org/${'a-long-address/'.repeat(8)}`
		const title =
			'A story with a title that goes on and on, as titles of reports sometimes do, and then some more'
		const story = await json(['story', 'write', 'stories', '--title', title, '--link', link])
		for (const [COLUMNS, LANG] of [
			['100', 'en_CA.UTF-8'],
			['80', 'fr_CA.UTF-8'],
		] as const) {
			for (const args of [
				['newsletter', 'list'],
				['story', 'list', 'stories'],
				['source', 'list', 'main'],
				['digest', 'list'],
				['digest', 'preview', 'stories'],
				['key', 'list'],
			]) {
				const { code, text } = await envoi(args, { COLUMNS, LANG })
				expect(code, text).toBe(0)
				const widest = Math.max(...text.split('\n').map((line) => line.length))
				expect([args, widest <= Number(COLUMNS)], text).toEqual([args, true])
			}
		}
		expect(story.title).toBe(title)
	})

	it('are not told to send to all after a test that failed', async () => {
		const { key } = await json(['key', 'create', 'suppress', '--scope', 'suppressions.change'])
		await fetch(`http://127.0.0.1:${settings.PORT}/api/v1/suppressions`, {
			method: 'POST',
			headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
			body: JSON.stringify({ address: 'gone@example.net' }),
		})
		const tested = await envoi(['digest', 'test', 'stories', '--to', 'gone@example.net', 'me@example.net'])
		expect([tested.code, tested.text]).toEqual([
			1,
			expect.stringContaining('Not every test message went out'),
		])
		expect(tested.text).not.toContain('npm run envoi -- digest send')
	})

	it('make API keys that open the API, and revoke them', async () => {
		const { id, key } = await json(['key', 'create', 'website', '--scope', 'keys.manage'])
		const ask = () =>
			fetch(`http://127.0.0.1:${settings.PORT}/api/v1/api-keys`, {
				headers: { Authorization: `Bearer ${key}` },
			})
		expect((await ask()).status).toBe(200)
		expect((await envoi(['key', 'list'])).text).not.toContain(key)
		expect((await envoi(['key', 'revoke', String(id)])).code).toBe(0)
		expect((await ask()).status).toBe(401)
	})

	it('get the sentences of what is refused, by the option that it was, in their language', async () => {
		const refused = await envoi(
			['newsletter', 'create', 'x', '--name', 'X', '--from', 'nowhere', '--colour', 'red'],
			{
				LANG: 'fr_CA.UTF-8',
			},
		)
		expect(refused.code).toBe(1)
		expect(refused.text).toContain('Une partie de ce qui a été transmis n’est pas utilisable.')
		expect(refused.text).toMatch(/^ {2}--from\u00a0: .*@/m)
		expect(refused.text).toMatch(/^ {2}--colour\u00a0: Il faut une couleur/m)
		expect(refused.text).not.toContain('    at ')

		expect(await envoi(['newsletter', 'show', 'nowhere'])).toEqual({
			code: 1,
			text: 'There is no newsletter “nowhere”.\n',
		})
		await envoi(create('unlawful'))
		const taken = await envoi(create('unlawful'))
		expect(taken.text).toBe('There is a newsletter “unlawful” already.\n')
		await subscribe('unlawful', 'reader@example.net')
		const unlawful = await envoi(['digest', 'send', 'unlawful'])
		expect([unlawful.code, unlawful.text]).toEqual([1, expect.stringContaining('--postal-address: ')])
	})

	it.each([
		[['newsletter', 'create'], '“slug” is missing.'],
		[['newsletter', 'crate'], 'There is no command “crate”.'],
		[['newsletter', 'list', '--jason'], 'There is no option “--jason”.'],
		[['digest', 'test', 'main'], '--to'],
		[['digest', 'status', 'last'], '“last” is not an entry’s number'],
		[['digest', 'deliveries', '1', '--state', 'sent'], 'must be one of: planned, sending, accepted,'],
		[['newsletter', 'change', 'first', '--stories', 'many'], '--stories takes a whole number.'],
		[['newsletter', 'change', 'first', '--time-zone', 'UTC'], 'Give --schedule too'],
		[['newsletter', 'change', 'first'], 'There is nothing to change'],
		[['newsletter', 'change', 'first', '--schedule', 'often'], '“often” can’t be read as a schedule'],
	])('end with exit code 2 on a wrong usage: %j', async (args, sentence) => {
		const { code, text } = await envoi(args)
		expect([code, text]).toEqual([2, expect.stringContaining(sentence)])
		expect(text).not.toContain('    at ')
	})

	it('are helped in the language of the terminal', async () => {
		const help = await envoi(['digest', 'send', '--help'], { LC_ALL: 'fr_SN.UTF-8' })
		expect(help.code).toBe(0)
		expect(help.text).toContain('Utilisation\u00a0: npm run envoi -- digest send [options] <identifiant>')
		expect(help.text).toContain('affiche cette aide')
		const main = await envoi(['--help'], { LC_ALL: 'fr_SN.UTF-8' })
		expect(main.text).toMatch(/-V, --version +affiche la version/)
		const list = await envoi(['story', 'list', '--help'], { LC_ALL: 'fr_SN.UTF-8' })
		expect(list.text).toContain('combien (30 sans indication)')
	})

	it('are told each command of a group by its name, in every language', async () => {
		const english = groupsOf((await envoi(['--help'])).text)
		expect(groupsOf((await envoi(['--help'], { LC_ALL: 'fr_CA.UTF-8' })).text)).toEqual(english)
		for (const [group, names] of english) {
			expect(commandsOf((await envoi([group, '--help'])).text).sort(), group).toEqual(names.toSorted())
		}
	})

	it('are shown an example on one line, so that it can be copied', async () => {
		const { text } = await envoi(['newsletter', 'create', '--help'])
		expect(text).toContain('“0 9 * * 1”')
		expect(text).toContain('“{name}: {title}”')
	})
})

describe('staff at the command line, where nothing runs', { timeout: 60_000 }, () => {
	let relay: SmtpSink
	let alone: Record<string, string>
	beforeAll(async () => {
		relay = await startSmtpSink()
		alone = { DATA_DIR: await makeDataFolder(join(folder, 'alone')) }
		await envoi(create('news', ...complete), alone)
	}, 60_000)
	afterAll(() => relay.close())

	it('read a feed and hold the stories for the next command', async () => {
		const feed = await serveFeed({ guid: '1', title: 'A well' })
		const added = await envoi(['source', 'add', 'news', feed.url, '--include-latest', '1'], alone)
		expect(added.text).toContain('Stories: 1 new')
	})

	it('are told that a feed which can’t be read is kept, and how to remove it', async () => {
		const added = await envoi(['source', 'add', 'news', 'http://127.0.0.1:9/feed'], alone)
		expect(added.text).toMatch(/It is kept all the same .*\n {2}npm run envoi -- source remove \d+\n$/)
	})

	it('do not send mail that would be lost with the command', async () => {
		const refused = await envoi(['digest', 'send', 'news'], alone)
		expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('No relay is set (SMTP_URL)')])
	})

	it('send through a relay, with the workers in the command until the digest is out', async () => {
		const withRelay = { ...alone, SMTP_URL: relay.url }
		const port = String(await freePort())
		const served = await serveHere({ ...settings, ...withRelay, PORT: port })
		await subscribe('news', 'reader@example.net', port, async () => {
			const mail = relay.to('reader@example.net').at(-1)
			return mail ? ((await PostalMime.parse(mail.raw)).text ?? '') : ''
		})
		await served.close()

		const sent = await envoi(['digest', 'send', 'news'], withRelay)
		expect(sent.code, sent.text).toBe(0)
		expect(sent.text).toMatch(/^ {2}Accepted +1$/m)
		expect(relay.to('reader@example.net').at(-1)?.raw).toContain('A well')
	})
})

/** The groups of `envoi --help`, each with the commands that its summary names after the colon. */
function groupsOf(help: string): Array<[group: string, names: string[]]> {
	const entries = help.replace(/\n {6,}/g, ' ').matchAll(/^ {2}(\w+) .*?\s?: ([a-z, ]+)$/gm)
	return [...entries].map(([, group = '', names = '']) => [group, names.split(', ')])
}

const commandsOf = (help: string) => [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name)

/** Subscribes over HTTP and follows the link in the mail. */
async function subscribe(
	slug: string,
	email: string,
	port = settings.PORT ?? '',
	readMail = () => newestCaptured(port),
): Promise<void> {
	const base = `http://127.0.0.1:${port}`
	const body = JSON.stringify({ email, locale: 'en' })
	const headers = { 'Content-Type': 'application/json' }
	await fetch(`${base}/api/v1/newsletters/${slug}/subscriptions`, { method: 'POST', headers, body })
	let path: string | undefined
	await expect
		.poll(async () => {
			path = /(\/confirm\/[\w-]+)/.exec(await readMail())?.[1]
			return path
		})
		.toBeTruthy()
	expect((await fetch(`${base}${path}`, { method: 'POST' })).status).toBe(200)
}

async function newestCaptured(port: string): Promise<string> {
	const mailbox = `http://127.0.0.1:${port}/dev/mailbox`
	const newest = /\/dev\/mailbox\/(\d+)/.exec(await (await fetch(mailbox)).text())?.[1]
	const answer = await fetch(`${mailbox}/${newest}/text`)
	return answer.ok ? answer.text() : ''
}
