import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { availableParallelism } from 'node:os'
import DKIM from 'nodemailer/lib/dkim'
import type { DkimKey } from '../src/kernel/dkim-key.ts'
import { type RawMessage, wholeMessage } from '../src/kernel/mail.ts'
import { prepareMessage } from '../src/mail/build-message.ts'
import { createDkimSigner } from '../src/mail/sign-dkim.ts'

/** What one way of signing costs a message: time on the wall, and time of all cores. */
export type DkimCost = { name: string; wallMs: number; cpuMs: number }

/** As Envoi has it, and in one piece. */
type Message = { raw: RawMessage; whole: string }

const messagesARound = 1_000
const rounds = 3
const atOnce = 10

/**
 * Signs messages of 30 KB as Envoi does, beside Nodemailer's own DKIM and the bare arithmetic, in the same run; of
 * several rounds the best counts.
 */
export async function benchDkim(): Promise<DkimCost[]> {
	const rsa = makeKey('rsa')
	const messages = await makeMessages()
	const one = createDkimSigner([rsa])
	const two = createDkimSigner([rsa, makeKey('ed25519')])
	const nodemailer = createNodemailerSigner(rsa)
	const ways: Array<[name: string, concurrency: number, sign: (message: Message) => unknown]> = [
		['Envoi, one after the other', 1, ({ raw }) => one(raw)],
		[`Envoi, ${atOnce} at once`, atOnce, ({ raw }) => one(raw)],
		[`Envoi with Ed25519 too, ${atOnce} at once`, atOnce, ({ raw }) => two(raw)],
		['Nodemailer, one after the other', 1, ({ whole }) => nodemailer(whole)],
		[`Nodemailer, ${atOnce} at once`, atOnce, ({ whole }) => nodemailer(whole)],
		['RSA-2048 alone', 1, createBareSigner(rsa)],
		['SHA-256 of the message alone', 1, ({ whole }) => createHash('sha256').update(whole).digest()],
	]
	const costs = new Map<string, DkimCost>()
	for (let round = 0; round <= rounds; round++) {
		for (const [name, concurrency, signOne] of ways) {
			const { wallMs, cpuMs } = await measure(messages, concurrency, signOne)
			// the first round warms up
			if (round === 0) continue
			const best = costs.get(name) ?? { wallMs, cpuMs }
			costs.set(name, { name, wallMs: Math.min(best.wallMs, wallMs), cpuMs: Math.min(best.cpuMs, cpuMs) })
		}
	}
	return [...costs.values()]
}

async function measure(
	messages: readonly Message[],
	concurrency: number,
	signOne: (message: Message) => unknown,
): Promise<Omit<DkimCost, 'name'>> {
	const queue = messages.values()
	const work = async () => {
		for (const message of queue) await signOne(message)
	}
	const cpuBefore = process.cpuUsage()
	const started = performance.now()
	await Promise.all(Array.from({ length: concurrency }, work))
	const wallMs = (performance.now() - started) / messages.length
	const { user, system } = process.cpuUsage(cpuBefore)
	return { wallMs, cpuMs: (user + system) / 1000 / messages.length }
}

function makeKey(algorithm: DkimKey['algorithm']): DkimKey {
	const { privateKey } =
		algorithm === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
	const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
	return { domain: 'example.org', selector: algorithm, algorithm, privateKey: pem }
}

function createNodemailerSigner({ domain, selector, privateKey }: DkimKey): (raw: string) => Promise<void> {
	const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey })
	return (raw) =>
		new Promise((resolve, reject) => {
			signer.sign(raw).on('error', reject).on('end', resolve).resume()
		})
}

function createBareSigner({ privateKey }: DkimKey): () => Buffer {
	const key = createPrivateKey(privateKey)
	const header = Buffer.alloc(1_500, 'x')
	return () => sign('sha256', header, key)
}

/** Messages as a digest fills them, 30 KB each. */
async function makeMessages(): Promise<Message[]> {
	const prepared = await prepareMessage(
		{
			from: { name: 'Nouvelles', address: 'nouvelles@example.org' },
			subject: 'Les nouvelles d’octobre',
			headers: [
				['List-ID', 'Nouvelles <nouvelles.example.org>'],
				['List-Unsubscribe', '<https://example.org/unsubscribe/abc>, <mailto:u@example.org>'],
				['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
				['Feedback-ID', 'd7:nouvelles:digest:envoi'],
				['Precedence', 'bulk'],
			],
			html: '<p>Trois puits à Thiès, et une école qui rouvre.</p>\n'.repeat(340),
			text: 'Trois puits à Thiès, et une école qui rouvre.\n'.repeat(100),
		},
		'nonce',
		[],
	)
	return Array.from({ length: messagesARound }, (_, index) => {
		const to = `reader${index}@example.net`
		const { raw } = prepared.fill({
			envelope: { from: 'bounces@example.org', to },
			to: { address: to },
			date: new Date(),
			messageId: `<${index}@example.org>`,
			values: {},
		})
		return { raw, whole: wholeMessage(raw) }
	})
}

if (import.meta.main) {
	console.log(`DKIM, ms a message of 30 KB, on ${availableParallelism()} cores`)
	for (const { name, wallMs, cpuMs } of await benchDkim())
		console.log(`${name.padEnd(38)} wall ${wallMs.toFixed(3)}  cpu ${cpuMs.toFixed(3)}`)
}
