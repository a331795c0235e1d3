import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { freePort, type RunningEnvoi, runEnvoi } from '../support/run-envoi.ts'

let folder: string
let port: number
let started: RunningEnvoi[]

const run = (args: string[], settings: Record<string, string> = {}) => {
	const envoi = runEnvoi(args, { DATA_DIR: folder, PORT: String(port), ...settings })
	started.push(envoi)
	return envoi
}

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'envoi-serve-'))
	port = await freePort()
	started = []
})
afterEach(async () => {
	for (const { process } of started) process.kill('SIGKILL')
	await Promise.all(started.map(({ ended }) => ended))
	await rm(folder, { recursive: true, force: true })
})

describe('envoi serve', { timeout: 60_000 }, () => {
	it('runs with nothing but a folder, and ends within 10 seconds of SIGTERM', async () => {
		const envoi = run(['serve'])
		await envoi.wrote('Envoi runs')
		const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
		expect(await ready.json()).toEqual({
			ready: true,
			mail: 'captured',
			checks: { database: 'ok', queue: 'ok' },
		})
		expect(envoi.written()).toContain('"mail":"captured"')
		const asked = Date.now()
		envoi.process.kill('SIGTERM')
		expect(await envoi.ended).toBe(0)
		expect(Date.now() - asked).toBeLessThan(10_000)
	})

	it('keeps its secret and data to the account that runs it', async () => {
		await makeDataFolder(folder)
		const envoi = run(['migrate'])
		expect(await envoi.ended).toBe(0)
		expect((await stat(join(folder, 'secret-key'))).mode & 0o777).toBe(0o600)
	})

	it('refuses a second process on the same folder, with a sentence', async () => {
		await makeDataFolder(folder)
		await run(['serve']).wrote('Envoi runs')
		const second = run(['serve'], { PORT: String(await freePort()) })
		expect(await second.ended).toBe(1)
		expect(second.written()).toContain(`Another Envoi process has the data folder ${folder} open`)
		expect(second.written()).not.toContain('    at ')
	})

	it('starts again on a folder whose process was killed', async () => {
		await makeDataFolder(folder)
		const first = run(['serve'])
		await first.wrote('Envoi runs')
		first.process.kill('SIGKILL')
		await first.ended
		await run(['serve']).wrote('Envoi runs')
	})

	it('says in French what is wrong where the terminal is French', async () => {
		const envoi = run(['serve', '--roles', 'api'], { LANG: 'fr_CA.UTF-8' })
		expect(await envoi.ended).toBe(1)
		expect(envoi.written()).toContain('Sans DATABASE_URL')
	})

	it('refuses roles apart without DATABASE_URL, and roles that there are not', async () => {
		const apart = run(['serve', '--roles', 'workers'])
		const unknown = run(['serve', '--roles', 'api,boss'])
		expect([await apart.ended, await unknown.ended]).toEqual([1, 1])
		expect(apart.written()).toContain('Without DATABASE_URL the database is inside the one process')
		expect(unknown.written()).toContain('There is no role “boss”')
	})

	it('says which server does not answer at the start', async () => {
		await makeDataFolder(folder)
		const secret = { SECRET_KEY: 'a secret key of 32 characters or more' }
		const database = run(['serve'], { DATABASE_URL: 'postgres://envoi:hush@127.0.0.1:1/envoi', ...secret })
		const redis = run(['serve'], { REDIS_URL: 'redis://:hush@127.0.0.1:1' })
		expect([await database.ended, await redis.ended]).toEqual([1, 1])
		expect(database.written()).toContain('The database at DATABASE_URL does not answer')
		expect(redis.written()).toContain('Redis at REDIS_URL does not answer')
		expect(database.written() + redis.written()).not.toContain('hush')
	})

	it('is refused where readers are elsewhere and mail has no way out, with a sentence that says what to set', async () => {
		const PUBLIC_URL = 'https://news.example.org'
		const unset = run(['serve'], { PUBLIC_URL })
		const mistyped = run(['serve'], { PUBLIC_URL, SMTP_URI: 'smtp://user:hush@relay', LANG: 'fr_CA.UTF-8' })
		const off = run(['serve'], { CAPTURE_MAIL: 'false' })
		expect(await Promise.all([unset.ended, mistyped.ended, off.ended])).toEqual([1, 1, 1])
		expect(unset.written()).toMatch(
			/^No SMTP_URL is set, but PUBLIC_URL leads to https:\/\/news\.example\.org.*CAPTURE_MAIL=true\.\n$/,
		)
		expect(mistyped.written()).toMatch(
			/SMTP_URI n’est pas un réglage d’Envoi\s: vouliez-vous dire SMTP_URL\s\?/,
		)
		expect(mistyped.written()).not.toContain('hush')
		expect(off.written()).toContain('CAPTURE_MAIL=false')
	})

	it('captures mail elsewhere where that is said in words, and names at start what is no setting', async () => {
		await makeDataFolder(folder)
		const envoi = run(['serve'], {
			PUBLIC_URL: 'https://news.example.org',
			CAPTURE_MAIL: 'true',
			SMPT_URL: 'smtp://user:hush@relay',
		})
		await envoi.wrote('mail is captured')
		expect(envoi.written()).toContain('did you mean SMTP_URL?')
		expect(envoi.written()).not.toContain('hush')
	})

	it('says that links in mails can be followed on this machine only, where that is so and mail goes out', async () => {
		await makeDataFolder(folder)
		const captured = run(['serve'])
		await captured.wrote('Envoi runs')
		expect(captured.written()).not.toContain('leads to this machine only')
		captured.process.kill('SIGTERM')
		await captured.ended
		const sending = run(['serve'], { SMTP_URL: 'smtp://127.0.0.1:1' })
		await sending.wrote('PUBLIC_URL leads to this machine only')
		await sending.wrote('the relay can’t be had')
	})

	it('ends at once where a port or an address can’t be had, and leaves the folder to others', async () => {
		const taken = createServer()
		await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', () => resolve()))
		const inUse = run(['serve'])
		const elsewhere = run(['serve'], { HOST: '192.0.2.1', LANG: 'fr_CA.UTF-8' })
		expect([await inUse.ended, await elsewhere.ended]).toEqual([1, 1])
		await new Promise((resolve) => taken.close(resolve))
		expect(inUse.written()).toBe(
			`Port ${port} on 127.0.0.1 is in use by another process. Stop that one, or set PORT to another port.\n`,
		)
		expect(elsewhere.written()).toMatch(/^HOST=192\.0\.2\.1 n’est pas utilisable.+\n$/)
		expect(await readdir(folder)).toEqual([])
	})

	it('says in a sentence that a data folder can’t be used', async () => {
		const file = join(folder, 'file')
		await writeFile(file, '')
		const places = [file, join(file, 'below'), '/proc/envoi']
		const all = places.map((DATA_DIR) => run(['migrate'], { DATA_DIR }))
		expect(await Promise.all(all.map(({ ended }) => ended))).toEqual([1, 1, 1])
		for (const [index, each] of all.entries()) {
			expect(each.written()).toMatch(/^The data folder .+ can’t be used: .+ Set DATA_DIR to .+\n$/)
			expect(each.written()).toContain(places[index])
		}
	})

	it('reads .env of the working folder, and names lines of it that are no setting', async () => {
		await writeFile(join(folder, '.env'), 'PORT=x\nSMTP_URL=http://relay\n')
		const wrong = runEnvoi(['serve'], { PORT: '4000' }, folder)
		started.push(wrong)
		expect(await wrong.ended).toBe(1)
		expect(wrong.written()).toContain('SMTP_URL')
		expect(wrong.written()).not.toContain('  PORT ')
		await writeFile(join(folder, '.env'), 'PORT 4000 hush\n')
		const broken = runEnvoi(['newsletter', 'list'], {}, folder)
		started.push(broken)
		expect(await broken.ended).toBe(1)
		expect(broken.written()).toMatch(/\.env has lines that are no setting: 1\./)
		expect(broken.written()).not.toContain('hush')
	})

	it('names every wrong setting at once', async () => {
		const envoi = run(['serve'], { PORT: 'x', SMTP_URL: 'http://relay' })
		expect(await envoi.ended).toBe(1)
		expect(envoi.written()).toContain('  PORT ')
		expect(envoi.written()).toContain('  SMTP_URL ')
	})
})
