import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeDataFolder } from '../support/make-data-folder.ts'
import { runCommand } from '../support/run-command.ts'
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

/** What is said where it can’t start, in this process: a start takes a second. */
const refusal = async (settings: Record<string, string> = {}, args: readonly string[] = ['serve']) => {
	const { code, text } = await runCommand(args, { DATA_DIR: folder, PORT: String(port), ...settings })
	expect(code).toBe(1)
	return text
}

describe('envoi serve', { timeout: 60_000 }, () => {
	it('runs with nothing but a folder, has it alone, starts again when killed, with a relay too, and ends within 10 seconds of SIGTERM', async () => {
		const envoi = run(['serve'])
		await envoi.wrote('Envoi runs')
		const ready = await fetch(`http://127.0.0.1:${port}/readyz`)
		expect(await ready.json()).toEqual({
			ready: true,
			mail: 'captured',
			checks: { database: 'ok', queue: 'ok' },
		})
		expect(envoi.written()).toContain('"mail":"captured"')
		expect(envoi.written()).not.toContain('leads to this machine only')

		const second = run(['serve'], { PORT: String(await freePort()) })
		expect(await second.ended).toBe(1)
		expect(second.written()).toContain(`Another Envoi process has the data folder ${folder} open`)
		expect(second.written()).not.toContain('    at ')

		envoi.process.kill('SIGKILL')
		await envoi.ended
		// now with a relay, but still with links that can be followed on this machine only
		const again = run(['serve'], { SMTP_URL: 'smtp://127.0.0.1:1' })
		await again.wrote('Envoi runs')
		await again.wrote('PUBLIC_URL leads to this machine only')
		await again.wrote('the relay can’t be had')
		const asked = Date.now()
		again.process.kill('SIGTERM')
		expect(await again.ended).toBe(0)
		expect(Date.now() - asked).toBeLessThan(10_000)
	})

	it('keeps its secret and data to the account that runs it', async () => {
		await makeDataFolder(folder)
		expect(await runCommand(['migrate'], { DATA_DIR: folder })).toMatchObject({ code: 0 })
		expect((await stat(join(folder, 'secret-key'))).mode & 0o777).toBe(0o600)
	})

	it('says in French what is wrong where the terminal is French', async () => {
		expect(await refusal({ LANG: 'fr_CA.UTF-8' }, ['serve', '--roles', 'api'])).toContain('Sans DATABASE_URL')
	})

	it('refuses roles apart without DATABASE_URL, and roles that there are not', async () => {
		expect(await refusal({}, ['serve', '--roles', 'workers'])).toContain(
			'Without DATABASE_URL the database is inside the one process',
		)
		expect(await refusal({}, ['serve', '--roles', 'api,boss'])).toContain('There is no role “boss”')
	})

	it('says which server does not answer at the start', async () => {
		await makeDataFolder(folder)
		const secret = { SECRET_KEY: 'a secret key of 32 characters or more' }
		const database = await refusal({
			...secret,
			DATABASE_URL: 'postgres://envoi:hush@127.0.0.1:1/envoi',
		})
		const redis = await refusal({ REDIS_URL: 'redis://:hush@127.0.0.1:1' })
		expect(database).toContain('The database at DATABASE_URL does not answer')
		expect(redis).toContain('Redis at REDIS_URL does not answer')
		expect(database + redis).not.toContain('hush')
	})

	it('is refused where readers are elsewhere and mail has no way out, with a sentence that says what to set', async () => {
		const PUBLIC_URL = 'https://news.example.org'
		expect(await refusal({ PUBLIC_URL })).toMatch(
			/^No SMTP_URL is set, but PUBLIC_URL leads to https:\/\/news\.example\.org.*CAPTURE_MAIL=true\.\n$/,
		)
		const mistyped = await refusal({ PUBLIC_URL, SMTP_URI: 'smtp://user:hush@relay', LANG: 'fr_CA.UTF-8' })
		expect(mistyped).toMatch(/SMTP_URI n’est pas un réglage d’Envoi\s: vouliez-vous dire SMTP_URL\s\?/)
		expect(mistyped).not.toContain('hush')
		expect(await refusal({ CAPTURE_MAIL: 'false' })).toContain('CAPTURE_MAIL=false')
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

	it('ends at once where a port or an address can’t be had, and leaves the folder to others', async () => {
		const taken = createServer()
		await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', () => resolve()))
		const inUse = await refusal()
		await new Promise((resolve) => taken.close(resolve))
		expect(inUse).toBe(
			`Port ${port} on 127.0.0.1 is in use by another process. Stop that one, or set PORT to another port.\n`,
		)
		expect(await refusal({ HOST: '192.0.2.1', LANG: 'fr_CA.UTF-8' })).toMatch(
			/^HOST=192\.0\.2\.1 n’est pas utilisable.+\n$/,
		)
		expect(await readdir(folder)).toEqual([])
	})

	it('says in a sentence that a data folder can’t be used', async () => {
		const file = join(folder, 'file')
		await writeFile(file, '')
		for (const place of [file, join(file, 'below'), '/proc/envoi']) {
			const said = await refusal({ DATA_DIR: place }, ['migrate'])
			expect(said).toMatch(/^The data folder .+ can’t be used: .+ Set DATA_DIR to .+\n$/)
			expect(said).toContain(place)
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
		const said = await refusal({ PORT: 'x', SMTP_URL: 'http://relay' })
		expect(said).toContain('  PORT ')
		expect(said).toContain('  SMTP_URL ')
	})
})
