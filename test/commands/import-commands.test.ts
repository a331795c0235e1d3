import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { readZip } from '../support/read-zip.ts'
import { runCommand } from '../support/run-command.ts'

let folder: string
let settings: Record<string, string>
// answers the commands, as `envoi serve` does: without it each opens the database for itself
let running: App
let workers: { stop(): void }

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-import-'))
	settings = { DATA_DIR: await makeDataFolder(join(folder, 'data')) }
	await writeFile(
		join(folder, 'readers.csv'),
		'Email;First name\nawa@cli.example;Awa\nluc@cli.example;Luc\nnobody;\n',
	)
	await writeFile(join(folder, 'days.csv'), 'email,joined\nd@cli.example,05/06/2024\n')
	await writeFile(
		join(folder, 'dead.csv'),
		'address,reason\ndead@cli.example,dead_address\nno address,staff\n',
	)
	running = await openApp(readConfig({ ...settings, LOG_LEVEL: 'silent' }))
	workers = startWorkers(running)
	const made = await envoi(create)
	expect(made.code, made.text).toBe(0)
}, 60_000)
afterAll(async () => {
	workers.stop()
	await running.close()
	await rm(folder, { recursive: true, force: true })
})

const create = ['newsletter', 'create', 'news', '--name', 'News', '--from', 'news@example.org']
const envoi = (args: string[], more = settings) => runCommand(args, more)
const file = (name: string) => join(folder, name)

describe('envoi import', { timeout: 120_000 }, () => {
	it('tells what would become of the rows, and adds nobody without being told why', async () => {
		const { code, text } = await envoi(['import', file('readers.csv'), '--newsletter', 'news'])
		expect(code, text).toBe(0)
		expect(text).toMatch(/^new +2$/m)
		expect(text).toMatch(/^unusable +1$/m)
		expect(text).toMatch(/^rows of the file +3$/m)
		expect(text).toContain('nobody')
		expect(text).toContain('Nobody was added.')
	})

	it('writes the rows to correct, and nothing where there are none', async () => {
		const args = ['import', file('readers.csv'), '--newsletter', 'news', '--unusable', file('wrong.csv')]
		expect((await envoi(args)).text).toContain('wrong.csv: correct them')
		expect(await readFile(file('wrong.csv'), 'utf8')).toMatch(
			/^\ufeff"Email";"First name";"line";"reason"\r\n"nobody";"";4;".+"\r\n$/,
		)
		expect((await envoi(args)).code).not.toBe(0)
	})

	it('adds them where it is told, and writes what became of each row', async () => {
		const why = ['--basis', 'asked', '--day', '2024-03-01', '--words', 'Yes, please', '--yes']
		const args = [
			'import',
			file('readers.csv'),
			'--newsletter',
			'news',
			...why,
			'--report',
			file('report.csv'),
		]
		const { code, text } = await envoi(args)
		expect(code, text).toBe(0)
		expect(text).toMatch(/Import \d+ is done\./)
		expect(text).toMatch(/^new +2$/m)
		expect((await readFile(file('report.csv'), 'utf8')).trimEnd().split('\r\n')).toHaveLength(4)
		const again = await envoi([...args.slice(0, -2), '--json'])
		expect(JSON.parse(again.text)).toMatchObject({
			state: 'done',
			outcomes: { known: 2, new: 0, unusable: 1 },
		})
	})

	it('forgets whoever is erased afterwards, its rows too', async () => {
		await writeFile(file('gone.csv'), 'email\ngone@cli.example\n')
		const why = ['--basis', 'asked', '--day', '2024-03-01', '--words', 'Yes, please', '--yes']
		await envoi(['import', file('gone.csv'), '--newsletter', 'news', ...why])
		const { code, text } = await envoi(['reader', 'erase', 'gone@cli.example', '--yes'])
		expect([code, text]).toEqual([0, expect.stringMatching(/^Rows of imports, now without the person +1$/m)])
	})

	it('adds them by itself where nothing runs', async () => {
		const alone = { DATA_DIR: await makeDataFolder(join(folder, 'alone')) }
		await envoi(create, alone)
		const why = ['--basis', 'asked', '--day', '2024-03-01', '--words', 'Yes, please', '--yes']
		const { code, text } = await envoi(['import', file('readers.csv'), '--newsletter', 'news', ...why], alone)
		expect(code, text).toBe(0)
		expect(text).toMatch(/Import \d+ is done\./)
		expect(text).toMatch(/^new +2$/m)
	})

	it('imports into a copied data folder, and ends, saying why, where people would be asked by mail', async () => {
		const original = { DATA_DIR: await makeDataFolder(join(folder, 'original')) }
		await envoi(create, original)
		const copied = { DATA_DIR: join(folder, 'copied') }
		await cp(original.DATA_DIR, copied.DATA_DIR, { recursive: true })
		const args = ['import', file('readers.csv'), '--newsletter', 'news', '--yes', '--basis']
		const asked = await envoi([...args, 'asked', '--day', '2024-03-01', '--words', 'Yes, please'], copied)
		expect([asked.code, asked.text]).toEqual([0, expect.stringMatching(/Import \d+ is done\./)])
		await writeFile(file('unsure.csv'), 'email\nunsure@cli.example\n')
		const unsure = ['import', file('unsure.csv'), '--newsletter', 'news', '--yes', '--basis', 'unsure']
		const held = await envoi(unsure, copied)
		expect(held.code, held.text).toBe(0)
		expect(held.text).toContain('nobody is mailed while sending is held')
		expect(held.text).toContain('this database was copied')
		expect(held.text).toContain('resume --after-restore')
		const french = await envoi(unsure, { ...copied, LANG: 'fr_CA.UTF-8' })
		expect(french.text).toContain('Elle attend')
	})

	it('says which order days are read in, and takes another', async () => {
		const args = ['import', file('days.csv'), '--newsletter', 'news']
		expect((await envoi(args)).text).toContain('read with the month first, as is usual')
		const said = await envoi([...args, '--dates', 'day-first'])
		expect(said.text).toContain('read with the day first, as you said')
		const wrong = await envoi([...args, '--dates', 'year-first'])
		expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining('dateOrder')])
	})

	it('says which option is wrong', async () => {
		const missing = await envoi(['import', file('readers.csv')])
		expect([missing.code, missing.text]).toEqual([2, expect.stringContaining('--newsletter news')])
		const basis = ['--basis', 'asked', '--yes']
		const unproven = await envoi(['import', file('readers.csv'), '--newsletter', 'news', ...basis])
		expect([unproven.code, unproven.text]).toEqual([1, expect.stringContaining('--words')])
		const nowhere = await envoi(['import', file('none.csv'), '--newsletter', 'news'])
		expect([nowhere.code, nowhere.text]).toEqual([1, expect.stringContaining('none.csv')])
	})

	it('takes the addresses that another system must not mail', async () => {
		const { code, text } = await envoi(['import', 'suppressions', file('dead.csv')])
		expect(code, text).toBe(0)
		expect(text).toContain('1 address was suppressed; none was already; all but 1 line could be used.')
	})
})

describe('envoi export', { timeout: 120_000 }, () => {
	it('writes everything into one archive, and keeps a file that is there', async () => {
		const { code, text } = await envoi(['export', 'news', file('news.zip')])
		expect(code, text).toBe(0)
		expect(text).toContain('addresses of persons')
		const files = await readZip(await readFile(file('news.zip')))
		expect(files.get('readers.csv')).toContain('"awa@cli.example","Awa","active"')
		expect(files.get('read-me.txt')).toContain('The import of Envoi takes this file.')
		const again = await envoi(['export', 'news', file('news.zip')])
		expect([again.code, again.text]).toEqual([1, expect.stringContaining('Give --force to overwrite it')])
	})

	it('says what is wrong, and leaves no file, where there is no such newsletter', async () => {
		const { code, text } = await envoi(['export', 'nowhere', file('nowhere.zip')])
		expect([code, text]).toEqual([1, expect.stringContaining('nowhere”')])
		expect(text).not.toContain('written')
		await expect(readFile(file('nowhere.zip'))).rejects.toThrow('ENOENT')
	})

	it('writes one table, in the format that the name of the file says', async () => {
		const { code } = await envoi(['export', 'news', file('out.json'), '--table', 'readers'])
		expect(code).toBe(0)
		expect(JSON.parse(await readFile(file('out.json'), 'utf8'))).toContainEqual(
			expect.objectContaining({ email: 'luc@cli.example', state: 'active' }),
		)
		expect((await stat(file('out.json'))).mode & 0o777).toBe(0o600)
		const which = await envoi(['export', 'news', file('all.json')])
		expect([which.code, which.text]).toEqual([2, expect.stringContaining('ends in .zip')])
		const unknown = await envoi(['export', 'news', file('x.csv'), '--table', 'people'])
		expect([unknown.code, unknown.text]).toEqual([2, expect.stringContaining('There is no table “people”.')])
	})
})
