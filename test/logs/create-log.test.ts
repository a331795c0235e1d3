import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { secretsOf } from '../../src/config/secrets-of.ts'
import { readConfig } from '../../src/config.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open-database.ts'
import { createLog } from '../../src/logs/create-log.ts'
import { readableLine } from '../../src/logs/readable-lines.ts'
import { connectRedis, untilReady } from '../../src/queues/connect-redis.ts'
import { makeRsaKey } from '../support/dkim-keys.ts'

function memoryLog(secrets: string[] = [], level = 'trace') {
	const lines: string[] = []
	const log = createLog(level, { secrets, destination: { write: (line: string) => void lines.push(line) } })
	return { log, text: () => lines.join('') }
}

const { privateKey } = makeRsaKey()
const config = readConfig({
	DATABASE_URL: 'postgres://envoi:pg%25MARK1@127.0.0.1:1/envoi',
	REDIS_URL: 'redis://:redis"MARK2@127.0.0.1:1',
	SMTP_URL: 'smtp://u:smtpMARK3@a.example smtp://u:smtp%2FMARK4@b.example',
	IMAP_URL: 'imaps://u:imapMARK5@mail.example.org',
	PUBLIC_URL: 'https://news.example.org',
	SECRET_KEY: 'keyMARK6-'.repeat(5),
	LINK_SECRETS: `a:${'linkMARK7-'.repeat(4)}`,
	METRICS_TOKEN: 'metricsMARK8-and-more',
	WEBHOOK_POSTMARK_SECRET: 'webhookMARK9-and-so-much-more',
	DKIM_DOMAIN: 'example.org',
	DKIM_SELECTOR: 's',
	DKIM_PRIVATE_KEY: privateKey,
})

describe('a line of the log', () => {
	it('holds no secret of the settings, in whatever form and wherever it stands', () => {
		const secrets = secretsOf(config)
		expect(secrets.length).toBeGreaterThan(12)
		const { log, text } = memoryLog(secrets)
		for (const secret of secrets) {
			log.error(
				{ err: new Error(`the other side said ${secret}`), given: { list: [secret] } },
				`see ${secret}`,
			)
			log.warn(
				{ reply: `AUTH ${Buffer.from(secret).toString('base64')}`, url: encodeURIComponent(secret) },
				'',
			)
		}
		log.warn({}, String(config.databaseUrl))
		expect(text()).not.toMatch(/MARK\d/)
		for (const line of privateKey.split('\n').slice(1, -2)) expect(text()).not.toContain(line)
		expect(text()).toContain('[struck out]')
		expect(
			text()
				.split('\n')
				.filter(Boolean)
				.every((line) => JSON.parse(line).service === 'envoi'),
		).toBe(true)
	})

	it('holds no secret that became known later, also in the lines of children made before', () => {
		const { log, text } = memoryLog()
		const child = log.child({ digestId: 1 })
		log.strikeOut?.('keyMARK1-of-the-data-folder')
		for (const each of [log, child])
			each.warn({ key: 'keyMARK1-of-the-data-folder' }, 'see keyMARK1-of-the-data-folder')
		expect(text()).not.toContain('MARK1')
	})

	it('holds no mail address', () => {
		const { log, text } = memoryLog()
		log.info(
			{ reply: '550 <reader@example.org> unknown', é: 'jérôme@exämple.fr' },
			'refused x+1@sub.example.co.uk',
		)
		expect(text()).not.toMatch(/reader@|jérôme@|x\+1@/)
		expect(text()).toContain('550 <[struck out]> unknown')
	})

	it('tells of an error what kind it is and where it came from, and neither command, parameters nor row', () => {
		const { log, text } = memoryLog()
		const error = Object.assign(new Error('it failed'), {
			code: '23505',
			severity: 'ERROR',
			constraint: 'subscribers_key',
			detail: 'Key (email)=(MARK) already exists.',
			where: 'MARK',
			query: 'select MARK',
			params: ['MARK'],
			internalQuery: 'MARK',
			command: { name: 'hello', args: ['AUTH', 'MARK'] },
			cause: Object.assign(new Error('beneath'), { parameters: ['MARK'] }),
			errors: [Object.assign(new Error('beside'), { options: { password: 'MARK' } })],
		})
		log.error({ err: error }, 'see')
		expect(text()).not.toContain('MARK')
		const { err } = JSON.parse(text())
		expect(err).toMatchObject({ code: '23505', constraint: 'subscribers_key', command: 'hello' })
		expect([err.cause.message, err.errors[0].message]).toEqual(['beneath', 'beside'])
		expect(err.stack).toContain('create-log.test.ts')
	})

	it.each(['text', { a: 1 }, null, undefined, 7, [1]])('takes %j in place of an error', (thrown) => {
		const { log, text } = memoryLog()
		log.error({ err: thrown }, 'see')
		expect(text()).not.toContain('[object Object]')
	})

	it('is readable for a person at a terminal', () => {
		const { log, text } = memoryLog()
		log.warn({ queue: 'stories', err: new Error('no way', { cause: new Error('cut') }) }, 'the queue is away')
		expect(readableLine(text())).toMatch(
			/^\d\d:\d\d:\d\d warn {2}the queue is away \(no way: cut\) queue=stories\n$/,
		)
	})
})

describe('what the embedded database refuses', () => {
	let database: OpenDatabase
	beforeAll(async () => {
		database = await openDatabase({ folder: undefined }, () => {})
		await sql`create table people (email text unique, age int check (age > 0), mood text not null)`.execute(
			database.db,
		)
		await sql`insert into people values ('reader@example.org', 1, 'MARK')`.execute(database.db)
		return () => database.close()
	})

	const refused = [
		['a duplicate', sql`insert into people values (${'reader@example.org'}, ${2}, ${'MARK'})`],
		['a check', sql`insert into people values (${'other@example.org'}, ${-1}, ${'MARK'})`],
		['a missing value', sql`insert into people values (${'MARK@example.org'}, ${1}, ${null})`],
		['a number that is none', sql`select * from people where age = ${'MARK'}::int`],
		['a time that is none', sql`select ${'MARK'}::text::timestamptz`],
		['a JSON that is none', sql`select ${'{"MARK'}::text::jsonb`],
		['a statement that is none', sql`selectt ${'MARK'}`],
		['a column that is none', sql`select nothing from people where email = ${'MARK'}`],
	] as const

	it.each(refused)('is logged without what was given: %s', async (_name, statement) => {
		const { log, text } = memoryLog()
		const error = await statement.execute(database.db).catch((thrown: unknown) => thrown)
		expect(error).toBeInstanceOf(Error)
		log.error({ err: error }, 'refused')
		expect(text()).not.toMatch(/MARK|reader@|other@/)
		expect(JSON.parse(text()).err.code).toMatch(/^[0-9A-Z]{5}$/)
	})
})

it('a Redis that refuses the password is told of without it, and at once', async () => {
	const { log, text } = memoryLog()
	const { createServer } = await import('node:net')
	// what Redis 8 says to a wrong password
	const server = createServer((socket) =>
		socket.on('data', (chunk) => {
			const commands = chunk.toString().match(/\*\d+\r\n/g)?.length ?? 0
			socket.write('-WRONGPASS invalid username-password pair or user is disabled.\r\n'.repeat(commands))
		}),
	)
	const port = await new Promise<number>((resolve) => {
		server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
	})
	const redis = connectRedis(`redis://:MARK@127.0.0.1:${port}`, 'fails_fast', log)
	const error = await untilReady(redis, 20_000).catch((thrown: unknown) => thrown)
	log.error({ err: error }, 'see')
	redis.disconnect()
	server.close()
	expect(text()).toContain('WRONGPASS')
	expect(text()).not.toContain('MARK')
})
